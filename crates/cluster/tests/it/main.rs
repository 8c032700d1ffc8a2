//! The crate against its own snapshot service, without a network.

mod demo;
mod formats;
mod live;
mod read;
mod save;
mod server;
mod snapshot;
