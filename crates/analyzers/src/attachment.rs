//! Why the listeners of a Gateway do not take a route.

use crate::gateways::{self, Parent, admits_http_routes, admits_namespace, hostnames_meet};
use crate::netpol::namespace_label;
use crate::policy_words::carried;
use crate::words;
use view::{HTTPRoute, Listener, Object, View};

/// What the route and the listeners disagree in: the sentence's end, both sides, the field, the remedy.
pub(crate) struct Refusal {
    pub why: String,
    pub proof: String,
    pub field: &'static str,
    pub fix: String,
    pub brief: &'static str,
}

/// Why none of the listeners that a parent means takes the route; `None` when one does.
pub(crate) fn refusal(view: &View, route: &HTTPRoute, parent: &Parent<'_>) -> Option<Refusal> {
    let (gateway, own) = (parent.gateway, &route.metadata.namespace);
    let path = route.reference().path();
    if parent.listeners.is_empty() {
        return Some(no_listener(parent, &path));
    }
    let speaking: Vec<&Listener> =
        parent.listeners.iter().copied().filter(|listener| admits_http_routes(listener)).collect();
    let Some(&first) = speaking.first() else {
        let words = parent.listeners.iter().map(|l| format!("{} ({})", l.name, l.protocol));
        let words = words::join_some(words, 3);
        return Some(Refusal {
            why: format!("listener {words} takes no HTTPRoutes"),
            proof: format!("listener {words}"),
            field: "spec.parentRefs.sectionName",
            fix: format!("name a listener of protocol HTTP or HTTPS in the parentRefs of HTTPRoute {path}"),
            brief: "not taken by the Gateway",
        });
    };
    let open: Vec<&Listener> =
        speaking.into_iter().filter(|l| admits_namespace(view, l, gateway, own)).collect();
    if open.is_empty() {
        return Some(not_allowed(view, first, parent, own));
    }
    if open.iter().any(|listener| hostnames_meet(&listener.hostname, &route.spec.hostnames)) {
        return None;
    }
    let theirs = words::join_some(open.iter().map(|l| l.hostname.as_str()), 3);
    let ours = words::join_some(&route.spec.hostnames, 3);
    Some(Refusal {
        why: format!("its listeners serve {theirs}, the route is for {ours}"),
        proof: format!("hostnames of the route: {ours}; of the listeners: {theirs}"),
        field: "spec.hostnames",
        fix: format!("set hostnames of HTTPRoute {path} within {theirs}, or widen the listener's hostname"),
        brief: "hostnames do not meet",
    })
}

fn no_listener(parent: &Parent<'_>, path: &str) -> Refusal {
    let names = parent.gateway.spec.listeners.iter().map(|l| l.name.as_str());
    let wanted = parent.reference.section_name.as_str();
    let near = words::near(wanted, names.clone()).first().copied().or_else(|| names.clone().next());
    let fix = match near.filter(|_| !wanted.is_empty()) {
        Some(name) => {
            format!("set sectionName {name} in the parentRefs of HTTPRoute {path}, or leave it out")
        }
        None => format!("name a port that a listener has in the parentRefs of HTTPRoute {path}, or none"),
    };
    let port = parent.reference.port.map(|port| format!(" port {port}")).unwrap_or_default();
    Refusal {
        why: format!("there is none such; its listeners are {}", gateways::listeners(parent.gateway)),
        proof: format!("parentRefs: {} {wanted}{port}", parent.gateway.reference().path()),
        field: "spec.parentRefs.sectionName",
        fix,
        brief: "no such listener",
    }
}

fn not_allowed(view: &View, listener: &Listener, parent: &Parent<'_>, own: &str) -> Refusal {
    let (name, gateway) = (&listener.name, parent.gateway.reference());
    let allowed = &listener.allowed_routes.namespaces;
    let (why, fix) = match allowed.from.as_str() {
        "None" => (format!("listener {name} takes no routes"), "All".to_owned()),
        "Selector" => {
            let found = view.namespaces.get("", own);
            let label = |key: &str| found.and_then(|namespace| namespace_label(namespace, key));
            let carried = carried(&allowed.selector, label);
            let wanted = &allowed.selector;
            (
                format!(
                    "listener {name} takes routes of namespaces with {wanted}; namespace {own} carries {carried}"
                ),
                String::new(),
            )
        }
        _ => (
            format!(
                "listener {name} takes routes of its own namespace {} only, the route is in {own}",
                gateway.namespace
            ),
            "Selector or All".to_owned(),
        ),
    };
    let from = if allowed.from.is_empty() { "Same" } else { allowed.from.as_str() };
    Refusal {
        why,
        proof: format!("listener {name}: allowedRoutes.namespaces.from {from}"),
        field: "spec.listeners.allowedRoutes.namespaces",
        fix: match fix.is_empty() {
            true => format!(
                "give namespace {own} labels that match {}, or correct the selector of listener {name}",
                allowed.selector
            ),
            false => format!(
                "set allowedRoutes.namespaces.from of listener {name} of {gateway} to {fix}, or move the route"
            ),
        },
        brief: "namespace not allowed",
    }
}
