//! ConfigMaps, Secrets, service accounts, quotas: sizes and names of what they hold, never the values.

use super::NameRef;
use crate::{List, Map, Meta, Str};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use std::fmt;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigMap {
    pub metadata: Meta,
    pub data: KeySizes,
    pub binary_data: KeySizes,
}

/// Type and key names of a Secret. Its values are skipped while parsing and never held.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Secret {
    pub metadata: Meta,
    #[serde(rename = "type")]
    pub kind: Str,
    pub data: KeySizes,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAccount {
    pub metadata: Meta,
    pub image_pull_secrets: List<NameRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceQuota {
    pub metadata: Meta,
    pub spec: QuotaSpec,
    pub status: QuotaStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaSpec {
    pub hard: Map,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaStatus {
    pub hard: Map,
    pub used: Map,
}

/// The keys of a data map with the length in bytes of each value's text; the values are dropped.
#[derive(Clone, Default, Debug)]
pub struct KeySizes(Box<[(Str, u64)]>);

impl KeySizes {
    pub fn keys(&self) -> impl Iterator<Item = &Str> {
        self.0.iter().map(|(key, _)| key)
    }
    pub fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|(k, _)| k == key)
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Length of all values' text; base64 for binary data.
    pub fn total_bytes(&self) -> u64 {
        self.0.iter().map(|(_, size)| size).sum()
    }
}

struct Length(u64);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Length;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E>(self, text: &str) -> Result<Length, E> {
                Ok(Length(text.len() as u64))
            }
            fn visit_unit<E>(self) -> Result<Length, E> {
                Ok(Length(0))
            }
        }
        deserializer.deserialize_any(V)
    }
}

impl<'de> Deserialize<'de> for KeySizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = KeySizes;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of strings")
            }
            fn visit_unit<E>(self) -> Result<KeySizes, E> {
                Ok(KeySizes::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<KeySizes, A::Error> {
                let mut all = Vec::new();
                while let Some((key, length)) = access.next_entry::<Str, Length>()? {
                    all.push((key, length.0));
                }
                all.sort();
                Ok(KeySizes(all.into_boxed_slice()))
            }
        }
        deserializer.deserialize_any(V)
    }
}
