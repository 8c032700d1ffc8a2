//! Where words begin and end.

use std::borrow::Cow;

/// Which characters go together: ASCII letters and digits, those of other scripts, and everything else,
/// which separates.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Ascii,
    Foreign,
    Other,
}

fn class(c: char) -> Class {
    match c {
        c if c.is_ascii_alphanumeric() => Class::Ascii,
        c if !c.is_ascii() && c.is_alphanumeric() => Class::Foreign,
        _ => Class::Other,
    }
}

/// Whether a letter or digit stands at this position.
pub(super) fn is_word_at(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(|c| class(c) != Class::Other)
}

/// Where the atom that begins here ends: a run of letters and digits of one class, or one other character.
pub(super) fn atom_end(text: &str, at: usize) -> usize {
    let mut rest = text[at..].char_indices();
    let Some((_, first)) = rest.next() else { return at };
    let of = class(first);
    if of == Class::Other {
        return at + first.len_utf8();
    }
    rest.find(|(_, c)| class(*c) != of).map_or(text.len(), |(end, _)| at + end)
}

/// The atoms of a text.
pub(super) fn atoms(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let end = atom_end(text, at);
        let atom = &text[at..end];
        at = end;
        (!atom.is_empty()).then_some(atom)
    })
}

/// The text in lower case, without a copy where it is already.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// The text without what separates at its ends.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c| class(c) == Class::Other)
}

/// The character before a position.
pub(super) fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}
