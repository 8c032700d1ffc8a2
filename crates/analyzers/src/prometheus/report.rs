//! What findings about a configuration have in common.

use super::discover::{Config, Content, Server, files};
use super::tree::Parsed;
use super::{Fault, refusals};
use crate::{Finding, Findings, Severity, Source, words};
use view::{Kind, ObjectRef, Pod, View};

/// Most faults of one configuration that are told.
const TOLD: usize = 5;

/// One finding for what Prometheus refuses in a configuration: the first fault in its text, the others as
/// proof.
pub(crate) fn refused(config: &Config<'_>, faults: &[Fault], out: &mut Findings) {
    let Some(first) = faults.first() else { return };
    let more = match faults.len() {
        1 => String::new(),
        n => format!(" ({})", words::count(n - 1, "further fault")),
    };
    let says = format!("is refused by Prometheus: {} line {}: {}{more}", config.key, first.line, first.says);
    let finding = out.on(config.object.clone(), says);
    finding.brief("refused by Prometheus");
    for fault in &faults[1..faults.len().min(TOLD)] {
        finding.proof(Source::Spec, format!("line {}: {}", fault.line, fault.says));
    }
    impact(config, finding);
    let mut fixes: Vec<String> =
        faults.iter().take(TOLD).map(|f| format!("line {}: {}", f.line, f.fix)).collect();
    fixes.dedup();
    for fix in fixes {
        finding.fix(fix);
    }
    origin(config, first.says.as_str(), finding);
    commands(config, finding);
}

/// Who reads it, and whether they run nevertheless.
pub(crate) fn impact(config: &Config<'_>, finding: &mut Finding) {
    finding.proof(Source::Spec, read_by(config));
    if config.servers.iter().all(|server| server.pod.is_ready()) {
        finding.severity(Severity::Warning).proof(
            Source::Status,
            format!(
                "{} still works with what it loaded before, and cannot start with this",
                config.readers()
            ),
        );
    }
}

/// What a generated configuration is made of is what must be corrected.
pub(crate) fn origin(config: &Config<'_>, says: &str, finding: &mut Finding) {
    if !is_generated(config) {
        return;
    }
    let job = says.split_once("job \"").and_then(|(_, rest)| rest.split_once('"')).map(|(job, _)| job);
    let made = job.and_then(|job| {
        let mut parts = job.split('/');
        let kind = match parts.next()? {
            "serviceMonitor" => "ServiceMonitor",
            "podMonitor" => "PodMonitor",
            "probe" => "Probe",
            "scrapeConfig" => "ScrapeConfig",
            _ => return None,
        };
        Some(format!("{kind} {}/{}", parts.next()?, parts.next()?))
    });
    finding.fix(match made {
        Some(made) => format!("make the change in {made}: the operator writes {} from it", config.object),
        None => format!(
            "make the change where it comes from: the operator writes {} from Prometheus, ServiceMonitor and PodMonitor objects and additionalScrapeConfigs",
            config.object
        ),
    });
}

/// True when an operator writes it.
pub(crate) fn is_generated(config: &Config<'_>) -> bool {
    config.object.kind == Kind::Secret.name() && config.expands
}

/// Commands that show more.
pub(crate) fn commands(config: &Config<'_>, finding: &mut Finding) {
    let ObjectRef { namespace, name, .. } = &config.object;
    if config.object.kind == Kind::ConfigMap.name() {
        finding.command(format!("kubectl -n {namespace} edit configmap {name}"));
    }
    if let Some(Server { pod, container }) = config.servers.first() {
        finding.command(format!("kubectl -n {namespace} logs {} -c {}", pod.metadata.name, container.name));
    }
}

/// Which containers read it, and as which file.
pub(crate) fn read_by(config: &Config<'_>) -> String {
    let container = config.servers.first().map_or("", |server| server.container.name.as_str());
    format!("{}: container {container} reads {}", config.readers(), config.path)
}

/// The object whose configuration keeps a container from starting, if it is a Prometheus server.
pub(crate) fn explains(view: &View, pod: &Pod, container: &str) -> Option<ObjectRef> {
    let config = files(view, pod, container)?;
    let broken = match &config.content {
        Content::NoKey(_) => true,
        Content::Text(parsed) => match &**parsed {
            Parsed::Broken(_) => true,
            Parsed::Tree(_) => !refusals(view, &config).is_empty(),
            Parsed::Unknown => false,
        },
        Content::Unknown => false,
    };
    broken.then_some(config.object)
}
