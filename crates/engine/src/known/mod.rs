//! What need not be told again: the ignore file, a baseline, and what began too long ago.

mod baseline;
mod ignore;
mod since;

pub use ignore::{IgnoreError, IgnoreFile};

pub(crate) use baseline::Baseline;
pub(crate) use since::Since;

use crate::report::{CauseReport, Suppressed, SuppressedCause};
use analyzers::{By, Cause, Hidden};
use std::path::Path;
use view::{Time, View};

/// The ignore file that holds: the one that was given, the configured one, else `ignore.yaml` beside the
/// configuration file if there is one; none where it is not known where that is.
pub(crate) fn ignore_file(
    given: Option<&Path>,
    configured: Option<&str>,
    beside: &Path,
) -> Result<IgnoreFile, IgnoreError> {
    match (given, configured) {
        (Some(path), _) => IgnoreFile::read(path),
        (None, Some(path)) => IgnoreFile::read(&beside.join(path)),
        (None, None) if beside.as_os_str().is_empty() => Ok(IgnoreFile::default()),
        (None, None) => IgnoreFile::read_if_any(&beside.join("ignore.yaml")),
    }
}

/// Everything that hides causes, read before an analysis begins.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub ignore: IgnoreFile,
    pub baseline: Option<Baseline>,
    pub since: Option<Since>,
}

/// What became of the causes.
pub(crate) struct Sorted {
    pub shown: Vec<Cause>,
    pub suppressed: Suppressed,
    /// Those that are not shown, with who hides them.
    pub hidden: Vec<(Cause, &'static str, String)>,
    /// What the reader should know about it.
    pub notes: Vec<String>,
}

impl Known {
    /// Takes out of the selected causes what is known or old; `wanted` says what may stay.
    pub fn sort(&self, view: &View, causes: Vec<Cause>, wanted: impl Fn(&Cause) -> bool) -> Sorted {
        let (silence, notes) = self.ignore.at(view.now);
        let (shown, silenced) = analyzers::silence(view, causes, &silence, wanted);
        let mut sorted =
            Sorted { shown: Vec::new(), suppressed: Suppressed::default(), hidden: Vec::new(), notes };
        for Hidden { cause, by, reason } in silenced {
            sorted.hide(cause, by, reason);
        }
        let from = self.since.as_ref().map(|since| since.from(view.now));
        for cause in shown {
            let known = self.baseline.as_ref().is_some_and(|baseline| baseline.knows(&cause));
            let old = from.is_some_and(|from| cause.began().is_some_and(|began| began < from));
            if known {
                sorted.suppressed.baseline += 1;
                sorted.hidden.push((cause, "baseline", String::new()));
            } else if let (true, Some(from)) = (old, from) {
                sorted.suppressed.older += 1;
                sorted.hidden.push((cause, "since", began_before(from)));
            } else {
                sorted.shown.push(cause);
            }
        }
        sorted
    }
}

fn began_before(from: Time) -> String {
    format!("it began before {from}")
}

impl Sorted {
    fn hide(&mut self, cause: Cause, by: By, reason: String) {
        let name = match by {
            By::IgnoreFile => {
                self.suppressed.ignore_file += 1;
                "ignore file"
            }
            By::Annotation => {
                self.suppressed.annotations += 1;
                "annotation"
            }
        };
        self.hidden.push((cause, name, reason));
    }

    /// The hidden causes as a report lists them.
    pub fn listed(&self) -> Vec<SuppressedCause> {
        let listed = self.hidden.iter().map(|(cause, by, reason)| {
            let report: CauseReport = crate::assemble::cause_report(cause, false);
            SuppressedCause {
                rule: report.rule,
                severity: report.severity,
                kind: report.kind,
                name: report.name,
                text: report.text,
                affected_objects: report.affected_objects,
                fingerprint: report.fingerprint,
                by,
                reason: reason.clone(),
            }
        });
        listed.collect()
    }
}
