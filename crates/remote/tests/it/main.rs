//! What is asked of AWS, and what is made of its answers: against a stand-in on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod credentials;
mod faults;
mod reading;
mod server;
