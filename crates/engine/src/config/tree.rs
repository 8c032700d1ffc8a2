//! Where every value of a YAML document stands, in bytes.

use serde_saphyr::granit_parser::{Event, Parser, Span, StrInput, StructureStyle, options};
use std::ops::Range;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    /// From the first to the last byte of its content; empty for a missing value.
    pub(super) span: Range<usize>,
    /// Written as `{…}` or `[…]`.
    pub(super) flow: bool,
    pub(super) shape: Shape,
}

/// What a value is made of.
#[derive(Debug)]
pub(super) enum Shape {
    Map(Vec<(Key, Node)>),
    List(Vec<Node>),
    /// A scalar, or a reference to an anchor.
    Leaf,
}

/// The key of a value with its place.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) span: Range<usize>,
}

impl Node {
    /// The position of a key, in any case.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        let Shape::Map(entries) = &self.shape else { return None };
        entries.iter().position(|(have, _)| have.name.eq_ignore_ascii_case(key))
    }

    /// The value of a key, in any case.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        let Shape::Map(entries) = &self.shape else { return None };
        entries.get(self.position(key)?).map(|(_, node)| node)
    }

    /// The items of a list.
    pub(super) fn items(&self) -> &[Node] {
        if let Shape::List(items) = &self.shape { items } else { &[] }
    }
}

/// How deep values may be nested; more than any configuration.
const DEEPEST: usize = 32;

/// The document's root. `None` when the text does not parse, holds no value, or has places that are not known.
pub(super) fn tree(text: &str) -> Option<Node> {
    let parser = Parser::new_from_str_with_options(text, options! { emit_comments: false });
    let mut reader = Reader { parser, text };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(..) => {}
            Event::StreamEnd => return None,
            event => return reader.node(&event, &span, DEEPEST),
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    text: &'a str,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next()?.ok()
    }

    /// The value whose first event was just read.
    fn node(&mut self, first: &Event<'a>, span: &Span, deeper: usize) -> Option<Node> {
        let deeper = deeper.checked_sub(1)?;
        let mut whole = bytes(span)?;
        // A text in lines of its own reaches to the next line's first word.
        whole.end = whole.start + self.text.get(whole.clone())?.trim_end().len();
        let mut grow = |to: &Range<usize>| {
            // The end of a block collection is an empty span somewhere after its comments.
            if !to.is_empty() {
                whole.end = whole.end.max(to.end);
            }
        };
        let (flow, shape) = match first {
            Event::Scalar(..) | Event::Alias(..) => (false, Shape::Leaf),
            Event::SequenceStart(style, ..) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        grow(&bytes(&span)?);
                        break;
                    }
                    let item = self.node(&event, &span, deeper)?;
                    grow(&item.span);
                    items.push(item);
                }
                (*style == StructureStyle::Flow, Shape::List(items))
            }
            Event::MappingStart(style, ..) => {
                let mut entries = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::MappingEnd) {
                        grow(&bytes(&span)?);
                        break;
                    }
                    let name =
                        if let Event::Scalar(text, ..) = &event { text.to_string() } else { String::new() };
                    let key = Key { name, span: self.node(&event, &span, deeper)?.span };
                    let (event, span) = self.next()?;
                    let value = self.node(&event, &span, deeper)?;
                    grow(&key.span);
                    grow(&value.span);
                    entries.push((key, value));
                }
                (*style == StructureStyle::Flow, Shape::Map(entries))
            }
            _ => return None,
        };
        Some(Node { span: whole, flow, shape })
    }
}

fn bytes(span: &Span) -> Option<Range<usize>> {
    Some(span.start.byte_offset()?..span.end.byte_offset()?)
}
