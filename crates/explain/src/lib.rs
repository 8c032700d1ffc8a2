//! Findings to words.
//!
//! Without a model, the manual page of a rule together with the finding's own values is a complete
//! explanation: [`guidance`] puts it together. For a model, a [`Question`] holds what is known of one cause,
//! [`prompt`] makes a conversation of it in which a [`Masker`] has hidden every name, a [`Backend`] is asked,
//! and [`parse`] reads what comes back. An [`Explainer`] does all of it for the causes of one report.

mod answer;
mod backend;
pub mod cache;
mod chat;
mod explainer;
mod guidance;
mod mask;
mod place;
mod plain;
mod prompt;
mod provider;
mod question;

pub use answer::{ANSWER_MAX, Answer, AnswerError, Command, Confidence, Look, Tool, Turn, parse, parse_turn};
pub use backend::{BACKENDS, Backend, BackendError, BackendInfo, Protocol, Surroundings};
pub use chat::{Ask, Message, Reply, Role};
pub use explainer::{CONCURRENCY, Event, Explained, Explainer, LookUp, Manner, Seen, Spent, Talk, Tell};
pub use guidance::{BUILT_IN, guidance};
pub use mask::{Masker, scrubbed};
pub use place::CachePlace;
pub use prompt::{Looked, PROMPT_MAX, PROMPT_VERSION, PromptOptions, follow_up, looked, prompt};
pub use provider::{Decimal, KeyPlace, Parameters, Provider};
pub use question::{Neighbour, Proof, Question, Step, neighbours};
