//! Custom analyzers: services that look at what no rule here knows, asked by gRPC.
//!
//! One call of `schema.v1.CustomAnalyzerService/Run` each. The namespace and the label selector go along as
//! metadata, because the request message has no fields. Every answer is bounded in bytes, in number of errors
//! and in time, and an analyzer that is down, slow or lies costs its own statement and nothing else.

mod address;
mod call;
mod connect;
mod failure;
mod network;

/// The messages, and both halves of the service: the client, and the server that an analyzer is.
#[doc(hidden)]
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated from the schema")]
pub mod schema {
    include!(concat!(env!("OUT_DIR"), "/schema.v1.rs"));
}

pub use address::{Address, AddressError, is_name};
pub use call::{Analyzer, Limits, Scope, reach, run};
pub use failure::Failure;
