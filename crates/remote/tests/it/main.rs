//! What is asked of AWS and of custom analyzers, and what is made of their answers: against servers on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod credentials;
mod custom;
mod custom_faults;
mod custom_server;
mod faults;
mod reading;
mod server;
