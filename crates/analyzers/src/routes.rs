//! Backends of routes: which Services they mean, and by which paths.

use crate::words;
use std::collections::BTreeMap;
use view::{HTTPRoute, ObjectRef, TypedRef, View};

/// A Service that a route sends to, at a port, and the hosts and paths that lead there.
pub(crate) struct Backend<'a> {
    pub service: ObjectRef,
    pub reference: &'a TypedRef,
    pub routes: Vec<String>,
}

/// The Services that a route's rules name with a share in the traffic, each port once. Backends of other kinds
/// are their controllers' matter.
pub(crate) fn backends(route: &HTTPRoute) -> Vec<Backend<'_>> {
    let mut all: BTreeMap<(ObjectRef, Option<i32>), Backend<'_>> = BTreeMap::new();
    for rule in &route.spec.rules {
        let paths = rule.matches.iter().map(|m| m.path.as_ref().map_or("/", |path| path.value.as_str()));
        let mut paths: Vec<&str> = paths.collect();
        if paths.is_empty() {
            paths.push("/");
        }
        for reference in rule.backend_refs.iter().filter(|r| r.is_service() && r.weight != Some(0)) {
            let namespace = reference.namespace_or(&route.metadata.namespace).clone();
            let service = ObjectRef::new("Service", namespace, reference.name.clone());
            let key = (service.clone(), reference.port);
            let backend = all.entry(key).or_insert(Backend { service, reference, routes: Vec::new() });
            for path in &paths {
                let host = route.spec.hostnames.first().map_or("", |host| host.as_str());
                let route = words::route(host, path);
                if !backend.routes.contains(&route) {
                    backend.routes.push(route);
                }
            }
        }
    }
    all.into_values().collect()
}

/// Routes that are not being deleted, with their backends.
pub(crate) fn all(view: &View) -> impl Iterator<Item = (&HTTPRoute, Backend<'_>)> {
    let routes = view.http_routes.iter().filter(|route| route.metadata.deletion_timestamp.is_none());
    routes.flat_map(|route| backends(route).into_iter().map(|backend| (route.as_ref(), backend)))
}
