//! Text files as people have them: with a byte order mark, or in the UTF-16 that PowerShell's `>`
//! writes.

use serde::de::DeserializeOwned;

/// Decodes the bytes of a text file; none when it is not text.
pub(crate) fn decode(bytes: Vec<u8>) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok()
    };
    match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
        _ => String::from_utf8(bytes).ok(),
    }
}

/// The documents of a YAML text; an error is a line, from 1, and a reason that quotes no source.
///
/// Size is no reason to refuse: a dump of some megabytes is more than the parser's default budget
/// allows. Depth and aliases are, being what attacks on parsers are made of. No snippets: a kubeconfig
/// or a dump may hold a secret on the very line that is wrong.
pub(crate) fn yaml<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, (Option<u64>, String)> {
    let budget = serde_saphyr::budget! {
        max_reader_input_bytes: None,
        max_events: usize::MAX,
        max_documents: usize::MAX,
        max_nodes: usize::MAX,
        max_total_scalar_bytes: usize::MAX,
        max_depth: 128,
    };
    // What Kubernetes tools write has no aliases at all.
    let alias_limits = serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 };
    let options = serde_saphyr::options! { budget: budget, alias_limits: alias_limits, with_snippet: false };
    serde_saphyr::from_multiple_with_options(text, options).map_err(|error| {
        let line = error.location().map(|location| location.line());
        (line, unquoted(&error.to_string()))
    })
}

/// A parser's message without its position, which is reported apart, and without the values it
/// quotes: `invalid type: string "hunter2", expected a map`. Names of missing fields may stay.
fn unquoted(message: &str) -> String {
    let message = message.find(" at line ").map_or(message, |at| &message[..at]);
    if message.starts_with("missing field") {
        return crate::error::one_line(message);
    }
    let mut out = String::new();
    let mut closing = None;
    for c in message.chars() {
        match (closing, c) {
            (None, '"' | '`') => {
                closing = Some(c);
                out.push('…');
            }
            (None, c) => out.push(c),
            (Some(end), c) if end == c => closing = None,
            (Some(_), _) => {}
        }
    }
    crate::error::one_line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_and_aliases_are_bounded_and_size_is_not() {
        let deep = format!("a: {}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(yaml::<serde_json::Value>(&deep).is_err());
        let mut laughs = "a0: &a0 [x, x]\n".to_owned();
        for n in 1..40 {
            laughs.push_str(&format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
        }
        assert!(yaml::<serde_json::Value>(&laughs).is_err());
        let documents = "---\na: 1\n".repeat(5_000);
        assert_eq!(yaml::<serde_json::Value>(&documents).map(|all| all.len()), Ok(5_000));
    }

    #[test]
    fn values_are_not_quoted() {
        #[derive(Debug, serde::Deserialize)]
        struct Typed {
            #[expect(dead_code, reason = "only parsed")]
            users: Vec<String>,
        }
        for text in
            ["users: CANARY", "users: [{CANARY: 1}]", "users: {\"CANARY\": CANARY}", "users: [\"CANARY"]
        {
            let (line, reason) = yaml::<Typed>(text).unwrap_err();
            assert!(!reason.contains("CANARY") && !reason.is_empty(), "{text}: {reason}");
            assert!(line.is_some(), "{text}");
        }
        assert!(yaml::<Typed>("a: 1").unwrap_err().1.contains("users"));
    }
}
