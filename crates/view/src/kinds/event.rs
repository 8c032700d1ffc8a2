//! Events.

use crate::{Meta, ObjectRef, Str, Time, called};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Event {
    pub metadata: Meta,
    pub involved_object: InvolvedObject,
    pub reason: Str,
    /// Without the mark that client-go puts before what it has aggregated.
    #[serde(deserialize_with = "plain_message")]
    pub message: Str,
    #[serde(rename = "type")]
    pub kind: Str,
    pub count: Option<i64>,
    pub first_timestamp: Option<Time>,
    pub last_timestamp: Option<Time>,
    pub event_time: Option<Time>,
    pub series: Option<EventSeries>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct InvolvedObject {
    pub api_version: Str,
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
    pub uid: Str,
    pub field_path: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EventSeries {
    pub count: i64,
    pub last_observed_time: Option<Time>,
}

fn plain_message<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Str, D::Error> {
    let message = Str::deserialize(deserializer)?;
    Ok(match message.strip_prefix("(combined from similar events): ") {
        Some(plain) => Str::from(plain),
        None => message,
    })
}

impl Event {
    /// When it happened last, from whichever field the reporter filled.
    pub fn last_seen(&self) -> Option<Time> {
        let series = self.series.as_ref().and_then(|s| s.last_observed_time);
        series
            .or(self.last_timestamp)
            .or(self.event_time)
            .or(self.first_timestamp)
            .or(self.metadata.creation_timestamp)
    }
    /// When it happened first, from whichever field the reporter filled.
    pub fn first_seen(&self) -> Option<Time> {
        self.first_timestamp.or(self.event_time).or(self.metadata.creation_timestamp).or(self.last_timestamp)
    }
    /// How often it happened.
    pub fn times(&self) -> i64 {
        self.series.as_ref().map(|s| s.count).or(self.count).unwrap_or(1).max(1)
    }
    pub fn is_warning(&self) -> bool {
        self.kind != "Normal"
    }
    /// The object that it tells about.
    pub fn about(&self) -> ObjectRef {
        let o = &self.involved_object;
        let kind = called(&o.api_version, &o.kind);
        ObjectRef { kind, namespace: o.namespace.clone(), name: o.name.clone() }
    }
}
