//! Conditions of custom resources: which hold, since when, and what they say. Kinds of the core API have
//! rules of their own for theirs.

use crate::words;
use view::{Condition, Meta, View, condition};

/// The condition of this type, when it should be True, has been something else for at least `grace` seconds
/// and speaks of the newest generation. An absent condition is `None`: its controller may never have run.
pub(crate) fn unmet<'a>(
    view: &View,
    meta: &Meta,
    conditions: &'a [Condition],
    kind: &str,
    grace: i64,
) -> Option<&'a Condition> {
    settled(view, meta, condition(conditions, kind)?, grace).filter(|c| !c.is_true())
}

/// The condition of this type, when it tells of a fault by being True (`Stalled`, `Degraded`), has been so
/// for at least `grace` seconds and speaks of the newest generation.
pub(crate) fn raised<'a>(
    view: &View,
    meta: &Meta,
    conditions: &'a [Condition],
    kind: &str,
    grace: i64,
) -> Option<&'a Condition> {
    settled(view, meta, condition(conditions, kind)?, grace).filter(|c| c.is_true())
}

/// The condition, when it is as it is for `grace` seconds, and neither a newer generation is being worked on
/// nor the object being deleted.
pub(crate) fn settled<'a>(
    view: &View,
    meta: &Meta,
    condition: &'a Condition,
    grace: i64,
) -> Option<&'a Condition> {
    let current = is_current(meta, condition.observed_generation);
    let alive = meta.deletion_timestamp.is_none();
    (current && alive && seconds(view, meta, condition) >= grace).then_some(condition)
}

/// True when a controller has seen the newest generation. One that does not write what it saw is believed.
pub(crate) fn is_current(meta: &Meta, observed: Option<i64>) -> bool {
    observed.is_none_or(|observed| observed >= meta.generation)
}

/// For how long the condition has been as it is, in seconds; without a time of its own, the object's age;
/// without either, longer than any grace.
pub(crate) fn seconds(view: &View, meta: &Meta, condition: &Condition) -> i64 {
    let since = condition.last_transition_time.or(meta.creation_timestamp);
    since.map_or(i64::MAX, |at| view.now.seconds_since(at))
}

/// `for 12m`, where the condition carries its time; empty otherwise.
pub(crate) fn lasting(view: &View, condition: &Condition) -> String {
    let since = condition.last_transition_time;
    since.map_or(String::new(), |at| format!("for {}", words::age(view.now.seconds_since(at))))
}

/// What the condition tells, to end a sentence: its message, else its reason, else its type and status.
pub(crate) fn told(condition: &Condition) -> String {
    let message = condition.message.trim().trim_end_matches('.');
    match (message.is_empty(), condition.reason.is_empty()) {
        (false, _) => message.to_owned(),
        (true, false) => condition.reason.to_string(),
        (true, true) => format!("its condition {} is {}", condition.kind, condition.status),
    }
}

/// The condition as proof: `Ready=False, BuildFailed: kustomize build failed`.
pub(crate) fn quoted(condition: &Condition) -> String {
    let Condition { kind, status, reason, message, .. } = condition;
    let why = match (reason.is_empty(), message.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!(", {reason}"),
        (true, false) => format!(": {message}"),
        (false, false) => format!(", {reason}: {message}"),
    };
    format!("{kind}={status}{why}")
}
