//! # Volume cannot be attached to its node, or detached from it
//!
//! ## What it finds
//! A VolumeAttachment whose driver reports an error, one that no driver has touched for five minutes, and
//! one that still holds a volume for a node that does not exist.
//!
//! ## Why it matters
//! The pod that needs the volume waits on that node. A volume that does not come off its old node keeps the
//! pod from starting on a new one.
//!
//! ## When it stays silent
//! In the first two minutes of an error, which are often passed by trying again, and for attachments that
//! are done.
//!
//! ## What to do
//! Read the driver's message: it names the disk, the limit or the permission. For a node that is gone for
//! good, delete its Node object, so that the volume is released.

use crate::containers::node_ref;
use crate::{Findings, Rule, Severity, Source, runners, storage, words};
use view::{Kind, Node, Object, View, VolumeAttachment, VolumeError};

/// The rule `volumeattachment/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::VolumeAttachment, Kind::Node, Kind::CSIDriver],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which a driver tries again by itself.
const RETRYING: i64 = 120;
/// Seconds after which a driver should have said something.
const SILENT: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for attachment in view.volume_attachments.iter() {
        let (spec, status) = (&attachment.spec, &attachment.status);
        let since = |time: Option<view::Time>| time.map_or(i64::MAX, |at| view.now.seconds_since(at));
        let old = since(attachment.metadata.creation_timestamp);
        let leaving =
            attachment.metadata.deletion_timestamp.filter(|at| view.now.seconds_since(*at) >= RETRYING);
        let gone = view.lookup::<Node>("", &spec.node_name).is_missing();
        let why = match (&status.attach_error, &status.detach_error) {
            _ if gone && leaving.is_some() => {
                Some("the node does not exist, so that nobody detaches it".to_owned())
            }
            (_, Some(error)) if leaving.is_some() => Some(message(error)),
            (Some(error), _) if !status.attached && old >= RETRYING && leaving.is_none() => {
                Some(message(error))
            }
            (None, _) if !status.attached && leaving.is_none() && old >= SILENT => Some(format!(
                "driver {} has not answered for {}",
                spec.attacher,
                words::age(old.min(1 << 40))
            )),
            _ => None,
        };
        if let Some(why) = why {
            report(view, attachment, leaving.is_some(), &why, out);
        }
    }
}

fn message(error: &VolumeError) -> String {
    // Drivers answer through gRPC, whose wrapping tells nothing.
    let text = error.message.as_str();
    text.rsplit_once("desc = ").map_or(text, |(_, told)| told).to_owned()
}

fn report(view: &View, attachment: &VolumeAttachment, leaving: bool, why: &str, out: &mut Findings) {
    let spec = &attachment.spec;
    let (node, volume, driver) = (&spec.node_name, &spec.source.persistent_volume_name, &spec.attacher);
    let (verb, from) = if leaving { ("detach", "from") } else { ("attach", "to") };
    let finding =
        out.on(attachment.reference(), format!("cannot {verb} volume {volume} {from} node {node}: {why}"));
    finding.brief(format!("cannot {verb}")).field("spec.nodeName").same(format!("{verb} {why}"));
    finding.proof(Source::Spec, format!("attacher: {driver}, attached: {}", attachment.status.attached));
    for error in [&attachment.status.attach_error, &attachment.status.detach_error].into_iter().flatten() {
        let at = error.time.map(|at| format!(" (at {at})")).unwrap_or_default();
        finding.proof(Source::Status, format!("{}{at}", error.message));
    }
    if let Some(driver) = storage::driver_in_words(view, driver) {
        finding.proof(Source::Cluster, driver);
    }
    for runner in runners::unready_drivers(view, driver).into_iter().take(2) {
        finding.proof(Source::Cluster, runner.in_words()).because(runner.object);
    }
    finding.because(node_ref(node));
    finding.fix(match leaving {
        true => format!(
            "bring node {node} back or delete it if it is gone for good, and check the controller of driver {driver}"
        ),
        false if attachment.status.attach_error.is_none() => {
            format!("bring the controller of driver {driver} back: it has to attach volume {volume} to node {node}")
        }
        false => format!("correct what driver {driver} names for volume {volume} on node {node}"),
    });
    finding.command(format!("kubectl describe volumeattachment {}", attachment.metadata.name));
}
