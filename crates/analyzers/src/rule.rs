//! What a rule and an analyzer declare.

use crate::{Findings, Severity};
use view::{Kind, View};

/// A rule: the kinds that it reads and a pure function.
#[derive(Debug)]
pub struct Rule {
    /// Kinds that the function reads. Each is listed once for all rules together.
    pub needs: &'static [Kind],
    /// Severity of its findings, unless a finding sets its own.
    pub severity: Severity,
    /// Version that brought it.
    pub since: &'static str,
    /// False for a rule that speaks only when its filter is named explicitly.
    pub default: bool,
    /// Rules whose finding on the same object explains this one's (`pod/crash-loop`; `pod/*` for every
    /// other rule of a folder).
    pub yields_to: &'static [&'static str],
    /// Looks at the View and adds what it finds.
    pub run: fn(&View, &mut Findings),
}

/// A folder of rules: the filter by which people select it.
#[derive(Debug)]
pub struct Analyzer {
    /// Filter name as in `--filter`; empty for analyzers whose findings appear only as causes of others.
    pub filter: &'static str,
    /// Other spellings: plurals and short names.
    pub aliases: &'static [&'static str],
    /// Runs without being asked for.
    pub default: bool,
}

/// A rule with its id and manual page.
#[derive(Debug)]
pub struct Entry {
    /// `kind/what`, from the path of its file.
    pub id: &'static str,
    /// The module's doc comment, in Markdown: What it finds, Why it matters, When it stays silent, What to do.
    pub doc: &'static str,
    /// The rule itself.
    pub rule: &'static Rule,
}

impl Entry {
    /// What it finds in a few words: the title of the manual page.
    pub fn title(&self) -> &'static str {
        self.doc.lines().next().unwrap_or_default().trim_start_matches('#').trim()
    }

    /// True when its findings tell of a risk or a state, which explains no fault: a Deployment is not down
    /// because it is privileged, nor a pod because its node's kubelet is old.
    pub fn is_risk(&self) -> bool {
        self.id.starts_with("security/") || matches!(self.id, "node/version-skew" | "node/cordoned")
    }

    /// The text under a heading of the manual page (`Why it matters`), empty when there is none.
    pub fn section(&self, heading: &str) -> String {
        let mut lines = self.doc.lines().skip_while(|line| line.trim_start_matches('#').trim() != heading);
        lines.next();
        let body: Vec<&str> = lines.take_while(|line| !line.starts_with('#')).collect();
        body.join("\n").trim().to_owned()
    }
}

/// An analyzer with its rules.
#[derive(Debug)]
pub struct Registered {
    /// Folder name, the first half of its rules' ids.
    pub folder: &'static str,
    /// Its declaration.
    pub analyzer: &'static Analyzer,
    /// Its rules, by id.
    pub rules: &'static [Entry],
}

impl Registered {
    /// The kind that the folder is named after; none for folders of advice (`security`).
    pub fn kind(&self) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name().eq_ignore_ascii_case(self.folder))
    }

    /// True when its findings are faults that may explain others', even if nobody chose it.
    pub(crate) fn explains(&self) -> bool {
        self.analyzer.default || self.kind().is_some()
    }
}
