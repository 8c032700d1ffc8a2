//! What can go wrong in a task, said with what was tried.

use std::path::Path;

/// The result of a task.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// A task's failure: what was tried, on what, and the cause.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Reading or writing a file, or starting a program.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, on which path or program.
        what: String,
        /// The operating system's answer.
        source: std::io::Error,
    },
    /// A program ran and failed.
    #[error("{command}: {status}\n{stderr}")]
    Command {
        /// The command line.
        command: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The end of what it said.
        stderr: String,
    },
    /// JSON that does not parse or has another shape.
    #[error("{what}: {source}")]
    Json {
        /// Where the JSON came from.
        what: String,
        /// Where and why it does not parse.
        source: serde_json::Error,
    },
    /// A certificate could not be made.
    #[error("certificate {name}: {source}")]
    Certificate {
        /// Its common name.
        name: String,
        /// The cause.
        source: rcgen::Error,
    },
    /// A state was not reached in time.
    #[error("{what} not reached within {seconds} s; still missing:\n{missing}")]
    Deadline {
        /// The state.
        what: String,
        /// The time that was given.
        seconds: u64,
        /// One line for each thing that is missing.
        missing: String,
    },
    /// Anything else, in one sentence.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// For `map_err`: an IO error with what was tried.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    /// For `map_err`: a JSON error with where the text came from.
    pub(crate) fn json(what: impl Into<String>) -> impl FnOnce(serde_json::Error) -> Error {
        let what = what.into();
        move |source| Error::Json { what, source }
    }
}

/// Reads a text file.
pub(crate) fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(Error::io(format!("read {}", path.display())))
}

/// Writes a file, with the folders above it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(Error::io(format!("create {}", parent.display())))?;
    }
    std::fs::write(path, content).map_err(Error::io(format!("write {}", path.display())))
}
