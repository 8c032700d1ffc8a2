//! Masking, prompts and answers, on Views made of plain JSON.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod answer;
mod clusters;
mod mask;
mod mask_many;
mod prompt;
