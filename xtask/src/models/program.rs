//! The program with a home directory of its own, over the demo cluster.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::e2e::checks::expect;
use crate::error::{Error, Result};

/// Keys of a report that differ with who explains, or from run to run.
const OF_EXPLAINING: [&str; 4] = ["run", "provider", "explained_by", "notes"];

/// The program, and a home that is gone with it.
pub(super) struct Program {
    binary: PathBuf,
    home: TempDir,
}

/// One report.
pub(super) struct Run {
    pub(super) report: Value,
}

impl Program {
    pub(super) fn new(binary: &Path) -> Result<Program> {
        let home = TempDir::with_prefix("k8sgpt-models-").map_err(Error::io("create a temporary folder"))?;
        Ok(Program { binary: binary.to_owned(), home })
    }

    /// `analyze --explain` of a namespace, with these variables alone.
    pub(super) fn explain(&self, variables: &[(&str, &str)], namespace: &str) -> Result<Run> {
        self.analyze(variables, &["--explain", "--namespace", namespace])
    }

    pub(super) fn analyze(&self, variables: &[(&str, &str)], args: &[&str]) -> Result<Run> {
        let mut command = Command::new(&self.binary);
        command.env_clear().env("HOME", self.home.path()).envs(variables.iter().copied());
        command.args(["analyze", "--demo", "-o", "json"]).args(args).stdin(Stdio::null());
        let output = command.output().map_err(Error::io("run the program"))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let what = || format!("report of k8sgpt {args:?} ({}): {said}", output.status);
        serde_json::from_slice(&output.stdout).map(|report| Run { report }).map_err(Error::json(what()))
    }
}

impl Run {
    /// The explanation of each cause.
    pub(super) fn explanations(&self) -> Vec<&Value> {
        let causes = self.report["causes"].as_array();
        causes.into_iter().flatten().filter_map(|cause| cause.get("explanation")).collect()
    }

    /// Milliseconds of a stage.
    pub(super) fn stage(&self, name: &str) -> u64 {
        let stages = self.report["run"]["stages_ms"].as_array();
        let found = stages.into_iter().flatten().find(|stage| stage[0] == name);
        found.and_then(|stage| stage[1].as_u64()).unwrap_or_default()
    }

    /// Every cause is explained with these words.
    pub(super) fn all_say(&self, words: &str) -> Result<String> {
        self.all(|e| e["text"].as_str().is_some_and(|text| text.contains(words)) && e.get("failed").is_none())
    }

    /// Every explanation comes from the cache, and no call was made.
    pub(super) fn all_cached(&self) -> Result<String> {
        let line = &self.report["explained_by"];
        expect(line.as_str().is_some_and(|line| line.contains("; 0 calls")), || line.to_string())?;
        self.all(|explanation| explanation["cached"] == true && explanation.get("failed").is_none())
    }

    /// No cause is explained, for a reason with these words, and each keeps the built-in guidance.
    pub(super) fn all_failed(&self, reason: &str) -> Result<String> {
        self.all(|explanation| {
            let has =
                |key: &str, words: &str| explanation[key].as_str().is_some_and(|text| text.contains(words));
            has("failed", reason) && has("source", "built-in guidance") && has("text", "What to do")
        })
    }

    fn all(&self, holds: impl Fn(&Value) -> bool) -> Result<String> {
        let explanations = self.explanations();
        let wrong = explanations.iter().find(|explanation| !holds(explanation));
        expect(wrong.is_none(), || wrong.map(ToString::to_string).unwrap_or_default())?;
        expect(!explanations.is_empty(), || format!("no explanations: {}", self.report))?;
        Ok(format!("{} causes", explanations.len()))
    }

    /// Apart from explanations the reports are one.
    pub(super) fn same_findings(&self, other: &Run) -> Result<String> {
        expect(self.findings() == other.findings(), || "the findings differ".to_owned())?;
        Ok(String::new())
    }

    fn findings(&self) -> Value {
        let mut report = self.report.clone();
        for key in OF_EXPLAINING {
            drop(report.as_object_mut().and_then(|map| map.remove(key)));
        }
        for (list, key) in [("causes", "explanation"), ("results", "details")] {
            for entry in report[list].as_array_mut().into_iter().flatten() {
                drop(entry.as_object_mut().and_then(|map| map.remove(key)));
            }
        }
        report
    }
}
