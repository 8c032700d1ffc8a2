//! What a condition means whose controller nobody here knows: from how its type is named, as far as
//! controllers agree on that.

use crate::conditions::seconds;
use view::{Condition, Meta, View, condition};

/// Seconds that something may be wrong before it counts: controllers try again.
const GRACE: i64 = 300;
/// Seconds that nobody may know how something stands.
const UNKNOWN: i64 = 1800;
/// Seconds that work may take: a database in a cloud, a cluster.
const WORK: i64 = 3600;
/// Seconds after which work that ended badly is history.
const HISTORY: i64 = 86_400;

/// How bad a condition is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Tone {
    /// It does not work.
    Broken,
    /// It works, but not wholly.
    Degraded,
    /// It should be done by now.
    Late,
    /// Its controller cannot tell.
    Unknown,
}

/// A condition that tells of a fault.
#[derive(Clone, Copy)]
pub(crate) struct Fault<'a> {
    pub condition: &'a Condition,
    pub tone: Tone,
}

/// Types that sum an object up, the one that counts first.
const SUMMARIES: [&str; 4] = ["Ready", "Available", "Healthy", "Succeeded"];
/// Types that tell of a fault of their own even where the summary holds: the newest change is not applied.
const APPLIED: [&str; 4] = ["Synced", "Reconciled", "ReconcileSucceeded", "ReconcileSuccess"];
/// Further types that should be True.
const GOOD: [&str; 9] = [
    "Established",
    "Accepted",
    "Programmed",
    "Installed",
    "Valid",
    "Validated",
    "Configured",
    "Provisioned",
    "ResolvedRefs",
];
/// Ends of types that should be True, and of types that should not.
const GOOD_ENDS: [&str; 4] = ["Ready", "Healthy", "Succeeded", "Synced"];
const BAD_ENDS: [&str; 14] = [
    "NotReady",
    "Unhealthy",
    "Unavailable",
    "Failed",
    "Failure",
    "Failing",
    "Error",
    "Errored",
    "Errors",
    "ErrorOccurred",
    "Degraded",
    "Stalled",
    "Pressure",
    "Invalid",
];
/// In reasons: something went wrong, whatever else stands there.
const WRONG: &str = "fail error invalid denied exceeded timeout timedout forbidden unauthorized notfound missing \
                     crash backoff conflict unreachable refused unable cannot unsupported";
/// In reasons: it is being worked on.
const WORKING: &str = "pending creating progress provisioning deploying installing updating upgrading initializ \
                       reconciling wait scaling starting rolling issuing syncing building pulling running \
                       restoring configuring scheduling bootstrapping";
/// In reasons and phases: it should not work now.
const RESTING: &str = "paused suspend disabled stopped halted scaledtozero notraffic hibernat inactive \
                       notapplicable notrequired completed cancelled canceled superseded deleting terminating \
                       shutdown waitforfirstconsumer";

/// The faults that conditions tell of, the most telling first; none for an object that is being changed,
/// deleted, or put to rest. `observed` is the generation that the whole status speaks of.
pub(crate) fn faults<'a>(
    view: &View,
    meta: &Meta,
    conditions: &'a [Condition],
    observed: Option<i64>,
) -> Vec<Fault<'a>> {
    if meta.deletion_timestamp.is_some() || rests(meta, conditions) {
        return Vec::new();
    }
    let summary = SUMMARIES.iter().find_map(|kind| condition(conditions, kind));
    let works = summary.is_some_and(Condition::is_true);
    let busy = ["Progressing", "Reconciling", "Deploying", "Updating"]
        .iter()
        .any(|kind| condition(conditions, kind).is_some_and(Condition::is_true));
    let mut found: Vec<Fault<'a>> = conditions
        .iter()
        .filter(|c| is_current(view, meta, c, observed))
        .filter_map(|c| Some(Fault { condition: c, tone: tone(view, meta, c, works, busy)? }))
        .collect();
    found.sort_by_key(|fault| {
        let c = fault.condition;
        (fault.tone, c.message.is_empty(), !SUMMARIES.contains(&c.kind.as_str()), c.reason.is_empty())
    });
    found
}

/// Whether a reason says that something went wrong.
pub(crate) fn is_wrong(reason: &str) -> bool {
    says(reason, WRONG)
}

/// Whether a reason or phase says that it should not work now.
pub(crate) fn is_resting(reason: &str) -> bool {
    says(reason, RESTING) && !is_wrong(reason)
}

/// Whether the object was told to rest: by an annotation, by a condition of its own, or by a reason.
pub(crate) fn rests(meta: &Meta, conditions: &[Condition]) -> bool {
    let told = meta.annotations.iter().any(|(key, value)| {
        let name = key.rsplit_once('/').map_or(key.as_str(), |(_, name)| name);
        match name {
            "reconcile" => *value == "disabled" || *value == "false",
            name => {
                let rest = ["pause", "suspend", "hibernat"].iter().any(|word| name.contains(word));
                rest && *value != "false" && *value != "off"
            }
        }
    });
    let resting = |c: &Condition| {
        let named = c.kind.ends_with("Paused") || matches!(c.kind.as_str(), "Suspended" | "Stopped");
        named && c.is_true()
    };
    let ended = |c: &Condition| matches!(c.kind.as_str(), "Complete" | "Finished") && c.is_true();
    let summed =
        |c: &Condition| SUMMARIES.contains(&c.kind.as_str()) && !c.is_true() && is_resting(&c.reason);
    told || conditions.iter().any(|c| resting(c) || ended(c) || summed(c))
}

fn tone(view: &View, meta: &Meta, c: &Condition, works: bool, busy: bool) -> Option<Tone> {
    let age = seconds(view, meta, c);
    let is = |list: &[&str]| list.contains(&c.kind.as_str());
    let ends = |list: &[&str]| list.iter().any(|end| c.kind.ends_with(end));
    let wrong = is_wrong(&c.reason);
    // `NoDiskPressure` is good news, and what has not been set up cannot be unavailable.
    if denies(&c.kind) || c.message.ends_with("URL is empty") {
        return None;
    }
    // Work that failed is history after a day.
    if c.kind == "Failed" && age > HISTORY {
        return None;
    }
    if ends(&BAD_ENDS) {
        let tone = if works || c.kind.ends_with("Degraded") { Tone::Degraded } else { Tone::Broken };
        return (c.is_true() && age >= GRACE).then_some(tone);
    }
    if c.kind == "Progressing" {
        return (c.is_false() && wrong && age >= GRACE).then_some(Tone::Broken);
    }
    let good = is(&SUMMARIES) || is(&APPLIED) || is(&GOOD) || ends(&GOOD_ENDS);
    // What the summary leaves out of account is no fault of the whole.
    if !good || c.severity == "Info" || is_resting(&c.reason) || (works && !is(&APPLIED)) {
        return None;
    }
    if c.kind == "Succeeded" && (!c.is_false() || age > HISTORY) {
        return None;
    }
    match c.status.as_str() {
        "False" if says(&c.reason, WORKING) && !wrong => (age >= WORK).then_some(Tone::Late),
        "False" => {
            let tone = if works { Tone::Degraded } else { Tone::Broken };
            (age >= GRACE).then_some(tone)
        }
        "Unknown" => (age >= if busy { WORK } else { UNKNOWN }).then_some(Tone::Unknown),
        _ => None,
    }
}

/// False while the controller has not looked at the newest generation. Some write the generation of the
/// whole status only once they succeed: that one is believed for as long as work may take.
fn is_current(view: &View, meta: &Meta, c: &Condition, observed: Option<i64>) -> bool {
    match (c.observed_generation, observed) {
        (Some(own), _) => own >= meta.generation,
        (None, Some(seen)) if seen > 0 && seen < meta.generation => seconds(view, meta, c) >= WORK,
        _ => true,
    }
}

/// A type that begins with `No` and a word of its own.
fn denies(kind: &str) -> bool {
    kind.strip_prefix("No").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

fn says(reason: &str, words: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    words.split_whitespace().any(|word| reason.contains(word))
}
