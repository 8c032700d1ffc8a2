//! Events, filtered by the server before anything is cut.

use serde_json::Value;

use crate::cluster::Cluster;
use crate::error::Error;
use crate::names;
use crate::objects::{ListPage, ListQuery};
use crate::resource;
use crate::selector::field_equals;

/// Events that are read at most before they are sorted.
const MOST: usize = 10_000;

/// Which events to read; what is not given does not narrow.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// Namespace of the event.
    pub namespace: Option<String>,
    /// Name of the object it is about.
    pub name: Option<String>,
    /// Kind of the object it is about, in any spelling.
    pub kind: Option<String>,
    /// `Normal` or `Warning`, in any case.
    pub event_type: Option<String>,
    /// `BackOff`, `FailedScheduling`.
    pub reason: Option<String>,
    /// Most events to return: the newest ones.
    pub limit: Option<u32>,
}

impl Cluster {
    /// Events, the newest first. All filters go to the server as field selectors, so a limit never
    /// hides a matching event behind others; `remaining` is how many the limit left out.
    ///
    /// # Errors
    /// [`Error::BadName`] before anything is sent, and those of any call.
    pub async fn events(&self, q: &EventQuery) -> Result<ListPage, Error> {
        let deadline = self.deadline();
        let mut query = ListQuery {
            namespace: q.namespace.clone(),
            field_selector: self.event_selector(q).await?,
            limit: Some(500),
            ..ListQuery::all(resource::of_kind("v1", "Event", true))
        };
        let mut all = self.list_within(&query, deadline).await?;
        while let Some(token) = all.continue_token.take() {
            query.continue_token = Some(token);
            let page = match self.list_within(&query, deadline).await {
                Ok(page) => page,
                // Events come and go quickly; what has been read is still true.
                Err(Error::Gone { .. }) => break,
                Err(error) => return Err(error),
            };
            all.items.extend(page.items);
            all.continue_token = page.continue_token.filter(|_| all.items.len() < MOST);
            all.remaining = page.remaining;
        }
        all.items.sort_by_cached_key(|event| std::cmp::Reverse(last_seen(event)));
        let limit = q.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let left_out = all.items.len().saturating_sub(limit);
        all.items.truncate(limit);
        let unread = all.remaining.filter(|_| all.items.len() >= MOST).unwrap_or(0);
        all.remaining = Some(left_out as u64 + unread);
        Ok(all)
    }

    async fn event_selector(&self, q: &EventQuery) -> Result<Option<String>, Error> {
        let mut terms = Vec::new();
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(name) = given(&q.name) {
            terms.push(field_equals("involvedObject.name", names::object(&name)?));
        }
        if let Some(kind) = given(&q.kind) {
            let kind = match self.resolve(&kind).await {
                Ok(resource) => resource.kind,
                // Events outlive their kinds: what the API no longer serves is taken as spelled.
                Err(Error::UnknownResource { .. }) => names::type_word(&kind)?.to_owned(),
                Err(error) => return Err(error),
            };
            terms.push(field_equals("involvedObject.kind", &kind));
        }
        if let Some(event_type) = given(&q.event_type) {
            let known =
                ["Normal", "Warning"].into_iter().find(|known| known.eq_ignore_ascii_case(&event_type));
            let known =
                known.ok_or_else(|| Error::bad("event type", &event_type, "it is Normal or Warning"))?;
            terms.push(field_equals("type", known));
        }
        if let Some(reason) = given(&q.reason) {
            if !reason.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
                return Err(Error::bad(
                    "event reason",
                    &reason,
                    "only letters, digits, and - _ . are allowed",
                ));
            }
            terms.push(field_equals("reason", &reason));
        }
        Ok((!terms.is_empty()).then(|| terms.join(",")))
    }
}

/// When an event last happened; events of the newer API have `eventTime` and perhaps a series.
fn last_seen(event: &Value) -> Option<jiff::Timestamp> {
    let places = ["/lastTimestamp", "/series/lastObservedTime", "/eventTime", "/metadata/creationTimestamp"];
    places.iter().filter_map(|place| event.pointer(place)?.as_str()?.parse().ok()).max()
}
