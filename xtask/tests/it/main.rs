//! The rules of the house as tests: layers, sizes, formatting of files that `cargo fmt` cannot see.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod layers;
mod promises;
mod tidy;

use std::path::{Path, PathBuf};

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask has a parent").to_owned()
}
