//! # LimitRange refuses what a workload asks for
//!
//! ## What it finds
//! A LimitRange for which the API server refuses pods or claims: a container, a pod or a claim asks for more than
//! its maximum, less than its minimum, or a limit too far above the request. With the bound and what is asked for.
//!
//! ## Why it matters
//! Not one pod of that template is created; those that run go on until they are replaced.
//!
//! ## When it stays silent
//! Where nothing is refused for it, and where LimitRanges could not be read: the refused workload tells then.
//!
//! ## What to do
//! Change the template to fit, or the LimitRange if it is too narrow.

use crate::limits::Breach;
use crate::refusal::{self, Reason, Refused, reason};
use crate::{Findings, Rule, Severity, Source};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, View};

/// The rule `limitrange/exceeded`.
pub static RULE: Rule = Rule {
    needs: &[Kind::LimitRange, Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet, Kind::Job, Kind::Event],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let all: Vec<Refused> = refusal::all(view).collect();
    let mut by_range: BTreeMap<ObjectRef, Vec<(&Refused, Breach<'_>)>> = BTreeMap::new();
    for refused in &all {
        let Reason::Limits(breaches) = reason(&refused.message) else { continue };
        for breach in breaches {
            if let Some(range) = breach.range(view, &refused.object.namespace) {
                by_range.entry(range.reference()).or_default().push((refused, breach));
            }
        }
    }
    for (range, breaches) in by_range {
        let asked: BTreeSet<String> =
            breaches.iter().map(|(refused, breach)| asks(view, refused, breach)).collect();
        let finding = out.on(
            range.clone(),
            format!(
                "refuses what is asked for: {}",
                asked.into_iter().take(3).collect::<Vec<_>>().join("; ")
            ),
        );
        finding.brief("refuses what is asked for").field("spec.limits");
        let mut steps = BTreeSet::new();
        for (refused, breach) in breaches.iter().take(3) {
            finding.proof(refused.source, &refused.message);
            let owner = view.top_owner_of(&refused.object);
            steps.insert(format!("change {owner}: {}", breach.demand()));
        }
        for (_, breach) in breaches.iter().take(3) {
            finding.proof(Source::Spec, format!("{range}: {}", breach.rule()));
        }
        for step in steps {
            finding.fix(step);
        }
        finding.fix(format!("or change {range}, if it is too narrow"));
        finding.command(format!("kubectl -n {} describe limitrange {}", range.namespace, range.name));
    }
}

/// `a container may have at most 64Mi memory, and container web of Deployment prod/web has a limit of 128Mi`.
fn asks(view: &View, refused: &Refused, breach: &Breach<'_>) -> String {
    let owner = view.top_owner_of(&refused.object);
    let container = refusal::template(view, &refused.object).and_then(|spec| breach.container(spec));
    let who = match (container, breach.kind) {
        (Some(container), _) => format!("container {} of {owner}", container.name),
        (None, "PersistentVolumeClaim") => format!("a claim of {owner}"),
        (None, "Container") => format!("a container of {owner}"),
        (None, _) => format!("a pod of {owner}"),
    };
    let given = match breach.given {
        ("", _) => "declares none".to_owned(),
        (name, value) => format!("has a {name} of {value}"),
    };
    format!("{}, and {who} {given}", breach.rule())
}
