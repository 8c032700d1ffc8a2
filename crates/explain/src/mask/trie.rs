//! Names and words to keep, found in a text by their atoms: longest first, only at boundaries.

use super::atoms::{atom_end, atoms, lower};
use std::collections::HashMap;

/// What ends at a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Nothing,
    Name,
    Keep,
}

/// A tree whose edges are atoms in lower case.
#[derive(Clone)]
pub(super) struct Trie {
    atoms: HashMap<Box<str>, u32>,
    edges: HashMap<(u32, u32), u32>,
    ends: Vec<Ends>,
}

/// Where the longest name and the longest word to keep end that begin at a position.
#[derive(Clone, Copy, Default)]
pub(super) struct Match {
    pub name: Option<usize>,
    pub keep: Option<usize>,
}

impl Trie {
    pub fn new() -> Trie {
        Trie { atoms: HashMap::new(), edges: HashMap::new(), ends: vec![Ends::Nothing] }
    }

    fn node(&mut self, text: &str) -> usize {
        let mut node = 0;
        for atom in atoms(text) {
            let atom = lower(atom);
            let fresh = self.atoms.len() as u32;
            let number = match self.atoms.get(&*atom) {
                Some(&known) => known,
                None => *self.atoms.entry(atom.into()).or_insert(fresh),
            };
            let fresh = self.ends.len() as u32;
            let next = *self.edges.entry((node, number)).or_insert(fresh);
            if next == fresh {
                self.ends.push(Ends::Nothing);
            }
            node = next;
        }
        node as usize
    }

    /// Adds a word that is never masked.
    pub fn keep(&mut self, word: &str) {
        let node = self.node(word);
        self.ends[node] = Ends::Keep;
    }

    /// Adds a name, unless it is a word to keep. Whether it was new.
    pub fn name(&mut self, name: &str) -> bool {
        let node = self.node(name);
        let new = node != 0 && self.ends[node] == Ends::Nothing;
        if new {
            self.ends[node] = Ends::Name;
        }
        new
    }

    /// What begins at a position.
    pub fn longest(&self, text: &str, at: usize) -> Match {
        let mut found = Match::default();
        let (mut node, mut from) = (0, at);
        while from < text.len() {
            let end = atom_end(text, from);
            let Some(&atom) = self.atoms.get(&*lower(&text[from..end])) else { break };
            let Some(&next) = self.edges.get(&(node, atom)) else { break };
            match self.ends[next as usize] {
                Ends::Name => found.name = Some(end),
                Ends::Keep => found.keep = Some(end),
                Ends::Nothing => {}
            }
            (node, from) = (next, end);
        }
        found
    }

    /// Whether this very word is a name.
    pub fn is_name(&self, word: &str) -> bool {
        !word.is_empty() && self.longest(word, 0).name == Some(word.len())
    }
}
