//! Finds credentials inside free text by their shape: private keys, JSON web tokens, passwords in
//! URLs, cloud access keys. Best effort and second in line: the type of an object decides first.

use std::borrow::Cow;

const MARK: &str = "<redacted>";

/// The text without credentials, or nothing when it holds none.
///
/// ```
/// assert_eq!(view::without_credentials("--password=hunter2 -v").as_deref(), Some("--password=<redacted> -v"));
/// assert_eq!(view::without_credentials("nothing here"), None);
/// ```
pub fn without_credentials(text: &str) -> Option<String> {
    let mut out = Cow::Borrowed(text);
    if text.contains("PRIVATE KEY-----") {
        out = Cow::Owned(private_keys(&out));
    }
    if out.contains("://") && out.contains('@') {
        out = Cow::Owned(url_passwords(&out));
    }
    if out.contains('=') || out.contains("\":") {
        out = Cow::Owned(assignments(&out));
    }
    if ["eyJ", "AKIA", "ASIA", "ghp_", "xox"].iter().any(|start| out.contains(start)) {
        out = Cow::Owned(tokens(&out));
    }
    match out {
        Cow::Owned(clean) if clean != text => Some(clean),
        _ => None,
    }
}

/// Everything between the BEGIN and END lines of a private key; to the end if it is cut off.
fn private_keys(text: &str) -> String {
    const TAIL: &str = "PRIVATE KEY-----";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(TAIL) {
        let start = at + TAIL.len();
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if !out.trim_end_matches(TAIL).rsplit("-----").next().unwrap_or_default().starts_with("BEGIN") {
            continue;
        }
        out.push_str(MARK);
        match rest.find("-----END") {
            Some(end) => rest = &rest[end..],
            None => rest = "",
        }
    }
    out + rest
}

/// `scheme://user:password@host` loses the password.
fn url_passwords(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        out.push_str(&rest[..at + 3]);
        rest = &rest[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'<>`".contains(c)).unwrap_or(rest.len());
        let authority = &rest[..end];
        if let Some((user_info, host)) = authority.rsplit_once('@')
            && let Some((user, password)) = user_info.split_once(':')
            && !password.is_empty()
        {
            out.push_str(&format!("{user}:{MARK}@{host}"));
            rest = &rest[end..];
        }
    }
    out + rest
}

/// `password=x`, `"client_secret": "x"`: what is assigned to a name that ends like a secret.
fn assignments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['=', ':']) {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let quoted_name = before.ends_with('"');
        let name = before.trim_end_matches('"');
        let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let start = name.trim_end_matches(in_word).len();
        out.push_str(&after[..1]);
        rest = &after[1..];
        // A colon is prose unless it stands in JSON: `"token": "x"`, not `invalid token: expired`.
        if !is_secret_word(&name[start..]) || (after.starts_with(':') && !quoted_name) {
            continue;
        }
        let value = rest.trim_start_matches(' ');
        let (quote, value) = match value.strip_prefix('"') {
            Some(value) => (true, value),
            None if quoted_name => continue,
            None => (false, rest),
        };
        let end = if quote {
            closing_quote(value)
        } else {
            value.find(|c: char| c.is_whitespace() || "&;,\"'`)]}<$".contains(c)).unwrap_or(value.len())
        };
        if end > 0 {
            out.push_str(&rest[..rest.len() - value.len()]);
            out.push_str(MARK);
            rest = &value[end..];
        }
    }
    out + rest
}

/// Where a quoted text ends; a backslash escapes.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn is_secret_word(word: &str) -> bool {
    const ENDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "accesskey",
        "access_key",
        "access-key",
        "secretkey",
        "secret_key",
        "private_key",
        "credential",
        "credentials",
    ];
    let lower = word.to_ascii_lowercase();
    lower == "pwd" || ENDS.iter().any(|end| lower.ends_with(end))
}

/// Words that are tokens by their shape.
fn tokens(text: &str) -> String {
    without_words(text, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'), is_token)
}

/// The text with a mark in place of the words that are secret; `in_word` says what a word is made of.
pub fn without_words(text: &str, in_word: impl Fn(char) -> bool, is_secret: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        out.push_str(if is_secret(word) { MARK } else { word });
        let gap = after.find(&in_word).unwrap_or(after.len());
        out.push_str(&after[..gap]);
        rest = &after[gap..];
    }
    out
}

fn is_token(word: &str) -> bool {
    let jwt = word.starts_with("eyJ") && word.len() >= 40 && word.matches('.').count() == 2;
    let aws = (word.starts_with("AKIA") || word.starts_with("ASIA"))
        && word.len() == 20
        && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let github = word.starts_with("ghp_") && word.len() >= 40;
    let slack = word.starts_with("xox") && word.len() >= 20 && word.contains('-');
    jwt || aws || github || slack
}

#[cfg(test)]
mod tests {
    use super::without_credentials as text;

    #[test]
    fn credentials_are_replaced_and_the_rest_stays() {
        let jwt = format!("eyJhbGciOi.{}.c2ln", "a".repeat(40));
        let cases = [
            ("-----BEGIN RSA PRIVATE KEY-----\nCANARY\n-----END RSA PRIVATE KEY-----\nok".to_owned(), "ok"),
            ("-----BEGIN PRIVATE KEY-----\nCANARY".to_owned(), "BEGIN"),
            ("postgres://app:CANARY@db:5432/x?y".to_owned(), "@db:5432/x?y"),
            (format!("Authorization: Bearer {jwt} end"), "end"),
            ("key AKIACANARY0123456789 here".to_owned(), "here"),
            ("connect Server=db;Password=CANARY;Port=1".to_owned(), ";Port=1"),
            ("GET /x?access_token=CANARY&page=2".to_owned(), "&page=2"),
            (
                r#"{"level":"info","clientSecret": "CANARY\"CANARY","user":"bob"}"#.to_owned(),
                r#""user":"bob"}"#,
            ),
            ("mysql --password=CANARY -h db".to_owned(), "-h db"),
            ("password=\"CANARY with spaces\" next".to_owned(), "\" next"),
        ];
        for (given, kept) in cases {
            let clean = text(&given).unwrap_or_else(|| panic!("{given} was left"));
            assert!(!clean.contains("CANARY") && !clean.contains(&"a".repeat(40)), "{clean}");
            assert!(clean.contains(kept), "{clean}");
        }
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        let cases = [
            "",
            "GET http://host/a@b",
            "mail a@b.c via smtp://relay",
            "eyJ",
            "AKIA",
            "-----BEGIN CERTIFICATE-----",
            "Back-off restarting failed container web in pod web-1_prod(uid)",
            "http://user@host/path",
            "invalid token: expired, secret: none",
            "secretName=db cacheKey=7 tokens=12 a=b",
            "PASSWORD=$(DB_PASSWORD) password= next",
            r#"{"token":null,"password":"","reason":"x"}"#,
        ];
        for given in cases {
            assert_eq!(text(given), None, "{given}");
        }
    }

    #[test]
    fn any_text_is_survived_and_cleaned_once() {
        const PARTS: &[&str] = &[
            "password",
            "token",
            "=",
            ":",
            "\"",
            "\\",
            " ",
            "é",
            "://",
            "@",
            "-----BEGIN PRIVATE KEY-----",
            "-----END",
            "eyJ",
            ".",
            "AKIA0123456789ABCDEF",
            "\n",
            ";",
            "<",
            "$",
            "x",
            "/",
        ];
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            let mut given = String::new();
            for _ in 0..12 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                given.push_str(PARTS[(seed % PARTS.len() as u64) as usize]);
            }
            if let Some(clean) = text(&given) {
                assert!(
                    text(&clean).is_none_or(|again| again.len() <= clean.len() + 64),
                    "{given:?} {clean:?}"
                );
            }
        }
    }
}
