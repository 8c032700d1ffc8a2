//! # Quota refuses pods that declare too little
//!
//! ## What it finds
//! A ResourceQuota that counts a resource (`limits.memory`, `requests.cpu`), and workloads whose containers do not
//! declare it: the API server refuses such pods, however little they would use.
//!
//! ## Why it matters
//! A quota that is introduced stops the next rollout of everything that declares nothing.
//!
//! ## When it stays silent
//! Where all containers declare what is counted, where a LimitRange declares it for them, and for quotas that
//! count objects only.
//!
//! ## What to do
//! Declare it in the containers, or give the namespace a LimitRange with defaults.

use crate::refusal::{Reason, Refused, all, reason};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, ObjectRef, Str, View};

/// The rule `resourcequota/undeclared`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::ResourceQuota,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
        Kind::Deployment,
        Kind::Event,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut by_quota: BTreeMap<(Str, Str), Vec<Refused>> = BTreeMap::new();
    for refused in all(view) {
        if let Reason::QuotaWants { name, .. } = reason(&refused.message) {
            let key = (refused.object.namespace.clone(), Str::from(name));
            by_quota.entry(key).or_default().push(refused);
        }
    }
    for ((namespace, name), refused) in by_quota {
        let wants: BTreeSet<(ObjectRef, &str)> = refused.iter().filter_map(|r| wants(view, r)).collect();
        let shown = wants.iter().map(|(owner, what)| format!("those of {owner} {what}"));
        let says = format!("refuses pods that do not declare what it counts: {}", words::join_some(shown, 3));
        let finding = out.on(ObjectRef::new("ResourceQuota", namespace.clone(), name.clone()), says);
        finding.brief("refuses pods that declare too little").field("spec.hard");
        for refused in refused.iter().take(2) {
            finding.proof(refused.source, &refused.message);
        }
        if let Some(quota) = view.resource_quotas.get(&namespace, &name) {
            let hard = quota.spec.hard.iter().map(|(resource, amount)| format!("{resource}={amount}"));
            finding.proof(Source::Spec, format!("hard: {}", words::join_some(hard, 8)));
        }
        for (owner, what) in wants.iter().take(3) {
            let what = what.trim_start_matches("must specify ").replace("for: ", "for ");
            finding.fix(format!("declare in the containers of {owner}: {what}"));
        }
        finding.fix(format!("or give namespace {namespace} a LimitRange with defaults for containers"));
        finding.command(format!("kubectl -n {namespace} describe resourcequota {name}"));
    }
}

/// The owner of what is refused, and what it must specify.
fn wants<'a>(view: &View, refused: &'a Refused) -> Option<(ObjectRef, &'a str)> {
    match reason(&refused.message) {
        Reason::QuotaWants { what, .. } => Some((view.top_owner_of(&refused.object), what)),
        _ => None,
    }
}
