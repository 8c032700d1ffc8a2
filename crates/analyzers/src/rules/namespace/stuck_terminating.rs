//! # Namespace does not go away
//!
//! ## What it finds
//! A namespace that was deleted more than five minutes ago and is still there, and what holds it: objects
//! that remain, finalizers on them, or an API group that does not answer.
//!
//! ## Why it matters
//! Nothing new can be created in it, and installing the same software again fails until it is gone.
//!
//! ## When it stays silent
//! For the first five minutes after the deletion, and for namespaces that are not being deleted.
//!
//! ## What to do
//! Remove what remains, or bring back the controller whose finalizer waits. An API group that fails is
//! often an `APIService` whose backend is gone.

use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeSet;
use view::{Condition, Kind, Namespace, Object, View};

/// The rule `namespace/stuck-terminating`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Namespace, Kind::Pod, Kind::APIService],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Deletion of a large namespace takes minutes (seconds here).
const GRACE_SECONDS: i64 = 300;

/// What holds it, the cause first.
const HOLDS: &[&str] = &[
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionGroupVersionParsingFailure",
    "NamespaceDeletionContentFailure",
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
];

fn run(view: &View, out: &mut Findings) {
    for namespace in view.namespaces.iter() {
        let Some(deleted) = namespace.metadata.deletion_timestamp else { continue };
        let late = view.now.seconds_since(deleted);
        if late >= GRACE_SECONDS {
            report(view, namespace, late, out);
        }
    }
}

fn report(view: &View, namespace: &Namespace, late: i64, out: &mut Findings) {
    let name = &namespace.metadata.name;
    let find = |kind: &&str| view::condition(&namespace.status.conditions, kind).filter(|c| c.is_true());
    let holds: Vec<&Condition> = HOLDS.iter().filter_map(find).collect();
    let cause = match holds.first() {
        Some(hold) => hold.message.trim_end_matches('.').to_owned(),
        None => "its status does not say what holds it".to_owned(),
    };
    let finding =
        out.on(namespace.reference(), format!("is still terminating after {}: {cause}", words::age(late)));
    finding.brief("stuck terminating").field("metadata.finalizers").same(cause.clone());
    let pods = view.pods.in_namespace(name).iter().filter(|pod| pod.is_terminating());
    finding.because_all(pods.map(|pod| pod.reference()));
    let kept =
        view.deleting().into_iter().filter(|(o, meta)| o.namespace == *name && !meta.finalizers.is_empty());
    finding.because_all(kept.map(|(object, _)| object).filter(|object| object.kind != "Pod"));
    for service in unanswered(&holds) {
        let known = view.api_services.get("", &service).map(|service| &service.status.conditions);
        if let Some(why) = known.and_then(|all| view::condition(all, "Available")).filter(|c| !c.is_true()) {
            finding.proof(Source::Cluster, format!("APIService {service}: {}: {}", why.reason, why.message));
        }
        finding.because(view::ObjectRef::new(Kind::APIService.name(), "", service));
    }
    for hold in &holds {
        finding.proof(Source::Status, format!("{}: {}", hold.kind, hold.message));
    }
    finding.fix(match holds.first().map(|hold| hold.kind.as_str()) {
        Some("NamespaceDeletionDiscoveryFailure") => {
            "repair or delete the APIService whose group does not answer: kubectl get apiservice".to_owned()
        }
        Some("NamespaceFinalizersRemaining") => {
            format!("bring back the controllers that remove these finalizers from the objects in {name}")
        }
        _ => format!("remove what remains in namespace {name}"),
    });
    finding.command(format!(
        "kubectl api-resources --verbs=list --namespaced -o name | xargs -n1 kubectl -n {name} get --ignore-not-found"
    ));
}

/// The APIServices whose groups do not answer, by name: `v1beta1.metrics.k8s.io`.
fn unanswered(holds: &[&Condition]) -> BTreeSet<String> {
    let failure = holds.iter().filter(|hold| hold.kind == "NamespaceDeletionDiscoveryFailure");
    let words = failure.flat_map(|hold| hold.message.split([' ', ',', ';']));
    let versions = words.filter_map(|word| word.trim_end_matches(':').split_once('/'));
    let served = versions.filter(|(group, version)| group.contains('.') && version.starts_with('v'));
    served.map(|(group, version)| format!("{version}.{group}")).collect()
}
