//! The stdio server as a process: it ends with its input, opens no port, and is not alone.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::checks::{Checks, expect};
use super::program::Program;
use super::session::Session;
use crate::error::{Error, Result};

/// How soon after its input the server ends.
const END: Duration = Duration::from_secs(1);

/// How many servers run side by side.
const SESSIONS: usize = 5;

/// All checks of the process.
pub(crate) fn run(checks: &mut Checks, program: &Program) -> Result<()> {
    let ends = || {
        let mut session = Session::open(program)?;
        session.ask("tools/list", &json!({}))?;
        let took = session.close()?;
        expect(took < END, || format!("it took {took:.0?}"))?;
        Ok(format!("{took:.0?}"))
    };
    checks.report("stdio: the end of the input ends the process", ends())?;
    let silent = || {
        let mut session = Session::open(program)?;
        session.ask("tools/call", &json!({"name": "analyze", "arguments": {}}))?;
        let ports = listening(session.pid())?;
        expect(ports.is_empty(), || format!("listening sockets: {ports:?}"))?;
        session.close().map(|_| String::new())
    };
    checks.report("stdio: no port is opened", silent())?;
    checks.report("stdio: sessions side by side", side_by_side(program))
}

fn side_by_side(program: &Program) -> Result<String> {
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        sessions.push(Session::open(program)?);
    }
    for session in &mut sessions {
        let answer = session.ask("tools/call", &json!({"name": "analyze", "arguments": {}}))?;
        let good = answer["result"].to_string().contains("production/broken");
        expect(good, || format!("{:.300}", answer.to_string()))?;
    }
    for session in sessions {
        session.close()?;
    }
    Ok(format!("{SESSIONS} sessions"))
}

/// The listening TCP sockets of a process, as lines of `/proc/net/tcp` and `tcp6`.
fn listening(pid: u32) -> Result<Vec<String>> {
    const LISTEN: &str = "0A";
    let folder = format!("/proc/{pid}/fd");
    let entries = std::fs::read_dir(&folder).map_err(Error::io(format!("list {folder}")))?;
    let targets = entries.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    let sockets: Vec<String> = targets.map(|target| target.display().to_string()).collect();
    expect(sockets.iter().any(|target| target.starts_with("socket:[")), || {
        format!("{folder} names no socket, though the program talks to a cluster")
    })?;
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        let path = format!("/proc/{pid}/net/{table}");
        for line in crate::error::read(Path::new(&path))?.lines() {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (Some(state), Some(inode)) = (fields.get(3), fields.get(9)) else { continue };
            if *state == LISTEN && sockets.contains(&format!("socket:[{inode}]")) {
                found.push(line.to_owned());
            }
        }
    }
    Ok(found)
}
