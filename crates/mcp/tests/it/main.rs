//! The server from outside: over a loopback socket and over a pair of streams, on the demo cluster.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod cache;
mod cancel;
mod cluster;
mod custom;
mod http;
mod known;
mod prompts;
mod schema;
mod stdio;
mod support;
mod tools;
