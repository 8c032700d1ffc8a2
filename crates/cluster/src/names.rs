//! Checks names before they become part of a path: what passes here is one path segment and
//! nothing else, so no argument can reach another object, another verb or another server.

use crate::error::Error;

/// A namespace: RFC 1123 label, at most 63 characters.
pub(crate) fn namespace(given: &str) -> Result<&str, Error> {
    label("namespace", given)
}

/// A container: RFC 1123 label, at most 63 characters.
pub(crate) fn container(given: &str) -> Result<&str, Error> {
    label("container", given)
}

fn label<'a>(what: &'static str, given: &'a str) -> Result<&'a str, Error> {
    if given.is_empty() {
        return Err(Error::bad(what, given, "it is empty"));
    }
    if given.len() > 63 {
        return Err(Error::bad(what, given, "it is longer than 63 characters"));
    }
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !given.bytes().all(inner) {
        return Err(Error::bad(what, given, "only lower-case letters, digits and - are allowed"));
    }
    if given.starts_with('-') || given.ends_with('-') {
        return Err(Error::bad(what, given, "it must start and end with a letter or digit"));
    }
    Ok(given)
}

/// The name of an object. RBAC names may hold capitals and colons (`system:node`), so this is the
/// API server's own path-segment rule, narrowed to the characters names really have.
pub(crate) fn object(given: &str) -> Result<&str, Error> {
    const WHAT: &str = "name";
    if given.is_empty() {
        return Err(Error::bad(WHAT, given, "it is empty"));
    }
    if given.len() > 253 {
        return Err(Error::bad(WHAT, given, "it is longer than 253 characters"));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':' | b'_' | b'@');
    if !given.bytes().all(allowed) {
        return Err(Error::bad(WHAT, given, "only letters, digits, and - . : _ @ are allowed"));
    }
    if given.contains("..") || given == "." {
        return Err(Error::bad(WHAT, given, "it must not be or hold a relative path"));
    }
    if !given.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(Error::bad(WHAT, given, "it must start with a letter or digit"));
    }
    Ok(given)
}

/// One word of a resource type: group, version, kind or plural.
pub(crate) fn type_word(given: &str) -> Result<&str, Error> {
    const WHAT: &str = "resource type";
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    if given.is_empty() || given.len() > 253 {
        return Err(Error::bad(WHAT, given, "it is empty or longer than 253 characters"));
    }
    if !given.bytes().all(allowed) {
        return Err(Error::bad(WHAT, given, "only letters, digits, - and . are allowed"));
    }
    if given.contains("..") || given.starts_with(['-', '.']) {
        return Err(Error::bad(WHAT, given, "it must start with a letter or digit"));
    }
    Ok(given)
}

/// A continue token: opaque, printable, and bounded.
pub(crate) fn continue_token(given: &str) -> Result<&str, Error> {
    let printable = given.bytes().all(|b| b.is_ascii_graphic());
    if given.is_empty() || given.len() > 8192 || !printable {
        return Err(Error::bad("continue token", given, "pass on the token of the previous page unchanged"));
    }
    Ok(given)
}

/// Percent-encodes a query value; everything but unreserved characters is encoded.
pub(crate) fn encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

/// The inverse of [`encode`], reading `+` as a space; invalid escapes stay as they are.
pub(crate) fn decode(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_refused() {
        let hostile = [
            "",
            "..",
            ".",
            "../x",
            "a/b",
            "a?b",
            "a#b",
            "a%2fb",
            "a\r\nb",
            "a\nb",
            "-n",
            "--server=x",
            "a b",
            "a\0b",
            "é",
            "a\u{202e}b",
            "a..b",
            "a;b",
            "a&b",
            "a=b",
            "a\\b",
        ];
        for given in hostile {
            assert!(object(given).is_err(), "object {given:?}");
            assert!(namespace(given).is_err(), "namespace {given:?}");
            assert!(container(given).is_err(), "container {given:?}");
            assert!(type_word(given).is_err(), "type {given:?}");
        }
        assert!(namespace("Prod").is_err());
        assert!(namespace(&"a".repeat(64)).is_err());
        assert!(continue_token("a b").is_err());
    }

    #[test]
    fn real_names_pass() {
        for given in ["nginx-7d8b49557c-2xk8p", "system:node:ip-10-0-0-1.ec2.internal", "my.example.com", "a"]
        {
            assert!(object(given).is_ok(), "{given}");
        }
        assert!(namespace("kube-system").is_ok());
        assert!(continue_token("eyJ2IjoibWV0YS5rOHMuaW8vdjEi==").is_ok());
    }

    #[test]
    fn encoding_round_trips() {
        for text in ["a=b,c in (d,e)", "ü/..?#%&+", ""] {
            assert_eq!(decode(&encode(text)), text);
        }
        assert_eq!(encode("a=b c"), "a%3Db%20c");
        assert_eq!(decode("%zz%4"), "%zz%4");
    }
}
