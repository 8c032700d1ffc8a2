//! What can be said of an instance of any custom type besides its conditions.

use crate::{mentions, polarity, words};
use view::{CustomResource, ObjectRef, View};

/// Seconds that a phase may say so.
const GRACE: i64 = 300;
/// Seconds after which work that failed is history.
const HISTORY: i64 = 86_400;

/// Words of messages about credentials and permissions.
const REFUSED: [&str; 11] = [
    "unauthorized",
    "unauthenticated",
    "authentication",
    "access denied",
    "accessdenied",
    "permission denied",
    "not authorized",
    "forbidden",
    "credential",
    "expiredtoken",
    "invalid token",
];
/// Words of messages about the network.
const UNREACHABLE: [&str; 7] = [
    "no such host",
    "connection refused",
    "i/o timeout",
    "timed out",
    "deadline exceeded",
    "unreachable",
    "connection reset",
];

/// Whether its phase, or its error where it has no phase, says that it failed; for types without conditions.
pub(crate) fn has_failed(view: &View, object: &CustomResource) -> bool {
    let status = &object.status;
    let phase = status.phase.to_ascii_lowercase();
    let failed = ["failed", "error", "errored", "invalid", "unavailable", "broken"];
    let wrong = failed.contains(&phase.as_str()) || phase.ends_with("failed") || phase.ends_with("error");
    let told = status.error && !status.message.is_empty() && phase.is_empty();
    let meta = &object.metadata;
    let old = meta.creation_timestamp.is_none_or(|at| view.now.seconds_since(at) >= GRACE);
    let history = status.completion_time.is_some_and(|at| view.now.seconds_since(at) > HISTORY);
    let seen = status.observed_generation.is_none_or(|seen| seen <= 0 || seen >= meta.generation);
    let rests = polarity::rests(meta, &[]) || meta.deletion_timestamp.is_some();
    (wrong || told) && old && seen && !history && !rests
}

/// A message without what differs from one instance to the next: names, numbers, quoted text, paths.
pub(crate) fn alike(message: &str, object: &CustomResource) -> String {
    let differs = |word: &&str| {
        word.contains(|c: char| c.is_ascii_digit() || "\"'`/=".contains(c))
            || word.contains(object.metadata.name.as_str())
    };
    let kept: Vec<&str> = message.split_whitespace().filter(|word| !differs(word)).take(24).collect();
    words::bounded(&kept.join(" "))
}

/// What to do about a message; `named` is an object that it names.
pub(crate) fn advice(
    view: &View,
    object: &CustomResource,
    message: &str,
    named: Option<&ObjectRef>,
) -> String {
    let own =
        ObjectRef::new(object.called(), object.metadata.namespace.clone(), object.metadata.name.clone());
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if let Some(named) = named {
        return match has(&["not found", "does not exist"]) {
            true => format!("create {named}, or correct how {own} refers to it"),
            false => format!("look at {named}, which the message names"),
        };
    }
    if has(&REFUSED) {
        let secret = mentions::referred(view, object).into_iter().find(|other| other.kind == "Secret");
        return match secret {
            Some(secret) => format!(
                "renew the credentials in {secret}, or give them the permission that the message asks for"
            ),
            None => format!("give {own} credentials that are allowed to do what the message names"),
        };
    }
    if has(&UNREACHABLE) {
        return format!(
            "make reachable from the cluster what the message names, or correct the address in {own}"
        );
    }
    if message.is_empty() {
        return format!("look at the events of {own} and at the log of the controller of {}", object.group());
    }
    format!("correct in {own}, or in what it refers to, what the message names")
}
