//! Where the top-level keys of a YAML document stand, in bytes.

use serde_saphyr::granit_parser::{Event, Parser, Span, StructureStyle, options};
use std::ops::Range;

/// The top-level mapping of a document.
pub(super) struct Outline {
    /// Position of the mapping's first key; of its `{` in flow style. Absent without a mapping.
    pub(super) start: Option<usize>,
    /// True for `{…}`.
    pub(super) flow: bool,
    /// Byte after which nothing may be appended: the document's explicit end, or the end of the text.
    pub(super) end: usize,
    /// The keys, in order.
    pub(super) entries: Vec<Entry>,
}

/// A top-level key with its value.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    /// Line of the key, counted from 1.
    pub(super) line: u64,
    /// From the first to the last byte of the value's content; empty for a missing value.
    pub(super) value: Range<usize>,
    /// The value is a block sequence or block mapping.
    pub(super) block: bool,
    /// The items of a sequence, when all of them are scalars.
    pub(super) items: Option<Vec<(String, Range<usize>)>>,
}

/// Reads the outline. `None` when the text does not parse, or has positions that are not known.
pub(super) fn outline(text: &str) -> Option<Outline> {
    let mut reader =
        Reader { parser: Parser::new_from_str_with_options(text, options! { emit_comments: false }) };
    let mut found = Outline { start: None, flow: false, end: text.len(), entries: Vec::new() };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Some(found),
            Event::DocumentEnd if !span.is_empty() => found.end = found.end.min(bytes(&span)?.start),
            Event::MappingStart(style, ..) => {
                found.start = Some(bytes(&span)?.start);
                found.flow = style == StructureStyle::Flow;
                found.entries = reader.entries()?;
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, serde_saphyr::granit_parser::StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next()?.ok()
    }

    /// The keys of the mapping whose start was just read.
    fn entries(&mut self) -> Option<Vec<Entry>> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let key = match &event {
                Event::MappingEnd => return Some(entries),
                Event::Scalar(text, ..) => text.to_string(),
                _ => String::new(),
            };
            let line = span.start.line() as u64;
            let key_span = self.extent(&event, &span)?;
            let (event, span) = self.next()?;
            let block = matches!(
                event,
                Event::SequenceStart(StructureStyle::Block, ..)
                    | Event::MappingStart(StructureStyle::Block, ..)
            );
            let mut items = matches!(event, Event::SequenceStart(..)).then(Vec::new);
            let value = self.node(&event, &span, &mut items)?;
            entries.push(Entry { key, key_span, line, value, block, items });
        }
    }

    fn extent(&mut self, first: &Event<'a>, span: &Span) -> Option<Range<usize>> {
        self.node(first, span, &mut None)
    }

    /// The bytes of a node whose first event was just read, and its items if they are wanted.
    fn node(
        &mut self,
        first: &Event<'a>,
        span: &Span,
        items: &mut Option<Vec<(String, Range<usize>)>>,
    ) -> Option<Range<usize>> {
        let mut range = bytes(span)?;
        let mut depth = usize::from(opens(first));
        while depth > 0 {
            let (event, span) = self.next()?;
            let closes = matches!(event, Event::SequenceEnd | Event::MappingEnd);
            let here = bytes(&span)?;
            // The end of a block collection is an empty span somewhere after its comments.
            if !here.is_empty() {
                range.end = range.end.max(here.end);
            }
            match (&event, items.as_mut()) {
                (Event::Scalar(text, ..), Some(items)) if depth == 1 => items.push((text.to_string(), here)),
                (_, Some(_)) if !closes => *items = None,
                _ => {}
            }
            depth = if closes { depth - 1 } else { depth + usize::from(opens(&event)) };
        }
        Some(range)
    }
}

fn opens(event: &Event<'_>) -> bool {
    matches!(event, Event::SequenceStart(..) | Event::MappingStart(..))
}

fn bytes(span: &Span) -> Option<Range<usize>> {
    Some(span.start.byte_offset()?..span.end.byte_offset()?)
}
