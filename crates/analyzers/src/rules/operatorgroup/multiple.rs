//! # Several OperatorGroups in one namespace
//!
//! ## What it finds
//! A namespace that holds more than one OperatorGroup.
//!
//! ## Why it matters
//! OLM takes none of them: operators of the namespace fail (`TooManyOperatorGroups`), and nothing is
//! installed or updated there.
//!
//! ## When it stays silent
//! For groups being deleted.
//!
//! ## What to do
//! Keep the group with the target namespaces that the operators need, and delete the others.

use crate::{Findings, Rule, Severity, Source, conditions, words};
use std::collections::BTreeMap;
use view::{Kind, ObjectRef, OperatorGroup, View, condition};

/// The rule `operatorgroup/multiple`.
pub static RULE: Rule = Rule {
    needs: &[Kind::OperatorGroup, Kind::Subscription, Kind::ClusterServiceVersion],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut groups: BTreeMap<&str, Vec<&OperatorGroup>> = BTreeMap::new();
    for group in view.operator_groups.iter().filter(|group| group.metadata.deletion_timestamp.is_none()) {
        groups.entry(&group.metadata.namespace).or_default().push(group);
    }
    for (namespace, groups) in groups.into_iter().filter(|(_, groups)| groups.len() > 1) {
        report(view, namespace, &groups, out);
    }
}

fn report(view: &View, namespace: &str, groups: &[&OperatorGroup], out: &mut Findings) {
    let names = words::join_some(groups.iter().map(|group| group.metadata.name.as_str()), 5);
    let says = format!("holds {} OperatorGroups ({names}): OLM installs nothing there", groups.len());
    let finding = out.on(ObjectRef::new("Namespace", "", namespace), says);
    finding.brief(format!("{} OperatorGroups", groups.len())).field("status.conditions");
    let csvs = view.cluster_service_versions.in_namespace(namespace);
    let used = !view.subscriptions.in_namespace(namespace).is_empty() || csvs.iter().any(|c| !c.is_copied());
    if !used {
        finding.severity(Severity::Warning);
    }
    for group in groups.iter().take(4) {
        let targets = words::join_some(group.spec.target_namespaces.iter(), 5);
        let targets = if targets.is_empty() { "all namespaces".to_owned() } else { targets };
        finding.proof(Source::Spec, format!("OperatorGroup {}: targets {targets}", group.metadata.name));
        if let Some(told) = condition(&group.status.conditions, "MultipleOperatorGroup") {
            finding.proof(Source::Status, conditions::quoted(told));
        }
    }
    finding.fix(format!(
        "delete all but one of them: kubectl -n {namespace} delete operatorgroup NAME ({names})"
    ));
    finding.command(format!("kubectl -n {namespace} get operatorgroup -o yaml"));
}
