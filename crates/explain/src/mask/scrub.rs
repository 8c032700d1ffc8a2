//! Credentials that never leave the machine, masked or not.

use std::borrow::Cow;

const MARK: &str = "<redacted>";

/// The text without anything that looks like a credential: what the View recognises everywhere, and
/// further shapes for which a model has no use.
///
/// ```
/// assert_eq!(explain::scrubbed("Authorization: Basic dXNlcjpwYXNz"), "Authorization: <redacted>");
/// ```
pub fn scrubbed(text: &str) -> String {
    let clean = view::without_credentials(text).map_or(Cow::Borrowed(text), Cow::Owned);
    let clean = after_words(&clean);
    keys(&without_user_info(&clean))
}

/// What stands behind a word that announces a credential: `Bearer x`, `password: x`, `--token x`.
fn after_words(text: &str) -> String {
    const SCHEMES: &[&str] = &["bearer", "basic"];
    // Their values are several words, to the end of the line.
    const HEADERS: &[&str] = &["authorization", "cookie"];
    const NAMED: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "secret_key",
        "secretkey",
        "access_key",
        "accesskey",
        "private_key",
        "client_secret",
        "pwd",
        "x-api-key",
        "sas",
        "sig",
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(word);
        rest = after;
        let lower = word.to_ascii_lowercase();
        let scheme = SCHEMES.contains(&lower.as_str());
        let flag = word.starts_with('-') && view::looks_secret(word);
        let gap_end = rest
            .find(|c: char| !(c == ' ' || c == ':' || c == '=' || c == '"' || c == '\''))
            .unwrap_or(rest.len());
        let (gap, value) = rest.split_at(gap_end);
        let named = NAMED.iter().any(|name| lower.ends_with(name)) && gap.contains([':', '=']);
        let header = gap.contains([':', '=']) && HEADERS.iter().any(|name| lower.ends_with(name));
        let ends = |c: char| match header {
            true => "\r\n\"'`".contains(c),
            false => c.is_whitespace() || "\"'`,;)]}<>&".contains(c),
        };
        let length = value.find(ends).unwrap_or(value.len());
        let telling = (scheme || flag) && gap.starts_with([' ', '=']) || named || header;
        if telling && is_value(&value[..length], scheme || named && !gap.contains('"')) {
            out.push_str(gap);
            out.push_str(MARK);
            rest = &value[length..];
            continue;
        }
        let next = rest.find(is_part).unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    out
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// Whether it is a value rather than the next word of a sentence (`invalid token: expired`).
fn is_value(word: &str, prose: bool) -> bool {
    let odd = word.bytes().any(|b| !b.is_ascii_lowercase());
    !word.is_empty() && !word.starts_with('$') && (!prose || (odd && word.len() >= 6))
}

/// `scheme://user@host` and `scheme://user:password@host` lose everything before the host.
fn without_user_info(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        out.push_str(&rest[..at + 3]);
        rest = &rest[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'`".contains(c)).unwrap_or(rest.len());
        if let Some(host) = rest[..end].rfind('@') {
            out.push_str(MARK);
            rest = &rest[host..];
        }
    }
    out + rest
}

/// Keys that are told by how they begin, and long words that only a machine can have made.
fn keys(text: &str) -> String {
    view::without_words(text, |c| c.is_ascii_alphanumeric() || "_-+/=.".contains(c), is_key)
}

fn is_key(word: &str) -> bool {
    const STARTS: &[(&str, usize)] = &[
        ("sk-", 20),
        ("ghp_", 20),
        ("gho_", 20),
        ("ghs_", 20),
        ("ghu_", 20),
        ("github_pat_", 20),
        ("glpat-", 20),
        ("xoxb-", 20),
        ("xoxp-", 20),
        ("xapp-", 20),
        ("AKIA", 20),
        ("ASIA", 20),
        ("AIza", 35),
        ("ya29.", 20),
        ("hvs.", 20),
        ("npm_", 30),
        ("dckr_pat_", 20),
        ("SG.", 40),
        ("eyJ", 40),
        ("hf_", 30),
        ("gsk_", 30),
        ("pypi-", 40),
    ];
    if STARTS.iter().any(|(start, length)| word.starts_with(start) && word.len() >= *length) {
        return true;
    }
    // Base64 of at least 32 characters: three classes of characters, no words between separators.
    let longest = word.split(['/', '.', '-', '_', '=']).map(str::len).max().unwrap_or_default();
    let has = |of: fn(&u8) -> bool| word.as_bytes().iter().filter(|b| of(b)).count();
    longest >= 32
        && has(u8::is_ascii_uppercase) >= 4
        && has(u8::is_ascii_lowercase) >= 4
        && has(u8::is_ascii_digit) >= 3
}

#[cfg(test)]
mod tests {
    use super::scrubbed;

    #[test]
    fn credentials_go() {
        let cases = [
            "Authorization: Bearer CANARY-CANARY-1",
            "authorization: basic Q0FOQVJZCANARY",
            "login with password: CANARY1",
            "mysql -u root --password CANARY -h db",
            "https://CANARY@github.com/x",
            "https://user:CANARY@github.com/x",
            "{\"token\":\"CANARY\"}",
            "DB_PASSWORD='CANARY1'",
            "OPENAI_API_KEY: sk-CANARYCANARYCANARYCANARY",
            "key sk-CANARYCANARYCANARYCANARY",
            "glpat-CANARYCANARYCANARY1",
            "blob CANARYabcdEFGH1234567890abcdefghIJKLMNOP",
            "GET /x?sig=CANARY%2Bx&se=1",
            "AKIACANARY0123456789",
            "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----",
        ];
        for given in cases {
            let clean = scrubbed(given);
            assert!(!clean.contains("CANARY"), "{given}: {clean}");
        }
    }

    #[test]
    fn sentences_stay() {
        let cases = [
            "secret \"db\" not found",
            "couldn't find key password in Secret prod/db",
            "invalid token: expired",
            "Secret prod/db-credentials does not exist",
            "basic auth is off",
            "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "secretName=db",
            "GET http://web:80/healthz: 503",
        ];
        for given in cases {
            assert_eq!(scrubbed(given), given);
        }
    }
}
