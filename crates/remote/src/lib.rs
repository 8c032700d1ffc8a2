//! What comes from elsewhere: what cloud APIs say of a cluster, and what custom analyzers find.
//!
//! What is read of a cloud becomes rows of a [`view::View`] beside those of the API server, with a status that says how
//! complete they are: a cloud that does not answer is a gap of the report, never the end of an analysis.
//!
//! - Nothing here reads the process's environment: it comes as a value ([`Settings`]).
//! - Nothing here changes anything: requests describe and list, and exchange a token for credentials.
//! - What a custom analyzer says is a statement of its own: bounded, and never taken for one of ours.
//! - Credentials are sealed, and no error and no log holds them.
//! - Every call has a deadline, few retries and a bound for its answer.

mod aws;
pub mod custom;
pub mod eks;

pub use aws::{Limits, Settings};
