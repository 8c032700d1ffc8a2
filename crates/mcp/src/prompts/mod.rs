//! The prompts: guided troubleshooting that starts from what the cluster says now.

mod cluster;
mod deployment;
mod facts;
mod pod;

use futures::future::BoxFuture;
use rmcp::model::{GetPromptResult, PromptArgument, PromptMessage, Role};

use crate::arg::Arg;
use crate::handler::Server;
use crate::output::Fault;
use crate::read::Args;

/// A prompt.
pub struct Prompt {
    /// Name as documented.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it takes.
    pub args: &'static [Arg],
    /// Writes its text.
    pub run: for<'a> fn(&'a Server, Args) -> BoxFuture<'a, Result<String, Fault>>,
}

/// All prompts, sorted by name.
pub static ALL: &[&Prompt] = &[&cluster::PROMPT, &deployment::PROMPT, &pod::PROMPT];

/// The prompt of this name.
pub fn find(name: &str) -> Option<&'static Prompt> {
    ALL.iter().copied().find(|prompt| prompt.name == name)
}

/// As clients see them.
pub fn declarations() -> Vec<rmcp::model::Prompt> {
    let argument = |arg: &Arg| {
        PromptArgument::new(arg.name).with_description(arg.description).with_required(arg.required)
    };
    ALL.iter()
        .map(|prompt| {
            let args = prompt.args.iter().map(argument).collect();
            rmcp::model::Prompt::new(prompt.name, Some(prompt.description), Some(args)).with_title(prompt.title)
        })
        .collect()
}

/// The answer: one message of the user.
pub fn result(prompt: &Prompt, text: &str) -> GetPromptResult {
    let message = PromptMessage::new_text(Role::User, text);
    GetPromptResult::new(vec![message]).with_description(prompt.description)
}
