//! The facade over recorded clusters: requests to reports.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod analysis;
mod bounds;
mod custom;
mod explaining;
mod silence;
