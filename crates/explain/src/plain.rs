//! Text from outside as it may be shown or sent: without terminal escapes, control characters and characters
//! that change what a reader sees.

/// One line of at most `most` characters; what is cut ends in `…`.
pub(crate) fn line(text: &str, most: usize) -> String {
    let clean = without_escapes(text);
    let mut out = String::new();
    for word in clean.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > most * 4 {
            break;
        }
    }
    cut(out, most)
}

/// Several lines of at most `most` characters in total; tabs become spaces.
pub(crate) fn lines(text: &str, most: usize) -> String {
    let clean = without_escapes(text);
    let trimmed: Vec<&str> = clean.trim().lines().map(str::trim_end).collect();
    cut(trimmed.join("\n"), most)
}

/// A piece of a longer text, its line breaks and spaces as they are.
pub(crate) fn piece(text: &str) -> String {
    without_escapes(text)
}

/// At most `most` characters, cut between words where one ends near.
pub(crate) fn cut(text: String, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text };
    let kept = &text[..end];
    let word = kept.rfind(char::is_whitespace).filter(|space| kept.len() - space < 64);
    format!("{}…", kept[..word.unwrap_or(end)].trim_end())
}

/// The text without the word that was cut at its end: the beginning of a name is no name, and would not be
/// found as one.
pub(crate) fn without_fragment(text: &str) -> &str {
    match text.strip_suffix('…') {
        Some(whole) if !whole.ends_with(char::is_whitespace) => {
            whole.rfind(char::is_whitespace).map_or("", |space| &whole[..space])
        }
        Some(whole) => whole,
        None => text,
    }
}

fn is_hidden(c: char) -> bool {
    view::is_invisible(c)
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Line breaks and spaces stay; escape sequences go with what belongs to them.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.next() {
                Some('[') => while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
                Some(']' | 'P' | '^' | '_') => skip_string(&mut rest),
                _ => {}
            },
            '\u{9b}' => while rest.next().is_some_and(|c| !('@'..='~').contains(&c)) {},
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            c if c.is_control() || is_hidden(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The rest of a sequence that a bell or `ESC \` ends; a line break ends it too, so that little is lost.
fn skip_string(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    while let Some(c) = rest.next_if(|c| *c != '\n') {
        if c == '\u{7}' || c == '\u{9c}' {
            return;
        }
        if c == '\u{1b}' {
            rest.next_if_eq(&'\\');
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, line, lines, without_fragment};

    #[test]
    fn escapes_and_invisible_characters_go() {
        assert_eq!(
            line("a\u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7}b\u{202e}c\r\n d\u{9b}2Je\u{e0041}", 99),
            "ared bc de"
        );
        assert_eq!(lines("one \n\ttwo\u{8}\n\n", 99), "one\n two");
        assert_eq!(line("\u{1b}", 9), "");
    }

    #[test]
    fn what_is_cut_ends_between_words() {
        assert_eq!(cut("one two three".to_owned(), 9), "one two…");
        assert_eq!(cut("one".to_owned(), 3), "one");
        assert_eq!(without_fragment("pod web-1 of chec…"), "pod web-1 of");
        assert_eq!(without_fragment("whole"), "whole");
    }
}
