//! A disposable control plane for the tests that want a real API server: `cargo xtask cluster up`.
//!
//! It is the cluster of `KUBECONFIG_E2E` if that is set, else one that is built from Go modules once and then
//! started on loopback in a few seconds.

pub(crate) mod binaries;
pub(crate) mod certificates;
pub(crate) mod launch;
pub(crate) mod module;
pub(crate) mod processes;
mod simulated;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use crate::error::{Error, Result};
use processes::Processes;

/// Names the kubeconfig of a cluster to use instead of an own one.
const KUBECONFIG_E2E: &str = "KUBECONFIG_E2E";

/// Where [`Cluster::start`] gets a cluster from.
pub(crate) struct Cluster;

impl Cluster {
    /// A cluster that tests may fill and break: the one of `KUBECONFIG_E2E` (left as it is afterwards), else a
    /// new one. `None` when there is neither that nor a Go toolchain to build one, which is an error in CI
    /// (`K8SGPT_CI=1`).
    pub(crate) fn start() -> Result<Option<ClusterGuard>> {
        if let Some(kubeconfig) = std::env::var_os(KUBECONFIG_E2E).filter(|path| !path.is_empty()) {
            return Ok(Some(ClusterGuard::borrowed(PathBuf::from(kubeconfig))));
        }
        match binaries::ensure()? {
            Some(binaries) => launch::launch(&binaries, launch::Extent::Full).map(Some),
            None => skipped(),
        }
    }

    /// A new etcd and API server with nothing that would repair, schedule or refuse what a test writes.
    /// `None` as for [`Cluster::start`], but never the cluster of `KUBECONFIG_E2E`.
    pub(crate) fn start_bare() -> Result<Option<ClusterGuard>> {
        match binaries::ensure()? {
            Some(binaries) => launch::launch(&binaries, launch::Extent::Bare).map(Some),
            None => skipped(),
        }
    }
}

/// Says loudly that no cluster can be had; an error in CI.
fn skipped() -> Result<Option<ClusterGuard>> {
    let why = format!(
        "no control plane: go is not in PATH, nothing is built in {}, and {KUBECONFIG_E2E} is not set",
        binaries::cache().display()
    );
    if std::env::var_os("K8SGPT_CI").is_some_and(|value| value == "1") {
        return Err(Error::Other(why));
    }
    eprintln!("SKIPPED: everything that needs a real API server ({why})");
    Ok(None)
}

/// A cluster in use. Dropping it, or a signal to this program, stops by process id what [`Cluster::start`]
/// started.
pub(crate) struct ClusterGuard {
    kubeconfig: PathBuf,
    audit_log: Option<PathBuf>,
    kubectl: PathBuf,
    processes: Option<Processes>,
}

impl ClusterGuard {
    fn borrowed(kubeconfig: PathBuf) -> Self {
        let kubectl = PathBuf::from("kubectl");
        Self { kubeconfig, audit_log: None, kubectl, processes: None }
    }

    /// The kubeconfig of an administrator.
    pub(crate) fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The API server's audit log, one JSON event a line, every request at level Metadata; `None` on a
    /// cluster that was not started here.
    pub(crate) fn audit_log(&self) -> Option<&Path> {
        self.audit_log.as_deref()
    }

    /// A `kubectl` of the cluster's version, or the one in `PATH` for a cluster that was not started here.
    pub(crate) fn kubectl(&self) -> &Path {
        &self.kubectl
    }

    /// An error that names the first process that ended by itself, with the end of its log.
    pub(crate) fn check(&mut self) -> Result<()> {
        self.processes.as_mut().map_or(Ok(()), Processes::check)
    }

    /// Keeps the folder with the logs and the data after the processes are stopped.
    fn keep(&mut self) {
        if let Some(folder) = self.processes.as_mut().and_then(Processes::keep_folder) {
            eprintln!("kept: {}", folder.display());
        }
    }
}

/// `cargo xtask cluster up [--keep]` and `cargo xtask cluster build`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["build"] => match binaries::ensure()? {
            Some(_) => say(&binaries::cache().display().to_string()),
            None => skipped().map(drop),
        },
        ["up"] => up(false),
        ["up", "--keep"] => up(true),
        _ => Err(Error::Other("usage: cargo xtask cluster up [--keep] | build".into())),
    }
}

/// Starts a cluster, prints its kubeconfig and runs until stdin ends (a signal ends it too).
fn up(keep: bool) -> Result<()> {
    let (ended, end) = mpsc::channel();
    let Some(mut cluster) = Cluster::start()? else { return Ok(()) };
    if keep {
        cluster.keep();
    }
    say(&cluster.kubeconfig().display().to_string())?;
    if let Some(log) = cluster.audit_log() {
        eprintln!("audit log: {}\nkubectl: {}", log.display(), cluster.kubectl().display());
    }
    eprintln!("running until Ctrl-C or the end of stdin");
    std::thread::spawn(move || {
        let mut buffer = [0; 256];
        while std::io::stdin().read(&mut buffer).is_ok_and(|read| read > 0) {}
        ended.send(()).unwrap_or_default();
    });
    while end.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
        cluster.check()?;
    }
    Ok(())
}

fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").map_err(Error::io("write to stdout"))
}
