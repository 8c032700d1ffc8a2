//! What ConfigMaps and Secrets hold: keys with sizes. Values are skipped unallocated, except
//! configurations of Prometheus, which a rule reads; those are sealed.

use crate::{Sensitive, Str};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::io::Read;

/// Longest value (bytes) that is kept: what the API server lets an object hold.
const KEPT_MAX: usize = 1 << 20;
/// Longest text (bytes) that is unpacked.
const UNPACKED_MAX: u64 = 4 << 20;

/// The keys of a data map with the length in bytes of each value's text. The values are dropped, but for
/// configurations of Prometheus.
#[derive(Clone, Default)]
pub struct KeySizes {
    sizes: Box<[(Str, u64)]>,
    kept: Option<Box<[(Str, Sensitive)]>>,
}

impl KeySizes {
    /// The keys, in order.
    pub fn keys(&self) -> impl Iterator<Item = &Str> {
        self.sizes.iter().map(|(key, _)| key)
    }
    /// True when there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.sizes.iter().any(|(k, _)| k == key)
    }
    /// True when there is no key.
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }
    /// Length of all values' text; base64 for binary data.
    pub fn total_bytes(&self) -> u64 {
        self.sizes.iter().map(|(_, size)| size).sum()
    }
    /// The text under a key, unpacked if it is compressed: only of a configuration of Prometheus, and
    /// nothing when it is redacted, damaged or too long.
    pub fn prometheus_config(&self, key: &str) -> Option<Sensitive> {
        let (_, value) = self.kept.iter().flatten().find(|(k, _)| k == key)?;
        unpacked(value.expose_for_computation()).map(Sensitive::new)
    }
}

impl fmt::Debug for KeySizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.sizes.iter().map(|(key, size)| (key, size))).finish()
    }
}

fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Some(bytes.to_vec());
    }
    let mut out = Vec::new();
    let mut unpacking = flate2::read::GzDecoder::new(bytes).take(UNPACKED_MAX + 1);
    unpacking.read_to_end(&mut out).ok()?;
    (out.len() as u64 <= UNPACKED_MAX).then_some(out)
}

/// Which value is kept, and as what.
type Keep = fn(&str, &str) -> Option<Sensitive>;

/// `data` of a ConfigMap: texts.
pub(crate) fn of_config_map<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeySizes, D::Error> {
    deserializer.deserialize_any(DataVisitor(|key, text| {
        let kept = text.len() <= KEPT_MAX && (is_config_name(key) || looks_like_config(text));
        kept.then(|| Sensitive::new(text.as_bytes()))
    }))
}

/// `data` of a Secret, `binaryData` of a ConfigMap: base64.
pub(crate) fn encoded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<KeySizes, D::Error> {
    deserializer.deserialize_any(DataVisitor(|key, text| {
        let kept = text.len() <= KEPT_MAX / 3 * 4 + 4 && is_config_name(key);
        kept.then(|| STANDARD.decode(text).ok()).flatten().map(Sensitive::new)
    }))
}

/// The names under which Prometheus' configuration is usually stored.
fn is_config_name(key: &str) -> bool {
    let name = key.strip_suffix(".gz").unwrap_or(key);
    matches!(name, "prometheus.yml" | "prometheus.yaml")
}

/// A text with the sections of a Prometheus configuration at the start of lines.
fn looks_like_config(text: &str) -> bool {
    let has_intervals = || text.contains("scrape_interval") || text.contains("evaluation_interval");
    (text.contains("scrape_") || text.contains("rule_files") || text.contains("evaluation_interval"))
        && text.lines().any(|line| {
            ["scrape_configs:", "scrape_config_files:", "rule_files:"].iter().any(|s| line.starts_with(s))
                || (line.starts_with("global:") && has_intervals())
        })
}

struct DataVisitor(Keep);

impl<'de> Visitor<'de> for DataVisitor {
    type Value = KeySizes;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings")
    }
    fn visit_unit<E>(self) -> Result<KeySizes, E> {
        Ok(KeySizes::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<KeySizes, A::Error> {
        let (mut sizes, mut kept) = (Vec::new(), Vec::new());
        while let Some(key) = access.next_key::<Str>()? {
            let (size, value) = access.next_value_seed(ValueSeed { key: &key, keep: self.0 })?;
            kept.extend(value.map(|value| (key.clone(), value)));
            sizes.push((key, size));
        }
        sizes.sort();
        let kept = (!kept.is_empty()).then(|| kept.into_boxed_slice());
        Ok(KeySizes { sizes: sizes.into_boxed_slice(), kept })
    }
}

/// One value: its length, and itself if it is to be kept.
struct ValueSeed<'a> {
    key: &'a str,
    keep: Keep,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = (u64, Option<Sensitive>);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = (u64, Option<Sensitive>);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((text.len() as u64, (self.keep)(self.key, text)))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok((0, None))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok((0, None))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok((0, None))
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok((0, None))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok((0, None))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok((0, None))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok((0, None))
    }
}

impl<'de> Deserialize<'de> for KeySizes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor(|_, _| None))
    }
}

#[cfg(test)]
mod tests {
    use super::UNPACKED_MAX;
    use crate::{ConfigMap, Secret};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use std::io::Write;

    const CONFIG: &str = "global:\n  scrape_interval: 15s\nscrape_configs: []\n";

    fn gzip(bytes: &[u8]) -> String {
        let mut packing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packing.write_all(bytes).unwrap();
        STANDARD.encode(packing.finish().unwrap())
    }

    fn secret(key: &str, value: &str) -> Secret {
        serde_json::from_value(serde_json::json!({ "data": { key: value } })).unwrap()
    }

    fn map(key: &str, value: &str) -> ConfigMap {
        serde_json::from_value(serde_json::json!({ "data": { key: value } })).unwrap()
    }

    fn text(data: &super::KeySizes, key: &str) -> Option<String> {
        let sealed = data.prometheus_config(key)?;
        Some(String::from_utf8(sealed.expose_for_computation().to_vec()).unwrap())
    }

    #[test]
    fn configurations_are_kept_and_nothing_else() {
        for (key, value) in
            [("prometheus.yaml", STANDARD.encode(CONFIG)), ("prometheus.yaml.gz", gzip(CONFIG.as_bytes()))]
        {
            assert_eq!(text(&secret(key, &value).data, key).as_deref(), Some(CONFIG));
        }
        assert_eq!(text(&map("any.conf", CONFIG).data, "any.conf").as_deref(), Some(CONFIG));
        assert_eq!(text(&map("prometheus.yml", "").data, "prometheus.yml").as_deref(), Some(""));
        for key in ["password", "tls.key", "config.yaml", "prometheus.yaml.bak"] {
            assert!(secret(key, &STANDARD.encode(CONFIG)).data.kept.is_none(), "{key}");
        }
        for value in ["LOG_LEVEL=debug", "global:\n  level: info\n", "# scrape_interval and rule_files\n"] {
            assert!(map("app.yaml", value).data.kept.is_none(), "{value}");
        }
        let redacted = secret("prometheus.yaml", "<redacted 12 bytes>");
        assert!(redacted.data.contains("prometheus.yaml") && redacted.data.kept.is_none());
        assert_eq!(redacted.data.total_bytes(), 19);
    }

    #[test]
    fn what_is_damaged_or_too_long_is_not_known() {
        let bomb = gzip(&vec![b' '; UNPACKED_MAX as usize + 1]);
        let cut = &gzip(CONFIG.as_bytes())[..24];
        for value in [bomb.as_str(), cut] {
            assert!(text(&secret("prometheus.yaml.gz", value).data, "prometheus.yaml.gz").is_none());
        }
        assert!(map("prometheus.yml", &"#".repeat(super::KEPT_MAX + 1)).data.kept.is_none());
    }

    #[test]
    fn odd_values_cost_nothing_else() {
        let odd =
            serde_json::json!({ "data": { "a": 1, "b": null, "c": [1], "d": { "e": true }, "f": "x" } });
        let map: ConfigMap = serde_json::from_value(odd).unwrap();
        assert_eq!((map.data.keys().count(), map.data.total_bytes()), (5, 1));
    }

    #[test]
    fn debug_output_holds_no_value() {
        let secret = secret("prometheus.yaml", &STANDARD.encode("password: CANARY"));
        let printed = format!("{secret:?}");
        assert!(printed.contains("prometheus.yaml") && !printed.contains("CANARY"), "{printed}");
    }
}
