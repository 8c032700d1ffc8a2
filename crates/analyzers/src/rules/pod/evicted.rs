//! # Pod was evicted
//!
//! ## What it finds
//! A pod that its node evicted: the node ran short of memory, disk or process ids, or the pod outgrew its
//! own storage limit. The kubelet's message says which resource.
//!
//! ## Why it matters
//! The pod is gone for good. Its controller starts another one, often on another node; a pod without a
//! controller does not come back. Evictions that repeat mean that requests and limits do not fit the use.
//!
//! ## When it stays silent
//! For pods that were drained or preempted (they are deleted, not evicted), and for pods that are being
//! deleted.
//!
//! ## What to do
//! Look at the named resource on the node. Give pods requests near their use, limit `ephemeral-storage`,
//! and delete the evicted pods, which only keep their status.

use crate::containers::node_ref;
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `pod/evicted`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.status.reason == "Evicted" && !pod.is_terminating()) {
        let message = pod.status.message.as_str();
        let resource = between(message, "low on resource: ", &['.', ' ']);
        let cause = match resource {
            Some(resource) => format!("node {} was low on {resource}", pod.spec.node_name),
            None if message.is_empty() => "its status gives no reason".to_owned(),
            None => message.split(". ").next().unwrap_or(message).trim_end_matches(['.', ' ']).to_owned(),
        };
        let owner = view.owner_of(&pod.metadata);
        let finding = out.on(pod.reference(), format!("was evicted: {cause}"));
        finding
            .brief("evicted")
            .same(resource.map_or_else(|| words::without_names(&cause, &pod.reference()), str::to_owned));
        finding.proof(Source::Status, format!("Evicted: {message}").trim_end_matches([':', ' ']));
        if resource.is_some() {
            finding.because(node_ref(&pod.spec.node_name));
        }
        match owner {
            Some(owner) => {
                finding.fix(format!("set requests and limits of {owner} nearer to what its pods use"));
            }
            None => {
                finding.severity(Severity::Error);
                finding.fix("start the pod again: nothing replaces it, because it has no controller");
            }
        }
        finding
            .command(format!("kubectl describe node {}", pod.spec.node_name))
            .command(format!("kubectl -n {} delete pod {}", pod.metadata.namespace, pod.metadata.name));
    }
}

/// The text after `mark` up to one of `ends`.
fn between<'a>(text: &'a str, mark: &str, ends: &[char]) -> Option<&'a str> {
    let (_, rest) = text.split_once(mark)?;
    rest.split(ends).next().filter(|found| !found.is_empty())
}
