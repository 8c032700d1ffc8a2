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

/// True when a variable, key or flag of this name usually holds a secret. Names of files do not.
///
/// ```
/// assert!(view::looks_secret("DB_PASSWORD") && view::looks_secret("--auth-token"));
/// assert!(!view::looks_secret("LOG_LEVEL") && !view::looks_secret("TOKEN_FILE"));
/// ```
pub fn looks_secret(name: &str) -> bool {
    let upper: String =
        name.chars().map(|c| if c == '-' || c == '.' { '_' } else { c.to_ascii_uppercase() }).collect();
    if ["_FILE", "_PATH", "_DIR"].iter().any(|suffix| upper.ends_with(suffix)) {
        return false;
    }
    const ANYWHERE: &[&str] = &[
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "SECRET",
        "TOKEN",
        "CREDENTIAL",
        "APIKEY",
        "API_KEY",
        "ACCESS_KEY",
        "ACCESSKEY",
        "PRIVATE_KEY",
        "CONNECTION_STRING",
        "CONNECTIONSTRING",
        "AUTHORIZATION",
        "PRIVATEKEY",
    ];
    const LAST: &[&str] = &["KEY", "KEYS", "PASS", "PWD", "AUTH", "DSN"];
    let last = upper.rsplit('_').next().unwrap_or_default();
    ANYWHERE.iter().any(|word| upper.contains(word)) || LAST.iter().any(|word| last.ends_with(word))
}
