//! Child processes that end with their owner.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::error::{Error, Result, read};

/// How much of the log of a process that ended by itself is quoted, in lines.
const LOG_LINES: usize = 15;

/// Started processes; dropping them ends them, the last one first.
#[derive(Default)]
pub(crate) struct Processes(Vec<Process>);

struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Processes {
    /// Starts a program in a folder; both its streams go to `<name>.log` there.
    pub(crate) fn start(&mut self, program: &Path, folder: &Path, args: &[String]) -> Result<()> {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = folder.join(format!("{name}.log"));
        let what = || format!("start {}", program.display());
        let out = File::create(&log).map_err(Error::io(what()))?;
        let err = out.try_clone().map_err(Error::io(what()))?;
        let mut command = Command::new(program);
        // Its own group: a Ctrl-C in the terminal reaches us alone, and we end all of them in order.
        command.args(args).current_dir(folder).stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        let child = command.spawn().map_err(Error::io(what()))?;
        self.0.push(Process { name, log, child });
        Ok(())
    }

    /// An error that names the first process that ended, with the end of its log.
    pub(crate) fn check(&mut self) -> Result<()> {
        for process in &mut self.0 {
            if let Ok(Some(status)) = process.child.try_wait() {
                let log = read(&process.log).unwrap_or_default();
                let lines: Vec<_> = log.lines().collect();
                let tail = lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default().join("\n");
                return Err(Error::Command { command: process.name.clone(), status, stderr: tail });
            }
        }
        Ok(())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for process in self.0.iter_mut().rev() {
            // Nothing of theirs is worth a graceful end; both fail only for a process that is gone.
            drop(process.child.kill());
            drop(process.child.wait());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_ends_what_was_started() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::default();
        processes.start(Path::new("/bin/sleep"), folder.path(), &["1000".into()]).unwrap();
        let id = processes.0[0].child.id();
        processes.check().unwrap();
        drop(processes);
        assert!(!Path::new(&format!("/proc/{id}")).exists());
    }

    #[test]
    fn a_process_that_ended_is_named_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::default();
        let args = ["-c".into(), "echo port in use; exit 3".into()];
        processes.start(Path::new("/bin/sh"), folder.path(), &args).unwrap();
        drop(processes.0[0].child.wait());
        let error = processes.check().unwrap_err().to_string();
        assert!(error.contains("sh") && error.contains("port in use"), "{error}");
    }
}
