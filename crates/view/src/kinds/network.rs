//! Services, their endpoints, and ingresses.

use super::PortRef;
use crate::{List, Map, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Service {
    pub metadata: Meta,
    pub spec: ServiceSpec,
    pub status: ServiceStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceSpec {
    #[serde(rename = "type")]
    pub kind: Str,
    pub selector: Map,
    pub ports: List<ServicePort>,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Str,
    pub external_name: Str,
    pub publish_not_ready_addresses: bool,
    pub load_balancer_class: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePort {
    pub name: Str,
    pub port: i32,
    pub target_port: Option<PortRef>,
    pub protocol: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceStatus {
    pub load_balancer: LoadBalancer,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancer {
    pub ingress: List<LoadBalancerIngress>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerIngress {
    pub ip: Str,
    pub hostname: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSlice {
    pub metadata: Meta,
    pub address_type: Str,
    pub endpoints: List<Endpoint>,
    pub ports: List<EndpointPort>,
}

impl EndpointSlice {
    /// Name of the Service that this slice belongs to, from the label that its controller sets.
    pub fn service_name(&self) -> Option<&Str> {
        self.metadata.labels.get("kubernetes.io/service-name")
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoint {
    pub addresses: List<Str>,
    pub conditions: EndpointConditions,
    pub target_ref: Option<TargetRef>,
}

impl Endpoint {
    /// Unset means ready, as the API says.
    pub fn is_ready(&self) -> bool {
        self.conditions.ready.unwrap_or(true)
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointConditions {
    pub ready: Option<bool>,
    pub serving: Option<bool>,
    pub terminating: Option<bool>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct TargetRef {
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointPort {
    pub name: Str,
    pub port: Option<i32>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Ingress {
    pub metadata: Meta,
    pub spec: IngressSpec,
    pub status: ServiceStatus,
}

impl Ingress {
    /// The class it asks for, from the field or from the older annotation; `None` when it names none.
    pub fn class(&self) -> Option<&Str> {
        let annotation = || self.metadata.annotations.get("kubernetes.io/ingress.class");
        self.spec.ingress_class_name.as_ref().filter(|c| !c.is_empty()).or_else(annotation)
    }
    /// Every backend with the host and path that lead to it; the default backend has neither.
    pub fn backends(&self) -> impl Iterator<Item = (&str, &str, &IngressService)> {
        let default = self.spec.default_backend.iter().map(|backend| ("", "", backend));
        let ruled = self.spec.rules.iter().flat_map(|rule| {
            let paths = rule.http.iter().flat_map(|http| &http.paths);
            paths.map(|path| (rule.host.as_str(), path.path.as_str(), &path.backend))
        });
        default.chain(ruled).filter_map(|(host, path, b)| b.service.as_ref().map(|s| (host, path, s)))
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressSpec {
    pub ingress_class_name: Option<Str>,
    pub default_backend: Option<IngressBackend>,
    pub rules: List<IngressRule>,
    pub tls: List<IngressTls>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressRule {
    pub host: Str,
    pub http: Option<IngressHttp>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressHttp {
    pub paths: List<IngressPath>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressPath {
    pub path: Str,
    pub path_type: Str,
    pub backend: IngressBackend,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressBackend {
    pub service: Option<IngressService>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressService {
    pub name: Str,
    pub port: IngressServicePort,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressServicePort {
    pub name: Str,
    pub number: i32,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressTls {
    pub hosts: List<Str>,
    pub secret_name: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressClass {
    pub metadata: Meta,
    pub spec: IngressClassSpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressClassSpec {
    pub controller: Str,
}

impl IngressClass {
    /// Ingresses without a class get this one.
    pub fn is_default(&self) -> bool {
        let mark = self.metadata.annotations.get("ingressclass.kubernetes.io/is-default-class");
        mark.is_some_and(|value| *value == "true")
    }
}
