//! Measuring a process from outside: time to an answer, memory at rest.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// How long a measured process may take to end before it counts as hanging.
const DEADLINE: Duration = Duration::from_secs(60);

/// What one start of an MCP server on stdio cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start {
    /// From `exec` to the answer of `tools/list`.
    pub(crate) to_tools: Duration,
    /// Resident memory after that answer, bytes.
    pub(crate) resident: u64,
}

/// Starts a server, asks for the tools, and reads its resident memory at rest.
pub(crate) fn start_to_tools(command: &mut Command) -> Result<Start> {
    let what = format!("run {command:?}");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().map_err(Error::io(&what))?;
    let answer = ask_for_tools(&mut child).map_err(Error::io(&what));
    let to_tools = begun.elapsed();
    let resident = resident_bytes(child.id());
    drop(child.stdin.take());
    finish(&mut child)?;
    let answer = answer?;
    if !answer.contains("\"analyze\"") {
        return Err(Error::Other(format!("{what}: no tools are listed: {answer:.200}")));
    }
    Ok(Start { to_tools, resident: resident? })
}

fn ask_for_tools(child: &mut Child) -> std::io::Result<String> {
    let pipes = (child.stdin.as_mut(), child.stdout.as_mut());
    let (Some(stdin), Some(stdout)) = pipes else { return Err(std::io::ErrorKind::BrokenPipe.into()) };
    writeln!(
        stdin,
        r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"2025-06-18","capabilities":{{}},"clientInfo":{{"name":"bench","version":"0"}}}}}}"#
    )?;
    writeln!(stdin, r#"{{"jsonrpc":"2.0","method":"notifications/initialized"}}"#)?;
    writeln!(stdin, r#"{{"jsonrpc":"2.0","id":2,"method":"tools/list"}}"#)?;
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if line.contains("\"tools\":[") {
            return Ok(line);
        }
    }
    Err(std::io::ErrorKind::UnexpectedEof.into())
}

/// Waits for the end of a process; one that outlives the deadline is ended and is an error.
fn finish(child: &mut Child) -> Result<()> {
    let begun = Instant::now();
    while child.try_wait().map_err(Error::io("wait for a measured process"))?.is_none() {
        if begun.elapsed() > DEADLINE {
            child.kill().and_then(|()| child.wait()).map_err(Error::io("end a measured process"))?;
            return Err(Error::Other("a measured process did not end with its standard input".into()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn resident_bytes(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    let status = std::fs::read_to_string(&path).map_err(Error::io(format!("read {path}")))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse::<u64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| Error::Other(format!("{path} names no resident memory")))
}

/// Runs a command to its end and says how long it took; a failure is an error.
pub(crate) fn wall(command: &mut Command) -> Result<Duration> {
    let begun = Instant::now();
    crate::process::output(command)?;
    Ok(begun.elapsed())
}

/// The middle value.
pub(crate) fn median<T: Copy + Ord>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3, 1, 2].into_iter()), Some(2));
        assert_eq!(median(std::iter::empty::<u64>()), None);
    }

    #[test]
    fn a_process_that_is_no_server_is_an_error() {
        assert!(start_to_tools(&mut Command::new("true")).is_err());
    }
}
