//! The Kubernetes API: connect, read a View, read raw objects and logs, serve snapshots.
//!
//! One way in, [`Cluster::connect`], leads to a live cluster, to a recording of one, or to the
//! recorded demo cluster inside the program; all three answer the same calls, a recording through
//! an in-process service that speaks the Kubernetes REST API.
//!
//! - Nothing here can change a cluster: the one function that sends requests only sends GET.
//! - Secret values do not leave: raw objects are redacted by their own kind before they are returned.
//! - Every call has a deadline and a small retry budget.
//! - This is the only crate that names `kube`.

mod cluster;
mod custom;
mod discover;
mod error;
mod events;
mod exec;
mod kubeconfig;
mod link;
mod logs;
mod names;
mod objects;
mod openapi;
mod proxy;
mod read;
mod redact;
mod resolve;
mod resource;
mod selector;
mod send;
mod serving;
mod snapshot;
mod source;
mod status;
mod text;
mod version;

pub use cluster::Cluster;
pub use error::Error;
pub use events::EventQuery;
pub use logs::{LogQuery, LogText};
pub use objects::{ListPage, ListQuery};
pub use read::{ReadOutcome, ReadPlan};
pub use resource::Resource;
pub use snapshot::{SaveOptions, SnapshotSummary};
pub use source::{Identity, Login, Options, Source};
pub use version::Version;
