//! Containers of a pod template.

use super::{NameRef, PortRef};
use crate::{Address, List, Map, Str, looks_secret};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: Str,
    pub image: Str,
    pub image_pull_policy: Str,
    pub command: List<Str>,
    pub args: List<Str>,
    pub env: List<EnvVar>,
    pub env_from: List<EnvFrom>,
    pub ports: List<ContainerPort>,
    pub resources: Resources,
    pub liveness_probe: Option<Probe>,
    pub readiness_probe: Option<Probe>,
    pub startup_probe: Option<Probe>,
    pub volume_mounts: List<VolumeMount>,
    pub lifecycle: Option<Box<Lifecycle>>,
    pub security_context: SecurityContext,
    /// `Always` makes an init container a sidecar.
    pub restart_policy: Str,
}

impl Container {
    /// True when the container declares this port, by number or name.
    pub fn declares_port(&self, port: &PortRef) -> bool {
        self.ports.iter().any(|p| match port {
            PortRef::Number(n) => p.container_port == *n,
            PortRef::Name(n) => p.name == *n,
        })
    }
}

/// A variable. Its value is not held, only the addresses in it.
#[derive(Clone, Default, Debug)]
pub struct EnvVar {
    pub name: Str,
    pub value_from: Option<EnvSource>,
    pub addresses: List<Address>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WrittenEnvVar<'a> {
    name: Str,
    value_from: Option<EnvSource>,
    #[serde(borrow)]
    value: Value<'a>,
}

impl<'de> Deserialize<'de> for EnvVar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenEnvVar::deserialize(deserializer)?;
        let text = &written.value.0;
        // What a secret's variable holds is no address, unless it is written as one.
        let readable = !looks_secret(&written.name) || text.contains("://");
        let addresses = if readable { Address::in_text(text, &written.name) } else { Vec::new() };
        let addresses = addresses.into_iter().collect();
        Ok(EnvVar { name: written.name, value_from: written.value_from, addresses })
    }
}

/// A string while it is being read; anything else reads as empty.
#[derive(Default)]
struct Value<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Value<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
                Ok(Value(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
                Ok(Value(Cow::Owned(text.to_owned())))
            }
            fn visit_unit<E>(self) -> Result<Value<'de>, E> {
                Ok(Value::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Value<'de>, E> {
                Ok(Value::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Value<'de>, E> {
                Ok(Value::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Value<'de>, E> {
                Ok(Value::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
                Ok(Value::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Value<'de>, A::Error> {
                while items.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::default())
            }
        }
        deserializer.deserialize_any(V)
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvSource {
    pub config_map_key_ref: Option<KeyRef>,
    pub secret_key_ref: Option<KeyRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct KeyRef {
    pub name: Str,
    pub key: Str,
    pub optional: Option<bool>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvFrom {
    pub config_map_ref: Option<OptionalRef>,
    pub secret_ref: Option<OptionalRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct OptionalRef {
    pub name: Str,
    pub optional: Option<bool>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerPort {
    pub name: Str,
    pub container_port: i32,
    pub host_port: Option<i32>,
    pub protocol: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Resources {
    pub requests: Map,
    pub limits: Map,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeMount {
    pub name: Str,
    pub mount_path: Str,
    pub sub_path: Str,
    pub read_only: bool,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityContext {
    pub run_as_non_root: Option<bool>,
    pub run_as_user: Option<i64>,
    pub privileged: Option<bool>,
    pub capabilities: Capabilities,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Capabilities {
    pub add: List<Str>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Probe {
    pub http_get: Option<HttpGet>,
    pub tcp_socket: Option<TcpSocket>,
    pub exec: Option<ExecAction>,
    pub grpc: Option<GrpcAction>,
    pub initial_delay_seconds: Option<i64>,
    pub period_seconds: Option<i64>,
    pub timeout_seconds: Option<i64>,
    pub failure_threshold: Option<i64>,
}

impl Probe {
    /// The port that the probe knocks at, if it does.
    pub fn port(&self) -> Option<PortRef> {
        let http = self.http_get.as_ref().map(|h| h.port.clone());
        let tcp = self.tcp_socket.as_ref().map(|t| t.port.clone());
        http.or(tcp).or_else(|| self.grpc.as_ref().map(|g| PortRef::Number(g.port)))
    }
    /// What the probe does, in words: `GET /healthz on port 8080`.
    pub fn describe(&self) -> String {
        if let Some(http) = &self.http_get {
            let path = if http.path.is_empty() { "/" } else { http.path.as_str() };
            return format!("GET {path} on port {}", http.port);
        }
        if let Some(tcp) = &self.tcp_socket {
            return format!("TCP connect to port {}", tcp.port);
        }
        if let Some(grpc) = &self.grpc {
            return format!("gRPC health check on port {}", grpc.port);
        }
        match &self.exec {
            Some(exec) => format!("command `{}`", exec.command.join(" ")),
            None => "no action".to_owned(),
        }
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Lifecycle {
    pub post_start: Option<Hook>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Hook {
    pub exec: Option<ExecAction>,
    pub http_get: Option<HttpGet>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpGet {
    pub path: Str,
    pub port: PortRef,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct TcpSocket {
    pub port: PortRef,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecAction {
    pub command: List<Str>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct GrpcAction {
    pub port: i32,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Volume {
    pub name: Str,
    pub config_map: Option<VolumeConfigMap>,
    pub secret: Option<VolumeSecret>,
    pub persistent_volume_claim: Option<VolumeClaim>,
    pub projected: Option<Projected>,
    pub csi: Option<VolumeCsi>,
    pub host_path: Option<HostPath>,
    /// Present when the volume brings its own claim, named `<pod>-<volume>`.
    pub ephemeral: Option<EphemeralVolume>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HostPath {
    pub path: Str,
    #[serde(rename = "type")]
    pub kind: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(default)]
pub struct EphemeralVolume {}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeConfigMap {
    pub name: Str,
    pub items: List<KeyToPath>,
    pub optional: Option<bool>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeSecret {
    /// The name in a plain volume.
    pub secret_name: Str,
    /// The name in a projected source.
    pub name: Str,
    pub items: List<KeyToPath>,
    pub optional: Option<bool>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct KeyToPath {
    pub key: Str,
    pub path: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeClaim {
    pub claim_name: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeCsi {
    pub driver: Str,
    pub node_publish_secret_ref: Option<NameRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Projected {
    pub sources: List<ProjectedSource>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectedSource {
    pub config_map: Option<VolumeConfigMap>,
    pub secret: Option<VolumeSecret>,
}
