//! What Prometheus accepts in a configuration and what nevertheless never scrapes anything.

use super::discover::{Config, is_official, mount_of, normal, receives};
use super::labels::{self, Label};
use super::tree::Node;
use super::{regex, shown};
use crate::words;
use std::collections::HashSet;

/// A part of a configuration without effect.
pub(crate) struct Idle {
    /// Counted from 1.
    pub line: usize,
    /// `job "node" discovers no targets`.
    pub says: String,
    /// What to write instead.
    pub fix: String,
}

/// A relabel rule that reads a label which no target has.
pub(crate) struct Void {
    /// Counted from 1.
    pub line: usize,
    /// `job "pods"`.
    pub job: String,
    /// `rule 1 of relabel_configs keeps those with …`.
    pub says: String,
    /// What to write instead.
    pub fix: String,
    /// What is dropped, every one of them; nothing for a rule that merely has no effect.
    pub drops: Option<&'static str>,
}

/// True when a server has nothing to scrape and no other source of data.
pub(crate) fn scrapes_nothing(config: &Config<'_>) -> bool {
    let Some(root) = config.tree() else { return false };
    let sources = ["scrape_configs", "scrape_config_files", "remote_read"];
    let none = sources.iter().all(|section| root.list(section).is_empty());
    none && root.get("otlp").is_none() && !config.servers.iter().any(receives)
}

/// Jobs, receivers and rule files that cannot work.
pub(crate) fn idle(config: &Config<'_>) -> Vec<Idle> {
    let mut all = Vec::new();
    let Some(root) = config.tree() else { return all };
    for job in root.list("scrape_configs") {
        of_job(job, config.expands, &mut all);
    }
    for remote in root.list("remote_write") {
        let url = remote.get("url").and_then(|node| node.as_text().map(|text| (node.line, text)));
        let known = |text: &str| {
            let lower = text.to_ascii_lowercase();
            lower.starts_with("http://") || lower.starts_with("https://") || text.contains('$')
        };
        if let Some((line, _)) = url.filter(|(_, text)| !text.is_empty() && !known(text)) {
            let says = "the url of remote_write does not begin with http:// or https://".to_owned();
            let fix = "write the url of remote_write with its scheme".to_owned();
            all.push(Idle { line, says, fix });
        }
    }
    rule_files(config, root, &mut all);
    all
}

fn of_job(job: &Node, expands: bool, all: &mut Vec<Idle>) {
    let place = place(job);
    let discovers = |key: &str| key == "static_configs" || key.ends_with("_sd_configs");
    if !job.entries().is_empty() && !job.entries().iter().any(|entry| discovers(&entry.key)) {
        let says = format!("{place} has neither static_configs nor service discovery, and so no targets");
        let fix = format!("give {place} static_configs, or kubernetes_sd_configs");
        all.push(Idle { line: job.line, says, fix });
    }
    let text = |key| job.get(key).and_then(|node| node.as_text().map(|text| (node.line, text)));
    let known = |text: &str| !(expands && text.contains('$'));
    if let Some((line, scheme)) = text("scheme").filter(|(_, text)| known(text))
        && !["http", "https", ""].iter().any(|valid| scheme.eq_ignore_ascii_case(valid))
    {
        let says = format!("{place} has the scheme \"{}\", which is neither http nor https", shown(scheme));
        all.push(Idle { line, says, fix: format!("write scheme: https or scheme: http in {place}") });
    }
    if let Some((line, path)) = text("metrics_path").filter(|(_, path)| path.contains('?')) {
        let path = shown(path.split('?').next().unwrap_or_default());
        let says = format!(
            "metrics_path of {place} goes on after {path} with a query, which is sent as a part of the path"
        );
        let fix = format!("write metrics_path: {path} and move what follows the ? into params of {place}");
        all.push(Idle { line, says, fix });
    }
}

/// Rule files of the project's own image are those that are mounted: it brings none.
fn rule_files(config: &Config<'_>, root: &Node, all: &mut Vec<Idle>) {
    if !config.servers.iter().all(is_official) {
        return;
    }
    let base = config.path.rsplit_once('/').map_or("", |(base, _)| base);
    for file in root.list("rule_files") {
        let Some(path) = file.as_text().filter(|path| !path.is_empty() && !path.contains("..")) else {
            continue;
        };
        let full = normal(&if path.starts_with('/') { path.to_owned() } else { format!("{base}/{path}") });
        let folder = full.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mounted = |server: &super::discover::Server<'_>| {
            let mounts = server.container.volume_mounts.iter().map(|mount| normal(&mount.mount_path));
            let below = mounts.into_iter().any(|mount| mount.starts_with(folder));
            below
                || mount_of(server.container, folder).is_some()
                || mount_of(server.container, &full).is_some()
        };
        if !folder.is_empty() && !folder.contains('*') && !config.servers.iter().any(mounted) {
            let says =
                format!("rule_files names {}, and nothing is mounted at {}", shown(path), shown(folder));
            let fix =
                format!("mount the rules at {}, or name the folder where they are mounted", shown(folder));
            all.push(Idle { line: file.line, says, fix });
        }
    }
}

/// Relabel rules that read labels which no target of their job has.
pub(crate) fn voids(config: &Config<'_>) -> Vec<Void> {
    let mut all = Vec::new();
    let Some(root) = config.tree() else { return all };
    for job in root.list("scrape_configs") {
        of_targets(job, config.expands, &mut all);
        of_samples(job, config.expands, &mut all);
    }
    all
}

/// Who sets the labels of a job's targets.
enum Origin<'a> {
    Roles(Vec<&'a str>),
    Static,
    Unknown,
}

impl<'a> Origin<'a> {
    fn of(job: &'a Node) -> Origin<'a> {
        let entries =
            || job.entries().iter().filter(|e| e.key == "static_configs" || e.key.ends_with("_sd_configs"));
        if entries().next().is_none() {
            return Origin::Unknown;
        }
        if entries().all(|entry| entry.key == "kubernetes_sd_configs") {
            let roles: Option<Vec<&str>> =
                job.list("kubernetes_sd_configs").iter().map(|sd| sd.text("role")).collect();
            return roles.map_or(Origin::Unknown, Origin::Roles);
        }
        let labels = job.list("static_configs").iter().filter_map(|group| group.get("labels"));
        let meta = labels.flat_map(|labels| labels.entries()).any(|entry| entry.key.starts_with("__meta_"));
        if entries().all(|entry| entry.key == "static_configs") && !meta {
            Origin::Static
        } else {
            Origin::Unknown
        }
    }

    /// Why no target has a label, and what was probably meant.
    fn lacks(&self, label: &str) -> Option<(String, Option<String>)> {
        match self {
            Origin::Unknown => None,
            Origin::Static if !label.starts_with(labels::META) => None,
            Origin::Static => Some(("static_configs does not set".to_owned(), None)),
            Origin::Roles(roles) => match labels::look_up(label, roles) {
                Label::Possible => None,
                Label::Misspelt(meant) => Some(("discovery never sets".to_owned(), Some(meant))),
                Label::OtherRole(others) => {
                    let (role, others) = (words::join_some(roles, 3), words::join_some(others, 4));
                    Some((format!("discovery of role {role} never sets (roles that do: {others})"), None))
                }
            },
        }
    }
}

fn of_targets(job: &Node, expands: bool, all: &mut Vec<Void>) {
    let origin = Origin::of(job);
    let mut written: HashSet<&str> = HashSet::new();
    for (at, rule) in job.list("relabel_configs").iter().enumerate() {
        let action = rule.text("action").unwrap_or("replace").to_lowercase();
        let target = rule.text("target_label").unwrap_or_default();
        // From here on labels may have any name.
        let renames = action == "labelmap" && rule.text("replacement").is_some_and(|to| to.starts_with("__"));
        if renames || target.starts_with('$') || target.starts_with("__meta_") && target.contains('$') {
            return;
        }
        for (position, label) in rule.list("source_labels").iter().enumerate() {
            let name = label.as_text().unwrap_or_default();
            if written.contains(name) || expands && name.contains('$') {
                continue;
            }
            let Some((why, meant)) = origin.lacks(name) else { continue };
            let drops_all = action == "keep" && needs_value(rule, position, expands);
            if !drops_all && meant.is_none() {
                continue;
            }
            let rule = format!("rule {} of relabel_configs", at + 1);
            let does = if drops_all { "keeps only those with" } else { "reads" };
            let says = format!("{rule} {does} {}, which {why}", shown(name));
            let (job, drops) = (place(job), drops_all.then_some("target"));
            let fix = match meant {
                Some(meant) => format!("write {} in {rule} of {job}", shown(&meant)),
                None => format!(
                    "let {job} discover in a role that sets it, or keep by a label that its targets have"
                ),
            };
            all.push(Void { line: label.line, job, says, fix, drops });
        }
        written.insert(target);
    }
}

/// Labels of discovery are gone when samples are relabelled.
fn of_samples(job: &Node, expands: bool, all: &mut Vec<Void>) {
    let mut written: HashSet<&str> = HashSet::new();
    for (at, rule) in job.list("metric_relabel_configs").iter().enumerate() {
        let keeps = rule.text("action").is_some_and(|action| action.eq_ignore_ascii_case("keep"));
        for (position, label) in rule.list("source_labels").iter().enumerate().filter(|_| keeps) {
            let name = label.as_text().unwrap_or_default();
            if name.starts_with("__meta_") && !written.contains(name) && needs_value(rule, position, expands)
            {
                let (rule, name) = (format!("rule {} of metric_relabel_configs", at + 1), shown(name));
                let says = format!("{rule} keeps only those with {name}, which samples no longer have");
                let fix =
                    format!("move {rule} of {} to its relabel_configs, where {name} is set", place(job));
                all.push(Void { line: label.line, job: place(job), says, fix, drops: Some("sample") });
            }
        }
        written.insert(rule.text("target_label").unwrap_or_default());
    }
}

/// True when the rule matches nothing where the label at this position is empty.
fn needs_value(rule: &Node, position: usize, expands: bool) -> bool {
    let Some(pattern) = rule.text("regex").filter(|text| !(expands && text.contains('$'))) else {
        return false;
    };
    let labels = rule.list("source_labels").len();
    let part = match labels {
        9.. => return false,
        1 => pattern,
        _ => {
            let separator = rule.text("separator").unwrap_or(";");
            // Where groups or classes may span several labels, nobody knows.
            if separator.is_empty() || pattern.contains(['(', '[', '|', '\\']) {
                return false;
            }
            let parts: Vec<&str> = pattern.split(separator).collect();
            // `.*` may take the separator in as well.
            if parts.len() != labels || parts.iter().any(|part| part.contains('.')) {
                return false;
            }
            parts[position]
        }
    };
    regex::check(part).is_ok_and(|pattern| !pattern.matches_empty)
}

fn place(job: &Node) -> String {
    format!("job \"{}\"", shown(job.text("job_name").unwrap_or_default()))
}
