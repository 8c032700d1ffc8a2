<<<<<<< HEAD
//! Tests of the crate from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod cache_faults;
mod cache_files;
mod cache_interplex;
mod cache_stores;
=======
//! Masking, prompts and answers, on Views made of plain JSON.

mod answer;
mod clusters;
mod mask;
mod mask_many;
mod prompt;
>>>>>>> x-mask
