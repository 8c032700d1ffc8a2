//! How an entry is written: a small JSON object with a checksum.

use super::Key;
use super::key::digest;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Largest entry as it is written, in bytes. A longer answer is not cached.
pub const MAX_ENTRY_BYTES: usize = 256 << 10;

/// The form below. Entries of another version count as missing.
const VERSION: u32 = 1;

/// A cached answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The answer as it was put in: masked, when what was sent was masked.
    pub text: String,
    /// When it was put in.
    pub created: SystemTime,
}

/// What bytes of a cache are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    Fresh(Entry),
    /// Older than the time to live, or written by another version.
    Stale,
    /// Not what was once written for this key.
    Damaged,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    version: u32,
    /// Seconds since 1970.
    created: u64,
    #[serde(borrow)]
    text: Cow<'a, str>,
    /// Of the key and the other fields, so that an entry under another name is noticed.
    sum: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

/// The bytes of an entry; `None` when they are too many.
pub(super) fn encode(key: &Key, text: &str, now: SystemTime) -> Option<Vec<u8>> {
    let created = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let sum = sum(key, created, text).into();
    let written = Written { version: VERSION, created, text: text.into(), sum };
    serde_json::to_vec(&written).ok().filter(|bytes| bytes.len() <= MAX_ENTRY_BYTES)
}

pub(super) fn decode(key: &Key, bytes: &[u8], now: SystemTime, ttl: Duration) -> Read {
    let Ok(Version { version }) = serde_json::from_slice(bytes) else { return Read::Damaged };
    if version != VERSION {
        return Read::Stale;
    }
    let Ok(written) = serde_json::from_slice::<Written<'_>>(bytes) else { return Read::Damaged };
    let created = UNIX_EPOCH.checked_add(Duration::from_secs(written.created));
    let Some(created) = created.filter(|_| sum(key, written.created, &written.text) == written.sum) else {
        return Read::Damaged;
    };
    // Clocks of two machines differ: what comes from the future is new.
    if now.duration_since(created).unwrap_or_default() >= ttl {
        return Read::Stale;
    }
    Read::Fresh(Entry { text: written.text.into_owned(), created })
}

fn sum(key: &Key, created: u64, text: &str) -> String {
    digest(&[key.as_str(), &VERSION.to_string(), &created.to_string(), text])
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn what_is_written_is_read_until_it_is_old() {
        let (key, now) = (Key::of(&["a"]), UNIX_EPOCH + 1000 * DAY);
        let bytes = encode(&key, "{\"cause\": \"é\"}\n", now).unwrap();
        let entry = Entry { text: "{\"cause\": \"é\"}\n".to_owned(), created: now };
        assert_eq!(decode(&key, &bytes, now, DAY), Read::Fresh(entry.clone()));
        assert_eq!(decode(&key, &bytes, now - DAY, DAY), Read::Fresh(entry));
        assert_eq!(decode(&key, &bytes, now + DAY, DAY), Read::Stale);
        assert_eq!(decode(&key, &bytes, now, Duration::ZERO), Read::Stale);
    }

    #[test]
    fn any_other_bytes_are_damaged() {
        let (key, now) = (Key::of(&["a"]), UNIX_EPOCH + 1000 * DAY);
        let bytes = encode(&key, "the answer", now).unwrap();
        for at in 0..bytes.len() {
            assert!(!matches!(decode(&key, &bytes[..at], now, DAY), Read::Fresh(_)), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(!matches!(decode(&key, &changed, now, DAY), Read::Fresh(_)), "changed at {at}");
        }
        assert_eq!(decode(&Key::of(&["b"]), &bytes, now, DAY), Read::Damaged);
        for other in ["", "null", "{}", "[1]", "{\"version\":1}", "\u{0}"] {
            assert_eq!(decode(&key, other.as_bytes(), now, DAY), Read::Damaged, "{other}");
        }
        let huge = br#"{"version":1,"created":18446744073709551615,"text":"","sum":""}"#;
        assert_eq!(decode(&key, huge, now, DAY), Read::Damaged);
        assert_eq!(decode(&key, br#"{"version":2,"new":[]}"#, now, DAY), Read::Stale);
    }

    #[test]
    fn a_long_answer_is_not_written() {
        let key = Key::of(&["a"]);
        assert!(encode(&key, &"x".repeat(MAX_ENTRY_BYTES - 200), UNIX_EPOCH).is_some());
        assert!(encode(&key, &"x".repeat(MAX_ENTRY_BYTES), UNIX_EPOCH).is_none());
        assert!(encode(&key, &"\u{1}".repeat(MAX_ENTRY_BYTES / 4), UNIX_EPOCH).is_none());
    }
}
