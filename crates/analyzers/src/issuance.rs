//! How a Certificate of cert-manager comes about: request, order, challenges, issuer; and when it is in trouble.

use crate::conditions::{lasting, seconds};
use crate::words;
use std::sync::Arc;
use view::{Certificate, Condition, CustomResource, IssuerRef, ObjectRef, Time, View, condition};

/// Seconds that issuing may take: DNS records have to spread.
pub(crate) const ISSUING: i64 = 600;
/// Seconds by which a renewal may be late.
const OVERDUE: i64 = 6 * 3600;
const ACME: &str = "acme.cert-manager.io";

/// What is wrong with a Certificate.
pub(crate) enum Trouble<'a> {
    Expired(Time),
    NotReady(&'a Condition),
    /// It is valid, and its renewal fails.
    RenewalFails,
    /// It is valid, and nobody renews it.
    Overdue(Time),
}

/// Group and kind of the issuer.
pub(crate) fn issuer_type(issuer: &IssuerRef) -> (&str, &str) {
    let or = |text: &'static str, given: &'_ view::Str| if given.is_empty() { Some(text) } else { None };
    let group = or("cert-manager.io", &issuer.group).unwrap_or(&issuer.group);
    (group, or("Issuer", &issuer.kind).unwrap_or(&issuer.kind))
}

/// The issuer as an object.
pub(crate) fn issuer(view: &View, certificate: &Certificate) -> ObjectRef {
    let (group, kind) = issuer_type(&certificate.spec.issuer_ref);
    let namespace = if kind == "ClusterIssuer" { "" } else { certificate.metadata.namespace.as_str() };
    view.reference_to(group, kind, namespace, &certificate.spec.issuer_ref.name)
}

/// How its issuer stands: what keeps it from issuing, if anything does.
pub(crate) fn issuer_fault(view: &View, certificate: &Certificate) -> Option<String> {
    let issuer = issuer(view, certificate);
    let (group, kind) = issuer_type(&certificate.spec.issuer_ref);
    let known = view.coverage.types().any(|(t, _)| t.kind == kind && t.group == group);
    if known && view.lookup_custom(group, kind, &issuer.namespace, &issuer.name).is_missing() {
        return Some(format!("{issuer} does not exist"));
    }
    let ready = view.custom(&issuer).and_then(|issuer| condition(&issuer.status.conditions, "Ready"))?;
    (!ready.is_true()).then(|| format!("{issuer} is not ready: {}", crate::conditions::told(ready)))
}

/// What is wrong with it by now.
pub(crate) fn trouble<'a>(view: &View, certificate: &'a Certificate) -> Option<Trouble<'a>> {
    let (meta, status) = (&certificate.metadata, &certificate.status);
    if meta.deletion_timestamp.is_some() {
        return None;
    }
    let issuing = condition(&status.conditions, "Issuing");
    let failed =
        issuing.filter(|c| c.is_false() && (c.reason == "Failed" || status.last_failure_time.is_some()));
    let running = issuing.filter(|c| c.is_true()).map(|c| seconds(view, meta, c));
    if let Some(end) = status.not_after.filter(|end| *end < view.now) {
        return running.is_none_or(|age| age >= ISSUING).then_some(Trouble::Expired(end));
    }
    let ready = condition(&status.conditions, "Ready")?;
    if !ready.is_true() {
        let patience = match (running, failed) {
            (None, Some(_)) => 60,
            _ => ISSUING,
        };
        let age = running.unwrap_or(0).max(seconds(view, meta, ready));
        let fresh = running.is_some_and(|age| age < ISSUING);
        let current = ready.observed_generation.is_none_or(|seen| seen >= meta.generation);
        return (current && !fresh && age >= patience).then_some(Trouble::NotReady(ready));
    }
    let late = status.renewal_time.filter(|at| view.now.seconds_since(*at) > OVERDUE);
    match (failed, late) {
        (Some(_), _) => Some(Trouble::RenewalFails),
        (None, Some(at)) if running.is_none_or(|age| age > OVERDUE) => Some(Trouble::Overdue(at)),
        _ => None,
    }
}

/// Its newest request with the orders and challenges behind it.
#[derive(Default)]
pub(crate) struct Chain<'a> {
    pub request: Option<&'a Arc<CustomResource>>,
    pub orders: Vec<&'a Arc<CustomResource>>,
    pub challenges: Vec<&'a Arc<CustomResource>>,
}

/// The chain behind a Certificate.
pub(crate) fn chain<'a>(view: &'a View, certificate: &Certificate) -> Chain<'a> {
    let owned = |uid: &str, group: &'static str, kind: &'static str| {
        let all = view.custom_resources.owned_by(uid);
        all.filter(move |object| !uid.is_empty() && object.is(group, kind)).collect::<Vec<_>>()
    };
    let requests = owned(&certificate.metadata.uid, "cert-manager.io", "CertificateRequest");
    let Some(request) =
        requests.into_iter().max_by_key(|r| (r.metadata.creation_timestamp, &r.metadata.name))
    else {
        return Chain::default();
    };
    let orders = owned(&request.metadata.uid, ACME, "Order");
    let challenges = orders.iter().flat_map(|order| owned(&order.metadata.uid, ACME, "Challenge")).collect();
    Chain { request: Some(request), orders, challenges }
}

/// True for a challenge that is not passed by now and says why.
pub(crate) fn is_failing(view: &View, challenge: &CustomResource) -> bool {
    let (meta, status) = (&challenge.metadata, &challenge.status);
    if meta.deletion_timestamp.is_some() || status.phase == "valid" || status.reason.is_empty() {
        return false;
    }
    let ended = ["invalid", "errored", "expired"].contains(&status.phase.as_str());
    ended || meta.creation_timestamp.is_none_or(|at| view.now.seconds_since(at) >= ISSUING)
}

/// Every challenge.
pub(crate) fn challenges(view: &View) -> impl Iterator<Item = &Arc<CustomResource>> {
    view.custom_resources.iter().filter(|object| object.is(ACME, "Challenge"))
}

/// True for an order that can no longer succeed.
pub(crate) fn has_ended_badly(order: &CustomResource) -> bool {
    ["invalid", "errored", "expired"].contains(&order.status.phase.as_str())
}

/// The condition by which a request says that it failed.
pub(crate) fn refusal(request: &CustomResource) -> Option<&Condition> {
    let all = &request.status.conditions;
    let stated = ["Denied", "InvalidRequest"].into_iter().filter_map(|kind| condition(all, kind));
    let ready =
        condition(all, "Ready").filter(|c| c.is_false() && matches!(c.reason.as_str(), "Failed" | "Denied"));
    stated.into_iter().find(|c| c.is_true()).or(ready)
}

/// Why, in the words of whatever is nearest to the cause.
pub(crate) fn why(view: &View, certificate: &Certificate, chain: &Chain<'_>) -> String {
    if let Some(fault) = issuer_fault(view, certificate) {
        return fault;
    }
    let failing = chain.challenges.iter().find(|challenge| is_failing(view, challenge));
    let ended = chain.orders.iter().find(|order| has_ended_badly(order) && !order.status.reason.is_empty());
    let deepest = failing.or(ended).map(|object| object.status.reason.to_string());
    let request = || chain.request.and_then(|request| refusal(request)).map(crate::conditions::told);
    let own = || {
        let stated =
            ["Issuing", "Ready"].into_iter().filter_map(|c| condition(&certificate.status.conditions, c));
        stated.into_iter().find(|c| !c.message.is_empty()).map(crate::conditions::told)
    };
    let waiting = || {
        let request = chain.request?;
        let ready = condition(&request.status.conditions, "Ready")?;
        (!ready.is_true()).then(|| crate::conditions::told(ready))
    };
    deepest
        .or_else(request)
        .or_else(waiting)
        .or_else(own)
        .unwrap_or_else(|| "cert-manager does not say why".to_owned())
}

/// For what names, in words: `shop.example.com`.
pub(crate) fn names(certificate: &Certificate) -> String {
    let spec = &certificate.spec;
    match (spec.dns_names.is_empty(), spec.common_name.is_empty()) {
        (false, _) => words::join_some(&spec.dns_names, 2),
        (true, false) => spec.common_name.to_string(),
        (true, true) => "its names".to_owned(),
    }
}

/// Since when a condition holds, in words that follow a verb; empty when nobody says.
pub(crate) fn since(view: &View, condition: &Condition) -> String {
    let lasting = lasting(view, condition);
    if lasting.is_empty() { lasting } else { format!(" {lasting}") }
}
