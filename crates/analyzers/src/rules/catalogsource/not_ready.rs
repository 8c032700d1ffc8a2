//! # Catalog does not answer
//!
//! ## What it finds
//! A CatalogSource whose server OLM cannot reach (`connectionState.lastObservedState` is TRANSIENT_FAILURE,
//! CONNECTING or SHUTDOWN), or that OLM cannot set up at all: an unknown source, a ConfigMap that is not there.
//!
//! ## Why it matters
//! OLM resolves a namespace as a whole: one catalog that does not answer holds up installations and updates
//! of every operator there, those from other catalogs too.
//!
//! ## When it stays silent
//! For the first five minutes of a catalog and of a lost connection whose pod is well, for idle connections
//! (nobody asks), and for catalogs being deleted.
//!
//! ## What to do
//! Repair the catalog's pod, or its address. A catalog that is not needed should be deleted.

use crate::operators::STEP;
use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::sync::Arc;
use view::{CatalogSource, ConfigMap, ConnectionState, Kind, Object, ObjectRef, Pod, View};

/// The rule `catalogsource/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CatalogSource, Kind::Pod, Kind::Event, Kind::ConfigMap],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for source in view.catalog_sources.iter() {
        let meta = &source.metadata;
        let age = meta.creation_timestamp.map_or(i64::MAX, |at| view.now.seconds_since(at));
        if meta.deletion_timestamp.is_some() || age < STEP {
            continue;
        }
        let pods = pods(view, source);
        let lost = source.status.connection_state.as_ref().filter(|state| is_lost(state));
        if source.status.reason.ends_with("Error") {
            refused(view, source, out);
        } else if let Some(state) = lost.filter(|state| is_late(view, state, &pods)) {
            unreachable(view, source, state, &pods, out);
        }
    }
}

fn is_lost(state: &ConnectionState) -> bool {
    let seen = state.last_observed_state.to_uppercase();
    matches!(seen.as_str(), "TRANSIENT_FAILURE" | "CONNECTING" | "SHUTDOWN")
}

/// OLM dates its newest attempt, not the loss: with a pod that is not well, the date says nothing.
fn is_late(view: &View, state: &ConnectionState, pods: &[&Arc<Pod>]) -> bool {
    let ready = pods.iter().any(|pod| pod.is_ready());
    let stuck = !ready && pods.iter().any(|pod| readiness::is_stuck(view, pod));
    stuck || state.last_connect.is_none_or(|at| view.now.seconds_since(at) >= STEP)
}

fn pods<'a>(view: &'a View, source: &CatalogSource) -> Vec<&'a Arc<Pod>> {
    let name = &source.metadata.name;
    let of_source = |pod: &&Arc<Pod>| pod.metadata.labels.get("olm.catalogSource") == Some(name);
    view.pods.in_namespace(&source.metadata.namespace).iter().filter(of_source).collect()
}

/// OLM cannot set the catalog up.
fn refused(view: &View, source: &CatalogSource, out: &mut Findings) {
    let (namespace, name) = (&source.metadata.namespace, &source.metadata.name);
    let map = &source.spec.config_map;
    let told = if source.status.message.is_empty() { &source.status.reason } else { &source.status.message };
    let finding = out.on(source.reference(), format!("cannot be served: {}", told.trim_end_matches('.')));
    finding.brief("cannot be served").field("status.message");
    finding.proof(Source::Status, format!("{}: {}", source.status.reason, source.status.message));
    if !map.is_empty() && view.lookup::<ConfigMap>(namespace, map).is_missing() {
        finding.proof(Source::Spec, format!("configMap: {map}, which does not exist in {namespace}"));
        finding.because(ObjectRef::new("ConfigMap", namespace.clone(), map.clone()));
        finding.fix(format!(
            "create ConfigMap {namespace}/{map}, or correct spec.configMap of CatalogSource {name}"
        ));
    } else {
        finding
            .fix(format!("correct spec of CatalogSource {namespace}/{name}: {}", told.trim_end_matches('.')));
    }
    finding.command(format!("kubectl -n {namespace} describe catalogsource {name}"));
}

fn unreachable(
    view: &View,
    source: &CatalogSource,
    state: &ConnectionState,
    pods: &[&Arc<Pod>],
    out: &mut Findings,
) {
    let (namespace, name) = (&source.metadata.namespace, &source.metadata.name);
    let running: Vec<&Arc<Pod>> = pods.iter().copied().filter(|pod| pod.should_run()).collect();
    let unready: Vec<&Arc<Pod>> = running.iter().copied().filter(|pod| !pod.is_ready()).collect();
    let own = !source.spec.image.is_empty() || source.spec.address.is_empty();
    let known = view.proves_absence::<Pod>(namespace);
    let why = match (own, running.is_empty(), unready.is_empty()) {
        (false, ..) => format!("nothing answers at {}", state.address),
        (true, true, _) if known => "it has no pod".to_owned(),
        (true, _, false) => format!("its pod is not ready ({})", readiness::state(unready[0])),
        (true, true, true) => format!("nothing answers at {}", state.address),
        (true, false, true) => format!("its pod is ready, but nothing answers at {}", state.address),
    };
    let seen = &state.last_observed_state;
    let finding = out.on(source.reference(), format!("cannot be reached, connection {seen}: {why}"));
    finding.brief(format!("connection {seen}")).field("status.connectionState");
    let since = state.last_connect.map(|at| view.now.seconds_since(at));
    let since = since.map_or(String::new(), |s| format!(", last tried {} ago", words::age(s)));
    finding.proof(Source::Status, format!("{seen} at {}{since}", state.address));
    if own {
        finding.proof(Source::Spec, format!("image: {}", source.spec.image));
    }
    finding.because_all(readiness::references(&unready));
    if let Some(service) = &source.status.registry_service {
        let (at, called) = (&service.service_namespace, &service.service_name);
        finding.because(ObjectRef::new("Service", at.clone(), called.clone()));
    }
    finding.fix(match (own, unready.first()) {
        (_, Some(pod)) => format!("repair Pod {namespace}/{}", pod.metadata.name),
        (false, None) => {
            format!("let OLM reach {}, or correct spec.address of CatalogSource {name}", state.address)
        }
        (true, None) => format!("let OLM reach {}: network policies, proxy, its Service", state.address),
    });
    finding.fix(format!("or delete CatalogSource {namespace}/{name} if it is not needed"));
    finding.command(format!("kubectl -n {namespace} get pods -l olm.catalogSource={name}"));
}
