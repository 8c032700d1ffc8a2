//! Text that came from a cluster or a client, made fit to show: it is data, and can do nothing.

use std::fmt::Write as _;

/// Replaces what a terminal or a reader would obey instead of see (control characters, C1, text
/// direction, zero width, tag characters) by its JSON escape. Line feeds and tabs stay. JSON stays JSON,
/// since there such characters occur only inside strings.
pub fn visible(text: &str) -> String {
    if !text.chars().any(hidden) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut units = [0u16; 2];
    for c in text.chars() {
        if hidden(c) {
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        c if c.is_control() => true,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// [`visible`] on one line and at most `max` characters long.
pub fn brief(text: &str, max: usize) -> String {
    let flat: String = text.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }).collect();
    cut(&visible(&flat), max)
}

/// At most `max` characters of `text`, with an ellipsis when there were more.
pub fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The last `max` bytes of `text` from the start of a line, and whether anything was left out.
pub fn tail(text: &str, max: usize) -> (&str, bool) {
    if text.len() <= max {
        return (text, false);
    }
    let mut start = text.len() - max;
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let rest = &text[start..];
    match rest.find('\n') {
        Some(end) if end + 1 < rest.len() => (&rest[end + 1..], true),
        _ => (rest, true),
    }
}

/// Up to three of `known` that look like `given`, best first. Case does not count.
pub fn near<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let given = cut(&given.to_lowercase(), 100);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| {
            let lower = name.to_lowercase();
            let contained = given.len() >= 3 && (lower.contains(&given) || given.contains(&lower));
            (strsim::jaro_winkler(&given, &lower).max(if contained { 0.9 } else { 0.0 }), name)
        })
        .filter(|(score, _)| *score >= 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// `, did you mean a or b?`, or nothing.
pub fn did_you_mean(near: &[&str]) -> String {
    if near.is_empty() { String::new() } else { format!(", did you mean {}?", near.join(" or ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        let cases = [
            ("plain\ttext\n", "plain\ttext\n"),
            ("\u{1b}[31mred", "\\u001b[31mred"),
            ("a\u{202e}b", "a\\u202eb"),
            ("a\u{9b}b\u{7f}", "a\\u009bb\\u007f"),
            ("a\u{e0041}b", "a\\udb40\\udc41b"),
            ("line\r\nnext", "line\\u000d\nnext"),
        ];
        for (given, expected) in cases {
            assert_eq!(visible(given), expected);
        }
        let json = serde_json::json!({ "a": "x\u{202e}\u{e0041}\u{1b}" });
        let shown = visible(&json.to_string());
        assert!(!shown.contains('\u{202e}'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), json);
    }

    #[test]
    fn the_end_of_a_text_starts_at_a_line() {
        assert_eq!(tail("one\ntwo\nthree\n", 11), ("three\n", true));
        assert_eq!(tail("short", 10), ("short", false));
        assert_eq!(tail("äöü", 3), ("ü", true));
    }

    #[test]
    fn near_names_come_best_first() {
        assert_eq!(near("analyse", ["analyze", "config", "list-events"]), ["analyze"]);
        assert_eq!(did_you_mean(&["a", "b"]), ", did you mean a or b?");
        assert!(near("zzz", ["analyze"]).is_empty());
    }
}
