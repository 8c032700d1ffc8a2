//! Pods, claims and Jobs that the API server refuses to create, and for whom.

pub(crate) use crate::reasons::{Reason, amount, pairs, reason};
use crate::{Finding, Findings, Source, containers, jobs, words};
use view::{Namespace, Object, ObjectRef, PodSpec, Str, View, condition};

/// Seconds after which a FailedCreate event tells of the past.
const RECENT: i64 = 3600;

/// What is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum What {
    /// Pods: those that exist, and those that should.
    Pods(i64, i64),
    /// The claim of a StatefulSet's pod, by name.
    Claim(Str),
    /// The Job of a CronJob's run.
    Job,
    /// The ReplicaSet of a Deployment's newest version.
    ReplicaSet,
}

/// A workload that lacks what the API server refuses to create.
pub(crate) struct Refused {
    pub object: ObjectRef,
    /// What the API server answered.
    pub message: Str,
    pub source: Source,
    pub what: What,
}

impl What {
    fn words(&self) -> String {
        match self {
            What::Pods(have, want) => format!("cannot create pods, {have} of {want} exist"),
            What::Claim(name) => format!("cannot create PersistentVolumeClaim {name}"),
            What::Job => "cannot start its runs".to_owned(),
            What::ReplicaSet => "cannot roll out: its ReplicaSet is refused".to_owned(),
        }
    }

    fn brief(&self) -> String {
        match self {
            What::Pods(have, want) => format!("cannot create pods, {have}/{want} exist"),
            What::Claim(_) => "cannot create its claims".to_owned(),
            What::Job => "cannot start its runs".to_owned(),
            What::ReplicaSet => "cannot roll out".to_owned(),
        }
    }
}

/// One finding on each refused workload of a kind; `field` is where its status shows it.
pub(crate) fn report(
    view: &View,
    all: impl Iterator<Item = Refused>,
    field: &'static str,
    out: &mut Findings,
) {
    for refused in all {
        let ObjectRef { kind, namespace, name } = refused.object.clone();
        let why = reason(&refused.message).words(&namespace);
        let finding = out.on(refused.object.clone(), format!("{}: {why}", refused.what.words()));
        explain(view, &refused, finding);
        let kind = kind.to_lowercase();
        finding.field(field).command(format!("kubectl -n {namespace} describe {kind} {name}"));
    }
}

/// Every refused workload.
pub(crate) fn all(view: &View) -> impl Iterator<Item = Refused> {
    replica_sets(view)
        .chain(stateful_sets(view))
        .chain(daemon_sets(view))
        .chain(jobs(view))
        .chain(cron_jobs(view))
        .chain(deployments(view))
}

/// ReplicaSets, from their condition ReplicaFailure: it goes away once creation succeeds.
pub(crate) fn replica_sets(view: &View) -> impl Iterator<Item = Refused> {
    view.replica_sets.iter().filter_map(|set| {
        let want = set.spec.replicas.unwrap_or(1);
        let failure = condition(&set.status.conditions, "ReplicaFailure")?;
        let applies = failure.is_true() && failure.reason == "FailedCreate" && set.status.replicas < want;
        let message = failure.message.clone();
        let (object, what) = (set.reference(), What::Pods(set.status.replicas, want));
        (applies && set.metadata.deletion_timestamp.is_none() && !is_on_purpose(&message))
            .then_some(Refused { object, message, source: Source::Status, what })
    })
}

/// StatefulSets, from their newest event FailedCreate: of a pod, or of the claim without which there is none.
pub(crate) fn stateful_sets(view: &View) -> impl Iterator<Item = Refused> {
    view.stateful_sets.iter().filter_map(|set| {
        let want = set.spec.replicas.unwrap_or(1);
        let have = set.status.replicas;
        let lacks = have < want && set.metadata.deletion_timestamp.is_none();
        let message = lacks.then(|| refusal_event(view, "StatefulSet", &set.metadata))??;
        let what = claim(&message).map_or(What::Pods(have, want), |name| What::Claim(name.into()));
        Some(Refused { object: set.reference(), message, source: Source::Event, what })
    })
}

/// The claim that a StatefulSet's event tells of; with the pod's own event both do.
fn claim(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("persistentvolumeclaims \"")?;
    let (name, rest) = rest.split_once('"')?;
    rest.starts_with(" is forbidden").then_some(name)
}

/// DaemonSets, from their newest event FailedCreate.
pub(crate) fn daemon_sets(view: &View) -> impl Iterator<Item = Refused> {
    view.daemon_sets.iter().filter_map(|set| {
        let (have, want) = (set.status.current_number_scheduled, set.status.desired_number_scheduled);
        let lacks = have < want && set.metadata.deletion_timestamp.is_none();
        let message = lacks.then(|| refusal_event(view, "DaemonSet", &set.metadata))??;
        let what = What::Pods(have, want);
        Some(Refused { object: set.reference(), message, source: Source::Event, what })
    })
}

/// Jobs that still try, from their newest event FailedCreate.
pub(crate) fn jobs(view: &View) -> impl Iterator<Item = Refused> {
    view.jobs.iter().filter_map(|job| {
        let want = job.spec.parallelism.unwrap_or(1);
        let running = jobs::outcome(job) == jobs::Outcome::Running && job.spec.suspend != Some(true);
        let lacks = running && job.status.active < want && job.metadata.deletion_timestamp.is_none();
        let message = lacks.then(|| refusal_event(view, "Job", &job.metadata))??;
        let what = What::Pods(job.status.active, want);
        Some(Refused { object: job.reference(), message, source: Source::Event, what })
    })
}

/// CronJobs whose runs are refused, from their newest event FailedCreate.
pub(crate) fn cron_jobs(view: &View) -> impl Iterator<Item = Refused> {
    view.cron_jobs.iter().filter_map(|cron_job| {
        let wanted = cron_job.spec.suspend != Some(true) && cron_job.metadata.deletion_timestamp.is_none();
        let message = wanted.then(|| refusal_event(view, "CronJob", &cron_job.metadata))??;
        Some(Refused { object: cron_job.reference(), message, source: Source::Event, what: What::Job })
    })
}

/// Deployments whose new ReplicaSet is refused, from their condition Progressing.
pub(crate) fn deployments(view: &View) -> impl Iterator<Item = Refused> {
    view.deployments.iter().filter_map(|deployment| {
        let progressing = condition(&deployment.status.conditions, "Progressing")?;
        let applies = progressing.is_false() && progressing.reason == "ReplicaSetCreateError";
        let (message, object) = (progressing.message.clone(), deployment.reference());
        (applies && deployment.metadata.deletion_timestamp.is_none() && !is_on_purpose(&message))
            .then_some(Refused { object, message, source: Source::Status, what: What::ReplicaSet })
    })
}

/// The pod template of a workload, as refusals name it.
pub(crate) fn template<'v>(view: &'v View, object: &ObjectRef) -> Option<&'v PodSpec> {
    let (namespace, name) = (object.namespace.as_str(), object.name.as_str());
    match object.kind.as_str() {
        "ReplicaSet" => view.replica_sets.get(namespace, name).map(|s| &s.spec.template.spec),
        "StatefulSet" => view.stateful_sets.get(namespace, name).map(|s| &s.spec.template.spec),
        "DaemonSet" => view.daemon_sets.get(namespace, name).map(|d| &d.spec.template.spec),
        "Job" => view.jobs.get(namespace, name).map(|j| &j.spec.template.spec),
        _ => None,
    }
}

/// The newest refusal among an object's events, unless a creation has succeeded since.
fn refusal_event(view: &View, kind: &str, meta: &view::Meta) -> Option<Str> {
    let mut telling = view
        .events_of(kind, meta)
        .filter(|e| matches!(e.reason.as_str(), "FailedCreate" | "SuccessfulCreate"));
    let newest = telling.next()?;
    let recent = containers::is_recent(view, newest, RECENT);
    (newest.reason == "FailedCreate" && recent && !is_on_purpose(&newest.message))
        .then(|| newest.message.clone())
}

/// A namespace that is being deleted takes no new pods.
fn is_on_purpose(message: &str) -> bool {
    message.contains("because it is being terminated")
}

/// Writes proof, causes and remedy of a refusal into its finding.
pub(crate) fn explain(view: &View, refused: &Refused, finding: &mut Finding) {
    let why = reason(&refused.message);
    let namespace = refused.object.namespace.clone();
    finding
        .brief(refused.what.brief())
        .proof(refused.source, words::bounded(&refused.message))
        .because_all(why.because(view, &namespace));
    if let (Reason::PodSecurity { .. }, Some(namespace)) = (&why, view.namespaces.get("", &namespace)) {
        finding.proof(Source::Spec, enforced(namespace));
    }
    for step in why.fix(&view.top_owner_of(&refused.object)) {
        finding.fix(step);
    }
}

/// The labels by which a namespace demands a level of Pod Security.
fn enforced(namespace: &Namespace) -> String {
    let labels = namespace.metadata.labels.iter();
    let labels = labels.filter(|(key, _)| key.starts_with("pod-security.kubernetes.io/enforce"));
    let labels = words::join_some(labels.map(|(key, value)| format!("{key}={value}")), 2);
    match labels.is_empty() {
        true => format!("{} carries no level: the default of the API server holds", namespace.reference()),
        false => format!("{} carries {labels}", namespace.reference()),
    }
}
