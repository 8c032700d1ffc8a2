//! # Provisioner of a StorageClass does not answer
//!
//! ## What it finds
//! A StorageClass whose provisioner was asked for volumes more than five minutes ago and has not answered:
//! how many claims wait for it, whether a CSI driver of that name exists, and workloads of the provisioner
//! that are not ready or scaled to zero.
//!
//! ## Why it matters
//! Every claim of this class stays Pending, and so do the pods that use them.
//!
//! ## When it stays silent
//! For five minutes (one when its workload is seen not to run), for claims that wait for their first
//! consumer, where the provisioner says that it is at work or why it fails
//! (`persistentvolumeclaim/provisioning-failed`), and for classes whose volumes are made by hand.
//!
//! ## What to do
//! Bring the provisioner's controller back, or install the driver that the class names. A class whose
//! driver was removed for good has to be replaced, and the claims made again.

use crate::runners::Runner;
use crate::{Findings, Rule, Severity, Source, claims, storage, words};
use std::collections::BTreeMap;
use view::{Kind, Object, ObjectRef, StorageClass, View};

/// The rule `storageclass/provisioner-silent`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::StorageClass,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::Event,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::CSIDriver,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Claims that wait for a class, with the longest wait in seconds.
#[derive(Default)]
struct Waiting {
    claims: Vec<ObjectRef>,
    longest: i64,
    event: String,
}

fn run(view: &View, out: &mut Findings) {
    let mut waiting: BTreeMap<&str, (&StorageClass, Waiting)> = BTreeMap::new();
    for claim in view.persistent_volume_claims.iter() {
        let Some(asked) = claims::unanswered(view, claim) else { continue };
        let entry = waiting.entry(&asked.class.metadata.name).or_insert((asked.class, Waiting::default()));
        entry.1.claims.push(claim.reference());
        entry.1.longest = entry.1.longest.max(asked.waited);
        if let Some(event) = asked.event {
            entry.1.event = event.message.to_string();
        }
    }
    for (class, waiting) in waiting.into_values() {
        report(view, class, &waiting, out);
    }
}

fn report(view: &View, class: &StorageClass, waiting: &Waiting, out: &mut Findings) {
    let provisioner = &class.provisioner;
    let idle = claims::idle_provisioner(view, class);
    let why = match idle.first() {
        Some(runner) => format!("does not run, {}", runner.in_words()),
        None => "does not answer".to_owned(),
    };
    let (count, age) = (words::count(waiting.claims.len(), "claim"), words::age(waiting.longest));
    let says = format!("has brought no volume for {count} in {age}: its provisioner {provisioner} {why}");
    let finding = out.on(class.reference(), says);
    finding.brief("provisioner does not answer").field("provisioner");
    finding.proof(Source::Spec, format!("provisioner: {provisioner}"));
    finding.proof(Source::Event, &waiting.event);
    finding.proof(Source::Cluster, format!("waiting: {}", words::join_some(&waiting.claims, 3)));
    if let Some(driver) = storage::driver_in_words(view, provisioner) {
        finding.proof(Source::Cluster, driver);
    }
    for runner in idle.iter().take(3) {
        finding.proof(Source::Cluster, runner.in_words()).because(runner.object.clone());
    }
    finding.fix(match idle.first() {
        Some(runner) => format!("bring {} back: it makes the volumes of this class", runner.object),
        None => format!(
            "install or repair the provisioner {provisioner}, or make the claims again with a class whose provisioner runs"
        ),
    });
    match idle.first().and_then(Runner::scale_up) {
        Some(command) => finding.command(command),
        None => finding.command("kubectl get csidrivers,pods -A"),
    };
}
