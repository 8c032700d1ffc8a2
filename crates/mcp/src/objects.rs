//! What the tools about objects share: errors in terms of arguments, namespaces that must exist, objects
//! without noise.

use engine::cluster::{self, Cluster, ListQuery, Resource};
use serde_json::{Map, Value};

use crate::output::Fault;
use crate::text::cut;

/// A namespace that nobody named.
pub const DEFAULT_NAMESPACE: &str = "default";

/// A failure of the cluster, the argument at fault first.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub fn cluster_fault(error: cluster::Error) -> Fault {
    use cluster::Error as E;
    let field = match &error {
        E::UnknownResource { .. } => "resourceType",
        E::ContextNotFound { .. } => "context",
        E::ContainerRequired { .. } | E::ContainerNotFound { .. } => "container",
        E::NotFound { kind, .. } if kind == "Namespace" => "namespace",
        E::NotFound { kind, .. } if kind == "Pod" => "podName",
        E::NotFound { .. } => "name",
        E::Gone { .. } => "continue",
        E::BadName { what, .. } => match *what {
            "namespace" => "namespace",
            "container" => "container",
            "resource type" => "resourceType",
            "continue token" => "continue",
            "label selector" => "labelSelector",
            "field selector" => "fieldSelector",
            _ => "name",
        },
        _ => "",
    };
    let mut text = error.to_string();
    if let E::UnknownResource { known, .. } = &error {
        text.push_str(&format!("; accepted: {}", cut(&known.join(", "), 1500)));
    }
    if field.is_empty() { Fault(text) } else { Fault::about(field, text) }
}

/// Refuses a namespace that does not exist: an empty list from there would look like good news. Asks only
/// for namespaces; whoever may not read them is believed.
pub async fn check_namespace(cluster: &Cluster, namespace: &str) -> Result<(), Fault> {
    let resource = cluster.resolve("namespaces").await.map_err(cluster_fault)?;
    match cluster.get(&resource, None, namespace).await {
        Err(error @ (cluster::Error::NotFound { .. } | cluster::Error::BadName { .. })) => {
            let Fault(text) = cluster_fault(error);
            let text = text.strip_prefix("name: ").unwrap_or(&text);
            Err(Fault(if text.starts_with("namespace: ") { text.to_owned() } else { format!("namespace: {text}") }))
        }
        _ => Ok(()),
    }
}

/// All objects of a type in one namespace or all.
pub async fn all(cluster: &Cluster, resource: &Resource, namespace: Option<&str>) -> Result<Vec<Value>, cluster::Error> {
    let mut query = ListQuery { namespace: namespace.map(str::to_owned), limit: Some(500), ..ListQuery::all(resource.clone()) };
    let mut items = Vec::new();
    loop {
        let page = cluster.list(&query).await?;
        items.extend(page.items);
        match page.continue_token {
            Some(token) => query.continue_token = Some(token),
            None => return Ok(items),
        }
    }
}

/// An object, its namespace guessed where none was given: `default`, or the only one that has it. With the
/// namespace it was found in.
pub async fn locate(
    cluster: &Cluster,
    resource: &Resource,
    namespace: Option<&str>,
    name: &str,
) -> Result<(Value, Option<String>), cluster::Error> {
    let first = namespace.unwrap_or(DEFAULT_NAMESPACE);
    let first = resource.namespaced.then_some(first);
    match cluster.get(resource, first, name).await {
        Ok(object) => Ok((object, first.map(str::to_owned))),
        Err(cluster::Error::NotFound { elsewhere, .. }) if namespace.is_none() && elsewhere.len() == 1 => {
            let object = cluster.get(resource, Some(&elsewhere[0]), name).await?;
            Ok((object, Some(elsewhere[0].clone())))
        }
        Err(error) => Err(error),
    }
}

/// Members that say nothing about what runs and what is wrong, left out of lists at any depth.
const NOISE: &[&str] = &[
    "uid",
    "resourceVersion",
    "generation",
    "managedFields",
    "selfLink",
    "generateName",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "annotations",
    "volumes",
    "volumeMounts",
    "volumeDevices",
    "tolerations",
    "affinity",
    "securityContext",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "terminationGracePeriodSeconds",
    "imagePullPolicy",
    "dnsPolicy",
    "schedulerName",
    "enableServiceLinks",
    "preemptionPolicy",
    "priority",
    "restartPolicy",
    "serviceAccount",
    "env",
    "envFrom",
    "command",
    "args",
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle",
    "containerID",
    "imageID",
    "hostIP",
    "hostIPs",
    "podIPs",
    "qosClass",
    "started",
    "lastProbeTime",
    "lastTransitionTime",
    "lastHeartbeatTime",
    "lastUpdateTime",
    "blockOwnerDeletion",
    "observedGeneration",
    "revisionHistoryLimit",
    "progressDeadlineSeconds",
    "sessionAffinity",
    "internalTrafficPolicy",
    "ipFamilies",
    "ipFamilyPolicy",
    "clusterIPs",
    "images",
    "podCIDRs",
    "nodeInfo",
    "daemonEndpoints",
];

/// Members whose keys are the writer's own, and so are never noise.
const OPAQUE: &[&str] =
    &["data", "binaryData", "labels", "matchLabels", "selector", "nodeSelector", "capacity", "allocatable", "hard", "used"];

/// An object as a list shows it: without noise and without what is empty. Its creation time stays.
pub fn trimmed(object: &Value) -> Value {
    let created = object.pointer("/metadata/creationTimestamp").cloned();
    let mut out = without_noise(object);
    if let (Some(created), Some(metadata)) = (created, out.pointer_mut("/metadata").and_then(Value::as_object_mut)) {
        metadata.insert("creationTimestamp".to_owned(), created);
    }
    out
}

fn without_noise(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !NOISE.contains(&key.as_str()));
            let members = kept.map(|(key, value)| {
                let opaque = OPAQUE.contains(&key.as_str());
                (key.clone(), if opaque { value.clone() } else { without_noise(value) })
            });
            Value::Object(members.filter(|(_, value)| !is_empty(value)).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_noise).collect()),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A text at a path of an object, or nothing.
pub fn at<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
