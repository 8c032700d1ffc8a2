//! The crate against its own snapshot service, without a network.

mod demo;
mod formats;
mod save;
mod snapshot;
