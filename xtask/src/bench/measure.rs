//! Measuring a process from outside: time to an answer, memory at rest.

use crate::error::{Error, Result};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a measured process may take before it counts as hanging.
const DEADLINE: Duration = Duration::from_secs(60);

/// What one start of an MCP server on stdio cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From `exec` to the answer of `tools/list`.
    pub(crate) to_tools_list: Duration,
    /// Resident memory after that answer, bytes.
    pub(crate) resident: u64,
}

/// Starts `binary args…`, asks for the tools, and reads its resident memory at rest.
pub(crate) fn start_to_tools(binary: &Path, args: &[&str]) -> Result<Start> {
    let io = |source| Error::Io { what: format!("run {}", binary.display()), source };
    let begun = Instant::now();
    let mut child = Command::new(binary)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(io)?;
    let answer = ask_for_tools(&mut child).map_err(io);
    let to_tools_list = begun.elapsed();
    let resident = resident_bytes(child.id());
    drop(child.stdin.take());
    finish(&mut child)?;
    let answer = answer?;
    if !answer.contains("\"analyze\"") {
        return Err(Error::Other(format!("{} did not list its tools: {answer:.200}", binary.display())));
    }
    Ok(Start { to_tools_list, resident: resident? })
}

fn ask_for_tools(child: &mut Child) -> std::io::Result<String> {
    let pipes = (child.stdin.as_mut(), child.stdout.as_mut());
    let (Some(stdin), Some(stdout)) = pipes else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"0"}}}"#;
    writeln!(stdin, "{initialize}")?;
    writeln!(stdin, r#"{{"jsonrpc":"2.0","method":"notifications/initialized"}}"#)?;
    writeln!(stdin, r#"{{"jsonrpc":"2.0","id":2,"method":"tools/list"}}"#)?;
    stdin.flush()?;
    let mut lines = BufReader::new(stdout).lines();
    loop {
        match lines.next() {
            None => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            Some(line) => {
                let line = line?;
                if line.contains("\"tools\":[") {
                    return Ok(line);
                }
            }
        }
    }
}

/// Waits for the end of a process; one that outlives the deadline is ended and is an error.
fn finish(child: &mut Child) -> Result<()> {
    let io = |source| Error::Io { what: "wait for a measured process".into(), source };
    let begun = Instant::now();
    while child.try_wait().map_err(io)?.is_none() {
        if begun.elapsed() > DEADLINE {
            child.kill().map_err(io)?;
            return Err(Error::Other("a measured process did not end with its standard input".into()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn resident_bytes(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).map_err(|source| Error::Io { what: format!("read {path}"), source })?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| Error::Other(format!("{path} names no resident memory")))
}

/// What one run of a command cost.
pub(crate) struct Run {
    /// From start to end.
    pub(crate) wall: Duration,
    /// What it printed.
    pub(crate) stdout: String,
}

/// Runs a command to its end; a failure is an error.
pub(crate) fn run(binary: &Path, args: &[&str]) -> Result<Run> {
    let begun = Instant::now();
    let output = Command::new(binary)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Io { what: format!("run {}", binary.display()), source })?;
    let wall = begun.elapsed();
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Other(format!("{} {args:?}: {}: {stderr}", binary.display(), output.status)));
    }
    Ok(Run { wall, stdout: String::from_utf8_lossy(&output.stdout).into_owned() })
}

/// The middle value.
pub(crate) fn median<T: Copy + PartialOrd>(values: &[T]) -> Option<T> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    sorted.get(sorted.len() / 2).copied()
}
