//! The grammar of label and field selectors: checked before a request is sent, applied by the
//! snapshot service.

use serde_json::{Map, Value};

/// One requirement of a label selector.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// The label is one of the values.
    In(String, Vec<String>),
    /// The label is absent or none of the values.
    NotIn(String, Vec<String>),
    /// The label is present.
    Exists(String),
    /// The label is absent.
    Absent(String),
    /// The label is a number greater than this.
    Greater(String, i64),
    /// The label is a number less than this.
    Less(String, i64),
}

/// Parses a label selector; the error is a sentence without its subject.
pub(crate) fn labels(text: &str) -> Result<Vec<Requirement>, String> {
    if text.chars().any(char::is_control) {
        return Err("it holds control characters".to_owned());
    }
    split_outside_parentheses(text)?.into_iter().map(requirement).collect()
}

/// Whether an object with these labels is selected.
pub(crate) fn selects(requirements: &[Requirement], labels: Option<&Map<String, Value>>) -> bool {
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
    let number = |key: &str| label(key).and_then(|value| value.parse::<i64>().ok());
    requirements.iter().all(|requirement| match requirement {
        Requirement::In(key, values) => label(key).is_some_and(|v| values.iter().any(|w| w == v)),
        Requirement::NotIn(key, values) => !label(key).is_some_and(|v| values.iter().any(|w| w == v)),
        Requirement::Exists(key) => label(key).is_some(),
        Requirement::Absent(key) => label(key).is_none(),
        Requirement::Greater(key, than) => number(key).is_some_and(|n| n > *than),
        Requirement::Less(key, than) => number(key).is_some_and(|n| n < *than),
    })
}

fn split_outside_parentheses(text: &str) -> Result<Vec<&str>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let (mut depth, mut start, mut parts) = (0_u32, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' if depth == 0 => depth = 1,
            ')' if depth == 1 => depth = 0,
            '(' | ')' => return Err("the parentheses do not match".to_owned()),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth != 0 {
        return Err("the parentheses do not match".to_owned());
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn requirement(part: &str) -> Result<Requirement, String> {
    let part = part.trim();
    if let Some(key) = part.strip_prefix('!') {
        return Ok(Requirement::Absent(label_key(key)?));
    }
    if let Some((head, list)) = part.split_once('(') {
        let list = list.trim_end();
        let values = list.strip_suffix(')').ok_or("there is text after the parentheses")?;
        let values = values.split(',').map(label_value).collect::<Result<Vec<_>, _>>()?;
        return match head.trim_end().rsplit_once(char::is_whitespace) {
            Some((key, "in")) => Ok(Requirement::In(label_key(key)?, values)),
            Some((key, "notin")) => Ok(Requirement::NotIn(label_key(key)?, values)),
            _ => Err("only in and notin may stand before parentheses".to_owned()),
        };
    }
    if let Some((key, value)) = part.split_once("!=") {
        return Ok(Requirement::NotIn(label_key(key)?, vec![label_value(value)?]));
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return Ok(Requirement::In(label_key(key)?, vec![label_value(value)?]));
    }
    let number =
        |value: &str| value.trim().parse().map_err(|_| "< and > compare with a whole number".to_owned());
    if let Some((key, value)) = part.split_once('>') {
        return Ok(Requirement::Greater(label_key(key)?, number(value)?));
    }
    if let Some((key, value)) = part.split_once('<') {
        return Ok(Requirement::Less(label_key(key)?, number(value)?));
    }
    Ok(Requirement::Exists(label_key(part)?))
}

fn label_key(given: &str) -> Result<String, String> {
    let key = given.trim();
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let prefix_ok = prefix.is_none_or(|p| {
        !p.is_empty()
            && p.len() <= 253
            && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
    });
    if name.is_empty() {
        return Err("a label name is missing".to_owned());
    }
    if !prefix_ok || !is_label_word(name) {
        return Err(format!("{:?} is not a label name", crate::error::cut(key, 60)));
    }
    Ok(key.to_owned())
}

fn label_value(given: &str) -> Result<String, String> {
    let value = given.trim();
    if value.is_empty() || is_label_word(value) {
        Ok(value.to_owned())
    } else {
        Err(format!("{:?} is not a label value", crate::error::cut(value, 60)))
    }
}

fn is_label_word(word: &str) -> bool {
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    word.len() <= 63
        && edge(word.bytes().next())
        && edge(word.bytes().last())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// One term of a field selector: path, whether it must be equal, value.
pub(crate) type FieldTerm = (String, bool, String);

/// Parses a field selector; `\` escapes `,` `=` and itself in values.
pub(crate) fn fields(text: &str) -> Result<Vec<FieldTerm>, String> {
    if text.chars().any(char::is_control) {
        return Err("it holds control characters".to_owned());
    }
    let mut terms = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, terms.last_mut()) {
            (',', _) => terms.push(String::new()),
            ('\\', Some(term)) => term.extend([Some('\\'), chars.next()].into_iter().flatten()),
            (c, Some(term)) => term.push(c),
            (_, None) => {}
        }
    }
    terms.iter().map(|term| term.trim()).filter(|term| !term.is_empty()).map(field_term).collect()
}

fn field_term(term: &str) -> Result<FieldTerm, String> {
    let (path, equal, value) = if let Some((path, value)) = term.split_once("!=") {
        (path, false, value)
    } else if let Some((path, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        (path, true, value)
    } else {
        return Err(format!("{:?} has no =, == or !=", crate::error::cut(term, 60)));
    };
    let path = path.trim();
    if path.is_empty() || !path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    {
        return Err(format!("{:?} is not a field", crate::error::cut(path, 60)));
    }
    let mut clean = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        clean.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    Ok((path.to_owned(), equal, clean))
}

/// A field selector term as the server reads it, with the value escaped.
pub(crate) fn field_equals(path: &str, value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace(',', "\\,").replace('=', "\\=");
    format!("{path}={escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn selected(selector: &str) -> bool {
        let object = json!({"app": "web", "tier": "front", "example.com/size": "10"});
        selects(&labels(selector).unwrap(), object.as_object())
    }

    #[test]
    fn the_whole_label_grammar() {
        let yes = [
            "",
            " ",
            "app=web",
            "app==web",
            "app = web",
            "app!=db",
            "none!=x",
            "app in (web, db)",
            "app in(web)",
            "app notin (db)",
            "none notin (x)",
            "app",
            "!none",
            "app=web,tier",
            "example.com/size>5",
            "example.com/size < 11",
            "app in (web),tier notin (back),!none",
        ];
        for selector in yes {
            let spaced = selector.replace("in(", "in (");
            assert!(selected(&spaced), "{selector}");
        }
        for selector in
            ["app=db", "!app", "none", "app in (db)", "app notin (web)", "app=", "app=web,tier=back"]
        {
            assert!(!selected(selector), "{selector}");
        }
    }

    #[test]
    fn what_the_server_would_refuse_is_refused() {
        let bad = [
            "=x",
            "a=b c",
            "a in b",
            "a in (b",
            "a in b)",
            "a like (b)",
            "-a=b",
            "a=b,,c",
            "a=é",
            "a\r\n=b",
            "a>x",
            "a=b&limit=1",
            "!",
            "/a=b",
            "a in ((b))",
            "a in (b) c",
        ];
        for selector in bad {
            assert!(labels(selector).is_err(), "{selector}");
        }
    }

    #[test]
    fn field_selectors() {
        assert_eq!(
            fields("metadata.name=a,type!=Normal, reason==X").unwrap(),
            [
                ("metadata.name".to_owned(), true, "a".to_owned()),
                ("type".to_owned(), false, "Normal".to_owned()),
                ("reason".to_owned(), true, "X".to_owned()),
            ]
        );
        assert_eq!(fields("").unwrap(), []);
        assert!(fields("metadata.name").is_err());
        assert!(fields("a b=c").is_err());
        let tricky = "a,b=c\\";
        assert_eq!(fields(&field_equals("x", tricky)).unwrap(), [("x".to_owned(), true, tricky.to_owned())]);
    }

    #[test]
    fn any_text_is_survived() {
        const PARTS: &[&str] = &[
            "a", "é", "=", "!", ",", "(", ")", " in ", " notin ", ">", "<", "\\", "/", ".", " ", "%2", "%C3",
            "+", "\n",
        ];
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        for _ in 0..20_000 {
            let mut given = String::new();
            for _ in 0..8 {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                given.push_str(PARTS[(seed % PARTS.len() as u64) as usize]);
            }
            let _ = (labels(&given), fields(&given), crate::names::decode(&given));
            assert_eq!(crate::names::decode(&crate::names::encode(&given)), given);
        }
    }
}
