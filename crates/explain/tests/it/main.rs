//! Tests of the crate from outside: backends and caches with faulty services, masking, prompts and answers on
//! Views made of plain JSON.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod answer;
mod backend;
mod cache_faults;
mod cache_files;
mod cache_interplex;
mod cache_stores;
mod clusters;
mod mask;
mod mask_many;
mod prompt;
