//! Masks: what is sent to a model names nothing of the cluster, and what comes back names it again.
//!
//! A name is found at its boundaries: letters and digits of one script make an atom, and names are
//! sequences of atoms. At each place the longest name wins; then words that identify by their shape. A
//! word that looks like a mask is masked itself, so that unmasking gives every text back as it was.

mod atoms;
mod domains;
mod names;
mod scrub;
mod shapes;
mod token;
mod trie;

pub use scrub::scrubbed;

use atoms::{atom_end, before, is_word_at, lower};
use shapes::{Shape, shape};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use token::{Given, Mint, generated_end, joined, mask_end, plain};
use trie::{Match, Trie};
use view::{ObjectRef, View};

/// Words of Kubernetes, one or more a line.
const WORDS: &str = include_str!("words.txt");
/// Shortest name (characters) that is looked for in text.
const NAME_MIN: usize = 3;

/// Masks the names of one cluster. The same name under the same key has the same mask, whatever else the
/// cluster holds.
pub struct Masker {
    mint: Mint,
    trie: Trie,
    names: Vec<Box<str>>,
    given: Mutex<Given>,
    /// The masks of all names of the View, made when an answer holds one that this process never gave out.
    all: OnceLock<Given>,
}

impl Masker {
    /// Learns the names of a View. `key` is the scope in which masks stay the same: that of the cache.
    pub fn new(view: &View, key: &[u8]) -> Masker {
        let mut masker = Masker {
            mint: Mint::new(key),
            trie: vocabulary(),
            names: Vec::new(),
            given: Mutex::new(Given::default()),
            all: OnceLock::new(),
        };
        names::each(view, &mut |name| masker.add(name));
        masker
    }

    /// Learns the names of further objects: those of findings, which may be about what does not exist.
    pub fn learn<'a>(&mut self, objects: impl IntoIterator<Item = &'a ObjectRef>) {
        for object in objects {
            self.add(&object.namespace);
            self.add(&object.name);
        }
        self.all = OnceLock::new();
    }

    /// A masker that gives out the same masks and knows these names too: those of what a model looked at.
    #[must_use]
    pub fn with_names<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Masker {
        let mut masker = Masker {
            mint: self.mint.clone(),
            trie: self.trie.clone(),
            names: self.names.clone(),
            given: Mutex::new(Given::default()),
            all: OnceLock::new(),
        };
        names.into_iter().for_each(|name| masker.add(name));
        masker
    }

    fn add(&mut self, name: &str) {
        let name = atoms::trimmed(name);
        if name.chars().count() >= NAME_MIN && !domains::is_api_group(name) && self.trie.name(name) {
            self.names.push(name.into());
        }
    }

    /// The text with a mask in place of everything that identifies. Credentials are not its business: see
    /// [`scrubbed`].
    pub fn mask(&self, text: &str) -> String {
        let mut given = self.given();
        let mut out = String::with_capacity(text.len() + text.len() / 4);
        let (mut at, mut zone) = (0, Zone::default());
        while at < text.len() {
            let end = match self.span(text, at, &mut zone) {
                Some(Span::Mask(end)) => {
                    out.push_str(given.mask(&self.mint, &text[at..end]));
                    at = end;
                    continue;
                }
                Some(Span::Keep(end)) => end,
                None => atom_end(text, at),
            };
            out.push_str(&text[at..end]);
            at = end;
        }
        out
    }

    /// The text with names in place of masks, whatever their case. Words that only look like masks stay.
    pub fn unmask(&self, text: &str) -> String {
        let given = self.given();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            let mask = if joined(text, at) { None } else { mask_end(text, at) };
            let mask = mask.map(|end| (end, plain(&text[at..end])));
            let known = mask
                .as_ref()
                .and_then(|(end, mask)| Some((*end, given.text(mask).or_else(|| self.anew(mask))?)));
            let end = match known {
                Some((end, name)) => {
                    out.push_str(name);
                    end
                }
                None => {
                    let end = atom_end(text, at);
                    out.push_str(&text[at..end]);
                    end
                }
            };
            at = end;
        }
        out
    }

    /// The name behind a mask that another process gave out: one of a cached answer.
    fn anew(&self, mask: &str) -> Option<&str> {
        let all = self.all.get_or_init(|| {
            let mut all = Given::default();
            for name in &self.names {
                all.mask(&self.mint, name);
            }
            all
        });
        all.text(mask)
    }

    fn given(&self) -> MutexGuard<'_, Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do with what begins here; nothing means that one atom is passed over.
    fn span(&self, text: &str, at: usize, zone: &mut Zone) -> Option<Span> {
        let word = is_word_at(text, at);
        if !word && !text[at..].starts_with("::") {
            return None;
        }
        let Match { name, keep } = if word { self.trie.longest(text, at) } else { Match::default() };
        let name = name.map(|end| generated_end(text, end));
        let label = zone.label(text, at);
        let shape = match shape(text, at, |word| self.trie.is_name(word)) {
            Some(Shape::Whole(end)) => Some(end),
            Some(Shape::Labels(end)) if label.is_none() => {
                *zone = Zone { end, between: '.' };
                zone.label(text, at)
            }
            _ => None,
        };
        let mask = [name, mask_end(text, at).filter(|_| word && !joined(text, at)), shape, label];
        let mask = mask.into_iter().flatten().max();
        let span = match (mask, keep) {
            (Some(end), Some(keep)) if keep >= end && Some(keep) != name => self.kept(text, at, keep),
            (Some(end), _) => Some(Span::Mask(end)),
            (None, Some(keep)) => self.kept(text, at, keep),
            (None, None) => None,
        };
        if let Some(Span::Mask(end) | Span::Keep(end)) = span {
            zone.open_path(text, at, end);
        }
        span
    }

    /// A word to keep, unless a name begins in it that goes on behind it.
    fn kept(&self, text: &str, at: usize, end: usize) -> Option<Span> {
        let mut inside = atom_end(text, at);
        while inside < end {
            if is_word_at(text, inside) && self.trie.longest(text, inside).name.is_some_and(|name| name > end)
            {
                return None;
            }
            inside = atom_end(text, inside);
        }
        Some(Span::Keep(end))
    }
}

/// The words to keep; they are read once.
fn vocabulary() -> Trie {
    static READ: OnceLock<Trie> = OnceLock::new();
    let read = || {
        let mut trie = Trie::new();
        let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
        lines.flat_map(str::split_whitespace).for_each(|word| trie.keep(word));
        view::Kind::ALL.iter().for_each(|kind| trie.keep(kind.name()));
        trie
    };
    READ.get_or_init(read).clone()
}

/// Sixteen hexadecimal digits that nobody can tell beforehand who does not know all of the content.
pub(crate) fn nonce(key: &[u8], content: &str) -> String {
    Mint::new(key).hash(content.as_bytes())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A stretch of text.
enum Span {
    /// To be masked, up to here.
    Mask(usize),
    /// To be left as it is, up to here.
    Keep(usize),
}

/// A stretch of text in which every word between such separators is a name: the labels of a host of the
/// cluster, the path of an image.
#[derive(Default)]
struct Zone {
    end: usize,
    between: char,
}

impl Zone {
    /// Where the label ends that begins here.
    fn label(&self, text: &str, at: usize) -> Option<usize> {
        let starts = !before(text, at).is_some_and(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let rest = text.get(at..self.end).filter(|rest| starts && !rest.is_empty())?;
        let end = at + rest.find(self.between).unwrap_or(rest.len());
        (end > at).then_some(end)
    }

    /// Behind a registry stands the path of an image.
    fn open_path(&mut self, text: &str, at: usize, end: usize) {
        let path = text[end..].starts_with('/') && !text[..at].ends_with("://");
        if path && end >= self.end && domains::is_registry(&lower(&text[at..end])) {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
            let length = text[end..].find(|c| !allowed(c)).unwrap_or(text.len() - end);
            let path = text[end..end + length].trim_end_matches(['.', '/', '-', '_']);
            *self = Zone { end: end + path.len(), between: '/' };
        }
    }
}
