//! `kubectl` against one kubeconfig.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::process;

/// A `kubectl` and the kubeconfig to run it with; `None` leaves that choice to `kubectl`.
pub(crate) struct Kubectl {
    program: PathBuf,
    kubeconfig: Option<PathBuf>,
}

impl Kubectl {
    /// The `kubectl` in `PATH` for the cluster of this kubeconfig.
    pub(crate) fn new(kubeconfig: Option<PathBuf>) -> Self {
        Self { program: "kubectl".into(), kubeconfig }
    }

    /// This program for the cluster of this kubeconfig.
    pub(crate) fn with_program(program: &Path, kubeconfig: &Path) -> Self {
        Self { program: program.into(), kubeconfig: Some(kubeconfig.into()) }
    }

    /// Runs `kubectl` with these arguments and gives its stdout.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Vec<u8>> {
        let mut command = Command::new(&self.program);
        if let Some(path) = &self.kubeconfig {
            command.arg("--kubeconfig").arg(path);
        }
        process::output(command.args(args))
    }

    /// What the API server answers to a GET of this path.
    pub(crate) fn raw(&self, path: &str) -> Result<Value> {
        let bytes = self.run(&["get", "--raw", path])?;
        serde_json::from_slice(&bytes).map_err(Error::json(format!("GET {path}")))
    }

    /// What a JSONPath gives on `kubectl get` with these arguments; nothing where the object does not exist.
    pub(crate) fn jsonpath(&self, get: &str, path: &str) -> String {
        let output = format!("jsonpath={path}");
        let mut args = vec!["get"];
        args.extend(get.split_whitespace());
        args.extend(["--ignore-not-found", "-o", &output]);
        self.run(&args).map(|out| String::from_utf8_lossy(&out).into_owned()).unwrap_or_default()
    }

    /// Applies a file or a folder of files. It is done by the server, so that no copy of the object lands in an
    /// annotation; `manager` names whose fields these are.
    pub(crate) fn apply(&self, path: &Path, manager: &str) -> Result<()> {
        let (path, manager) = (path.display().to_string(), format!("--field-manager={manager}"));
        self.run(&["apply", "--server-side", "--force-conflicts", &manager, "-f", &path]).map(drop)
    }
}
