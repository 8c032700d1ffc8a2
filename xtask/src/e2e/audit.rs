//! What the program asked of the API server, by the server's own account.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result, read};

/// One request.
pub(crate) struct Request {
    /// Verb as in RBAC.
    pub(crate) verb: String,
    /// Plural with its subresource; empty for what is no resource.
    pub(crate) resource: String,
    /// Path and query.
    pub(crate) uri: String,
}

impl Request {
    /// Whether it changes nothing. An access review is a question that the API puts as a creation.
    pub(crate) fn reads(&self) -> bool {
        let review =
            ["selfsubjectaccessreviews", "selfsubjectrulesreviews"].contains(&self.resource.as_str());
        matches!(self.verb.as_str(), "get" | "list" | "watch") || (self.verb == "create" && review)
    }
}

/// How far the log is written now: where to read on from.
pub(crate) fn mark(log: &Path) -> Result<usize> {
    Ok(read(log)?.len())
}

/// The program's requests that were answered since a mark.
pub(crate) fn requests(log: &Path, since: usize) -> Result<Vec<Request>> {
    let text = read(log)?;
    let mut found = Vec::new();
    for line in text.get(since..).unwrap_or_default().lines() {
        let event: Value = serde_json::from_str(line).map_err(Error::json(log.display().to_string()))?;
        let word =
            |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        if !word("/userAgent").starts_with("k8sgpt") || word("/stage") != "ResponseComplete" {
            continue;
        }
        let (resource, below) = (word("/objectRef/resource"), word("/objectRef/subresource"));
        let resource = if below.is_empty() { resource } else { format!("{resource}/{below}") };
        found.push(Request { verb: word("/verb"), resource, uri: word("/requestURI") });
    }
    Ok(found)
}

/// How often each page of each list was asked for.
pub(crate) fn lists(requests: &[Request]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for request in requests.iter().filter(|request| request.verb == "list") {
        *counts.entry(request.uri.as_str()).or_default() += 1;
    }
    counts
}
