//! # Kubelet and API server are too far apart
//!
//! ## What it finds
//! Nodes whose kubelet is newer than the API server, or more than three minor versions older: one finding a
//! version.
//!
//! ## Why it matters
//! Kubernetes supports neither. Fields that one side does not know are dropped without a word, and the next
//! upgrade of the control plane breaks the nodes.
//!
//! ## When it stays silent
//! For older kubelets within three minor versions, as there are during every upgrade, for patch versions, and
//! when the server's version is not known.
//!
//! ## What to do
//! Upgrade the control plane first, then the nodes.

use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use view::{Kind, Node, Object, View};

/// The rule `node/version-skew`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["node/not-ready"],
    run,
};

/// How many minor versions a kubelet may be behind.
const BEHIND_MAX: i64 = 3;

fn run(view: &View, out: &mut Findings) {
    let Some(server) = minor(&view.server_version) else { return };
    let mut apart: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for node in view.nodes.iter() {
        let version = node.status.node_info.kubelet_version.as_str();
        if minor(version).is_some_and(|kubelet| kubelet > server || server - kubelet > BEHIND_MAX) {
            apart.entry(version).or_default().push(node);
        }
    }
    for (version, nodes) in apart {
        let Some(first) = nodes.first() else { continue };
        let behind = minor(version).map_or(0, |kubelet| server - kubelet);
        let how = if behind < 0 { "newer".to_owned() } else { format!("{behind} minor versions older") };
        let more = match nodes.len() {
            1 => String::new(),
            n => format!(" ({} too)", words::count(n - 1, "other node")),
        };
        let says = format!("runs kubelet {version}, {how} than API server {}{more}", view.server_version);
        let finding = out.on(first.reference(), says);
        finding.brief("kubelet and server too far apart").field("status.nodeInfo.kubeletVersion");
        finding.proof(Source::Status, format!("kubeletVersion: {version}"));
        finding.proof(Source::Cluster, format!("API server: {}", view.server_version));
        let names = words::join_some(nodes.iter().map(|node| node.metadata.name.as_str()), 5);
        finding.proof(Source::Cluster, format!("nodes: {names}"));
        finding.fix(match behind < 0 {
            true => format!(
                "upgrade the control plane to {version}, or take the kubelets of {names} back to {}",
                view.server_version
            ),
            false => format!("upgrade the kubelets of {names} before the control plane goes further"),
        });
        finding.command("kubectl get nodes");
    }
}

/// The minor version: 31 of `v1.31.4-eks-1a2b`.
fn minor(version: &str) -> Option<i64> {
    let mut parts = version.trim_start_matches('v').split('.');
    let major: i64 = parts.next()?.parse().ok()?;
    let digits: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|_| major == 1)
}
