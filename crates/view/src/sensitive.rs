//! Values that must not be shown.

/// Bytes that must never reach an output. It has no `Display`, `Debug` or `Serialize`: code that
/// wants to look inside has to say so by name, and reviewers can search for that name.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive(Box<[u8]>);

impl Sensitive {
    /// Seals bytes.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Sensitive {
        Sensitive(bytes.into())
    }
    /// The bytes themselves, for code that computes with them (compares a token, reads a certificate)
    /// and prints nothing of them.
    pub fn expose_for_computation(&self) -> &[u8] {
        &self.0
    }
}

/// Words whose presence in the name of a variable, key or argument says that its value is a secret.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "access-key",
    "accesskey",
    "private_key",
    "private-key",
    "privatekey",
    "credential",
    "auth",
    "dsn",
    "connection_string",
    "connectionstring",
    "signing_key",
    "encryption_key",
];

/// True when a variable, key or flag of this name probably holds a secret.
///
/// ```
/// assert!(view::looks_secret("DB_PASSWORD"));
/// assert!(!view::looks_secret("LOG_LEVEL"));
/// ```
pub fn looks_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| lower.contains(word)) || lower.ends_with("_key") || lower.ends_with("-key")
}
