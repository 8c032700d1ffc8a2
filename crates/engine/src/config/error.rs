//! What can go wrong with the configuration file.

use std::io;
use std::path::PathBuf;

/// Why the configuration file could not be read or changed. No variant quotes the file's text, because
/// it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No home directory is known.
    #[error(
        "the home directory is not known, so neither is the configuration file; set HOME or pass --config PATH"
    )]
    NoHome,
    /// The operating system refused.
    #[error("configuration file {}: cannot {action}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried (`read it`).
        action: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// The path is no regular file.
    #[error("configuration file {}: is {what}; pass the path of a file with --config", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// The file must not be written.
    #[error("configuration file {}: is read-only; make it writable or pass another with --config", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The text cannot be understood.
    #[error("configuration file {}{}: {problem}; correct it by hand, nothing was changed", path.display(), at(*line))]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Line of the problem, counted from 1, when it is known.
        line: Option<u64>,
        /// What is wrong, without the text itself.
        problem: String,
    },
    /// Another process kept the lock for too long.
    #[error("configuration file {}: another process has been changing it for {waited_ms} ms; try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
        /// How long this process waited.
        waited_ms: u128,
    },
    /// The file is valid, but written in a way that a change of this key cannot keep the rest of.
    #[error("configuration file {}: cannot change {key} without touching the rest of the file; change it by hand", path.display())]
    CannotPatch {
        /// The file.
        path: PathBuf,
        /// The top-level key.
        key: &'static str,
    },
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!(" line {line}")).unwrap_or_default()
}
