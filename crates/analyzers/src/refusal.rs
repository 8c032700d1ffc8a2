//! Pods that the API server refuses to create: which workloads, and what the refusal means.

use crate::{Finding, Findings, Source, words};
use view::{Object, ObjectRef, Str, View, condition};

/// Seconds after which a FailedCreate event tells of the past.
const RECENT: i64 = 3600;

/// A workload that lacks pods because creating them is refused.
pub(crate) struct Refused {
    pub object: ObjectRef,
    /// What the API server answered.
    pub message: Str,
    pub source: Source,
    /// Pods that exist, and pods that should.
    pub have: i64,
    pub want: i64,
}

/// One finding on each refused workload of a kind; `field` is where its status shows it.
pub(crate) fn report(
    view: &View,
    all: impl Iterator<Item = Refused>,
    field: &'static str,
    out: &mut Findings,
) {
    for refused in all {
        let why = reason(&refused.message).words();
        let says = format!("cannot create pods, {} of {} exist: {why}", refused.have, refused.want);
        let finding = out.on(refused.object.clone(), says);
        explain(view, &refused, finding);
        let ObjectRef { kind, namespace, name } = &refused.object;
        let kind = kind.to_lowercase();
        finding.field(field).command(format!("kubectl -n {namespace} describe {kind} {name}"));
    }
}

/// Every refused workload.
pub(crate) fn all(view: &View) -> impl Iterator<Item = Refused> {
    replica_sets(view).chain(stateful_sets(view)).chain(daemon_sets(view))
}

/// ReplicaSets, from their condition ReplicaFailure: it goes away once creation succeeds.
pub(crate) fn replica_sets(view: &View) -> impl Iterator<Item = Refused> {
    view.replica_sets.iter().filter_map(|set| {
        let want = set.spec.replicas.unwrap_or(1);
        let failure = condition(&set.status.conditions, "ReplicaFailure")?;
        let applies = failure.is_true() && failure.reason == "FailedCreate" && set.status.replicas < want;
        let message = failure.message.clone();
        let (object, have) = (set.reference(), set.status.replicas);
        (applies && set.metadata.deletion_timestamp.is_none() && !is_on_purpose(&message))
            .then_some(Refused { object, message, source: Source::Status, have, want })
    })
}

/// StatefulSets, from their newest event FailedCreate.
pub(crate) fn stateful_sets(view: &View) -> impl Iterator<Item = Refused> {
    view.stateful_sets.iter().filter_map(|set| {
        let want = set.spec.replicas.unwrap_or(1);
        let have = set.status.replicas;
        let lacks = have < want && set.metadata.deletion_timestamp.is_none();
        let message = lacks.then(|| refusal_event(view, "StatefulSet", &set.metadata))??;
        Some(Refused { object: set.reference(), message, source: Source::Event, have, want })
    })
}

/// DaemonSets, from their newest event FailedCreate.
pub(crate) fn daemon_sets(view: &View) -> impl Iterator<Item = Refused> {
    view.daemon_sets.iter().filter_map(|set| {
        let (have, want) = (set.status.current_number_scheduled, set.status.desired_number_scheduled);
        let lacks = have < want && set.metadata.deletion_timestamp.is_none();
        let message = lacks.then(|| refusal_event(view, "DaemonSet", &set.metadata))??;
        Some(Refused { object: set.reference(), message, source: Source::Event, have, want })
    })
}

/// The newest refusal among an object's events, unless a creation has succeeded since.
fn refusal_event(view: &View, kind: &str, meta: &view::Meta) -> Option<Str> {
    let mut telling = view
        .events_of(kind, meta)
        .filter(|e| matches!(e.reason.as_str(), "FailedCreate" | "SuccessfulCreate"));
    let newest = telling.next()?;
    let recent = newest.last_seen().is_none_or(|at| view.now.seconds_since(at) < RECENT);
    (newest.reason == "FailedCreate" && recent && !is_on_purpose(&newest.message))
        .then(|| newest.message.clone())
}

/// A namespace that is being deleted takes no new pods.
fn is_on_purpose(message: &str) -> bool {
    message.contains("because it is being terminated")
}

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
    let text =
        after(message, "Error creating: ").or_else(|| after(message, " failed error: ")).unwrap_or(message);
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
    pub(crate) fn words(&self) -> String {
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
                format!("they violate Pod Security level {level:?}: {violations}")
            }
            Reason::PriorityClass(name) => format!("PriorityClass {name} does not exist"),
            Reason::Policy { of, name, rule: "", why } => format!("{of} {name} denies them: {why}"),
            Reason::Policy { of, name, rule, why } => {
                // Kyverno writes YAML: a quote in quotes is doubled.
                format!("{of} {name}, rule {rule}, denies them: {}", why.replace("''", "'"))
            }
            Reason::Other(text) => (*text).to_owned(),
        }
    }

    /// A step of the remedy; `object` is the workload whose template one edits.
    pub(crate) fn fix(&self, object: &ObjectRef) -> String {
        match self {
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
                format!("change the pod template of {object}: {violations}")
            }
            Reason::PriorityClass(name) => {
                format!("create PriorityClass {name}, or correct priorityClassName in {object}")
            }
            Reason::Policy { of, name, .. } => {
                format!("change the pod template of {object} as {of} {name} asks, or except it there")
            }
            Reason::Other(_) => format!("change what the API server names in the pod template of {object}"),
        }
    }

    /// Objects whose fault would explain the refusal.
    pub(crate) fn because(&self, view: &View, namespace: &str) -> Vec<ObjectRef> {
        match self {
            Reason::Quota { name, .. } => vec![ObjectRef::new("ResourceQuota", namespace, *name)],
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

/// Writes proof, causes and remedy of a refusal into its finding.
pub(crate) fn explain(view: &View, refused: &Refused, finding: &mut Finding) {
    let why = reason(&refused.message);
    let namespace = refused.object.namespace.clone();
    finding
        .brief(format!("cannot create pods, {}/{} exist", refused.have, refused.want))
        .proof(refused.source, words::bounded(&refused.message))
        .because_all(why.because(view, &namespace))
        .fix(why.fix(&view.top_owner_of(&refused.object)));
}
