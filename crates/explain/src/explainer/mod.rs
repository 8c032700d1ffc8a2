//! Causes to explanations: which model is asked what, within which budget.

mod ask;
mod budget;
mod partial;
mod talk;

use crate::backend::Backend;
use crate::cache::Cache;
use crate::chat::Ask;
use crate::mask::Masker;
use crate::prompt::prompt;
use crate::question::Question;
use budget::Budget;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use std::time::Duration;

pub use talk::Talk;

/// Time after which a run asks no more; what has come until then is kept.
const DEADLINE: Duration = Duration::from_secs(300);
/// Calls at a time when nothing else is asked for.
pub const CONCURRENCY: usize = 10;

/// How causes are explained.
#[derive(Clone, Debug)]
pub struct Manner {
    /// Language of the answers, in its own or in English words.
    pub language: String,
    /// Calls at a time.
    pub concurrency: usize,
    /// Most calls of the run.
    pub max_calls: Option<u64>,
    /// Tokens after which no further call is made.
    pub max_tokens: Option<u64>,
    /// The model may ask for more before it answers.
    pub investigate: bool,
    /// What the nonces of prompts are made with besides their content.
    pub salt: Vec<u8>,
    /// Time of the whole run.
    pub deadline: Duration,
}

impl Default for Manner {
    fn default() -> Manner {
        Manner {
            language: "english".to_owned(),
            concurrency: CONCURRENCY,
            max_calls: None,
            max_tokens: None,
            investigate: false,
            salt: Vec::new(),
            deadline: DEADLINE,
        }
    }
}

/// Explains causes with a model. One for each run: it counts what the run costs.
pub struct Explainer {
    backend: Backend,
    cache: Option<Cache>,
    manner: Manner,
    budget: Budget,
}

/// What happens while causes are explained.
#[derive(Debug)]
pub enum Event<'a> {
    /// The model says something about a cause: words for a person, as they come.
    Said {
        /// Position of the cause.
        cause: usize,
        /// The words.
        text: &'a str,
    },
    /// The model asked for something more.
    Looked {
        /// Position of the cause.
        cause: usize,
        /// What it asked for, in a line.
        text: &'a str,
    },
    /// A cause is explained, or will not be.
    Ended {
        /// Position of the cause.
        cause: usize,
        /// The explanation.
        words: &'a Result<Explained, String>,
    },
}

/// Told what happens.
pub type Tell<'a> = &'a (dyn Fn(Event<'_>) + Send + Sync);
/// Reads what a model asks for.
pub type LookUp<'a> = &'a (dyn Fn(crate::answer::Look) -> BoxFuture<'a, Seen> + Send + Sync);

/// What was seen of the cluster for a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// It as text, or why there is none.
    pub text: String,
    /// Names in it, which the analysis may not have read.
    pub names: Vec<String>,
}

/// A model's explanation of one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Markdown, names unmasked.
    pub text: String,
    /// It was in the cache.
    pub cached: bool,
    /// What the model asked for before it answered, a line each.
    pub looked: Vec<String>,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Calls made.
    pub calls: u64,
    /// Tokens read and written, as far as the endpoint told.
    pub tokens: u64,
}

impl Explainer {
    /// A run over a backend; answers are kept in the cache, if there is one.
    pub fn new(backend: Backend, cache: Option<Cache>, manner: Manner) -> Explainer {
        let budget = Budget::new(manner.max_calls, manner.max_tokens);
        Explainer { backend, cache, manner, budget }
    }

    /// The backend.
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The cache.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// What would be sent about a cause.
    pub fn prompt(&self, question: &Question, masker: Option<&Masker>) -> Ask {
        prompt(question, masker, &self.options())
    }

    /// What the run has cost so far.
    pub fn spent(&self) -> Spent {
        let (calls, tokens) = self.budget.spent();
        Spent { calls, tokens }
    }

    async fn ended(
        &self,
        cause: usize,
        question: &Question,
        masker: Option<&Masker>,
        look: LookUp<'_>,
        tell: Tell<'_>,
    ) -> (usize, Result<Explained, String>) {
        let words = self.one(cause, question, masker, look, tell).await;
        tell(Event::Ended { cause, words: &words });
        (cause, words)
    }

    /// One explanation a question, or why there is none. Never fails as a whole.
    pub async fn explain(
        &self,
        questions: &[Question],
        masker: Option<&Masker>,
        look: LookUp<'_>,
        tell: Tell<'_>,
    ) -> Vec<Result<Explained, String>> {
        let late = format!("no answer within {} s for all causes together", self.manner.deadline.as_secs());
        let mut all: Vec<Result<Explained, String>> = questions.iter().map(|_| Err(late.clone())).collect();
        let mut asked = Vec::new();
        for (cause, question) in questions.iter().enumerate() {
            asked.push(self.ended(cause, question, masker, look, tell).boxed());
        }
        let mut answers =
            futures::stream::iter(asked).buffer_unordered(self.manner.concurrency.clamp(1, 100));
        let collect = async {
            while let Some((cause, words)) = answers.next().await {
                all[cause] = words;
            }
        };
        let _ = tokio::time::timeout(self.manner.deadline, collect).await;
        drop(answers);
        all
    }
}
