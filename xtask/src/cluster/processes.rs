//! Child processes that end with their owner.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::TempDir;

use crate::error::{Error, Result, read};

/// How much of the log of a process that ended by itself is quoted, in lines.
const LOG_LINES: usize = 15;

/// Started processes and the folder they work in. Dropping this ends them, the last one first, and removes the
/// folder; so does SIGINT or SIGTERM to this program, which then exits.
pub(crate) struct Processes(Arc<Mutex<Running>>);

struct Running {
    processes: Vec<Process>,
    folder: Option<TempDir>,
}

struct Process {
    name: String,
    log: PathBuf,
    child: Child,
}

/// What a signal has to end.
static ALL: Mutex<Vec<Weak<Mutex<Running>>>> = Mutex::new(Vec::new());

/// The exit code of a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

impl Processes {
    /// None yet; `folder` lives as long as they do. From now on signals are listened to.
    pub(crate) fn new(folder: Option<TempDir>) -> Result<Self> {
        let running = Arc::new(Mutex::new(Running { processes: Vec::new(), folder }));
        let mut all = lock(&ALL);
        if all.is_empty() {
            let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(Error::io("listen for signals"))?;
            std::thread::spawn(move || {
                if signals.forever().next().is_some() {
                    lock(&ALL).iter().filter_map(Weak::upgrade).for_each(|running| lock(&running).end());
                    std::process::exit(INTERRUPTED);
                }
            });
        }
        all.push(Arc::downgrade(&running));
        Ok(Self(running))
    }

    /// Starts a program in the folder; both its streams go to `<name>.log` there.
    pub(crate) fn start(&mut self, program: &Path, folder: &Path, args: &[String]) -> Result<()> {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = folder.join(format!("{name}.log"));
        let what = || format!("start {}", program.display());
        let out = File::create(&log).map_err(Error::io(what()))?;
        let err = out.try_clone().map_err(Error::io(what()))?;
        let mut command = Command::new(program);
        // Its own group: a Ctrl-C in the terminal reaches us alone, and we end all of them in order.
        command.args(args).current_dir(folder).stdin(Stdio::null()).stdout(out).stderr(err).process_group(0);
        // Under the lock, so that a signal finds either no process or one that it can end.
        let mut running = lock(&self.0);
        let child = command.spawn().map_err(Error::io(what()))?;
        running.processes.push(Process { name, log, child });
        Ok(())
    }

    /// An error that names the first process that ended, with the end of its log.
    pub(crate) fn check(&mut self) -> Result<()> {
        for process in &mut lock(&self.0).processes {
            if let Ok(Some(status)) = process.child.try_wait() {
                let log = read(&process.log).unwrap_or_default();
                let lines: Vec<_> = log.lines().collect();
                let tail = lines.get(lines.len().saturating_sub(LOG_LINES)..).unwrap_or_default().join("\n");
                return Err(Error::Command { command: process.name.clone(), status, stderr: tail });
            }
        }
        Ok(())
    }

    /// Keeps the folder with logs and data when the processes end; gives its path.
    pub(crate) fn keep_folder(&mut self) -> Option<PathBuf> {
        lock(&self.0).folder.as_mut().map(|folder| {
            folder.disable_cleanup(true);
            folder.path().to_owned()
        })
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        lock(&self.0).end();
    }
}

impl Running {
    /// Ends the processes, then removes the folder they write into.
    fn end(&mut self) {
        while let Some(mut process) = self.processes.pop() {
            // Nothing of theirs is worth a graceful end; both fail only for a process that is gone.
            drop(process.child.kill());
            drop(process.child.wait());
        }
        self.folder = None;
    }
}

/// Locks; a panic elsewhere does not keep processes from being ended.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_ends_what_was_started() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::new(None).unwrap();
        processes.start(Path::new("/bin/sleep"), folder.path(), &["1000".into()]).unwrap();
        let id = lock(&processes.0).processes[0].child.id();
        processes.check().unwrap();
        drop(processes);
        assert!(!Path::new(&format!("/proc/{id}")).exists());
    }

    #[test]
    fn a_process_that_ended_is_named_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::new(None).unwrap();
        let args = ["-c".into(), "echo port in use; exit 3".into()];
        processes.start(Path::new("/bin/sh"), folder.path(), &args).unwrap();
        drop(lock(&processes.0).processes[0].child.wait());
        let error = processes.check().unwrap_err().to_string();
        assert!(error.contains("sh") && error.contains("port in use"), "{error}");
    }
}
