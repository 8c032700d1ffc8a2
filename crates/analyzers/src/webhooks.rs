//! What both kinds of webhook configuration have in common.

use crate::endpoints::{Backing, Endpoints, workloads};
use crate::netpol::namespace_label;
use crate::refusal::Refused;
use crate::{Finding, Findings, Severity, Source, readiness, refusal, words};
use view::{Lookup, Object, ObjectRef, Service, View, Webhook, WebhookRule, WebhookService};

/// A webhook with the configuration that holds it.
pub(crate) type Hook<'a> = (ObjectRef, &'a Webhook);

/// Webhooks of every ValidatingWebhookConfiguration.
pub(crate) fn validating(view: &View) -> impl Iterator<Item = Hook<'_>> {
    let all = view.validating_webhook_configurations.iter();
    all.flat_map(|c| c.webhooks.iter().map(move |webhook| (c.reference(), webhook)))
}

/// Webhooks of every MutatingWebhookConfiguration.
pub(crate) fn mutating(view: &View) -> impl Iterator<Item = Hook<'_>> {
    let all = view.mutating_webhook_configurations.iter();
    all.flat_map(|c| c.webhooks.iter().map(move |webhook| (c.reference(), webhook)))
}

/// Webhooks whose Service does not exist.
pub(crate) fn backend_missing<'a>(view: &View, hooks: impl Iterator<Item = Hook<'a>>, out: &mut Findings) {
    for (object, webhook) in hooks {
        let Some(at) = webhook.client_config.service.as_ref() else { continue };
        if !view.lookup::<Service>(&at.namespace, &at.name).is_missing() {
            continue;
        }
        let path = format!("{}/{}", at.namespace, at.name);
        let says = format!(
            "{}: webhook {} asks Service {path}, which does not exist",
            effect(webhook),
            webhook.name
        );
        let finding = out.on(object.clone(), says);
        common(view, finding, webhook, "its Service does not exist");
        let near = words::near(&at.name, view.services.names_in(&at.namespace));
        if !near.is_empty() {
            finding.proof(Source::Cluster, format!("near Services in {}: {}", at.namespace, near.join(", ")));
        }
        finding.fix(format!(
            "install the server behind Service {path} again, or delete {object} if it is a leftover"
        ));
    }
}

/// Webhooks whose Service has no ready endpoint.
pub(crate) fn no_endpoints<'a>(view: &View, hooks: impl Iterator<Item = Hook<'a>>, out: &mut Findings) {
    let endpoints = Endpoints::new(view);
    for (object, webhook) in hooks {
        let Some(at) = webhook.client_config.service.as_ref() else { continue };
        let Lookup::Found(service) = view.lookup::<Service>(&at.namespace, &at.name) else { continue };
        let Some(why) = unanswered(view, &endpoints, service) else { continue };
        let path = format!("{}/{}", at.namespace, at.name);
        let says = format!(
            "{}: webhook {} asks Service {path}, which has no ready endpoint ({why})",
            effect(webhook),
            webhook.name
        );
        let finding = out.on(object.clone(), says);
        common(view, finding, webhook, "nobody answers its webhook");
        if blocks_itself(view, service, webhook) {
            finding.proof(Source::Status, "it blocks the pods of its own server: they cannot come back");
            finding.fix(format!("delete {object}; its program makes it again once its pods run"));
            finding.fix(format!(
                "exclude namespace {} in its namespaceSelector, so that it cannot happen again",
                at.namespace
            ));
        } else {
            finding.because(service.reference());
            finding.fix(remedy(view, service, at, &object));
        }
    }
}

/// Webhooks whose Service lacks the port.
pub(crate) fn backend_port<'a>(view: &View, hooks: impl Iterator<Item = Hook<'a>>, out: &mut Findings) {
    for (object, webhook) in hooks {
        let Some(at) = webhook.client_config.service.as_ref() else { continue };
        let Lookup::Found(service) = view.lookup::<Service>(&at.namespace, &at.name) else { continue };
        let port = at.port.unwrap_or(443);
        let ports = &service.spec.ports;
        if service.spec.kind == "ExternalName" || ports.iter().any(|p| p.port == port) {
            continue;
        }
        let (path, there) = (service.reference().path(), words::join_some(ports.iter().map(|p| p.port), 5));
        let says = format!(
            "{}: webhook {} asks port {port} of Service {path}, which has no such port; its ports are {there}",
            effect(webhook),
            webhook.name
        );
        let finding = out.on(object.clone(), says);
        common(view, finding, webhook, "its Service has no such port");
        finding.proof(Source::Spec, format!("clientConfig.service: {path}:{port}"));
        finding.proof(Source::Cluster, format!("ports of Service {path}: {there}"));
        finding.fix(match ports.first() {
            Some(p) => format!(
                "set clientConfig.service.port of {object} to {}, or add port {port} to Service {path}",
                p.port
            ),
            None => format!("add port {port} to Service {path}"),
        });
    }
}

/// Webhooks because of whose failed calls pods are refused.
pub(crate) fn call_failed<'a>(view: &View, hooks: impl Iterator<Item = Hook<'a>>, out: &mut Findings) {
    let refused: Vec<Refused> = refusal::all(view).collect();
    for (object, webhook) in hooks.filter(|(_, webhook)| fails_closed(webhook)) {
        let by_this = refused.iter().filter_map(|refused| match refusal::reason(&refused.message) {
            // Nobody behind the Service: that is told of the Service's state, which may have changed.
            refusal::Reason::Webhook { answer, .. } if answer.contains("no endpoints available") => None,
            refusal::Reason::Webhook { name, answer } if webhook.name == name => Some((refused, answer)),
            _ => None,
        });
        let by_this: Vec<(&Refused, &str)> = by_this.collect();
        let Some((first, answer)) = by_this.first() else { continue };
        let outcome = outcome(answer);
        let says = format!("blocks {}: calls of webhook {} fail: {outcome}", reach(webhook), webhook.name);
        let finding = out.on(object, says);
        common(view, finding, webhook, "its calls fail");
        finding.severity(Severity::Critical).proof(first.source, &first.message);
        let objects = by_this.iter().map(|(refused, _)| &refused.object);
        finding.proof(Source::Status, format!("refused: {}", words::join_some(objects, 3)));
        finding.fix(remedy_of_call(webhook, &outcome));
    }
}

/// What came back, without the address that was asked.
fn outcome(answer: &str) -> String {
    let core = answer.split_once("\": ").map_or(answer, |(_, core)| core);
    words::bounded(core.trim_start_matches("failed to call webhook: "))
}

fn remedy_of_call(webhook: &Webhook, outcome: &str) -> String {
    let name = &webhook.name;
    let server = webhook.client_config.service.as_ref();
    let server = server
        .map_or(webhook.client_config.url.to_string(), |at| format!("Service {}/{}", at.namespace, at.name));
    if outcome.contains("x509") || outcome.contains("tls:") {
        return format!(
            "renew the certificate of {server} and the caBundle of webhook {name} together: they do not fit"
        );
    }
    if outcome.contains("deadline exceeded") || outcome.contains("timeout") {
        let seconds = webhook.timeout_seconds.unwrap_or(10);
        return format!(
            "let the API server reach {server}, or make it answer within {seconds}s (timeoutSeconds of webhook {name})"
        );
    }
    if outcome.contains("connection refused") {
        return format!("make the pods behind {server} listen on the targetPort of their Service");
    }
    format!(
        "bring {server} to answer webhook {name}, or exclude namespaces in its namespaceSelector for the time being"
    )
}

/// Why nobody answers for a Service; `None` when somebody does, may soon, or it is not known.
pub(crate) fn unanswered(view: &View, endpoints: &Endpoints<'_>, service: &Service) -> Option<String> {
    if service.spec.kind == "ExternalName" {
        return None;
    }
    match endpoints.backing(service) {
        Backing::Unknown | Backing::Ready(_) => None,
        Backing::NotReady(pods) => {
            let stuck = readiness::stuck(view, pods.iter().copied());
            (!stuck.is_empty()).then(|| readiness::states(&pods))
        }
        Backing::NoPods => Some(without_pods(view, service)),
        Backing::Unselected => Some("it has neither selector nor endpoints".to_owned()),
    }
}

fn without_pods(view: &View, service: &Service) -> String {
    let all = workloads(view, &service.metadata.namespace, &service.spec.selector);
    match all.first() {
        Some(workload) if workload.desired > 0 => format!("{} has no pods", workload.object),
        Some(workload) => format!("{} is scaled to zero", workload.object),
        None => format!("selector {} matches no pod", service.spec.selector.to_selector()),
    }
}

/// The pods behind the Service are refused because this webhook cannot be asked.
fn blocks_itself(view: &View, service: &Service, webhook: &Webhook) -> bool {
    let served = workloads(view, &service.metadata.namespace, &service.spec.selector);
    refusal::all(view).any(|refused| {
        let by_this = matches!(refusal::reason(&refused.message),
            refusal::Reason::Webhook { name, .. } if webhook.name == name);
        let owner = view.top_owner_of(&refused.object);
        by_this && served.iter().any(|workload| workload.object == owner)
    })
}

/// The workload behind a Service, when it is scaled to zero.
pub(crate) fn scaled_down(view: &View, service: &Service) -> Option<ObjectRef> {
    let all = workloads(view, &service.metadata.namespace, &service.spec.selector);
    all.into_iter().find(|workload| workload.desired == 0).map(|workload| workload.object)
}

fn remedy(view: &View, service: &Service, at: &WebhookService, configuration: &ObjectRef) -> String {
    match scaled_down(view, service) {
        Some(workload) => format!("scale {workload} up again, or delete {configuration}"),
        None => format!(
            "bring the pods behind Service {}/{} back; if that takes long, delete {configuration} for the time being",
            at.namespace, at.name
        ),
    }
}

fn common(view: &View, finding: &mut Finding, webhook: &Webhook, brief: &str) {
    finding.severity(severity(webhook)).brief(brief).field("webhooks.clientConfig.service");
    let policy = if fails_closed(webhook) { "Fail" } else { "Ignore" };
    finding.proof(
        Source::Spec,
        format!("webhook {}: failurePolicy {policy}, asked for {}", webhook.name, reach(webhook)),
    );
    let selector = &webhook.namespace_selector;
    if !selector.is_empty() {
        let matched = view.namespaces.iter().filter(|ns| selector.selects(|key| namespace_label(ns, key)));
        let names = words::join_some(matched.map(|ns| ns.metadata.name.as_str()), 5);
        finding.proof(
            Source::Cluster,
            if names.is_empty() { names } else { format!("namespaces that it means: {names}") },
        );
    }
    finding.command(format!(
        "kubectl get {} {} -o yaml",
        finding.object.kind.to_lowercase(),
        finding.object.name
    ));
}

/// `Fail` is the API's default.
fn fails_closed(webhook: &Webhook) -> bool {
    webhook.failure_policy != "Ignore"
}

fn severity(webhook: &Webhook) -> Severity {
    let for_pods = webhook.rules.iter().any(|rule| rule.resources.iter().any(|r| *r == "pods" || *r == "*"));
    let everywhere = webhook.namespace_selector.is_empty() && webhook.object_selector.is_empty();
    match (fails_closed(webhook), for_pods || everywhere) {
        (false, _) => Severity::Warning,
        (true, true) => Severity::Critical,
        (true, false) => Severity::Error,
    }
}

/// What follows from nobody answering.
fn effect(webhook: &Webhook) -> String {
    if fails_closed(webhook) {
        format!("blocks {}", reach(webhook))
    } else {
        format!("lets {} pass unchecked", reach(webhook))
    }
}

/// What is sent to the webhook: `CREATE pods in namespaces with a=b`.
fn reach(webhook: &Webhook) -> String {
    let rules = words::join_some(webhook.rules.iter().map(rule), 3);
    let rules = if rules.is_empty() { "nothing".to_owned() } else { rules };
    let selector = &webhook.namespace_selector;
    if selector.is_empty() {
        return rules;
    }
    let pairs = selector.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
    let expressions = selector.match_expressions.iter().map(|r| {
        let values = words::join_some(r.values.iter(), 3);
        format!("{} {} {values}", r.key, r.operator).trim().to_owned()
    });
    format!("{rules} in namespaces with {}", words::join_some(pairs.chain(expressions), 3))
}

fn rule(rule: &WebhookRule) -> String {
    let list = |items: &[view::Str]| items.iter().map(|i| i.as_str()).collect::<Vec<_>>().join("/");
    format!("{} {}", list(&rule.operations), list(&rule.resources))
}
