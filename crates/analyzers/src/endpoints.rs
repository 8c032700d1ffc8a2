//! Who answers for a Service: its EndpointSlices, the pods that its selector matches, and the workloads
//! whose pods it would match.

use crate::readiness;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use view::{EndpointSlice, LabelSelector, Map, Object, ObjectRef, Pod, Service, View};

/// Seconds that a new Service may be without endpoints.
const SETTLING: i64 = 120;

/// EndpointSlices by Service, indexed once a rule.
pub(crate) struct Endpoints<'a> {
    view: &'a View,
    slices: HashMap<(&'a str, &'a str), Vec<&'a EndpointSlice>>,
}

/// Who answers for a Service.
pub(crate) enum Backing<'a> {
    /// Endpoints or pods were not read: nothing may be said.
    Unknown,
    /// At least one endpoint is ready; pods that should be ready by now and are not.
    Ready(Vec<&'a Arc<Pod>>),
    /// Pods match, none of them is a ready endpoint.
    NotReady(Vec<&'a Arc<Pod>>),
    /// The selector matches no pod that should run.
    NoPods,
    /// It has no selector, and nobody gave it endpoints.
    Unselected,
}

/// A workload whose pod template a Service selects.
pub(crate) struct Workload {
    pub object: ObjectRef,
    /// Pods that it should have now; zero when scaled down, suspended, or between runs.
    pub desired: i64,
}

/// Why a Service that should have a ready endpoint has none.
pub(crate) enum Fault<'a> {
    /// No pod matches; workloads that should have made some.
    NoPods(Vec<ObjectRef>),
    /// Pods match and none is ready.
    NotReady(Vec<&'a Arc<Pod>>),
}

impl<'a> Endpoints<'a> {
    pub(crate) fn new(view: &'a View) -> Endpoints<'a> {
        let mut slices: HashMap<_, Vec<_>> = HashMap::new();
        for slice in view.endpoint_slices.iter() {
            if let Some(name) = slice.service_name() {
                let key = (slice.metadata.namespace.as_str(), name.as_str());
                slices.entry(key).or_default().push(slice.as_ref());
            }
        }
        Endpoints { view, slices }
    }

    /// The slices of a Service.
    pub(crate) fn slices_of<'s>(&'s self, service: &'s Service) -> &'s [&'a EndpointSlice] {
        let key = (service.metadata.namespace.as_str(), service.metadata.name.as_str());
        self.slices.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Who answers for it now.
    pub(crate) fn backing(&self, service: &Service) -> Backing<'a> {
        let namespace = service.metadata.namespace.as_str();
        let slices = self.slices_of(service);
        let endpoints = || slices.iter().flat_map(|slice| &slice.endpoints);
        if endpoints().any(view::Endpoint::is_ready) {
            return Backing::Ready(self.laggards(slices));
        }
        if !self.view.proves_absence::<EndpointSlice>(namespace) {
            return Backing::Unknown;
        }
        if service.spec.selector.is_empty() {
            return Backing::Unselected;
        }
        let pods = matching(self.view, namespace, &service.spec.selector);
        match pods.is_empty() {
            true if !self.view.proves_absence::<Pod>(namespace) => Backing::Unknown,
            true => Backing::NoPods,
            // It became ready while the cluster was being read.
            false if pods.iter().any(|pod| pod.is_ready()) => Backing::Unknown,
            false => Backing::NotReady(pods),
        }
    }

    /// Why it has no ready endpoint, when it should have one: not for Services without selector, of
    /// leader election, just made, or over workloads that are scaled to zero or run now and then.
    pub(crate) fn fault(&self, service: &Service) -> Option<Fault<'a>> {
        if is_exempt(self.view, service) {
            return None;
        }
        match self.backing(service) {
            Backing::NotReady(pods) => {
                let stuck = readiness::stuck(self.view, pods.iter().copied());
                (!stuck.is_empty()).then_some(Fault::NotReady(pods))
            }
            Backing::NoPods => {
                let workloads = workloads(self.view, &service.metadata.namespace, &service.spec.selector);
                let failing: Vec<ObjectRef> =
                    workloads.iter().filter(|w| w.desired > 0).map(|w| w.object.clone()).collect();
                (workloads.is_empty() || !failing.is_empty()).then_some(Fault::NoPods(failing))
            }
            _ => None,
        }
    }

    fn laggards(&self, slices: &[&'a EndpointSlice]) -> Vec<&'a Arc<Pod>> {
        let unready = slices.iter().flat_map(|slice| {
            let endpoints = slice.endpoints.iter().filter(|endpoint| !endpoint.is_ready());
            let targets = endpoints.filter_map(|endpoint| endpoint.target_ref.as_ref());
            targets.filter(|t| t.kind == "Pod").map(|t| (slice.metadata.namespace.as_str(), t.name.as_str()))
        });
        let names: BTreeSet<(&str, &str)> = unready.collect();
        let pods = names.into_iter().filter_map(|(namespace, name)| self.view.pods.get(namespace, name));
        readiness::stuck(self.view, pods)
    }
}

fn is_exempt(view: &View, service: &Service) -> bool {
    let meta = &service.metadata;
    let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < SETTLING);
    service.spec.kind == "ExternalName"
        || service.spec.selector.is_empty()
        || meta.annotations.get("control-plane.alpha.kubernetes.io/leader").is_some()
        || meta.deletion_timestamp.is_some()
        || young
}

/// Pods of a namespace that should run and carry all of these labels.
pub(crate) fn matching<'a>(view: &'a View, namespace: &str, selector: &Map) -> Vec<&'a Arc<Pod>> {
    let pods = view.pods_labelled(namespace, selector).into_iter();
    pods.filter(|pod| pod.should_run()).collect()
}

/// Workloads of a namespace whose pods would carry all of these labels.
pub(crate) fn workloads(view: &View, namespace: &str, selector: &Map) -> Vec<Workload> {
    let mut found = Vec::new();
    let mut consider = |object: &dyn Fn() -> ObjectRef, labels: &[&Map], desired: i64| {
        if labels.iter().any(|labels| selector.is_subset_of(labels)) {
            found.push(Workload { object: object(), desired });
        }
    };
    for d in view.deployments.in_namespace(namespace) {
        consider(
            &|| d.reference(),
            &template(&d.spec.template, &d.spec.selector),
            d.spec.replicas.unwrap_or(1),
        );
    }
    for s in view.stateful_sets.in_namespace(namespace) {
        consider(
            &|| s.reference(),
            &template(&s.spec.template, &s.spec.selector),
            s.spec.replicas.unwrap_or(1),
        );
    }
    for d in view.daemon_sets.in_namespace(namespace) {
        consider(
            &|| d.reference(),
            &template(&d.spec.template, &d.spec.selector),
            d.status.desired_number_scheduled,
        );
    }
    for r in view.replica_sets.in_namespace(namespace).iter().filter(|r| view.owner_of(&r.metadata).is_none())
    {
        consider(
            &|| r.reference(),
            &template(&r.spec.template, &r.spec.selector),
            r.spec.replicas.unwrap_or(1),
        );
    }
    for j in view.jobs.in_namespace(namespace) {
        consider(&|| j.reference(), &[&j.spec.template.metadata.labels], 0);
    }
    for c in view.cron_jobs.in_namespace(namespace) {
        consider(&|| c.reference(), &[&c.spec.job_template.spec.template.metadata.labels], 0);
    }
    found
}

fn template<'a>(template: &'a view::PodTemplate, selector: &'a LabelSelector) -> [&'a Map; 2] {
    [&template.metadata.labels, &selector.match_labels]
}
