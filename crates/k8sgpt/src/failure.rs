//! Why a command did not do what it was asked, and the exit codes.

use std::process::ExitCode;

/// The command could not run.
pub const FAILED: u8 = 1;
/// The arguments make no sense.
pub const USAGE: u8 = 2;
/// The analysis found something at or above `--fail-on`.
pub const FOUND: u8 = 3;
/// The analysis could not check everything, and `--fail-on-partial` was given.
pub const PARTIAL: u8 = 4;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// It could not run. What happened and what to do next.
    Failed(String),
    /// The arguments make no sense together.
    Usage(String),
    /// Standard output cannot be written.
    Output(std::io::Error),
}

impl Failure {
    /// The process's exit code. A reader that has seen enough is no failure.
    pub fn code(&self) -> ExitCode {
        match self {
            Failure::Failed(_) => ExitCode::from(FAILED),
            Failure::Usage(_) => ExitCode::from(USAGE),
            Failure::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Failure::Output(_) => ExitCode::from(FAILED),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl From<engine::config::ConfigError> for Failure {
    fn from(error: engine::config::ConfigError) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<engine::cache::CacheError> for Failure {
    fn from(error: engine::cache::CacheError) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<engine::filters::FilterError> for Failure {
    fn from(error: engine::filters::FilterError) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<engine::custom::CustomError> for Failure {
    fn from(error: engine::custom::CustomError) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<engine::integrations::IntegrationError> for Failure {
    fn from(error: engine::integrations::IntegrationError) -> Failure {
        Failure::Failed(error.to_string())
    }
}

impl From<engine::providers::ProviderError> for Failure {
    fn from(error: engine::providers::ProviderError) -> Failure {
        Failure::Failed(error.to_string())
    }
}
