//! A YAML document with the line of every node: what a finding points at.
//!
//! Prometheus reads YAML with a parser of its own dialect. Where the two parsers are known to differ, and
//! where a document is hostile, the answer is that nothing is known.

use serde_saphyr::granit_parser::{
    ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput, options,
};
use std::collections::HashMap;
use std::rc::Rc;

/// Deepest nesting that is followed.
const DEPTH_MAX: usize = 64;
/// Most keys of a mapping that merges others into itself.
const MERGED_MAX: usize = 1_000;

/// What became of a text.
pub(crate) enum Parsed {
    /// The first document.
    Tree(Rc<Node>),
    /// It is not YAML, to any parser.
    Broken(Broken),
    /// Nothing may be concluded.
    Unknown,
}

/// Where a text ceases to be YAML.
pub(crate) struct Broken {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
    /// What the parser says; never a piece of the text.
    pub says: String,
    /// The line itself, where nothing near it looks like a credential.
    pub quote: Option<String>,
    /// A tab is at fault.
    tab: bool,
}

/// A line that may be shown: neither it nor those above it speak of credentials.
fn quotable(text: &str, line: usize) -> Option<String> {
    const TELLING: &[&str] =
        &["pass", "token", "secret", "cred", "auth", "bearer", "key", "user", "@", "header", "cert"];
    let near: Vec<&str> = text.lines().take(line).collect();
    let telling = near.iter().rev().take(6).any(|line| {
        let lower = line.to_lowercase();
        TELLING.iter().any(|word| lower.contains(word))
    });
    let quote = near.get(line.checked_sub(1)?)?.trim();
    (!telling && !quote.is_empty()).then(|| super::shown(quote))
}

/// Inside of brackets Prometheus takes tabs.
fn may_be_in_brackets(text: &str, line: usize) -> bool {
    let above = || text.lines().take(line.saturating_sub(1)).flat_map(str::chars);
    let opened = above().filter(|c| matches!(c, '[' | '{')).count();
    opened != above().filter(|c| matches!(c, ']' | '}')).count()
}

/// A value and where it stands.
pub(crate) struct Node {
    /// Counted from 1.
    pub line: usize,
    /// A scalar that is a text whatever it looks like.
    pub quoted: bool,
    pub value: Value,
}

/// A scalar stays text: what it means depends on the field.
pub(crate) enum Value {
    Null,
    Text(String),
    List(Vec<Rc<Node>>),
    Map(Vec<Entry>),
}

/// A key of a mapping with its value.
pub(crate) struct Entry {
    pub key: String,
    pub line: usize,
    pub value: Rc<Node>,
}

impl Node {
    /// The value under a key that is there and not null.
    pub fn get(&self, key: &str) -> Option<&Rc<Node>> {
        let entry = self.entries().iter().rev().find(|entry| entry.key == key)?;
        Some(&entry.value).filter(|node| !matches!(node.value, Value::Null))
    }
    /// The scalar under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text()
    }
    /// The elements of the list under a key; none for anything else.
    pub fn list(&self, key: &str) -> &[Rc<Node>] {
        self.get(key).map_or(&[], |node| node.items())
    }
    /// The scalar.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The elements of a list.
    pub fn items(&self) -> &[Rc<Node>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }
    /// The entries of a mapping.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }
}

/// Reads the first document of a text; Prometheus reads no other.
pub(crate) fn parse(text: &str) -> Parsed {
    let options = options! { emit_comments: false };
    let mut reader =
        Reader { parser: Parser::new_from_str_with_options(text, options), anchors: HashMap::new() };
    match reader.document() {
        Ok(Some(node)) => Parsed::Tree(node),
        Ok(None) => Parsed::Tree(Rc::new(Node { line: 1, quoted: false, value: Value::Null })),
        Err(Stop::Broken(broken)) if !(broken.tab && may_be_in_brackets(text, broken.line)) => {
            Parsed::Broken(Broken { quote: quotable(text, broken.line), ..broken })
        }
        Err(_) => Parsed::Unknown,
    }
}

enum Stop {
    Unknown,
    Broken(Broken),
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Rc<Node>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        match self.parser.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(stop(&error)),
            None => Err(Stop::Unknown),
        }
    }

    fn document(&mut self) -> Result<Option<Rc<Node>>, Stop> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd | Event::DocumentEnd, _) => return Ok(None),
                (event, span) => {
                    let node = self.node(event, &span, 0)?;
                    // What follows on the same level is an error that shows only now.
                    self.next()?;
                    return Ok(Some(node));
                }
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Rc<Node>, Stop> {
        let line = span.start.line();
        if depth > DEPTH_MAX {
            return Err(Stop::Unknown);
        }
        let quoted = matches!(&event, Event::Scalar(_, style, ..) if *style != ScalarStyle::Plain);
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let null = plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                (if null { Value::Null } else { Value::Text(text.into_owned()) }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => (self.sequence(depth)?, anchor),
            Event::MappingStart(_, anchor, _) => (self.mapping(depth)?, anchor),
            // Of an anchor that is still open, nobody knows the content.
            Event::Alias(anchor) => return self.anchors.get(&anchor).cloned().ok_or(Stop::Unknown),
            _ => return Err(Stop::Unknown),
        };
        let node = Rc::new(Node { line, quoted, value });
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, span) => items.push(self.node(event, &span, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Stop> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged: Vec<Rc<Node>> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let merges = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if &**text == "<<");
            let key = self.node(event, &span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth + 1)?;
            if merges {
                merged.push(value);
                continue;
            }
            let key_text = match &key.value {
                Value::Text(text) => text.clone(),
                Value::Null => "null".to_owned(),
                _ => return Err(no_key(&span)),
            };
            entries.push(Entry { key: key_text, line: key.line, value });
        }
        if !merged.is_empty() && entries.len() > MERGED_MAX {
            return Err(Stop::Unknown);
        }
        for node in merged.iter().flat_map(|node| std::iter::once(node).chain(node.items())) {
            for entry in node.entries() {
                if !entries.iter().any(|known| known.key == entry.key) {
                    let (key, line, value) = (entry.key.clone(), entry.line, entry.value.clone());
                    entries.push(Entry { key, line, value });
                }
            }
        }
        Ok(Value::Map(entries))
    }
}

/// YAML allows for a mapping or list as a key; Prometheus has none, and a forgotten template looks so.
fn no_key(span: &Span) -> Stop {
    let says = "a mapping or list stands where a key is expected, as {{ … }} of a template does".to_owned();
    Stop::Broken(Broken {
        line: span.start.line(),
        column: span.start.col() + 1,
        says,
        quote: None,
        tab: false,
    })
}

/// Errors that every YAML parser sees; in others a more lenient one may read on.
fn stop(error: &ScanError) -> Stop {
    use ErrorKind as Kind;
    let certain = matches!(
        error.kind(),
        Kind::UnexpectedEofFlowSequence
            | Kind::UnexpectedEofFlowMapping
            | Kind::UnknownAnchor
            | Kind::ExpectedNodeContent
            | Kind::ExpectedBlockMappingKey
            | Kind::ExpectedFlowMappingSeparator
            | Kind::ExpectedFlowSequenceSeparator
            | Kind::ExpectedBlockSequenceEntry
            | Kind::SimpleKeyExpected
            | Kind::UnexpectedCharacter { .. }
            | Kind::TabInBlockIndentation
            | Kind::TabInIndentation
            | Kind::TabInPlainScalar
            | Kind::TabNotAllowed
            | Kind::MisplacedFlowCollectionEnd
            | Kind::MismatchedFlowCollectionEnd { .. }
            | Kind::UnclosedFlowCollection { .. }
            | Kind::BlockSequenceEntryNotAllowed
            | Kind::UnclosedQuotedScalar
            | Kind::InvalidTrailingSingleQuotedScalar
            | Kind::InvalidTrailingDoubleQuotedScalar
            | Kind::UnknownQuotedScalarEscape
            | Kind::InvalidIndentation
            | Kind::InvalidBlockScalarHeader
            | Kind::MissingAnchorOrAliasName
            | Kind::MappingKeyNotAllowed
            | Kind::MappingValueNotAllowed
    );
    if !certain {
        return Stop::Unknown;
    }
    let at = error.marker();
    let tab = error.info().contains("tab");
    Stop::Broken(Broken { line: at.line(), column: at.col() + 1, says: error.info(), quote: None, tab })
}
