//! One request: counted, retried within a small budget, cut off at a deadline, its status read.
//!
//! This is the only place that talks to the client, and it only knows GET.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use kube::client::Body;
use tokio::time::{Instant, timeout_at};

use crate::cluster::Cluster;
use crate::error::{Error, innermost};
use crate::status;

/// Accept header of ordinary answers.
pub(crate) const JSON: &str = "application/json";
/// Accept header of lists reduced to metadata.
pub(crate) const METADATA_LIST: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/// A request and what to call it in errors.
#[derive(Clone, Debug)]
pub(crate) struct Ask<'a> {
    /// Path and query; every segment must have been checked.
    pub(crate) path: String,
    pub(crate) accept: &'a str,
    /// `get` or `list`.
    pub(crate) verb: &'static str,
    /// Kind, as Kubernetes spells it.
    pub(crate) kind: &'a str,
    /// Plural with its group, as RBAC names it.
    pub(crate) resource: String,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    /// Most bytes to read; more is an error, or the cut if `cut`.
    pub(crate) max_bytes: usize,
    /// Whether a body that is too long, or breaks off, is cut instead of refused.
    pub(crate) cut: bool,
    pub(crate) deadline: Deadline,
}

/// The moment a call gives up, and how long it had in all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) after: Duration,
}

/// Who asks, in the audit log and the flow control of the API server.
const USER_AGENT: &str = concat!("k8sgpt/", env!("CARGO_PKG_VERSION"));

impl Deadline {
    /// From now.
    pub(crate) fn after(after: Duration) -> Deadline {
        Deadline { at: Instant::now() + after, after }
    }
}

impl Ask<'_> {
    /// What is being done, for errors: `list pods in namespace prod`.
    pub(crate) fn what(&self) -> String {
        let name = self.name.map(|name| format!(" {name}")).unwrap_or_default();
        let place = self.namespace.map(|namespace| format!(" in namespace {namespace}")).unwrap_or_default();
        format!("{} {}{name}{place}", self.verb, self.resource)
    }
}

/// What one attempt came to.
enum Attempt {
    /// A body, whole or cut.
    Done(Bytes, bool),
    /// A status that is not a success.
    Refused(StatusCode, HeaderMap, Bytes),
    /// The connection failed; whether another one may do better.
    Lost(String, bool),
}

impl Cluster {
    /// Sends a request; returns the body and whether it was cut.
    pub(crate) async fn send(&self, ask: &Ask<'_>) -> Result<(Bytes, bool), Error> {
        let mut waited = Duration::ZERO;
        let mut tries = 0;
        let mut renewed = false;
        loop {
            let (client, made) = self.0.link.client().await?;
            let attempt = timeout_at(ask.deadline.at, self.attempt(&client, ask)).await;
            let Ok(attempt) = attempt else {
                return Err(Error::Timeout { what: ask.what(), after: ask.deadline.after });
            };
            let (error, pause) = match attempt? {
                Attempt::Done(body, cut) => return Ok((body, cut)),
                Attempt::Refused(StatusCode::UNAUTHORIZED, ..) if !renewed && self.0.link.renewable() => {
                    renewed = true;
                    self.0.link.renew(made).await?;
                    continue;
                }
                Attempt::Refused(code, headers, body) => {
                    let pause = is_transient(code).then(|| retry_after(&headers, self.now()));
                    (status::to_error(code, &body, ask, &self.identity().server), pause)
                }
                Attempt::Lost(cause, again) => {
                    let server = self.identity().server.clone();
                    (Error::Unreachable { server, cause }, again.then_some(None))
                }
            };
            let Some(asked) = pause.filter(|_| tries < self.0.options.retries) else { return Err(error) };
            let pause = asked.unwrap_or(Duration::from_millis(250) * 2_u32.pow(tries.min(6)));
            let in_time = Instant::now() + pause < ask.deadline.at;
            if waited + pause > self.0.options.wait || !in_time {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            waited += pause;
            tries += 1;
        }
    }

    async fn attempt(&self, client: &kube::Client, ask: &Ask<'_>) -> Result<Attempt, Error> {
        let request = Request::get(&ask.path)
            .header(http::header::ACCEPT, ask.accept)
            .header(http::header::USER_AGENT, USER_AGENT)
            .body(Body::empty())
            .map_err(|problem| Error::Malformed { what: ask.what(), reason: problem.to_string() })?;
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        let response = match client.send(request).await {
            Ok(response) => response,
            Err(problem) => {
                let again = is_lost(&problem);
                return Ok(Attempt::Lost(self.readable(&problem), again));
            }
        };
        let (parts, mut body) = response.into_parts();
        let mut bytes = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let data = match frame.map(http_body::Frame::into_data) {
                Ok(Ok(data)) => data,
                Ok(Err(_)) => continue,
                Err(_) if ask.cut && !bytes.is_empty() => return Ok(Attempt::Done(bytes.freeze(), true)),
                Err(problem) => return Ok(Attempt::Lost(innermost(&problem), true)),
            };
            let room = ask.max_bytes - bytes.len();
            if data.len() > room {
                bytes.extend_from_slice(&data[..room]);
                return if ask.cut {
                    Ok(Attempt::Done(bytes.freeze(), true))
                } else {
                    Err(Error::TooLarge { what: ask.what(), limit: ask.max_bytes })
                };
            }
            bytes.extend_from_slice(&data);
        }
        let bytes = bytes.freeze();
        if parts.status.is_success() {
            Ok(Attempt::Done(bytes, false))
        } else {
            Ok(Attempt::Refused(parts.status, parts.headers, bytes))
        }
    }

    /// One line for a failed connection.
    fn readable(&self, problem: &kube::Error) -> String {
        let cause = innermost(problem);
        if cause.contains("deadline has elapsed") || cause.contains("timed out") {
            return format!("no connection within {} s", self.0.options.connect.as_secs());
        }
        cause
    }
}

/// Whether a connection was lost, rather than refused: then a new one may hold.
fn is_lost(problem: &kube::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(problem);
    while let Some(error) = next {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && matches!(io.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof)
        {
            return true;
        }
        if error.to_string().contains("connection closed before message completed") {
            return true;
        }
        next = error.source();
    }
    false
}

fn is_transient(code: StatusCode) -> bool {
    matches!(
        code,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    )
}

/// `Retry-After`, in seconds or as an HTTP date. An absurd one exceeds the wait budget and so ends
/// the call.
fn retry_after(headers: &HeaderMap, now: jiff::Timestamp) -> Option<Duration> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_in_both_forms() {
        let now: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let parse = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::RETRY_AFTER, http::HeaderValue::from_static(text));
            retry_after(&headers, now)
        };
        assert_eq!(parse("3"), Some(Duration::from_secs(3)));
        assert_eq!(parse("Thu, 01 Jan 2026 00:00:05 GMT"), Some(Duration::from_secs(5)));
        assert_eq!(parse("Wed, 31 Dec 2025 00:00:05 GMT"), Some(Duration::ZERO));
        assert_eq!(parse("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
