//! # Extension's service account does not exist
//!
//! ## What it finds
//! A ServiceAccount that does not exist and that OLM should install a ClusterExtension with, as the
//! extension's conditions say.
//!
//! ## Why it matters
//! OLM applies what it installs with the rights of this account; without it nothing is installed, upgraded
//! or removed.
//!
//! ## When it stays silent
//! When the account exists by now, and for versions of OLM that do without it: they do not complain.
//!
//! ## What to do
//! Create the account in the extension's namespace and bind the rights that the extension's manifests need.

use crate::{Findings, Rule, Severity, Source, conditions, operators};
use view::{Kind, Object, View};

/// The rule `clusterextension/service-account`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterExtension, Kind::ServiceAccount],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["serviceaccount/missing"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for extension in view.cluster_extensions.iter() {
        let gone = extension.metadata.deletion_timestamp.is_some();
        let Some((account, told)) = operators::missing_account(extension).filter(|_| !gone) else { continue };
        let (namespace, name) = (account.namespace.clone(), account.name.clone());
        if view.service_accounts.get(&namespace, &name).is_some() {
            continue;
        }
        let says = format!("does not exist; {} needs it", extension.reference());
        let finding = out.on(account, says);
        finding.brief("does not exist").field("spec.serviceAccount.name").same(String::new());
        finding.proof(Source::Status, conditions::quoted(told));
        finding.proof(Source::Spec, format!("namespace: {namespace}, serviceAccount.name: {name}"));
        let what = format!("service accounts in {namespace}");
        operators::near(finding, &name, &what, view.service_accounts.names_in(&namespace));
        finding.fix(format!(
            "create it (kubectl -n {namespace} create serviceaccount {name}) and bind the rights that the extension needs"
        ));
    }
}
