//! # Quota is used up
//!
//! ## What it finds
//! A ResourceQuota for which the API server refuses pods, claims or Jobs of one or more workloads, with what it
//! allows, what is used, and what one more asks for.
//!
//! ## Why it matters
//! Everything in the namespace competes for it: the next rollout, the next job, the next replica may be
//! the one that is refused.
//!
//! ## When it stays silent
//! For quotas that are full and refuse nobody, or nobody any more.
//!
//! ## What to do
//! Raise the quota, lower requests, or free what is not needed.

use crate::{Findings, Rule, Severity, Source, refusal, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, ObjectRef, Str, View};

/// The rule `resourcequota/exceeded`.
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
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut by_quota: BTreeMap<(Str, Str), Vec<refusal::Refused>> = BTreeMap::new();
    for refused in refusal::all(view) {
        if let refusal::Reason::Quota { name, .. } = refusal::reason(&refused.message) {
            let key = (refused.object.namespace.clone(), Str::from(name));
            by_quota.entry(key).or_default().push(refused);
        }
    }
    for ((namespace, name), refused) in by_quota {
        let Some(first) = refused.first() else { continue };
        let refusal::Reason::Quota { requested, .. } = refusal::reason(&first.message) else { continue };
        let owners: BTreeSet<ObjectRef> = refused.iter().map(|r| view.top_owner_of(&r.object)).collect();
        let full = refusal::pairs(requested)
            .map(|(resource, wanted)| describe(view, &namespace, &name, first, resource, wanted));
        let full = words::join_some(full, 4);
        let object = ObjectRef::new("ResourceQuota", namespace.clone(), name.clone());
        let verb = if owners.len() == 1 { "wants" } else { "want" };
        let says = format!("refuses what {} {verb} to create: {full}", words::join_some(owners, 3));
        let finding = out.on(object, says);
        finding.brief("is used up").field("spec.hard").proof(first.source, &first.message);
        if let Some(quota) = view.resource_quotas.get(&namespace, &name) {
            let now = quota.status.hard.iter().map(|(resource, hard)| {
                let used = quota.status.used.get(resource).map_or("0", |used| used.as_str());
                format!("{resource} {used} of {hard}")
            });
            finding.proof(Source::Status, format!("used now: {}", words::join_some(now, 8)));
        }
        let names = words::join_some(refusal::pairs(requested).map(|(resource, _)| resource), 4);
        finding.fix(format!("raise {names} in ResourceQuota {namespace}/{name}, or free some of it"));
        finding.command(format!("kubectl -n {namespace} describe resourcequota {name}"));
    }
}

/// `pods (2 of 2 used, 1 more wanted)`, from the quota's status, or from the refusal where it cannot be read.
fn describe(
    view: &View,
    namespace: &str,
    name: &str,
    refused: &refusal::Refused,
    resource: &str,
    wanted: &str,
) -> String {
    let quota = view.resource_quotas.get(namespace, name);
    let now = quota.and_then(|q| q.status.used.get(resource).zip(q.status.hard.get(resource)));
    let now = now.map(|(used, hard)| (used.as_str(), hard.as_str()));
    let then = match refusal::reason(&refused.message) {
        refusal::Reason::Quota { used, limited, .. } => {
            (refusal::amount(used, resource), refusal::amount(limited, resource))
        }
        _ => ("?", "?"),
    };
    let (used, hard) = now.unwrap_or(then);
    format!("{resource} ({used} of {hard} used, {wanted} more wanted)")
}
