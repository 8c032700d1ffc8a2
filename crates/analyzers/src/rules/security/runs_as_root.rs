//! # Workload runs as root by its own wish
//!
//! ## What it finds
//! Workloads whose spec sets `runAsUser: 0`, for the pod or for a container: one finding a workload.
//!
//! ## Why it matters
//! Root in the container is root of the node's kernel: a fault in the runtime or a mounted directory then
//! costs more.
//!
//! ## When it stays silent
//! Where the user is left to the image, in the cluster's own namespaces (`kube-…`), and for pods that ended.
//! It speaks only when the filter Security is chosen.
//!
//! ## What to do
//! Set another `runAsUser` and `runAsNonRoot: true`, and give the files that it writes to that user.

use crate::{Findings, Rule, Severity, Source, security, words};
use view::{Container, Kind, View};

/// The rule `security/runs-as-root`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::ReplicaSet, Kind::Job],
    severity: Severity::Info,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for (owner, spec) in security::workloads(view) {
        let pod = spec.security_context.run_as_user;
        let root = |container: &Container| container.security_context.run_as_user.or(pod) == Some(0);
        let names = security::containers(spec, root);
        if names.is_empty() {
            continue;
        }
        let names = words::join_some(names, 3);
        let finding = out.on(owner.clone(), format!("runs container {names} as root: runAsUser is 0"));
        finding.brief("runs as root").field("spec.containers.securityContext.runAsUser");
        let place = if pod == Some(0) { "spec.securityContext" } else { "securityContext of the container" };
        finding.proof(Source::Spec, format!("{place}: runAsUser: 0"));
        finding.fix(format!(
            "set runAsUser of container {names} of {owner} to another user, and runAsNonRoot: true"
        ));
    }
}
