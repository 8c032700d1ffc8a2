//! # Controller does not accept the route
//!
//! ## What it finds
//! An HTTPRoute whose status says for a parent that it is not accepted, that its references do not resolve, or
//! that only part of it is valid, with the controller's reason. As a warning: a route that the controller of a
//! working Gateway has not taken up within five minutes.
//!
//! ## Why it matters
//! The route, or part of it, is not served.
//!
//! ## When it stays silent
//! For a minute after such a condition came about, while the controller has not seen the newest spec, while the
//! route is being deleted, and where another rule tells the cause (a missing Service, hostnames that do not
//! meet).
//!
//! ## What to do
//! Correct what the reason names.

use crate::gateways::{self, TAKING_UP, is_older, is_stale, since};
use crate::{Findings, Rule, Severity, Source};
use view::{Condition, HTTPRoute, Kind, Object, ObjectRef, RouteParentStatus, View, condition};

/// The rule `httproute/not-accepted`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HTTPRoute, Kind::Gateway, Kind::GatewayClass],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["httproute/*"],
    run,
};

/// Seconds for which a condition may be False: controllers look again.
const SETTLING: i64 = 60;

fn run(view: &View, out: &mut Findings) {
    for route in view.http_routes.iter().filter(|r| r.metadata.deletion_timestamp.is_none()) {
        for status in &route.status.parents {
            if let Some(refused) = refused(view, route, status) {
                report(route, status, refused, out);
            }
        }
        unanswered(view, route, out);
    }
}

/// The condition that says that the parent does not serve the route, or not wholly.
fn refused<'a>(view: &View, route: &HTTPRoute, status: &'a RouteParentStatus) -> Option<&'a Condition> {
    let of = |kind: &str| condition(&status.conditions, kind);
    let accepted = of("Accepted").filter(|c| c.is_false() && c.reason != "Pending");
    let resolved = of("ResolvedRefs").filter(|c| c.is_false());
    let partial = of("PartiallyInvalid").filter(|c| c.is_true());
    let wrong = accepted.or(resolved).or(partial)?;
    let meta = &route.metadata;
    let late = is_older(view, since(wrong, meta.creation_timestamp), SETTLING);
    (late && !is_stale(wrong, meta.generation)).then_some(wrong)
}

fn report(route: &HTTPRoute, status: &RouteParentStatus, wrong: &Condition, out: &mut Findings) {
    let parent = &status.parent_ref;
    let kind = parent.kind.as_ref().map_or("Gateway", |kind| kind.as_str());
    let namespace = parent.namespace_or(&route.metadata.namespace);
    let parent = ObjectRef::new(kind, namespace.clone(), parent.name.clone());
    let state = match wrong.kind.as_str() {
        "ResolvedRefs" => format!("has references that do not resolve for {parent}"),
        "PartiallyInvalid" => format!("is accepted only in part by {parent}"),
        _ => format!("is not accepted by {parent}"),
    };
    let message = wrong.message.trim_end_matches('.');
    let why =
        if message.is_empty() { wrong.reason.to_string() } else { format!("{}: {message}", wrong.reason) };
    let finding = out.on(route.reference(), format!("{state}: {why}"));
    finding
        .brief(format!(
            "{}: {}",
            if wrong.kind == "Accepted" { "not accepted" } else { "not valid" },
            wrong.reason
        ))
        .field("spec.rules")
        .proof(
            Source::Status,
            format!("{}={}, {}: {}", wrong.kind, wrong.status, wrong.reason, wrong.message),
        );
    finding.proof(Source::Status, format!("controller: {}", status.controller_name));
    if wrong.kind == "Accepted" {
        finding.because(parent);
    }
    finding.fix(format!("correct what the reason names in HTTPRoute {}", route.reference().path()));
    finding.command(describe(route));
}

/// Gateways that are served and whose controller has said nothing about the route.
fn unanswered(view: &View, route: &HTTPRoute, out: &mut Findings) {
    if !is_older(view, route.metadata.creation_timestamp, TAKING_UP) {
        return;
    }
    for parent in gateways::parents(view, route) {
        let gateway = parent.gateway.reference();
        let conditions = &parent.gateway.status.conditions;
        let served = condition(conditions, "Programmed").is_some_and(Condition::is_true);
        let answered = route.status.parents.iter().any(|status| {
            let reference = &status.parent_ref;
            reference.name == gateway.name.as_str()
                && *reference.namespace_or(&route.metadata.namespace) == gateway.namespace
        });
        if !served || answered {
            continue;
        }
        let class = &parent.gateway.spec.gateway_class_name;
        let says =
            format!("is not taken up: the controller of {gateway} (class {class}) says nothing about it");
        let finding = out.on(route.reference(), says);
        finding
            .severity(Severity::Warning)
            .brief("not taken up")
            .field("spec.parentRefs")
            .proof(Source::Status, format!("no entry for {gateway} in status.parents"))
            .fix(format!("look into the log of the controller of GatewayClass {class}"))
            .command(describe(route));
    }
}

fn describe(route: &HTTPRoute) -> String {
    format!("kubectl -n {} describe httproute {}", route.metadata.namespace, route.metadata.name)
}
