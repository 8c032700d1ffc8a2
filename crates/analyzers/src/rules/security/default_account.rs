//! # Default service account has rights
//!
//! ## What it finds
//! A binding that gives the service account `default` of a namespace a role, and the workloads that run
//! with it.
//!
//! ## Why it matters
//! Every pod that names no account of its own gets these rights, today's and those that others add later.
//!
//! ## When it stays silent
//! For the account `default` without a binding, however many pods use it, and in the cluster's own
//! namespaces. It speaks only when the filter Security is chosen.
//!
//! ## What to do
//! Give the workload that needs the rights an account of its own, and bind the role to that.

use crate::{Findings, Rule, Severity, Source, security, words};
use std::collections::BTreeMap;
use view::{Kind, ObjectRef, Str, View};

/// The rule `security/default-account`.
pub static RULE: Rule = Rule {
    needs: &[Kind::RoleBinding, Kind::ClusterRoleBinding, Kind::Pod, Kind::ReplicaSet, Kind::Job],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut bound: BTreeMap<Str, Vec<(ObjectRef, ObjectRef)>> = BTreeMap::new();
    for binding in security::bindings(view) {
        let subjects = binding.subjects.iter();
        for subject in subjects.filter(|s| s.kind == "ServiceAccount" && s.name == "default") {
            let namespace = match subject.namespace.is_empty() {
                true => binding.object.namespace.clone(),
                false => subject.namespace.clone(),
            };
            if !security::is_system(&namespace) {
                bound.entry(namespace).or_default().push((binding.object.clone(), binding.role.clone()));
            }
        }
    }
    for (namespace, grants) in bound {
        report(view, &namespace, &grants, out);
    }
}

fn report(view: &View, namespace: &Str, grants: &[(ObjectRef, ObjectRef)], out: &mut Findings) {
    let roles = words::join_some(grants.iter().map(|(_, role)| role), 3);
    let account = ObjectRef::new("ServiceAccount", namespace.clone(), "default");
    let finding =
        out.on(account, format!("has {roles}, and with it every pod that names no account of its own"));
    finding.brief("default account has rights").field("subjects");
    for (binding, role) in grants.iter().take(4) {
        finding.proof(Source::Spec, format!("{binding} binds {role} to it"));
    }
    let with = |account: &str| matches!(account, "" | "default");
    let users = security::workloads(view);
    let users =
        users.iter().filter(|(o, spec)| o.namespace == *namespace && with(&spec.service_account_name));
    let users = words::join_some(users.map(|(owner, _)| owner), 4);
    let users = if users.is_empty() { "no workload".to_owned() } else { users };
    finding.proof(Source::Cluster, format!("runs with it: {users}"));
    let names = words::join_some(grants.iter().map(|(binding, _)| binding), 3);
    finding
        .fix(format!("make a service account for the workload that needs {roles}, and name it in {names}"));
    finding.command(format!("kubectl auth can-i --list --as system:serviceaccount:{namespace}:default"));
}
