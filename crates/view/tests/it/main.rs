//! The View from list pages: parsing, order, coverage, owners, references, events.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]
mod addresses;
mod custom;
mod references;
mod selectors;
mod tables;
