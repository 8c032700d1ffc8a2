//! The crate against its own snapshot service, without a network.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod canaries;
mod custom;
mod demo;
mod discovery;
mod formats;
mod live;
mod read;
mod read_only;
mod real;
mod save;
mod server;
mod snapshot;
