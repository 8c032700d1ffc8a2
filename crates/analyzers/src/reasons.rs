//! What the API server means when it refuses to create something.

use crate::limits::{self, Breach};
use crate::{pod_security, words};
use view::{Object, ObjectRef, View};

/// What a refusal means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reason<'a> {
    /// A quota would be exceeded: its name, and `requested`, `used`, `limited` as lists `pods=2,…`.
    Quota { name: &'a str, requested: &'a str, used: &'a str, limited: &'a str },
    /// A quota wants requests or limits that the containers do not declare.
    QuotaWants { name: &'a str, what: &'a str },
    /// The service account does not exist.
    ServiceAccount { namespace: &'a str, name: &'a str },
    /// A webhook could not be asked: its name and why.
    Webhook { name: &'a str, answer: &'a str },
    /// Pod Security refused: the level and what violates it.
    PodSecurity { level: &'a str, violations: &'a str },
    /// A LimitRange refused: everything that is beyond it.
    Limits(Vec<Breach<'a>>),
    /// The priority class does not exist.
    PriorityClass(&'a str),
    /// A policy denied it: whose policy it is, its name, its rule where it has some, and why.
    Policy { of: &'a str, name: &'a str, rule: &'a str, why: &'a str },
    /// Any other refusal, in the API server's words.
    Other(&'a str),
}

/// Takes a refusal apart.
pub(crate) fn reason(message: &str) -> Reason<'_> {
    let core = core(message);
    if let Some(rest) = after(core, "exceeded quota: ") {
        let name = rest.split(", requested: ").next().unwrap_or(rest);
        let requested = between(rest, ", requested: ", ", used: ");
        let used = between(rest, ", used: ", ", limited: ");
        let limited = after(rest, ", limited: ").unwrap_or_default();
        return Reason::Quota { name, requested, used, limited };
    }
    if let Some((name, what)) = after(core, "failed quota: ").and_then(|rest| rest.split_once(": ")) {
        return Reason::QuotaWants { name, what };
    }
    if let Some(rest) = after(core, "error looking up service account ") {
        let path = rest.split(':').next().unwrap_or(rest);
        let (namespace, name) = path.split_once('/').unwrap_or(("", path));
        return Reason::ServiceAccount { namespace, name };
    }
    if let Some((name, answer)) = after(core, "failed calling webhook \"").and_then(|r| r.split_once("\": "))
    {
        return Reason::Webhook { name, answer };
    }
    if let Some((level, rest)) = after(core, "violates PodSecurity \"").and_then(|r| r.split_once('"')) {
        return Reason::PodSecurity { level, violations: rest.trim_start_matches(": ") };
    }
    if let Some(rest) = after(core, "no PriorityClass with name ") {
        return Reason::PriorityClass(rest.split(' ').next().unwrap_or(rest));
    }
    let breaches = limits::breaches(core);
    if !breaches.is_empty() {
        return Reason::Limits(breaches);
    }
    denied(core).unwrap_or(Reason::Other(core))
}

/// A denial by a policy engine: Kyverno names policy and rule on lines of their own, Gatekeeper its constraint
/// in brackets, the API server its own ValidatingAdmissionPolicy.
fn denied(core: &str) -> Option<Reason<'_>> {
    if let Some((name, rest)) =
        after(core, "ValidatingAdmissionPolicy '").and_then(|rest| rest.split_once('\''))
    {
        let why = after(rest, " denied request: ").unwrap_or(rest).trim();
        return Some(Reason::Policy { of: "ValidatingAdmissionPolicy", name, rule: "", why });
    }
    let told = after(core, "admission webhook \"").and_then(|rest| after(rest, "\" denied the request: "))?;
    if let Some(list) = after(told, "blocked due to the following policies") {
        let (name, rest) = list.trim_start().split_once(':')?;
        let (rule, why) = rest.trim_start().split_once(':')?;
        let why = why.trim().trim_matches('\'');
        return Some(Reason::Policy { of: "Kyverno policy", name, rule: rule.trim(), why });
    }
    let (name, why) = told.trim_start().strip_prefix('[')?.split_once("] ")?;
    Some(Reason::Policy { of: "Gatekeeper constraint", name, rule: "", why: why.trim() })
}

/// The API server's own words: without what the controller put before them.
fn core(message: &str) -> &str {
    let marks = ["Error creating: ", "Error creating job: ", " failed error: "];
    let text = marks.iter().find_map(|mark| after(message, mark)).unwrap_or(message);
    after(text, " is forbidden: ").unwrap_or(text)
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    after(text, start).and_then(|rest| rest.split(end).next()).unwrap_or_default()
}

impl Reason<'_> {
    /// The refusal in words that end a sentence.
    pub(crate) fn words(&self, namespace: &str) -> String {
        match self {
            Reason::Quota { name, requested, used, limited } => {
                let amounts = pairs(requested).map(|(resource, wanted)| {
                    let (used, hard) = (amount(used, resource), amount(limited, resource));
                    format!("{resource} {used} of {hard} used, {wanted} more wanted")
                });
                format!("ResourceQuota {name} is used up: {}", words::join_some(amounts, 4))
            }
            Reason::QuotaWants { name, what } => {
                format!("ResourceQuota {name} wants them to declare more: {what}")
            }
            Reason::ServiceAccount { namespace, name } => {
                format!("ServiceAccount {namespace}/{name} does not exist")
            }
            Reason::Webhook { name, answer } => format!("webhook {name} cannot be asked: {answer}"),
            Reason::PodSecurity { level, violations } => {
                format!(
                    "Namespace {namespace} demands Pod Security level {level:?}, which they violate: {violations}"
                )
            }
            Reason::Limits(breaches) => words::join_some(breaches.iter().map(Breach::words), 3),
            Reason::PriorityClass(name) => format!("PriorityClass {name} does not exist"),
            Reason::Policy { of, name, rule: "", why } => format!("{of} {name} denies them: {why}"),
            Reason::Policy { of, name, rule, why } => {
                // Kyverno writes YAML: a quote in quotes is doubled.
                format!("{of} {name}, rule {rule}, denies them: {}", why.replace("''", "'"))
            }
            Reason::Other(text) => (*text).to_owned(),
        }
    }

    /// Steps of the remedy; `object` is the workload whose template one edits.
    pub(crate) fn fix(&self, object: &ObjectRef) -> Vec<String> {
        let step = match self {
            Reason::Quota { name, .. } => format!(
                "raise ResourceQuota {name}, lower what the pods of {object} request, or free some of it"
            ),
            Reason::QuotaWants { name, what } => {
                format!("declare in the containers of {object} what ResourceQuota {name} counts ({what})")
            }
            Reason::ServiceAccount { namespace, name } => format!(
                "create it (kubectl -n {namespace} create serviceaccount {name}), or correct serviceAccountName"
            ),
            Reason::Webhook { name, .. } => format!("bring the server of webhook {name} back"),
            Reason::PodSecurity { violations, .. } => {
                return pod_security::steps(violations, object);
            }
            Reason::Limits(breaches) => {
                let wanted = words::join_some(breaches.iter().map(Breach::demand), 3);
                format!("change {object} to {wanted}, or change the LimitRange")
            }
            Reason::PriorityClass(name) => {
                format!("create PriorityClass {name}, or correct priorityClassName in {object}")
            }
            Reason::Policy { of, name, .. } => {
                format!("change the pod template of {object} as {of} {name} asks, or except it there")
            }
            Reason::Other(_) => format!("change what the API server names in the pod template of {object}"),
        };
        vec![step]
    }

    /// Objects whose fault would explain the refusal.
    pub(crate) fn because(&self, view: &View, namespace: &str) -> Vec<ObjectRef> {
        match self {
            Reason::Quota { name, .. } | Reason::QuotaWants { name, .. } => {
                vec![ObjectRef::new("ResourceQuota", namespace, *name)]
            }
            Reason::Limits(breaches) => breaches
                .iter()
                .filter_map(|breach| breach.range(view, namespace))
                .map(|r| r.reference())
                .collect(),
            Reason::ServiceAccount { name, .. } => vec![ObjectRef::new("ServiceAccount", namespace, *name)],
            Reason::Webhook { name, .. } => configurations_with(view, name),
            _ => Vec::new(),
        }
    }
}

/// `pods=1,requests.cpu=2` as pairs.
pub(crate) fn pairs(list: &str) -> impl Iterator<Item = (&str, &str)> {
    list.split(',').filter_map(|pair| pair.split_once('='))
}

/// The amount of one resource in such a list.
pub(crate) fn amount<'a>(list: &'a str, resource: &str) -> &'a str {
    pairs(list).find(|(name, _)| *name == resource).map_or("?", |(_, amount)| amount)
}

/// The webhook configurations that hold a webhook of this name.
fn configurations_with(view: &View, webhook: &str) -> Vec<ObjectRef> {
    let validating = view.validating_webhook_configurations.iter();
    let validating =
        validating.filter(|c| c.webhooks.iter().any(|w| w.name == webhook)).map(|c| c.reference());
    let mutating = view.mutating_webhook_configurations.iter();
    let mutating = mutating.filter(|c| c.webhooks.iter().any(|w| w.name == webhook)).map(|c| c.reference());
    validating.chain(mutating).collect()
}
