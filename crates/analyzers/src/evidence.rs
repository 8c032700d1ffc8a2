//! Proof.

use serde::Serialize;
use std::fmt;

/// Where a piece of evidence comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A field of an object's status.
    Status,
    /// A field of an object's spec.
    Spec,
    /// An event.
    Event,
    /// A line of a container's log.
    Log,
    /// What the cluster holds instead (names that are near, classes that exist).
    Cluster,
    /// A custom analyzer, which is not ours: its word, not checked.
    Custom,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Source::Status => "status",
            Source::Spec => "spec",
            Source::Event => "event",
            Source::Log => "log",
            Source::Cluster => "cluster",
            Source::Custom => "custom analyzer",
        })
    }
}

/// One piece of proof: text from the cluster, bounded in length and without control characters.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Evidence {
    /// Where it comes from.
    pub source: Source,
    /// What it says.
    pub text: String,
}
