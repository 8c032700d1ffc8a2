//! What an explanation is found by.

use sha2::{Digest, Sha256};

/// The name of an entry: the SHA-256 of what the answer depends on, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

impl Key {
    /// The key of these parts, in this order: provider, model, parameters, language, version of the prompt,
    /// masked prompt. Each part is hashed with its length before it, so that no two lists of parts meet.
    pub fn of(parts: &[&str]) -> Key {
        Key(digest(parts))
    }

    /// A key as it is written; `None` when it is none.
    pub fn parse(text: &str) -> Option<Key> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 64 && text.bytes().all(hex)).then(|| Key(text.to_owned()))
    }

    /// The 64 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-256 of parts with their lengths, in lower-case hexadecimal.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(Key::of(&["ab", "c"]), Key::of(&["a", "bc"]));
        assert_ne!(Key::of(&["a"]), Key::of(&["a", ""]));
        assert_eq!(Key::of(&["a", "b"]), Key::of(&["a", "b"]));
    }

    #[test]
    fn only_what_a_key_looks_like_is_one() {
        let key = Key::of(&["a"]);
        assert_eq!(Key::parse(key.as_str()), Some(key.clone()));
        for text in ["", "..", &key.as_str()[1..], &key.as_str().to_uppercase(), &format!("{key}/")] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}
