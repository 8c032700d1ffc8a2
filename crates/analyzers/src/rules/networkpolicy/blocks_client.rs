//! # Network policy shuts a client out of its Service
//!
//! ## What it finds
//! A workload that is told to call a Service, by its environment, command or arguments, while network
//! policies let no connection from it pass: those on the pods behind the Service admit others or another
//! port, or those on its own pods let it reach something else. An error when the workload is not ready, a
//! warning otherwise.
//!
//! ## Why it matters
//! Connections are dropped without an answer: the client waits for its timeout, and nothing in the cluster
//! reports it.
//!
//! ## When it stays silent
//! For policies that deny all and shut out nobody who is told to call, as long as one pod behind the Service
//! may be reached at one of its ports, for rules by address that hold the pod's address, for pods that use the
//! network of their node, and when pods, Services or Namespaces of the other side are not known.
//!
//! ## What to do
//! Add the missing rule: the labels of the client and the port at the pods, not that of the Service. A network
//! plugin that does not enforce policies lets the connection pass all the same.

use crate::netpol::{self, Blocked, Direction, admits, blocked};
use crate::policy_words::{admitted, remedy, sentence, telling};
use crate::{Finding, Findings, Rule, Severity, Source, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, NetworkPolicy, Object, ObjectRef, Pod, View};

/// The rule `networkpolicy/blocks-client`.
pub static RULE: Rule = Rule {
    needs: &[Kind::NetworkPolicy, Kind::Pod, Kind::Service, Kind::Namespace, Kind::ReplicaSet],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// A workload that a policy shuts out, and whether one of its pods is not ready.
struct ShutOut<'a> {
    owner: ObjectRef,
    blocked: Blocked<'a>,
    unready: bool,
}

fn run(view: &View, out: &mut Findings) {
    let mut by_policy: BTreeMap<ObjectRef, Vec<ShutOut<'_>>> = BTreeMap::new();
    for client in view.pods.iter().filter(|pod| pod.should_run()) {
        for blocked in blocked(view, client) {
            let owner = view.top_owner(&client.reference(), &client.metadata);
            let all = by_policy.entry(blocked.policies[0].reference()).or_default();
            let service = blocked.service.reference();
            let known = all.iter_mut().find(|other| {
                other.owner == owner
                    && other.blocked.direction == blocked.direction
                    && other.blocked.service.reference() == service
            });
            match known {
                Some(known) => known.unready |= !client.is_ready(),
                None => all.push(ShutOut { owner, blocked, unready: !client.is_ready() }),
            }
        }
    }
    for mut shut_out in by_policy.into_values() {
        shut_out.sort_by_key(|one| (one.blocked.direction, one.owner.clone()));
        report(view, &shut_out, out);
    }
}

fn report(view: &View, all: &[ShutOut<'_>], out: &mut Findings) {
    let Some(first) = all.first() else { return };
    let (blocked, policy) = (&first.blocked, first.blocked.policies[0]);
    let alike = all.iter().filter(|one| one.blocked.direction == blocked.direction);
    let owners: BTreeSet<&ObjectRef> = alike.clone().map(|one| &one.owner).collect();
    let services: BTreeSet<ObjectRef> = alike.map(|one| one.blocked.service.reference()).collect();
    let (owners, services) = (words::join_some(owners, 3), words::join_some(services, 3));
    let finding = out.on(policy.reference(), sentence(view, blocked, &owners, &services));
    finding.brief(format!("shuts out {owners}")).field(match blocked.direction {
        Direction::Ingress => "spec.ingress",
        Direction::Egress => "spec.egress",
    });
    if all.iter().any(|one| one.unready) {
        finding.severity(Severity::Error);
    }
    for one in all.iter().take(3) {
        prove(one, finding);
        finding.fix(remedy(&one.blocked));
    }
    finding.because_all(misplaced(view, blocked));
    finding.hurts(all.iter().map(|one| &one.owner));
    let meta = &policy.metadata;
    finding.command(format!("kubectl -n {} describe networkpolicy {}", meta.namespace, meta.name));
}

fn prove(one: &ShutOut<'_>, finding: &mut Finding) {
    let (blocked, pod) = (&one.blocked, one.blocked.connection.server);
    finding.proof(Source::Spec, format!("{}: {}", one.owner, blocked.place));
    let admitted = admitted(blocked.policies[0], blocked.direction);
    let passes = if admitted.is_empty() { "nothing" } else { &admitted };
    let side = if blocked.direction == Direction::Ingress { "ingress" } else { "egress" };
    finding.proof(Source::Spec, format!("{side} lets pass: {passes}"));
    let (client, port) = (blocked.connection.client, blocked.connection.port);
    finding.proof(
        Source::Cluster,
        format!(
            "Pod {} ({}) calls port {port} of Pod {} ({})",
            path(client),
            telling(&client.metadata.labels),
            path(pod),
            telling(&pod.metadata.labels)
        ),
    );
    let others = words::join_some(blocked.policies[1..].iter().map(|p| p.metadata.name.as_str()), 4);
    if !others.is_empty() {
        finding.proof(
            Source::Cluster,
            format!("further policies on these pods that let none of it pass: {others}"),
        );
    }
}

/// Policies that would let the connection pass, did their selector not miss the pods.
fn misplaced(view: &View, blocked: &Blocked<'_>) -> Vec<ObjectRef> {
    let own = blocked.policies[0].metadata.namespace.as_str();
    let all = view.network_policies.in_namespace(own).iter().map(|policy| policy.as_ref());
    let would = |policy: &&NetworkPolicy| {
        admits(view, policy, blocked.direction, &blocked.connection) && netpol::misses(view, policy).is_some()
    };
    all.filter(would).map(|policy| policy.reference()).collect()
}

fn path(pod: &Pod) -> String {
    pod.reference().path()
}
