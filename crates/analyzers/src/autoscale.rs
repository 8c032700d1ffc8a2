//! What autoscalers scale and what they count with: targets, requests, metrics APIs.

use crate::words;
use std::sync::Arc;
use view::{
    APIService, Condition, Deployment, HorizontalPodAutoscaler, LimitRange, Lookup, Meta, Object, ObjectRef,
    Pod, PodSpec, ReplicaSet, ReplicationController, ScaleTargetRef, ScaledObject, StatefulSet, Str, View,
};

/// The object behind a `scaleTargetRef`.
pub(crate) enum Target<'a> {
    /// It exists.
    Found(Scaled<'a>),
    /// It is known not to exist.
    Missing,
    /// Its kind is not one that a View holds (custom resources may be scaled too), or was not read.
    Unknown,
}

/// A target that exists.
pub(crate) struct Scaled<'a> {
    pub object: ObjectRef,
    pub meta: &'a Meta,
    /// None for kinds whose template is not read.
    pub template: Option<&'a PodSpec>,
    pub replicas: i64,
    pub pods: Vec<&'a Arc<Pod>>,
}

/// A reference to the target; KEDA leaves the kind out where it is a Deployment.
pub(crate) fn reference(namespace: &Str, target: &ScaleTargetRef) -> ObjectRef {
    let kind = if target.kind.is_empty() { Str::from("Deployment") } else { target.kind.clone() };
    ObjectRef { kind, namespace: namespace.clone(), name: target.name.clone() }
}

/// Looks the target up.
pub(crate) fn target<'a>(view: &'a View, namespace: &Str, target: &ScaleTargetRef) -> Target<'a> {
    let object = reference(namespace, target);
    let group = if target.api_version.is_empty() && target.kind.is_empty() { "apps" } else { target.group() };
    match (group, object.kind.as_str()) {
        ("apps", "Deployment") => found(&view.lookup::<Deployment>(namespace, &target.name), |d| {
            let (template, replicas) = (Some(&d.spec.template.spec), d.spec.replicas.unwrap_or(1));
            Scaled { object, meta: &d.metadata, template, replicas, pods: view.pods_of_deployment(d) }
        }),
        ("apps", "StatefulSet") => found(&view.lookup::<StatefulSet>(namespace, &target.name), |s| {
            let (template, replicas) = (Some(&s.spec.template.spec), s.spec.replicas.unwrap_or(1));
            let pods = view.pods_of(&s.metadata.uid).collect();
            Scaled { object, meta: &s.metadata, template, replicas, pods }
        }),
        ("apps", "ReplicaSet") => found(&view.lookup::<ReplicaSet>(namespace, &target.name), |s| {
            let (template, replicas) = (Some(&s.spec.template.spec), s.spec.replicas.unwrap_or(1));
            let pods = view.pods_of(&s.metadata.uid).collect();
            Scaled { object, meta: &s.metadata, template, replicas, pods }
        }),
        ("", "ReplicationController") => {
            found(&view.lookup::<ReplicationController>(namespace, &target.name), |c| {
                let pods = view.pods_of(&c.metadata.uid).collect();
                Scaled { object, meta: &c.metadata, template: None, replicas: 1, pods }
            })
        }
        _ => Target::Unknown,
    }
}

fn found<'a, K>(lookup: &Lookup<'a, K>, scaled: impl FnOnce(&'a Arc<K>) -> Scaled<'a>) -> Target<'a> {
    match lookup {
        Lookup::Found(object) => Target::Found(scaled(object)),
        Lookup::Missing => Target::Missing,
        Lookup::Unknown => Target::Unknown,
    }
}

/// Names of the target's kind that are near to a missing one's.
pub(crate) fn near<'a>(view: &'a View, object: &ObjectRef) -> Vec<&'a str> {
    let namespace = object.namespace.as_str();
    match object.kind.as_str() {
        "Deployment" => words::near(&object.name, view.deployments.names_in(namespace)),
        "StatefulSet" => words::near(&object.name, view.stateful_sets.names_in(namespace)),
        _ => Vec::new(),
    }
}

/// Containers of the target that request nothing of a resource, so that no share of it can be counted; `only`
/// narrows to the container of that name. The newest pod tells: requests may come from limits, from a LimitRange
/// or a webhook, and older pods are on their way out. Without pods, the template does.
pub(crate) fn without_request<'a>(
    view: &View,
    scaled: &Scaled<'a>,
    resource: &str,
    only: &str,
) -> Vec<&'a Str> {
    let running = scaled.pods.iter().filter(|pod| pod.should_run());
    if let Some(newest) = running.max_by_key(|pod| pod.metadata.creation_timestamp) {
        return lacking(&newest.spec, only, |c| c.resources.requests.get(resource).is_some());
    }
    let Some(template) = scaled.template.filter(|_| scaled.replicas > 0) else { return Vec::new() };
    let namespace = &scaled.object.namespace;
    let ranges = view.limit_ranges.in_namespace(namespace).iter().flat_map(|range| &range.spec.limits);
    let defaulted = ranges
        .filter(|item| item.kind == "Container")
        .any(|item| item.default_request.get(resource).or(item.default.get(resource)).is_some());
    if defaulted || !view.proves_absence::<LimitRange>(namespace) {
        return Vec::new();
    }
    lacking(template, only, |c| {
        c.resources.requests.get(resource).or(c.resources.limits.get(resource)).is_some()
    })
}

/// Containers that run along with the pod and do not pass; none where the pod as a whole requests something.
fn lacking<'a>(spec: &'a PodSpec, only: &str, passes: impl Fn(&view::Container) -> bool) -> Vec<&'a Str> {
    if only.is_empty() && !spec.resources.requests.is_empty() {
        return Vec::new();
    }
    let sidecars = spec.init_containers.iter().filter(|c| c.restart_policy == "Always");
    let running = spec.containers.iter().chain(sidecars);
    running.filter(|c| (only.is_empty() || c.name == only) && !passes(c)).map(|c| &c.name).collect()
}

/// One of the APIs from which metrics come.
pub(crate) struct MetricsApi {
    pub group: &'static str,
    /// What messages call it.
    words: &'static str,
    /// Who serves it.
    pub server: &'static str,
}

/// All of them.
pub(crate) const APIS: [MetricsApi; 3] = [
    MetricsApi { group: "metrics.k8s.io", words: "resource metrics API", server: "metrics-server" },
    MetricsApi {
        group: "custom.metrics.k8s.io",
        words: "custom metrics API",
        server: "a metrics adapter such as prometheus-adapter",
    },
    MetricsApi {
        group: "external.metrics.k8s.io",
        words: "external metrics API",
        server: "KEDA or another adapter for external metrics",
    },
];

impl MetricsApi {
    /// The API that a message of the autoscaler's controller complains of, and what it answered.
    pub(crate) fn asked_in_vain(message: &str) -> Option<(&'static MetricsApi, &str)> {
        APIS.iter().find_map(|api| {
            let mark = format!("unable to fetch metrics from {}: ", api.words);
            message.split_once(&mark).map(|(_, answer)| (api, answer))
        })
    }

    /// Its APIService: registered under any version, known not to be, or not known (`None`).
    pub(crate) fn service(&self, view: &View) -> Option<Result<ObjectRef, ObjectRef>> {
        let mut services = view.api_services.iter();
        let of_group = |service: &&Arc<APIService>| {
            let name = service.metadata.name.split_once('.').map_or("", |(_, group)| group);
            name == self.group
        };
        match services.find(of_group) {
            Some(service) => Some(Ok(service.reference())),
            // A cluster that has no APIService at all is one whose list means nothing.
            None if view.proves_absence::<APIService>("") => {
                Some(Err(ObjectRef::new("APIService", "", format!("v1beta1.{}", self.group))))
            }
            None => None,
        }
    }
}

/// The condition that says no when an autoscaler gets no metrics.
pub(crate) fn inactive(hpa: &HorizontalPodAutoscaler) -> Option<&Condition> {
    let active = view::condition(&hpa.status.conditions, "ScalingActive")?;
    (active.is_false() && active.reason != "ScalingDisabled" && hpa.metadata.deletion_timestamp.is_none())
        .then_some(active)
}

/// Seconds for which a condition has held; for ever when it tells no time.
pub(crate) fn lasted(view: &View, condition: &Condition) -> i64 {
    condition.last_transition_time.map_or(i64::MAX, |since| view.now.seconds_since(since))
}

/// The ScaledObject that manages an autoscaler, which KEDA made for it.
pub(crate) fn scaled_object(view: &View, hpa: &HorizontalPodAutoscaler) -> Option<ObjectRef> {
    view.owner_of(&hpa.metadata).filter(|owner| owner.kind == "ScaledObject")
}

/// The controller's own words at the end of a message: what failed, without who could not do what because of it.
pub(crate) fn tail(message: &str) -> &str {
    let marks = ["replica count: ", "current scale: ", "target scale: "];
    let rest = marks.iter().find_map(|mark| message.split_once(mark)).map_or(message, |(_, rest)| rest);
    rest.split_once("first error is: ").map_or(rest, |(_, rest)| rest)
}

/// True while somebody holds a ScaledObject back on purpose.
pub(crate) fn is_paused(scaled: &ScaledObject) -> bool {
    let annotations = &scaled.metadata.annotations;
    let paused = annotations.get("autoscaling.keda.sh/paused").is_some_and(|value| *value != "false");
    paused
        || annotations.get("autoscaling.keda.sh/paused-replicas").is_some()
        || view::condition(&scaled.status.conditions, "Paused").is_some_and(Condition::is_true)
}
