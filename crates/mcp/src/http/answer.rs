//! What a request over HTTP is answered: the checks before the protocol layer, and its transport errors
//! brought into the form of JSON-RPC.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use super::guard::Names;
use super::token::{Denied, Token};
use super::card;
use crate::handler::Server;
use crate::rpc::{self, Refusal};

/// Time for a client to send the body of a request.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// Marks requests of clients that read nothing but one JSON document.
#[derive(Clone, Copy, Debug)]
pub struct JsonOnly;

/// What all requests share.
pub struct Front {
    server: Server,
    names: Names,
    token: Option<Token>,
    protocol: StreamableHttpService<Server, NeverSessionManager>,
}

impl Front {
    /// The protocol layer without sessions, behind this module's own checks.
    pub fn new(server: Server, names: Names, token: Option<Token>, shutdown: &CancellationToken) -> Front {
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .disable_allowed_hosts()
            .with_max_request_body_bytes(rpc::MAX_BYTES * 2)
            .with_cancellation_token(shutdown.clone());
        let shared = server.clone();
        let protocol = StreamableHttpService::new(
            move || Ok(shared.clone()),
            Arc::new(NeverSessionManager::default()),
            config,
        );
        Front { server, names, token, protocol }
    }
}

/// `/healthz`, `/readyz`: probes carry no token and call the server by the pod's address.
pub async fn healthy() -> Response {
    json_response(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Every other path.
pub async fn elsewhere() -> Response {
    let message = "nothing is served here; the MCP endpoint is /mcp";
    json_response(StatusCode::NOT_FOUND, &rpc::error_body(&Value::Null, rpc::INVALID_REQUEST, message))
}

/// `/mcp`.
pub async fn mcp(State(front): State<Arc<Front>>, request: Request<Body>) -> Response {
    if let Err((status, message)) = front.names.check(request.uri(), request.headers()) {
        return refused(status, &message);
    }
    if let Some(Err(denied)) = front.token.as_ref().map(|token| token.check(request.headers())) {
        return unauthorized(denied);
    }
    match *request.method() {
        Method::POST => post(&front, request).await,
        Method::GET | Method::HEAD if !wants(request.headers(), "text/event-stream") => {
            json_response(StatusCode::OK, &card::card(&front.server, request.headers()))
        }
        _ => {
            let mut response =
                refused(StatusCode::METHOD_NOT_ALLOWED, "send requests with POST; there are no sessions or streams here");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
            response
        }
    }
}

async fn post(front: &Front, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes = match read_body(&parts.headers, body).await {
        Ok(bytes) => bytes,
        Err((status, message)) => return refused(status, &message),
    };
    let message = match rpc::read(&bytes) {
        Ok(message) => message,
        Err(refusal) => return refusal_response(&refusal),
    };
    if !wants(&parts.headers, "text/event-stream") {
        parts.extensions.insert(JsonOnly);
    }
    let id = message.get("id").cloned().unwrap_or_default();
    let headers = &mut parts.headers;
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for name in [header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::CONTENT_ENCODING] {
        headers.remove(name);
    }
    // The token has done its work; nothing behind this line needs it.
    headers.remove(header::AUTHORIZATION);
    let request = Request::from_parts(parts, Body::from(serialised(message)));
    let response = front.protocol.handle(request).await.map(Body::new);
    shaped(response, &id).await
}

fn serialised(message: Map<String, Value>) -> Vec<u8> {
    Value::Object(message).to_string().into_bytes()
}

async fn read_body(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, (StatusCode, String)> {
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, rpc::too_long().message);
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > rpc::MAX_BYTES as u64) {
        return Err(too_large());
    }
    let read = Limited::new(body, rpc::MAX_BYTES).collect();
    match tokio::time::timeout(BODY_DEADLINE, read).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, "the body could not be read to its end".to_owned())),
        Err(_) => {
            let message = format!("the body did not come within {} s", BODY_DEADLINE.as_secs());
            Err((StatusCode::REQUEST_TIMEOUT, message))
        }
    }
}

/// Whether a media type is named in `Accept`. A wildcard does not name it.
fn wants(headers: &HeaderMap, media_type: &str) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|entry| {
            entry.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
        })
    })
}

/// The protocol layer says in plain text what is wrong with a transport header; clients expect JSON.
async fn shaped(response: Response, id: &Value) -> Response {
    let is_json = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    if is_json || !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let status = response.status();
    let text = match Limited::new(response.into_body(), 4096).collect().await {
        Ok(collected) => String::from_utf8_lossy(&collected.to_bytes()).into_owned(),
        Err(_) => String::new(),
    };
    let text = crate::text::brief(text.trim(), 300);
    let text = if text.is_empty() { status.to_string() } else { text };
    json_response(status, &rpc::error_body(id, rpc::INVALID_REQUEST, &text))
}

fn refusal_response(refusal: &Refusal) -> Response {
    // A request that has an id was understood well enough to be answered as one.
    let status = if refusal.id.is_null() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    json_response(status, &refusal.body())
}

fn refused(status: StatusCode, message: &str) -> Response {
    json_response(status, &rpc::error_body(&Value::Null, rpc::INVALID_REQUEST, message))
}

fn unauthorized(denied: Denied) -> Response {
    let (message, challenge) = match denied {
        Denied::Missing => ("a token is needed: Authorization: Bearer …", "Bearer realm=\"k8sgpt\""),
        Denied::Several => (
            "there are several Authorization headers, send one",
            "Bearer realm=\"k8sgpt\", error=\"invalid_request\"",
        ),
        Denied::Wrong => ("the token is not the one of this server", "Bearer realm=\"k8sgpt\", error=\"invalid_token\""),
    };
    let mut response = refused(StatusCode::UNAUTHORIZED, message);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn json_response(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
