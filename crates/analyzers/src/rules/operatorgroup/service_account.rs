//! # OperatorGroup's service account does not exist
//!
//! ## What it finds
//! A ServiceAccount that an OperatorGroup names under `spec.serviceAccountName` and that does not exist.
//!
//! ## Why it matters
//! OLM installs with the rights of this account; without it nothing is installed in the namespace.
//!
//! ## When it stays silent
//! When service accounts could not be read, and for groups being deleted.
//!
//! ## What to do
//! Create the account with the rights that the operators need, or correct the name.

use crate::{Findings, Rule, Severity, Source, operators};
use view::{Kind, Object, ObjectRef, ServiceAccount, View};

/// The rule `operatorgroup/service-account`.
pub static RULE: Rule = Rule {
    needs: &[Kind::OperatorGroup, Kind::ServiceAccount],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["serviceaccount/missing"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for group in view.operator_groups.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        let (namespace, name) = (&group.metadata.namespace, &group.spec.service_account_name);
        if name.is_empty() || !view.lookup::<ServiceAccount>(namespace, name).is_missing() {
            continue;
        }
        let account = ObjectRef::new("ServiceAccount", namespace.clone(), name.clone());
        let says = format!("does not exist; {} needs it", group.reference());
        let finding = out.on(account, says);
        finding.brief("does not exist").field("spec.serviceAccountName");
        finding.proof(Source::Spec, format!("{}: serviceAccountName {name}", group.reference()));
        let what = format!("service accounts in {namespace}");
        operators::near(finding, name, &what, view.service_accounts.names_in(namespace));
        finding.fix(format!(
            "create it (kubectl -n {namespace} create serviceaccount {name}) with the rights that the operators need"
        ));
    }
}
