//! What a model said, checked and made harmless.

mod commands;
mod extract;
mod read;
mod render;

pub use commands::Command;
pub use read::{parse, parse_turn};

use crate::{Masker, plain};

/// Longest answer (bytes) that is looked at.
pub const ANSWER_MAX: usize = 256 * 1024;
/// Longest explanation in plain text (characters).
const PLAIN_MAX: usize = 8_000;

/// An explanation. All text is free of control characters and bounded; nothing of it is ever run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What is wrong and why.
    pub cause: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands for the reader.
    pub commands: Vec<Command>,
    /// How sure the model is; none for backends that answer in plain text.
    pub confidence: Option<Confidence>,
}

/// How sure a model is of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// The evidence proves it.
    High,
    /// Likely.
    Medium,
    /// A guess.
    Low,
}

impl Confidence {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        }
    }
}

/// A tool that reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// One object.
    GetObject,
    /// The log of a pod's container.
    Logs,
    /// Events about one object.
    Events,
    /// The objects of a kind.
    List,
}

impl Tool {
    /// Its name in prompts.
    pub fn name(self) -> &'static str {
        match self {
            Tool::GetObject => "get_object",
            Tool::Logs => "logs",
            Tool::Events => "events",
            Tool::List => "list",
        }
    }
}

/// What a model wants to look at before it answers. Absent arguments are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// How.
    pub tool: Tool,
    /// Kind of the object.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Container of a pod.
    pub container: String,
}

/// What a model did with its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It explained.
    Answer(Answer),
    /// It wants to see more.
    Look(Vec<Look>),
}

/// Why an answer cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Nothing was said.
    #[error("model's answer is empty: try again, or raise maxtokens")]
    Empty,
    /// More was said than anybody reads.
    #[error("model's answer has {bytes} bytes, more than {ANSWER_MAX}: set a lower maxtokens")]
    TooLong {
        /// Length of the answer.
        bytes: usize,
    },
    /// The model will not.
    #[error("model refused to answer, {quote:?}: try another model")]
    Refused {
        /// Its first words.
        quote: String,
    },
    /// There is no JSON object in it.
    #[error("model's answer holds no JSON object, {quote:?}: try a model that follows a schema")]
    NoObject {
        /// Its first words.
        quote: String,
    },
    /// The object cannot be read.
    #[error("model's answer is broken JSON ({reason}), {quote:?}: try again, or raise maxtokens")]
    Broken {
        /// What the parser says.
        reason: String,
        /// Its first words.
        quote: String,
    },
    /// The object is not what was asked for.
    #[error("model's answer has a bad {field} ({reason}), {quote:?}: try a model that follows a schema")]
    Schema {
        /// The member at fault.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
        /// Its first words.
        quote: String,
    },
}

impl Answer {
    /// The answer of a backend that knows no JSON: its text, made harmless and bounded.
    pub fn plain(text: &str) -> Answer {
        let start = &text[..text.floor_char_boundary(ANSWER_MAX)];
        Answer { cause: plain::lines(start, PLAIN_MAX), ..Answer::default() }
    }

    /// The answer with the names of the cluster in place of masks. A command in which a name would make a
    /// shell do something else is left out.
    pub fn unmasked(&self, masker: &Masker) -> Answer {
        Answer {
            cause: plain::lines(&masker.unmask(&self.cause), PLAIN_MAX),
            steps: self.steps.iter().map(|step| plain::line(&masker.unmask(step), PLAIN_MAX)).collect(),
            commands: self.commands.iter().filter_map(|command| command.unmasked(masker)).collect(),
            confidence: self.confidence,
        }
    }
}

impl Look {
    /// The look with the names of the cluster in place of masks.
    pub fn unmasked(&self, masker: &Masker) -> Look {
        Look {
            tool: self.tool,
            kind: masker.unmask(&self.kind),
            namespace: masker.unmask(&self.namespace),
            name: masker.unmask(&self.name),
            container: masker.unmask(&self.container),
        }
    }
}
