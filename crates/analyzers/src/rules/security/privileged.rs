//! # Workload runs with the rights of its node
//!
//! ## What it finds
//! Workloads with a privileged container, or one that adds capabilities which lead out of it (SYS_ADMIN,
//! NET_ADMIN, SYS_PTRACE and the like), init and ephemeral containers included: one finding a workload.
//!
//! ## Why it matters
//! Whoever takes over such a container has the node, its secrets and the pods beside it.
//!
//! ## When it stays silent
//! In the cluster's own namespaces (`kube-…`), whose components need it, and for pods that ended. It speaks
//! only when the filter Security is chosen.
//!
//! ## What to do
//! Take `privileged` away and add the single capabilities that the program needs, or none.

use crate::{Findings, Rule, Severity, Source, security, words};
use std::collections::BTreeSet;
use view::{Kind, View};

/// The rule `security/privileged`.
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
        let privileged = security::containers(spec, security::is_privileged);
        if !privileged.is_empty() {
            let names = words::join_some(&privileged, 3);
            let finding = out.on(owner.clone(), format!("runs container {names} privileged"));
            finding.brief("privileged").field("spec.containers.securityContext.privileged");
            finding.proof(Source::Spec, format!("container {names}: securityContext.privileged: true"));
            finding.fix(format!(
                "remove privileged from container {names} of {owner}, and add the single capabilities that it needs"
            ));
        }
        let adds = |container: &view::Container| {
            !security::is_privileged(container) && !security::dangerous(container).is_empty()
        };
        let names = words::join_some(security::containers(spec, adds), 3);
        let added: BTreeSet<&str> =
            spec.all_containers().filter(|c| adds(c)).flat_map(security::dangerous).collect();
        if !added.is_empty() {
            let added = words::join_some(added, 6);
            let finding =
                out.on(owner.clone(), format!("gives container {names} dangerous capabilities: {added}"));
            finding.brief("dangerous capabilities").field("spec.containers.securityContext.capabilities");
            finding.proof(Source::Spec, format!("container {names}: capabilities.add: {added}"));
            finding.fix(format!("remove {added} from container {names} of {owner}, if it works without"));
        }
    }
}
