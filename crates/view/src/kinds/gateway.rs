//! The Gateway API.

use super::Condition;
use crate::{LabelSelector, List, Meta, Str};
use serde::Deserialize;

/// Group of the Gateway API's own kinds.
const GROUP: &str = "gateway.networking.k8s.io";

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayClass {
    pub metadata: Meta,
    pub spec: GatewayClassSpec,
    pub status: GatewayClassStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayClassSpec {
    pub controller_name: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayClassStatus {
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Gateway {
    pub metadata: Meta,
    pub spec: GatewaySpec,
    pub status: GatewayStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewaySpec {
    pub gateway_class_name: Str,
    pub listeners: List<Listener>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Listener {
    pub name: Str,
    pub hostname: Str,
    pub port: i32,
    pub protocol: Str,
    pub tls: Option<ListenerTls>,
    pub allowed_routes: AllowedRoutes,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerTls {
    /// `Terminate` (the default) or `Passthrough`.
    pub mode: Str,
    pub certificate_refs: List<TypedRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct AllowedRoutes {
    pub namespaces: RouteNamespaces,
    /// Empty means the kinds that the protocol suggests.
    pub kinds: List<RouteKind>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteNamespaces {
    /// `Same` (the default), `All`, `Selector` or `None`.
    pub from: Str,
    pub selector: LabelSelector,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteKind {
    pub group: Option<Str>,
    pub kind: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayStatus {
    pub addresses: List<GatewayAddress>,
    pub conditions: List<Condition>,
    pub listeners: List<ListenerStatus>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GatewayAddress {
    pub value: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ListenerStatus {
    pub name: Str,
    pub conditions: List<Condition>,
}

/// A reference by group, kind and name, with the namespace when it is another one.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct TypedRef {
    pub group: Option<Str>,
    pub kind: Option<Str>,
    pub namespace: Option<Str>,
    pub name: Str,
    /// The listener of a parent.
    pub section_name: Str,
    pub port: Option<i32>,
    /// The share of a backend; none means one.
    pub weight: Option<i32>,
}

impl TypedRef {
    /// It means a Gateway: group and kind of a parent say so by default.
    pub fn is_gateway(&self) -> bool {
        self.is(GROUP, "Gateway", GROUP, "Gateway")
    }
    /// It means a Service: group and kind of a backend say so by default.
    pub fn is_service(&self) -> bool {
        self.is("", "Service", "", "Service")
    }
    /// It means a Secret: group and kind of a certificate say so by default.
    pub fn is_secret(&self) -> bool {
        self.is("", "Secret", "", "Secret")
    }
    /// The namespace, that of the referring object by default.
    pub fn namespace_or<'a>(&'a self, own: &'a Str) -> &'a Str {
        self.namespace.as_ref().filter(|namespace| !namespace.is_empty()).unwrap_or(own)
    }
    fn is(&self, group: &str, kind: &str, default_group: &str, default_kind: &str) -> bool {
        let own_group = self.group.as_ref().map_or(default_group, |g| g.as_str());
        let own_kind = self.kind.as_ref().map_or(default_kind, |k| k.as_str());
        (own_group, own_kind) == (group, kind)
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HTTPRoute {
    pub metadata: Meta,
    pub spec: HTTPRouteSpec,
    pub status: HTTPRouteStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HTTPRouteSpec {
    pub parent_refs: List<TypedRef>,
    pub hostnames: List<Str>,
    pub rules: List<HTTPRouteRule>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HTTPRouteRule {
    pub matches: List<HTTPRouteMatch>,
    pub backend_refs: List<TypedRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HTTPRouteMatch {
    pub path: Option<HTTPPathMatch>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HTTPPathMatch {
    pub value: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HTTPRouteStatus {
    pub parents: List<RouteParentStatus>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteParentStatus {
    pub parent_ref: TypedRef,
    pub controller_name: Str,
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ReferenceGrant {
    pub metadata: Meta,
    pub spec: ReferenceGrantSpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ReferenceGrantSpec {
    pub from: List<GrantFrom>,
    pub to: List<GrantTo>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GrantFrom {
    pub group: Str,
    pub kind: Str,
    pub namespace: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GrantTo {
    pub group: Str,
    pub kind: Str,
    /// None means every object of the kind.
    pub name: Option<Str>,
}

impl ReferenceGrant {
    /// It lets objects of this Gateway API kind in this namespace refer to that core object of its own.
    pub fn permits(&self, kind: &str, namespace: &str, to_kind: &str, name: &str) -> bool {
        let from = self.spec.from.iter();
        let mut from = from.filter(|f| f.group == GROUP && f.kind == kind && f.namespace == namespace);
        let named = |to: &GrantTo| to.name.as_ref().is_none_or(|n| n.is_empty() || *n == name);
        let mut to = self.spec.to.iter().filter(|to| to.group.is_empty() && to.kind == to_kind && named(to));
        from.next().is_some() && to.next().is_some()
    }
}
