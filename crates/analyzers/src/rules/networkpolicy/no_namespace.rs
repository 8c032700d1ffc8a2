//! # Network policy admits namespaces that do not exist
//!
//! ## What it finds
//! A `namespaceSelector` of a NetworkPolicy's peers that matches no namespace, while a namespace carries
//! something near to it, or while it is all that the policy lets pass.
//!
//! ## Why it matters
//! The rule admits nobody: those for whom it was written are shut out.
//!
//! ## When it stays silent
//! For a selector that matches nothing near beside peers that do match (many programs bring rules for others
//! that may be installed later), and when Namespaces could not be read.
//!
//! ## What to do
//! Compare the selector with the labels of the namespaces (`kubectl get namespaces --show-labels`). Every
//! namespace carries its name as `kubernetes.io/metadata.name`.

use crate::netpol::{Direction, namespace_label, rules};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeSet;
use view::{Kind, LabelSelector, Namespace, NetworkPolicy, NetworkPolicyRule, Object, PolicyPeer, View};

/// The rule `networkpolicy/no-namespace`.
pub static RULE: Rule = Rule {
    needs: &[Kind::NetworkPolicy, Kind::Namespace],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &["networkpolicy/blocks-client", "networkpolicy/no-pods"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    if !view.proves_absence::<Namespace>("") {
        return;
    }
    for policy in view.network_policies.iter().filter(|p| p.metadata.deletion_timestamp.is_none()) {
        let mut told = BTreeSet::new();
        for (direction, word) in [(Direction::Ingress, "ingress"), (Direction::Egress, "egress")] {
            let rules = rules(policy, direction);
            let peers = || rules.iter().flat_map(NetworkPolicyRule::peers);
            let open = rules.iter().any(|rule| rule.peers().is_empty());
            let alone = !open && peers().all(|peer| unmatched(view, peer).is_some());
            for selector in peers().filter_map(|peer| unmatched(view, peer)) {
                let near = near(view, selector);
                if (alone || !near.is_empty()) && told.insert(selector.to_string()) {
                    report(view, policy, word, selector, &near, out);
                }
            }
        }
    }
}

/// The selector of a peer that matches no namespace.
fn unmatched<'a>(view: &View, peer: &'a PolicyPeer) -> Option<&'a LabelSelector> {
    let selector = peer.namespace_selector.as_ref().filter(|selector| !selector.is_empty())?;
    let matched = view.namespaces.iter().any(|ns| selector.selects(|key| namespace_label(ns, key)));
    (!matched).then_some(selector)
}

/// `key=value` of namespaces that come near to the selector's pairs.
fn near(view: &View, selector: &LabelSelector) -> Vec<String> {
    let pairs = selector.match_labels.iter().flat_map(|(key, value)| {
        let carried: BTreeSet<&str> =
            view.namespaces.iter().filter_map(|ns| namespace_label(ns, key)).collect();
        let wrong = !carried.contains(value.as_str());
        let near = words::near(value, carried.into_iter().filter(|_| wrong));
        near.into_iter().map(|value| format!("{key}={value}")).collect::<Vec<_>>()
    });
    pairs.collect()
}

fn report(
    view: &View,
    policy: &NetworkPolicy,
    direction: &str,
    selector: &LabelSelector,
    near: &[String],
    out: &mut Findings,
) {
    let mut says =
        format!("has an {direction} rule for namespaces with {selector}, and no namespace carries that");
    if !near.is_empty() {
        says = format!("{says}; there is {}", words::join_some(near, 3));
    }
    let finding = out.on(policy.reference(), says);
    finding.brief(format!("no namespace with {selector}"));
    finding.field(if direction == "ingress" {
        "spec.ingress.from.namespaceSelector"
    } else {
        "spec.egress.to.namespaceSelector"
    });
    finding.proof(Source::Spec, format!("namespaceSelector: {selector}"));
    let names = words::join_some(view.namespaces.iter().map(|ns| ns.metadata.name.as_str()), 8);
    finding.proof(Source::Cluster, format!("namespaces here: {names}"));
    let path = policy.reference().path();
    finding.fix(match near.first() {
        Some(pair) => {
            format!("set {pair} in the namespaceSelector of NetworkPolicy {path} in place of {selector}")
        }
        None => format!(
            "label the namespace that NetworkPolicy {path} means with {selector}, or correct the selector"
        ),
    });
    finding.command("kubectl get namespaces --show-labels");
}
