//! One page of a list answer, parsed straight from its bytes.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// What a page held besides its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Token for the next page; empty at the end of the list.
    pub continue_token: String,
    /// How many objects follow, when the server says.
    pub remaining: Option<u64>,
    /// Items that could not be read as this kind and were left out.
    pub skipped: usize,
}

/// The body is not a list.
#[derive(Debug)]
pub struct PageError {
    /// What the parser said, with line and column; never a piece of the body.
    pub reason: String,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ListMeta {
    #[serde(rename = "continue")]
    continue_token: Option<String>,
    remaining_item_count: Option<u64>,
}

#[derive(Deserialize)]
struct RawPage<'a> {
    #[serde(default)]
    metadata: Option<ListMeta>,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

/// Appends the items of a page to `rows`. Items are split first and parsed one by one, so that one
/// odd object costs itself and not the list.
pub(crate) fn append<K: DeserializeOwned>(rows: &mut Vec<Arc<K>>, body: &[u8]) -> Result<Page, PageError> {
    let page: RawPage<'_> = serde_json::from_slice(body).map_err(|e| PageError { reason: describe(&e) })?;
    let meta = page.metadata.unwrap_or_default();
    let mut skipped = 0;
    for item in page.items.unwrap_or_default() {
        match serde_json::from_str::<K>(item.get()).ok().or_else(|| without_nulls(item)) {
            Some(row) => rows.push(Arc::new(row)),
            None => skipped += 1,
        }
    }
    Ok(Page {
        continue_token: meta.continue_token.unwrap_or_default(),
        remaining: meta.remaining_item_count,
        skipped,
    })
}

/// A second reading of an odd item: a null counts as a missing field, as Go's clients have it. Written by
/// hand or by a controller, it may stand anywhere.
fn without_nulls<K: DeserializeOwned>(item: &RawValue) -> Option<K> {
    let mut value: Value = serde_json::from_str(item.get()).ok()?;
    strip(&mut value);
    serde_json::from_value(value).ok()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(strip);
        }
        Value::Array(items) => {
            items.retain(|value| !value.is_null());
            items.iter_mut().for_each(strip);
        }
        _ => {}
    }
}

/// serde_json's message without the values it may quote.
fn describe(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Io => "could not be read",
        serde_json::error::Category::Syntax => "is not JSON",
        serde_json::error::Category::Data => "is not a list of objects",
        serde_json::error::Category::Eof => "ends too early",
    };
    format!("the answer {what} (line {}, column {})", error.line(), error.column())
}
