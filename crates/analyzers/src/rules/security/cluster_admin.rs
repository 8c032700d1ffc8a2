//! # Account may do everything in the cluster
//!
//! ## What it finds
//! A ClusterRoleBinding of `cluster-admin` to a service account, or to everybody
//! (`system:authenticated`, `system:unauthenticated`, `system:anonymous`, `system:serviceaccounts`); also
//! any role that is bound to whoever is not logged in.
//!
//! ## Why it matters
//! A pod with such an account is the cluster, for whoever gets into it. Bound to everybody, the cluster is
//! open.
//!
//! ## When it stays silent
//! For the cluster's own bindings, for people and groups with a name of their own, and for roles that let
//! everybody look at the API and its health (`system:…`). It speaks only when the filter Security is chosen.
//!
//! ## What to do
//! Bind a role with what the account needs; delete the binding.

use crate::{Findings, Rule, Severity, Source, security, words};
use view::{Kind, Subject, View};

/// The rule `security/cluster-admin`.
pub static RULE: Rule = Rule {
    needs: &[Kind::RoleBinding, Kind::ClusterRoleBinding, Kind::ClusterRole, Kind::Role],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for binding in security::bindings(view) {
        let admin = binding.role.name == "cluster-admin" && binding.role.kind == "ClusterRole";
        let account =
            |subject: &Subject| subject.kind == "ServiceAccount" && !security::is_system_subject(subject);
        let stranger = |subject: &Subject| {
            matches!(subject.name.as_str(), "system:unauthenticated" | "system:anonymous")
        };
        let risky = |subject: &&Subject| {
            stranger(subject) || (admin && (account(subject) || security::is_everybody(subject)))
        };
        let who: Vec<&Subject> = binding.subjects.iter().filter(risky).collect();
        if who.is_empty() {
            continue;
        }
        let open = who.iter().any(|subject| security::is_everybody(subject));
        let names = words::join_some(who.iter().map(|subject| security::subject(subject)), 3);
        let role = &binding.role;
        let place = match binding.object.namespace.is_empty() {
            true => "the whole cluster".to_owned(),
            false => format!("namespace {}", binding.object.namespace),
        };
        let finding =
            out.on(binding.object.clone(), format!("gives {names} the role {} in {place}", role.name));
        finding.brief(format!("gives {}", role.name)).field("subjects");
        if open {
            finding.severity(if admin { Severity::Critical } else { Severity::Error });
        }
        finding.proof(Source::Spec, format!("roleRef: {role}"));
        finding.proof(Source::Spec, format!("subjects: {names}"));
        finding.fix(match open {
            true => format!("delete {}, and bind {} to those by name who need it", binding.object, role.name),
            false => format!("bind {names} to a role with what is needed, and delete {}", binding.object),
        });
        finding.command(format!(
            "kubectl describe {} {}",
            binding.object.kind.to_lowercase(),
            binding.object.name
        ));
    }
}
