//! What a status of the API server means.

use http::StatusCode;
use serde::Deserialize;

use crate::error::{Error, one_line};
use crate::send::Ask;
use crate::snapshot::NOT_CAPTURED;

/// The parts of a `Status` object that are used.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) reason: String,
}

/// The error of an answer that is not a success.
pub(crate) fn to_error(code: StatusCode, body: &[u8], ask: &Ask<'_>, server: &str) -> Error {
    let status: Status = serde_json::from_slice(body).unwrap_or_default();
    let is_status = status.kind == "Status";
    let message = if is_status { message(&status.message) } else { plain(code, body) };
    let namespace = ask.namespace.map(str::to_owned);
    match code {
        _ if is_status && status.reason == NOT_CAPTURED => {
            Error::NotCaptured { what: ask.what(), reason: message }
        }
        StatusCode::UNAUTHORIZED => Error::Unauthorized { server: server.to_owned(), message },
        StatusCode::FORBIDDEN => {
            Error::Forbidden { verb: ask.verb, resource: ask.resource.clone(), namespace, message }
        }
        StatusCode::GONE => Error::Gone { what: ask.what() },
        StatusCode::NOT_FOUND => match ask.name {
            // A 404 that is about the path, not about the object.
            Some(_) if message.contains("could not find the requested resource") => {
                Error::NotServed { resource: ask.resource.clone() }
            }
            Some(name) => Error::NotFound {
                kind: ask.kind.to_owned(),
                namespace,
                name: name.to_owned(),
                near: Vec::new(),
                elsewhere: Vec::new(),
            },
            None => Error::NotServed { resource: ask.resource.clone() },
        },
        _ => Error::Api { what: ask.what(), status: code.as_u16(), message },
    }
}

/// A server's message without what it quotes of an object's body.
pub(crate) fn message(text: &str) -> String {
    let text = text.find("Invalid value:").map_or(text, |at| &text[..at]);
    let clean = view::without_credentials(text);
    one_line(clean.as_deref().unwrap_or(text))
}

/// What an answer that is no `Status` says: a proxy's page is not quoted, one line of text is.
fn plain(code: StatusCode, body: &[u8]) -> String {
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text.is_empty() || text.starts_with(['<', '{', '[']) {
        return code.canonical_reason().unwrap_or("no reason given").to_owned();
    }
    message(text.lines().next().unwrap_or_default())
}
