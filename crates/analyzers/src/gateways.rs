//! Gateways: what routes hang on, which of their listeners take them, and why a gateway does not serve.

use crate::certificates;
use view::{
    Condition, Gateway, GatewayClass, HTTPRoute, Listener, ListenerStatus, Lookup, Namespace, Object,
};
use view::{ObjectRef, ReferenceGrant, Service, Str, Time, TypedRef, View, condition};

/// Seconds in which a controller should have taken up an object.
pub(crate) const TAKING_UP: i64 = 300;
/// Seconds for which a condition may be False before it counts.
const SETTLING: i64 = 120;
/// Seconds in which the machines behind a gateway should be there.
const PROVISIONING: i64 = 300;

/// A Gateway that a route hangs on.
pub(crate) struct Parent<'a> {
    pub reference: &'a TypedRef,
    pub gateway: &'a Gateway,
    /// The listeners that the reference means: all, or those of its section and port.
    pub listeners: Vec<&'a Listener>,
}

/// The Gateways that exist among a route's parents. Other kinds of parents (the Services of a mesh) are not
/// looked at.
pub(crate) fn parents<'a>(view: &'a View, route: &'a HTTPRoute) -> Vec<Parent<'a>> {
    let named = route.spec.parent_refs.iter().filter(|reference| reference.is_gateway());
    let found = named.filter_map(|reference| {
        let namespace = reference.namespace_or(&route.metadata.namespace);
        let gateway = view.gateways.get(namespace, &reference.name)?.as_ref();
        let meant = |listener: &&Listener| {
            (reference.section_name.is_empty() || listener.name == reference.section_name.as_str())
                && reference.port.is_none_or(|port| listener.port == port)
        };
        let listeners = gateway.spec.listeners.iter().filter(meant).collect();
        Some(Parent { reference, gateway, listeners })
    });
    found.collect()
}

/// True unless the listener is known to take no routes from this namespace.
pub(crate) fn admits_namespace(view: &View, listener: &Listener, gateway: &Gateway, namespace: &str) -> bool {
    let allowed = &listener.allowed_routes.namespaces;
    match allowed.from.as_str() {
        "" | "Same" => gateway.metadata.namespace == namespace,
        "None" => false,
        "Selector" => match view.lookup::<Namespace>("", namespace) {
            Lookup::Found(found) => {
                allowed.selector.selects(|key| crate::netpol::namespace_label(found, key))
            }
            _ => true,
        },
        _ => true,
    }
}

/// True when the listener takes HTTPRoutes: its protocol speaks HTTP, or its kinds name them.
pub(crate) fn admits_http_routes(listener: &Listener) -> bool {
    let kinds = &listener.allowed_routes.kinds;
    if kinds.is_empty() {
        return !matches!(listener.protocol.as_str(), "TCP" | "UDP" | "TLS");
    }
    kinds.iter().any(|kind| kind.kind == "HTTPRoute")
}

/// True when a listener's hostname and one of a route's have a name in common. None on either side means all.
pub(crate) fn hostnames_meet(listener: &str, route: &[Str]) -> bool {
    let both = |a: &str, b: &str| {
        let (a, b) = (a.to_lowercase(), b.to_lowercase());
        let under = |wildcard: &str, name: &str| {
            wildcard
                .strip_prefix('*')
                .is_some_and(|suffix| name.len() > suffix.len() && name.ends_with(suffix))
        };
        a == b || under(&a, &b) || under(&b, &a)
    };
    listener.is_empty() || route.is_empty() || route.iter().any(|hostname| both(listener, hostname))
}

/// False when an object of this Gateway API kind refers to another namespace and no ReferenceGrant there lets
/// it.
pub(crate) fn is_granted(view: &View, kind: &str, own: &str, to_kind: &str, to: (&str, &str)) -> bool {
    let (namespace, name) = to;
    let mut grants = view.reference_grants.in_namespace(namespace).iter();
    namespace == own
        || !view.proves_absence::<ReferenceGrant>(namespace)
        || grants.any(|grant| grant.permits(kind, own, to_kind, name))
}

/// Why a gateway does not serve.
pub(crate) enum Trouble<'a> {
    ClassMissing,
    /// No controller has said anything; its name, when the class tells it.
    NotTakenUp(&'a str),
    /// A condition is not True.
    Condition(&'a Condition),
}

/// What keeps the whole gateway from serving, once it had its time.
pub(crate) fn trouble<'a>(view: &'a View, gateway: &'a Gateway) -> Option<Trouble<'a>> {
    let class = view.lookup::<GatewayClass>("", &gateway.spec.gateway_class_name);
    if class.is_missing() {
        return Some(Trouble::ClassMissing);
    }
    let meta = &gateway.metadata;
    let told = ["Accepted", "Programmed"].map(|kind| condition(&gateway.status.conditions, kind));
    let pending = |c: &Condition| c.status == "Unknown" && is_pending(c);
    if told.iter().flatten().all(|c| pending(c)) {
        let controller = class.found().map_or("", |class| class.spec.controller_name.as_str());
        return is_older(view, meta.creation_timestamp, TAKING_UP).then_some(Trouble::NotTakenUp(controller));
    }
    let failing = told.into_iter().flatten().find(|c| !c.is_true() && !is_stale(c, meta.generation))?;
    let patience = match failing.reason.as_str() {
        "AddressNotAssigned" | "Pending" | "NoResources" => PROVISIONING,
        _ => SETTLING,
    };
    is_older(view, since(failing, meta.creation_timestamp), patience).then_some(Trouble::Condition(failing))
}

/// When a condition came about; the API server fills in 1970 where no controller has written.
pub(crate) fn since(condition: &Condition, created: Option<Time>) -> Option<Time> {
    condition.last_transition_time.max(created)
}

/// The words that the API server fills in where no controller has written yet.
pub(crate) fn is_pending(condition: &Condition) -> bool {
    matches!(condition.reason.as_str(), "Pending" | "Waiting" | "NotReconciled" | "")
}

/// The controller has not seen the newest spec.
pub(crate) fn is_stale(condition: &Condition, generation: i64) -> bool {
    condition.observed_generation.is_some_and(|seen| seen > 0 && seen < generation)
}

/// True when this is longer ago, or nobody knows when it was.
pub(crate) fn is_older(view: &View, moment: Option<Time>, seconds: i64) -> bool {
    moment.is_none_or(|at| view.now.seconds_since(at) > seconds)
}

/// The status of a listener.
pub(crate) fn listener_status<'a>(gateway: &'a Gateway, name: &str) -> Option<&'a ListenerStatus> {
    gateway.status.listeners.iter().find(|status| status.name == name)
}

/// The condition of a listener that says that it does not serve, once it had its time.
pub(crate) fn listener_fault<'a>(
    view: &View,
    gateway: &'a Gateway,
    listener: &Listener,
) -> Option<&'a Condition> {
    let status = listener_status(gateway, &listener.name)?;
    let wrong = |c: &&Condition| match c.kind.as_str() {
        "Conflicted" => c.is_true(),
        "Accepted" | "ResolvedRefs" | "Programmed" => c.is_false(),
        _ => false,
    };
    let meta = &gateway.metadata;
    let late = |c: &&Condition| {
        !is_stale(c, meta.generation) && is_older(view, since(c, meta.creation_timestamp), SETTLING)
    };
    // What is wrong with its references or beside it explains that it is not programmed.
    let order = |c: &&Condition| {
        ["Conflicted", "ResolvedRefs", "Accepted", "Programmed"].iter().position(|kind| c.kind == *kind)
    };
    status.conditions.iter().filter(wrong).filter(late).min_by_key(order)
}

/// True when a listener cannot serve: its status says so, or its certificate is not to be had.
pub(crate) fn is_broken(view: &View, gateway: &Gateway, listener: &Listener) -> bool {
    let without_certificate = certificates::of_listener(view, gateway, listener).next().is_some();
    without_certificate || listener_fault(view, gateway, listener).is_some()
}

/// The Services that controllers make for a gateway: its address comes from them.
pub(crate) fn services(view: &View, gateway: &Gateway) -> Vec<ObjectRef> {
    let meta = &gateway.metadata;
    let own = |service: &Service| {
        let label = |key: &str, value: &str| service.metadata.labels.get(key).is_some_and(|v| *v == value);
        let standard = label("gateway.networking.k8s.io/gateway-name", &meta.name)
            && service.metadata.namespace == meta.namespace;
        standard
            || (label("gateway.envoyproxy.io/owning-gateway-name", &meta.name)
                && label("gateway.envoyproxy.io/owning-gateway-namespace", &meta.namespace))
    };
    view.services.iter().filter(|service| own(service)).map(|service| service.reference()).collect()
}

/// A gateway's listeners as one lists them: `http (HTTP 80), https (HTTPS 443, *.example.com)`.
pub(crate) fn listeners(gateway: &Gateway) -> String {
    let words = gateway.spec.listeners.iter().map(|l| match l.hostname.is_empty() {
        true => format!("{} ({} {})", l.name, l.protocol, l.port),
        false => format!("{} ({} {}, {})", l.name, l.protocol, l.port, l.hostname),
    });
    let all = crate::words::join_some(words, 5);
    if all.is_empty() { "none".to_owned() } else { all }
}

/// Where a reference points: `listener https of Gateway infra/public`.
pub(crate) fn place(parent: &Parent<'_>) -> String {
    let gateway = parent.gateway.reference();
    match (parent.reference.section_name.as_str(), parent.reference.port) {
        ("", None) => gateway.to_string(),
        ("", Some(port)) => format!("port {port} of {gateway}"),
        (section, _) => format!("listener {section} of {gateway}"),
    }
}
