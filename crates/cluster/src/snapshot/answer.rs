//! Answers of the snapshot service, in the words of a real API server.

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

/// Reason in the status of what a snapshot does not hold.
pub(crate) const NOT_CAPTURED: &str = "NotCaptured";

/// One HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(super) fn json(value: &Value) -> Answer {
        Answer { status: StatusCode::OK, content_type: "application/json", body: value.to_string().into() }
    }

    pub(super) fn bytes(body: Vec<u8>) -> Answer {
        Answer { status: StatusCode::OK, content_type: "application/json", body: body.into() }
    }

    pub(super) fn text(text: String) -> Answer {
        Answer { status: StatusCode::OK, content_type: "text/plain", body: text.into() }
    }

    pub(super) fn status(status: StatusCode, reason: &str, message: impl Into<String>) -> Answer {
        let body = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message.into(), "reason": reason, "code": status.as_u16(),
        });
        Answer { status, content_type: "application/json", body: body.to_string().into() }
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Answer {
        Answer::status(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(super) fn not_captured(message: impl Into<String>) -> Answer {
        Answer::status(StatusCode::NOT_FOUND, NOT_CAPTURED, message)
    }

    /// What a server says for a path it does not serve.
    pub(super) fn not_served() -> Answer {
        Answer::status(StatusCode::NOT_FOUND, "NotFound", "the server could not find the requested resource")
    }

    pub(super) fn no_object(qualified: &str, name: &str) -> Answer {
        Answer::status(StatusCode::NOT_FOUND, "NotFound", format!("{qualified} {name:?} not found"))
    }
}
