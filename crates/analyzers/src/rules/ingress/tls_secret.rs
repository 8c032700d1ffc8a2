//! # Certificate of an Ingress does not exist
//!
//! ## What it finds
//! An Ingress whose `tls` names a Secret that does not exist.
//!
//! ## Why it matters
//! The controller serves its own self-signed certificate for these hosts: browsers and clients refuse it.
//!
//! ## When it stays silent
//! For entries without a name, in the first minutes of an Ingress (certificates are often issued only
//! then), and when Secrets could not be read.
//!
//! ## What to do
//! Create the Secret of type `kubernetes.io/tls`, or repair what should issue it (cert-manager: look at the
//! Certificate of this name).

use crate::certificates::{Trouble, trouble};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeSet;
use view::{Kind, Object, ObjectRef, View};

/// The rule `ingress/tls-secret`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Ingress,
        Kind::Gateway,
        Kind::Secret,
        Kind::Pod,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::CronJob,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which a certificate may be issued.
const ISSUING: i64 = 180;

fn run(view: &View, out: &mut Findings) {
    for ingress in view.ingresses.iter() {
        let meta = &ingress.metadata;
        let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < ISSUING);
        if young || meta.deletion_timestamp.is_some() {
            continue;
        }
        let mut told = BTreeSet::new();
        for tls in ingress.spec.tls.iter().filter(|tls| !tls.secret_name.is_empty()) {
            let (namespace, name) = (&meta.namespace, &tls.secret_name);
            let Some(trouble) = trouble(view, namespace, name).filter(|_| told.insert(name)) else {
                continue;
            };
            let hosts = words::join_some(&tls.hosts, 3);
            let hosts = if hosts.is_empty() { "its hosts".to_owned() } else { hosts };
            let why = match trouble {
                Trouble::Lacks(key) => format!("holds no {key}"),
                _ => "does not exist".to_owned(),
            };
            let says = format!("serves {hosts} with the certificate in Secret {name}, which {why}");
            let finding = out.on(ingress.reference(), says);
            finding
                .brief(format!("no certificate for {hosts}"))
                .field("spec.tls.secretName")
                .proof(Source::Spec, format!("tls of {hosts}: secretName {name}"));
            match trouble {
                Trouble::Lacks(key) => finding.fix(format!(
                    "put the certificate into Secret {namespace}/{name} as tls.crt and tls.key (it lacks {key}), or name another in spec.tls"
                )),
                _ => finding.because(ObjectRef::new("Secret", namespace.clone(), name.clone())).fix(format!(
                    "create it: kubectl -n {namespace} create secret tls {name} --cert=<file> --key=<file>"
                )),
            };
        }
    }
}
