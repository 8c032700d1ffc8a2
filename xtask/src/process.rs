//! Running other programs to their end.

use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// How much of a failing program's stderr an error quotes, in bytes.
const STDERR_TAIL: usize = 4000;

/// Runs a command to its end and gives its stdout; a failure quotes the end of its stderr.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    let line = format!("{command:?}");
    let out = command.stdin(Stdio::null()).output().map_err(Error::io(format!("run {line}")))?;
    if out.status.success() {
        return Ok(out.stdout);
    }
    let tail = out.stderr.len().saturating_sub(STDERR_TAIL);
    let stderr = String::from_utf8_lossy(out.stderr.get(tail..).unwrap_or_default()).trim().to_owned();
    Err(Error::Command { command: line, status: out.status, stderr })
}

/// Whether a program can be found in `PATH`.
pub(crate) fn available(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
