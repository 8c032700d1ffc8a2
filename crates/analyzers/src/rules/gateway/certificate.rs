//! # Gateway lacks a certificate
//!
//! ## What it finds
//! A listener of a Gateway whose certificate is in a Secret that does not exist, that lacks `tls.crt` or
//! `tls.key`, or that is in another namespace without a ReferenceGrant for it.
//!
//! ## Why it matters
//! The listener does not serve: TLS connections fail, and with some controllers the whole Gateway does.
//!
//! ## When it stays silent
//! For listeners that pass TLS through, in the first three minutes of a Gateway (the certificate may be being
//! issued), and when Secrets or ReferenceGrants could not be read.
//!
//! ## What to do
//! Create the Secret, or correct the name in `certificateRefs`; across namespaces add a ReferenceGrant where
//! the Secret is.

use crate::certificates::{Trouble, of_listener};
use crate::gateways::is_older;
use crate::{Findings, Rule, Severity, Source};
use std::collections::BTreeMap;
use view::{Gateway, Kind, Object, ObjectRef, View};

/// The rule `gateway/certificate`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Gateway,
        Kind::ReferenceGrant,
        Kind::Secret,
        Kind::Ingress,
        Kind::Pod,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::CronJob,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which a certificate may be issued.
const ISSUING: i64 = 180;

fn run(view: &View, out: &mut Findings) {
    for gateway in view.gateways.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        if !is_older(view, gateway.metadata.creation_timestamp, ISSUING) {
            continue;
        }
        let mut wrong: BTreeMap<ObjectRef, (Trouble, Vec<&str>)> = BTreeMap::new();
        for listener in &gateway.spec.listeners {
            for (secret, trouble) in of_listener(view, gateway, listener) {
                wrong.entry(secret).or_insert((trouble, Vec::new())).1.push(listener.name.as_str());
            }
        }
        for (secret, (trouble, listeners)) in wrong {
            report(gateway, &secret, trouble, &listeners.join(", "), out);
        }
    }
}

fn report(gateway: &Gateway, secret: &ObjectRef, trouble: Trouble, listeners: &str, out: &mut Findings) {
    let (namespace, name) = (&secret.namespace, &secret.name);
    let why = match trouble {
        Trouble::Missing => "which does not exist".to_owned(),
        Trouble::Lacks(key) => format!("which holds no {key}"),
        Trouble::NotGranted => {
            let own = &gateway.metadata.namespace;
            format!("and no ReferenceGrant in {namespace} lets Gateways of {own} use it")
        }
    };
    let says = format!("serves listener {listeners} with the certificate in {secret}, {why}");
    let finding = out.on(gateway.reference(), says);
    finding
        .brief(format!("no certificate for listener {listeners}"))
        .field("spec.listeners.tls.certificateRefs")
        .proof(Source::Spec, format!("listener {listeners}: certificateRefs {}", secret.path()));
    match trouble {
        Trouble::NotGranted => finding.fix(format!(
            "add a ReferenceGrant in namespace {namespace} from Gateway of {} to Secret {name}",
            gateway.metadata.namespace
        )),
        Trouble::Missing => finding.because(secret.clone()).fix(format!(
            "create it: kubectl -n {namespace} create secret tls {name} --cert=<file> --key=<file>"
        )),
        Trouble::Lacks(key) => finding.fix(format!(
            "put the certificate into {secret} as tls.crt and tls.key (it lacks {key}), or name another in certificateRefs"
        )),
    };
}
