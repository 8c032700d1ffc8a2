//! The conversation that a model is asked to continue.
//!
//! Text of the cluster stands in one JSON document between two lines that hold a nonce. Inside it line breaks
//! are escaped and so are the characters by which models mark roles, so that nothing in it can end the
//! quotation or look like a turn of its own.

mod document;
mod schema;
mod words;

pub use document::PROMPT_MAX;

use crate::mask::nonce;
use crate::{Ask, Look, Masker, Message, Question, Role, plain, scrubbed};
use document::{Hide, document, escaped};

/// Counts changes of what is sent, for the key of the cache.
pub const PROMPT_VERSION: u32 = 1;

/// Longest result (characters) of one look.
const FOUND_MAX: usize = 4_000;
/// Longest question of a person (characters).
const FOLLOW_UP_MAX: usize = 2_000;
/// Longest name of a language (characters).
const LANGUAGE_MAX: usize = 40;

/// How to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptOptions {
    /// Language of the answer, in free words; empty means English.
    pub language: String,
    /// The model may ask for more objects before it answers.
    pub investigate: bool,
    /// What the nonce is made with besides the content: the key of the cache scope.
    pub salt: Vec<u8>,
}

/// What was found for one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// What was asked for, with the names of the cluster.
    pub look: Look,
    /// What was found, or why nothing was.
    pub text: String,
}

/// The conversation about one cause; with a masker no name of the cluster is in it. Credentials are not in it
/// either way.
pub fn prompt(question: &Question, masker: Option<&Masker>, options: &PromptOptions) -> Ask {
    let hide = Hide { masker };
    let content = document(question, &hide);
    let manual = words::manual(question);
    let language = language(&options.language);
    let system = words::system(&language, masker.is_some(), options.investigate);
    let user = format!("{manual}{}\n{}", quoted(&content, &options.salt), words::CLOSING);
    Ask {
        messages: vec![
            Message { role: Role::System, text: system },
            Message { role: Role::User, text: user },
        ],
        schema: Some(schema::schema(options.investigate)),
    }
}

/// The turn that brings what was looked up.
pub fn looked(results: &[Looked], masker: Option<&Masker>, options: &PromptOptions) -> Message {
    let hide = Hide { masker };
    let each = FOUND_MAX.min(PROMPT_MAX / results.len().max(1));
    let list: Vec<serde_json::Value> = results
        .iter()
        .map(|result| {
            let look = &result.look;
            let args = [("kind", &look.kind), ("namespace", &look.namespace), ("name", &look.name), ("container", &look.container)];
            let args = args.into_iter().filter(|(_, value)| !value.is_empty());
            let args: serde_json::Map<String, serde_json::Value> =
                args.map(|(key, value)| (key.to_owned(), hide.text(value, 300).into())).collect();
            serde_json::json!({ "tool": look.tool.name(), "args": args, "found": hide.lines(&result.text, each) })
        })
        .collect();
    let content = escaped(&serde_json::Value::from(list));
    Message { role: Role::User, text: format!("{}\n{}", quoted(&content, &options.salt), words::LOOKED) }
}

/// The turns that open a conversation about a report.
pub fn about(report: &str, masker: Option<&Masker>, options: &PromptOptions) -> Vec<Message> {
    let content = Hide { masker }.lines(report, PROMPT_MAX);
    let content = escaped(&serde_json::Value::from(content.lines().collect::<Vec<_>>()));
    let system = words::conversation(&language(&options.language), masker.is_some());
    vec![
        Message { role: Role::System, text: system },
        Message { role: Role::User, text: quoted(&content, &options.salt) },
    ]
}

/// A person's further question in the same conversation.
pub fn follow_up(question: &str, masker: Option<&Masker>) -> Message {
    let text = Hide { masker }.lines(question, FOLLOW_UP_MAX);
    Message { role: Role::User, text: format!("{text}\n\n{}", words::FOLLOW_UP) }
}

/// The name of a language as it may stand in an instruction: letters, spaces and a few signs.
fn language(told: &str) -> String {
    let sign = |c: char| c.is_alphabetic() || c == ' ' || "-()'".contains(c);
    let clean: String = plain::line(told, 200).chars().filter(|c| sign(*c)).take(LANGUAGE_MAX).collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if clean.is_empty() { "English".to_owned() } else { clean }
}

/// The content between two lines that it cannot hold.
fn quoted(content: &str, salt: &[u8]) -> String {
    let mut mark = nonce(salt, content);
    while content.contains(&mark) {
        mark = nonce(mark.as_bytes(), content);
    }
    format!("--- cluster data {mark} begins ---\n{content}\n--- cluster data {mark} ends ---")
}

impl Hide<'_> {
    /// One line as it may be sent: credentials out, a cut word out, names masked, bounded, in this order.
    pub(super) fn text(&self, text: &str, most: usize) -> String {
        self.hidden(&plain::line(text, text.len()), |text| plain::cut(text, most))
    }

    /// The same for several lines.
    pub(super) fn lines(&self, text: &str, most: usize) -> String {
        self.hidden(&plain::lines(text, text.len()), |text| plain::cut(text, most))
    }

    fn hidden(&self, text: &str, bounded: impl Fn(String) -> String) -> String {
        let clean = scrubbed(text);
        bounded(match self.masker {
            Some(masker) => masker.mask(plain::without_fragment(&clean)),
            None => clean,
        })
    }
}
