//! # Role permits everything
//!
//! ## What it finds
//! A RoleBinding or ClusterRoleBinding to a Role or ClusterRole that has a rule with `*` for verbs, resources
//! or API groups: who has it and what the rule says.
//!
//! ## Why it matters
//! Whoever holds one of these accounts may do more than anyone has written down, with resources that come
//! later too: reading every Secret, or giving itself further rights.
//!
//! ## When it stays silent
//! For the cluster's own roles and bindings (`system:…`, those that Kubernetes makes itself, those of
//! `kube-…` namespaces), for `cluster-admin` (`security/cluster-admin`), and when roles could not be read.
//! It speaks only when the filter Security is chosen.
//!
//! ## What to do
//! Write down the verbs and resources that are used.

use crate::{Findings, Rule, Severity, Source, security, words};
use view::{Kind, PolicyRule, Str, View};

/// The rule `security/wildcard-role`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Role, Kind::RoleBinding, Kind::ClusterRole, Kind::ClusterRoleBinding],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for binding in security::bindings(view).into_iter().filter(|b| b.role.name != "cluster-admin") {
        let wide: Vec<String> = security::rules(view, &binding.role).iter().filter_map(in_words).collect();
        if wide.is_empty() {
            continue;
        }
        let who = binding.subjects.iter().filter(|s| !security::is_system_subject(s)).map(security::subject);
        let who = words::join_some(who, 3);
        let role = &binding.role;
        let finding =
            out.on(binding.object.clone(), format!("gives {who} the wildcards of {role}: {}", wide[0]));
        finding.brief("wildcard role").field("roleRef");
        // Groups alone: its verbs and resources are written down.
        if wide.iter().all(|rule| !rule.starts_with("verbs *") && !rule.contains("resources *")) {
            finding.severity(Severity::Info);
        }
        for rule in wide.iter().take(4) {
            finding.proof(Source::Spec, format!("{role}: {rule}"));
        }
        finding.proof(Source::Spec, format!("subjects: {who}"));
        finding.fix(format!("name the verbs and resources that {who} uses in {role}, in place of *"));
        finding.command(format!("kubectl describe {} {}", role.kind.to_lowercase(), role.name));
    }
}

/// A rule with a wildcard: `verbs * on resources * of API groups apps`.
fn in_words(rule: &PolicyRule) -> Option<String> {
    let any = |list: &[Str]| list.iter().any(|item| *item == "*");
    // A rule about named objects is narrow, and one about URLs has no resources.
    let wide = any(&rule.verbs) || any(&rule.resources) || any(&rule.api_groups);
    if !wide || !rule.resource_names.is_empty() || rule.resources.is_empty() {
        return None;
    }
    let listed = |list: &[Str]| {
        let named = list.iter().map(|item| if item.is_empty() { "core" } else { item.as_str() });
        words::join_some(named, 5)
    };
    let (verbs, resources, groups) = (listed(&rule.verbs), listed(&rule.resources), listed(&rule.api_groups));
    Some(format!("verbs {verbs} on resources {resources} of API groups {groups}"))
}
