//! What both kinds of webhook configuration have in common.

use crate::endpoints::{Backing, Endpoints, workloads};
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
        common(finding, webhook, "its Service does not exist");
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
        if service.spec.kind == "ExternalName" {
            continue;
        }
        let Some(why) = reason(view, &endpoints, service) else { continue };
        let path = format!("{}/{}", at.namespace, at.name);
        let says = format!(
            "{}: webhook {} asks Service {path}, which has no ready endpoint ({why})",
            effect(webhook),
            webhook.name
        );
        let finding = out.on(object.clone(), says);
        common(finding, webhook, "nobody answers its webhook");
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

/// Why nobody answers; `None` when somebody does, may soon, or it is not known.
fn reason(view: &View, endpoints: &Endpoints<'_>, service: &Service) -> Option<String> {
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

fn scaled_down(view: &View, service: &Service) -> Option<ObjectRef> {
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

fn common(finding: &mut Finding, webhook: &Webhook, brief: &str) {
    finding.severity(severity(webhook)).brief(brief).field("webhooks.clientConfig.service");
    let policy = if fails_closed(webhook) { "Fail" } else { "Ignore" };
    finding.proof(
        Source::Spec,
        format!("webhook {}: failurePolicy {policy}, asked for {}", webhook.name, reach(webhook)),
    );
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
