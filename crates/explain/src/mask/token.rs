//! Masks: how one is made of a text, told from other words, and turned back.

use super::atoms::{atom_end, before};
use super::shapes::flavour;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Letters and digits of a mask's body: those of which Kubernetes makes its own suffixes, so that no word
/// of a language comes of them.
const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";
/// Letters of a body; a mask that another text has already is made longer.
const SHORT: usize = 8;
const LONGER: usize = 4;
const LONGEST: usize = 20;
/// What masks begin with.
pub(super) const FLAVOURS: [&str; 6] = ["name", "host", "ip", "id", "mail", "arn"];

/// Makes masks: HMAC-SHA256 under the key of a cache scope.
#[derive(Clone)]
pub(super) struct Mint {
    inner: Sha256,
    outer: Sha256,
}

impl Mint {
    pub fn new(key: &[u8]) -> Mint {
        let mut block = [0_u8; 64];
        if key.len() > block.len() {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let keyed = |pad: u8| Sha256::new().chain_update(block.map(|byte| byte ^ pad));
        Mint { inner: keyed(0x36), outer: keyed(0x5c) }
    }

    /// The keyed hash of a text.
    pub fn hash(&self, text: &[u8]) -> [u8; 32] {
        let inner = self.inner.clone().chain_update(text).finalize();
        self.outer.clone().chain_update(inner).finalize().into()
    }

    /// Masks of a text: the first is the one to use, the others for when another text has it already.
    pub fn masks(&self, text: &str) -> impl Iterator<Item = String> {
        let flavour = flavour(text);
        (0_u32..).map(move |turn| {
            let hash = match turn {
                0 => self.hash(text.as_bytes()),
                _ => self.hash(&[text.as_bytes(), &turn.to_be_bytes()].concat()),
            };
            let length = (SHORT + LONGER * turn as usize).min(LONGEST);
            let letter = |byte: &u8| LETTERS[usize::from(*byte) % LETTERS.len()] as char;
            format!("{flavour}-{}", hash[..length].iter().map(letter).collect::<String>())
        })
    }
}

/// The masks that were given out, both ways.
#[derive(Default)]
pub(super) struct Given {
    masks: HashMap<Box<str>, Box<str>>,
    texts: HashMap<Box<str>, Box<str>>,
}

impl Given {
    /// The mask of a text: the same each time.
    pub fn mask(&mut self, mint: &Mint, text: &str) -> &str {
        if !self.masks.contains_key(text) {
            let mut free = mint.masks(text).filter(|mask| !self.texts.contains_key(mask.as_str()));
            let mask: Box<str> = free.next().unwrap_or_default().into();
            self.texts.insert(mask.clone(), text.into());
            self.masks.insert(text.into(), mask);
        }
        self.masks.get(text).map_or("", |mask| mask)
    }

    /// The text behind a mask in lower case.
    pub fn text(&self, mask: &str) -> Option<&str> {
        self.texts.get(mask).map(|text| &**text)
    }
}

/// Where a word ends that has the shape of a mask, whether it was given out or not; models change the case
/// and the hyphen.
pub(super) fn mask_end(text: &str, at: usize) -> Option<usize> {
    let flavour_end = atom_end(text, at);
    let word = &text[at..flavour_end];
    let hyphen = text[flavour_end..].chars().next().filter(|c| is_hyphen(*c))?;
    if !FLAVOURS.iter().any(|flavour| flavour.eq_ignore_ascii_case(word)) {
        return None;
    }
    let body = flavour_end + hyphen.len_utf8();
    let end = atom_end(text, body);
    let letters = &text.as_bytes()[body..end];
    let whole = (SHORT..=LONGEST).contains(&letters.len());
    (whole && letters.iter().all(|b| LETTERS.contains(&b.to_ascii_lowercase()))).then_some(end)
}

/// A word of the shape of a mask as it was given out.
pub(super) fn plain(word: &str) -> String {
    word.chars().map(|c| if is_hyphen(c) { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}')
}

/// Whether an atom has the shape of a suffix that Kubernetes generates.
pub(super) fn is_suffix(atom: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&atom.len()) && atom.bytes().all(|b| LETTERS.contains(&b))
}

/// Where a name ends that was generated from the one that ends here: `web-65c4567f84-dbmdh`, `backup-28812345`.
pub(super) fn generated_end(text: &str, end: usize) -> usize {
    let next = |from: usize| {
        let hyphen = text[from..].starts_with('-');
        let atom = from + 1..if hyphen { atom_end(text, from + 1) } else { from + 1 };
        hyphen.then_some(atom)
    };
    let Some(first) = next(end) else { return end };
    let atom = &text[first.clone()];
    let number = atom.len() >= 8 && atom.bytes().all(|b| b.is_ascii_digit());
    if is_suffix(atom, 5..=5) {
        return first.end;
    }
    if !number && !is_suffix(atom, 6..=10) {
        return end;
    }
    match next(first.end).filter(|second| is_suffix(&text[second.clone()], 5..=5)) {
        Some(second) => second.end,
        None => first.end,
    }
}

/// Whether the character before a position belongs to another word of letters and digits.
pub(super) fn joined(text: &str, at: usize) -> bool {
    before(text, at).is_some_and(|c| c.is_ascii_alphanumeric())
}
