//! Every rule against its fixture, the folding, and the guards over the registry.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on should stop")]

mod eks;
mod explaining;
mod fixture;
mod folding;
mod guards;
mod hostile;
mod large;
mod rules;
mod scale;
mod scopes;
mod secrets;
mod silence;

#[path = "../support/many.rs"]
mod many;
#[path = "../support/simulated.rs"]
mod simulated;
