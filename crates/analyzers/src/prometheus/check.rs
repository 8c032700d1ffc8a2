//! Why Prometheus would refuse to load a configuration.

use super::discover::{Config, is_agent, version};
use super::tree::{Node, Value};
use super::{Certainty, Fault, Faults, durations, labels, relabel, shown, walk};
use crate::containers;
use crate::words;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use view::View;

/// The newest version whose fields are all known here.
const KNOWN: (u32, u32) = (3, 8);
/// Prometheus' own default for `scrape_interval`, in milliseconds.
const SCRAPE_INTERVAL: u64 = 60_000;

/// Everything for which some server of this configuration refuses it, by line.
pub(crate) fn refusals(view: &View, config: &Config<'_>) -> Vec<Fault> {
    let Some(root) = config.tree() else { return Vec::new() };
    let agent = config.servers.iter().any(is_agent);
    let versions: Vec<(u32, u32)> = config.servers.iter().filter_map(version).collect();
    let crashes = || {
        config.servers.iter().any(|server| {
            let mut seen = containers::seen(server.pod);
            seen.any(|c| c.status.name == server.container.name && c.is_looping(view.now))
        })
    };
    let mut faults = of_document(root, config.expands, agent);
    faults.retain(|fault| match fault.certainty {
        Certainty::Sure => true,
        Certainty::KnownVersion => versions.iter().any(|v| *v >= (2, 0) && *v <= KNOWN) || crashes(),
        Certainty::Second => versions.iter().any(|v| v.0 == 2),
        Certainty::Third => versions.iter().any(|v| v.0 >= 3),
    });
    faults.sort_by_key(|fault| fault.line);
    faults
}

fn of_document(root: &Node, expands: bool, agent: bool) -> Vec<Fault> {
    let mut faults = Faults { list: Vec::new(), expands };
    if !matches!(root.value, Value::Map(_) | Value::Null) {
        let says = "the document is no mapping with sections as scrape_configs";
        faults.add(Fault::new(root.line, says, "write the sections of the configuration as a mapping"));
        return faults.list;
    }
    walk::fields(root, &mut faults);
    if agent {
        agent_mode(root, &mut faults);
    }
    paths(root, &mut faults);
    let global = root.get("global");
    let default = || Interval { milliseconds: SCRAPE_INTERVAL, whence: ", the default" };
    let set = global.and_then(|global| duration(global, "scrape_interval"));
    let inherited = set.map(|milliseconds| Interval { milliseconds, whence: " that global sets" });
    if let Some(global) = global {
        timeout(global, &default(), "global", &mut faults);
    }
    jobs(root, &inherited.unwrap_or_else(default), &mut faults);
    alerting(root, &mut faults);
    remotes(root, &mut faults);
    faults.list
}

fn jobs(root: &Node, inherited: &Interval, faults: &mut Faults) {
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for job in root.list("scrape_configs") {
        if matches!(job.value, Value::Null) {
            faults.add(Fault::new(job.line, "an entry of scrape_configs is empty", "remove the empty entry"));
            continue;
        }
        let name = job.text("job_name").unwrap_or_default();
        let nameless = name.is_empty() && job.get("job_name").is_none_or(|node| node.as_text().is_some());
        if nameless && matches!(job.value, Value::Map(_)) {
            let says = "a scrape config has no job_name";
            faults.add(Fault::new(job.line, says, "give the scrape config a job_name of its own"));
        } else if let Some(first) = lines.insert(name, job.line).filter(|_| !name.is_empty()) {
            let name = shown(name);
            let says = format!("the job name \"{name}\" is taken already, by line {first}");
            faults.add(Fault::new(
                job.line,
                says,
                format!("rename or remove one of the two jobs \"{name}\""),
            ));
        }
        let place = format!("job \"{}\"", shown(name));
        timeout(job, inherited, &place, faults);
        client(job, &place, faults);
        discovery(job, &place, faults);
        for section in ["relabel_configs", "metric_relabel_configs"] {
            relabel::rules(job, section, &place, faults);
        }
    }
}

fn alerting(root: &Node, faults: &mut Faults) {
    let Some(alerting) = root.get("alerting") else { return };
    relabel::rules(alerting, "alert_relabel_configs", "alerting", faults);
    for manager in alerting.list("alertmanagers") {
        client(manager, "alertmanagers", faults);
        discovery(manager, "alertmanagers", faults);
        if let Some(version) = manager.get("api_version").filter(|v| v.as_text() == Some("v1")) {
            let says = "api_version of alertmanagers is v1, which Prometheus 3 no longer speaks";
            let fault = Fault::new(version.line, says, "write api_version: v2, or leave it out");
            faults.add(Fault { certainty: Certainty::Third, ..fault });
        }
        for section in ["relabel_configs", "alert_relabel_configs"] {
            relabel::rules(manager, section, "alertmanagers", faults);
        }
    }
}

fn remotes(root: &Node, faults: &mut Faults) {
    for section in ["remote_write", "remote_read"] {
        let mut names: HashSet<&str> = HashSet::new();
        for remote in root.list(section) {
            let is_entry = matches!(remote.value, Value::Null | Value::Map(_));
            if is_entry && remote.get("url").is_none() {
                let says = format!("an entry of {section} has no url");
                faults.add(Fault::new(remote.line, says, format!("give the entry of {section} its url")));
            }
            let name = remote.text("name").unwrap_or_default();
            if !name.is_empty() && !names.insert(name) {
                let says = format!("two entries of {section} have the name \"{}\"", shown(name));
                faults.add(Fault::new(remote.line, says, format!("rename one of the two in {section}")));
            }
            let headers = remote.get("headers").map_or(&[][..], |headers| headers.entries());
            if let Some(header) = headers.iter().find(|h| h.key.eq_ignore_ascii_case("authorization")) {
                let says = format!("headers of {section} sets Authorization, which Prometheus reserves");
                let fix = format!("use authorization or basic_auth of {section} in place of the header");
                faults.add(Fault::new(header.line, says, fix));
            }
            client(remote, section, faults);
            relabel::rules(remote, "write_relabel_configs", section, faults);
        }
    }
}

fn agent_mode(root: &Node, faults: &mut Faults) {
    for section in ["alerting", "rule_files", "remote_read"] {
        let filled = |node: &&Rc<Node>| !node.items().is_empty() || !node.entries().is_empty();
        if let Some(node) = root.get(section).filter(filled) {
            let says = format!("{section} is set, which is not allowed in agent mode");
            faults.add(Fault::new(node.line, says, format!("remove {section}, or do not run as an agent")));
        }
    }
}

/// Files are named by a path whose last part alone may hold a `*`.
fn paths(root: &Node, faults: &mut Faults) {
    for section in ["rule_files", "scrape_config_files"] {
        for file in root.list(section) {
            let path = file.as_text().unwrap_or_default();
            if path.split_once('*').is_some_and(|(_, rest)| rest.contains('/')) {
                let says = format!("{section} names {}: a * may stand in the last part only", shown(path));
                faults.add(Fault::new(file.line, says, format!("name each directory in {section}")));
            }
        }
    }
}

fn duration(node: &Node, key: &str) -> Option<u64> {
    node.text(key).and_then(durations::parse).filter(|milliseconds| *milliseconds > 0)
}

/// A `scrape_interval` that is not the job's own.
struct Interval {
    milliseconds: u64,
    whence: &'static str,
}

/// A scrape must end before the next begins.
fn timeout(node: &Node, inherited: &Interval, place: &str, faults: &mut Faults) {
    let Some(timeout) = duration(node, "scrape_timeout") else { return };
    let own = node.text("scrape_interval");
    // An interval that is no duration, or not known, has a fault of its own.
    if own.is_some_and(|text| durations::parse(text).is_none()) {
        return;
    }
    let (interval, whence) = match duration(node, "scrape_interval") {
        Some(interval) => (interval, ""),
        None => (inherited.milliseconds, inherited.whence),
    };
    if timeout > interval {
        let line = node.get("scrape_timeout").map_or(node.line, |node| node.line);
        let (given, interval) = (node.text("scrape_timeout").unwrap_or_default(), words_of(interval));
        let says = format!(
            "scrape_timeout of {place} is {given}, longer than the scrape_interval of {interval}{whence}"
        );
        let fix = format!(
            "set scrape_timeout of {place} to {interval} or less, or its scrape_interval to {given} or more"
        );
        faults.add(Fault::new(line, says, fix));
    }
}

fn words_of(milliseconds: u64) -> String {
    match milliseconds {
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("{}s", ms / 1_000),
        ms => format!("{ms}ms"),
    }
}

/// An HTTP client proves itself in one way only.
fn client(node: &Node, place: &str, faults: &mut Faults) {
    let given = |key: &'static str| node.get(key).map(|_| key);
    let filled = |key: &'static str| node.text(key).filter(|text| !text.is_empty()).map(|_| key);
    let ways = [given("basic_auth"), given("authorization"), given("oauth2")];
    let tokens = [filled("bearer_token"), filled("bearer_token_file")];
    let ways: Vec<&str> = ways.into_iter().chain(tokens).flatten().collect();
    if let [first, second, ..] = ways[..] {
        let line = node.get(second).map_or(node.line, |node| node.line);
        let says = format!("{place} has both {first} and {second}, of which one is allowed");
        faults.add(Fault::new(line, says, format!("remove {first} or {second} from {place}")));
    }
    if let Some(authorization) = node.get("authorization")
        && authorization.text("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("basic"))
    {
        let says = format!("authorization of {place} has the type Basic, which is not allowed there");
        faults.add(Fault::new(authorization.line, says, format!("use basic_auth in {place}")));
    }
    if let Some(tls) = node.get("tls_config") {
        let has = |names: [&str; 3]| names.iter().any(|key| tls.text(key).is_some_and(|t| !t.is_empty()));
        let (cert, key) = (has(["cert", "cert_file", "cert_ref"]), has(["key", "key_file", "key_ref"]));
        if cert != key {
            let (there, missing) = if cert { ("certificate", "key") } else { ("key", "certificate") };
            let says = format!("tls_config of {place} has a {there} without its {missing}");
            faults.add(Fault::new(
                tls.line,
                says,
                format!("add {missing}_file beside it", missing = if cert { "key" } else { "cert" }),
            ));
        }
    }
}

/// Static targets are hosts, and Kubernetes is asked in a known role.
fn discovery(node: &Node, place: &str, faults: &mut Faults) {
    if node.list("relabel_configs").is_empty() {
        let groups = node.list("static_configs").iter();
        for target in groups.flat_map(|group| group.list("targets")) {
            let text = target.as_text().unwrap_or_default();
            if text.contains('/') {
                let host = host_of(text);
                let says =
                    format!("a target of {place} is \"{}\", where host:port is expected", address(text));
                let fix = format!("write {host}; a path goes into metrics_path, https into scheme");
                faults.add(Fault::new(target.line, says, fix));
            }
        }
    }
    for group in node.list("static_configs").iter().filter(|group| matches!(group.value, Value::Null)) {
        let says = format!("an entry of static_configs of {place} is empty");
        faults.add(Fault::new(group.line, says, format!("remove the empty entry of {place}")));
    }
    for discovery in node.list("kubernetes_sd_configs") {
        client(discovery, &format!("kubernetes_sd_configs of {place}"), faults);
        let Some(role) = discovery.get("role") else {
            if matches!(discovery.value, Value::Null | Value::Map(_)) {
                let says = format!("kubernetes_sd_configs of {place} has no role");
                let fix = format!("set role to one of {}", words::join_some(labels::roles(), 9));
                faults.add(Fault::new(discovery.line, says, fix));
            }
            continue;
        };
        let text = role.as_text().unwrap_or_default();
        if !labels::roles().any(|known| known == text) && !text.is_empty() {
            let near = words::misspelt(text, labels::roles());
            let says = format!(
                "kubernetes_sd_configs of {place} has the role \"{}\", which does not exist",
                shown(text)
            );
            let fix = match near {
                Some(near) => format!("write role: {near}"),
                None => format!("set role to one of {}", words::join_some(labels::roles(), 9)),
            };
            let certainty = if near.is_some() { Certainty::Sure } else { Certainty::KnownVersion };
            faults.add(Fault { certainty, ..Fault::new(role.line, says, fix) });
        }
    }
}

/// A target without what stands before an `@`, and without a query.
fn address(target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    match path.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or_default();
            let clean = host.rsplit('@').next().unwrap_or_default();
            shown(&format!("{scheme}://{clean}{}", &rest[host.len()..]))
        }
        None => shown(path.rsplit('@').next().unwrap_or_default()),
    }
}

fn host_of(target: &str) -> String {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    shown(host.rsplit('@').next().unwrap_or_default())
}
