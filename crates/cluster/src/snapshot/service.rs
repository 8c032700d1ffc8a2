//! The in-process API server: routes GET requests to a snapshot.

use std::convert::Infallible;
use std::sync::Arc;

use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use kube::client::Body;

use super::answer::Answer;
use super::query::{self, Query};
use super::{Snapshot, discovery, logs};
use crate::resource::Resource;

/// A client of a snapshot. Must be called inside a tokio runtime.
pub(crate) fn client(snapshot: Arc<Snapshot>) -> kube::Client {
    let service = tower::service_fn(move |request: Request<Body>| {
        let snapshot = Arc::clone(&snapshot);
        async move {
            // Building a list is work for the processor: it must not hold up other requests.
            let (parts, _) = request.into_parts();
            let answer = tokio::task::spawn_blocking(move || route(&snapshot, &parts)).await;
            let answer = answer.unwrap_or_else(|failure| {
                Answer::status(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", failure.to_string())
            });
            let mut response = Response::new(Full::new(answer.body));
            *response.status_mut() = answer.status;
            let content_type = http::HeaderValue::from_static(answer.content_type);
            response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
            Ok::<_, Infallible>(response)
        }
    });
    kube::Client::new(service, "default")
}

fn route(snapshot: &Snapshot, request: &http::request::Parts) -> Answer {
    if request.method != Method::GET {
        let message = "a snapshot can only be read";
        return Answer::status(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
    }
    let accept = request.headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    let aggregated = accept.is_some_and(|accept| accept.contains("as=APIGroupDiscoveryList"));
    let query = Query::parse(request.uri.query());
    let segments: Vec<&str> = request.uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["version"] => version(snapshot),
        ["healthz" | "livez" | "readyz"] => Answer::text("ok".to_owned()),
        ["api"] => discovery::roots(&snapshot.resources, true, aggregated),
        ["apis"] => discovery::roots(&snapshot.resources, false, aggregated),
        ["api", version] => of_group(snapshot, "", version),
        ["apis", group, version] => of_group(snapshot, group, version),
        ["api", version, rest @ ..] => objects(snapshot, "", version, rest, &query),
        ["apis", group, version, rest @ ..] => objects(snapshot, group, version, rest, &query),
        _ => Answer::not_served(),
    }
}

fn version(snapshot: &Snapshot) -> Answer {
    match snapshot.version.as_ref().map(serde_json::to_value) {
        Some(Ok(version)) => Answer::json(&version),
        _ => Answer::not_captured("the version of the server was not recorded"),
    }
}

fn of_group(snapshot: &Snapshot, group: &str, version: &str) -> Answer {
    discovery::group(&snapshot.resources, group, version).unwrap_or_else(Answer::not_served)
}

fn objects(snapshot: &Snapshot, group: &str, version: &str, rest: &[&str], query: &Query) -> Answer {
    let (namespace, plural, tail) = match rest {
        // `/namespaces/x` is the Namespace itself, `/namespaces/x/pods` what is in it.
        ["namespaces", namespace, plural, tail @ ..] => (Some(*namespace), *plural, tail),
        [plural, tail @ ..] => (None, *plural, tail),
        [] => return Answer::not_served(),
    };
    let resource = match find(snapshot, group, version, plural) {
        Ok(resource) => resource,
        Err(answer) => return answer,
    };
    if namespace.is_some() && !resource.namespaced {
        return Answer::not_served();
    }
    match tail {
        [] => query::list(snapshot, resource, namespace, query),
        [name] => query::get(snapshot, resource, namespace, name),
        [name, "log"] if resource.plural == "pods" && resource.group.is_empty() => {
            logs::answer(snapshot, namespace.unwrap_or_default(), name, query)
        }
        _ => Answer::not_served(),
    }
}

fn find<'a>(
    snapshot: &'a Snapshot,
    group: &str,
    version: &str,
    plural: &str,
) -> Result<&'a Resource, Answer> {
    let gap = snapshot.gaps.iter().find(|gap| gap.group == group && gap.plural == plural);
    if let Some(gap) = gap {
        return Err(match gap.status.and_then(|status| StatusCode::from_u16(status).ok()) {
            Some(StatusCode::FORBIDDEN) => {
                Answer::status(StatusCode::FORBIDDEN, "Forbidden", gap.reason.clone())
            }
            _ => Answer::not_captured(gap.reason.clone()),
        });
    }
    let mut same = snapshot.resources.iter().filter(|r| r.group == group && r.plural == plural).peekable();
    match (same.peek(), snapshot.complete_discovery) {
        (None, true) => Err(Answer::not_served()),
        (None, false) => Err(Answer::not_captured(format!("{plural} were not recorded"))),
        (Some(_), _) => same
            .find(|r| r.version == version)
            .ok_or_else(|| Answer::not_captured(format!("{plural} were not recorded in version {version}"))),
    }
}
