//! # Workload reaches into its node
//!
//! ## What it finds
//! Workloads that share the network, the processes or the memory of their node (`hostNetwork`, `hostPID`,
//! `hostIPC`), or mount directories of it (`hostPath`): one finding a workload.
//!
//! ## Why it matters
//! Such a pod passes by network policies, sees other processes, or reads and changes files of the node; with
//! the socket of the container runtime it may do everything.
//!
//! ## When it stays silent
//! In the cluster's own namespaces (`kube-…`), whose components need it, and for pods that ended. It speaks
//! only when the filter Security is chosen.
//!
//! ## What to do
//! Take away what the program does not need; mount single files read-only; use a volume of another kind.

use crate::{Findings, Rule, Severity, Source, security, words};
use view::{Kind, PodSpec, View};

/// The rule `security/host-access`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::ReplicaSet, Kind::Job],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for (owner, spec) in security::workloads(view) {
        let shared = shared(spec);
        let paths = spec.volumes.iter().filter_map(|volume| volume.host_path.as_ref().map(|host| &host.path));
        let paths = words::join_some(paths, 5);
        let (shares, mounts) = (shared.join(", "), format!("hostPath {paths}"));
        let what = match (shared.is_empty(), paths.is_empty()) {
            (true, true) => continue,
            (false, true) => shares.clone(),
            (true, false) => mounts.clone(),
            (false, false) => format!("{shares}, {mounts}"),
        };
        let finding = out.on(owner.clone(), format!("has access to its node: {what}"));
        finding.brief("access to its node").field("spec.volumes.hostPath").same(what);
        if !shared.is_empty() {
            finding.proof(Source::Spec, format!("{shares}: true")).field("spec.hostNetwork");
        }
        if !paths.is_empty() {
            finding.proof(Source::Spec, mounts);
        }
        finding.fix(format!("take away what {owner} does not need of its node, and mount paths read-only"));
    }
}

/// What of the node's own the pod shares.
fn shared(spec: &PodSpec) -> Vec<&'static str> {
    let all = [("hostNetwork", spec.host_network), ("hostPID", spec.host_pid), ("hostIPC", spec.host_ipc)];
    all.into_iter().filter(|(_, shared)| *shared).map(|(name, _)| name).collect()
}
