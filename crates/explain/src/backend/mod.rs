//! AI backends: one provider, ready to be asked.
//!
//! [`setup`] checks what is configured, [`protocol`] writes requests and reads answers, [`auth`] shows who
//! asks, [`send`] does the input and output.

mod address;
mod auth;
mod claude;
mod client;
mod error;
mod frames;
mod info;
mod protocol;
mod refusal;
mod resolver;
mod secrets;
mod send;
mod setup;
mod surroundings;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use view::Sensitive;

pub use error::BackendError;
pub use info::{BACKENDS, BackendInfo, Protocol};
pub use surroundings::Surroundings;

use auth::Auth;
use protocol::{Heard, Manner};
use setup::Setup;

use crate::{Ask, Message, Provider, Reply, Role};

/// Seconds that one call may take, unless the provider says otherwise.
const SECONDS: u64 = 60;
/// Most seconds that a provider may say.
const MOST_SECONDS: u64 = 3600;

/// One provider, ready to be asked. A clone shares its connections.
#[derive(Clone)]
pub struct Backend(Arc<Inner>);

struct Inner {
    setup: Setup,
    auth: Auth,
    client: reqwest::Client,
    limit: Duration,
    /// The endpoint turned out to refuse what not every compatible server knows.
    plain: AtomicBool,
    /// The endpoint turned out to be without `/v1`.
    bare_url: AtomicBool,
}

impl std::fmt::Debug for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Backend({} at {})", self.provider(), self.endpoint())
    }
}

impl Backend {
    /// Checks the provider's settings and reads what its credentials need. Nothing is called yet. `headers`
    /// come from the command line; they win over those of the provider.
    pub fn new(
        provider: &Provider,
        surroundings: &Surroundings,
        headers: &[(String, Sensitive)],
    ) -> Result<Backend, BackendError> {
        let mut setup = Setup::of(provider, surroundings, headers)?;
        if let Some(organization) = provider.organization_id.as_deref().filter(|id| !id.trim().is_empty()) {
            setup.organize(organization.trim())?;
        }
        let client = client::endpoint(&setup, provider, surroundings)?;
        let auth = Auth::of(&setup, provider, surroundings)?;
        if setup.basic.is_some() && !auth.is_basic(&setup) {
            setup.warnings.push("user and password of the base URL are not sent: the key is".to_owned());
        }
        let seconds = provider.timeout_seconds.filter(|s| *s > 0).unwrap_or(SECONDS).min(MOST_SECONDS);
        Ok(Backend(Arc::new(Inner {
            setup,
            auth,
            client,
            limit: Duration::from_secs(seconds),
            plain: AtomicBool::new(false),
            bare_url: AtomicBool::new(false),
        })))
    }

    /// Name of the backend (`openai`).
    pub fn provider(&self) -> &str {
        self.0.setup.info.name
    }

    /// The model that is asked; empty where the endpoint has only one.
    pub fn model(&self) -> &str {
        &self.0.setup.model
    }

    /// The base URL without credentials, for messages.
    pub fn endpoint(&self) -> String {
        match self.0.setup.info.protocol {
            Protocol::Noop => "nowhere".to_owned(),
            _ => address::shown(&self.0.setup.base),
        }
    }

    /// True when prompts stay on this machine or in a private network.
    pub fn is_near(&self) -> bool {
        self.0.setup.is_near()
    }

    /// What is set and not sent, and why; one sentence each.
    pub fn warnings(&self) -> &[String] {
        &self.0.setup.warnings
    }

    /// Everything besides provider, model and question that decides an answer, for the key of a cache. Holds
    /// no secret. Lines of `name=value`.
    pub fn parameters(&self) -> String {
        let setup = &self.0.setup;
        let set = &setup.parameters;
        let mut out = format!("endpoint={}\n", self.endpoint());
        let texts = [
            ("deployment", setup.deployment.clone()),
            ("region", setup.region.clone()),
            ("project", setup.project.clone()),
            ("compartment", setup.compartment.clone()),
            ("api_version", setup.api_version.clone()),
            ("temperature", set.temperature.map(|n| n.get().to_string())),
            ("top_p", set.top_p.map(|n| n.get().to_string())),
            ("top_k", set.top_k.map(|n| n.to_string())),
            ("max_tokens", set.max_tokens.map(|n| n.to_string())),
        ];
        for (name, value) in texts.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            let _ = writeln!(out, "{name}={value:?}");
        }
        for stop in &set.stop_sequences {
            let _ = writeln!(out, "stop={stop:?}");
        }
        out
    }

    /// Asks the model. `said` gets pieces of its text as they come; together they are the text of the reply.
    /// Where an error follows pieces, they are not the whole answer.
    pub async fn ask(&self, ask: &Ask, said: &mut (dyn FnMut(&str) + Send)) -> Result<Reply, BackendError> {
        let setup = &self.0.setup;
        if setup.info.protocol == Protocol::Noop {
            let text = format!("I am a noop response to the prompt {}", protocol::question(ask));
            said(&text);
            return Ok(Reply { tokens: estimate(ask, &text), text, cut: false });
        }
        let heard = self.heard(ask, said).await?;
        if let Some(said) = heard.refusal {
            let said = setup.secrets.quoted(&said);
            return Err(BackendError::Refused { model: setup.model.clone(), said });
        }
        if heard.text.trim().is_empty() {
            let hint = match heard.cut {
                true => ": it used up its tokens before it wrote; raise maxtokens of the provider",
                false => "; ask again, or choose another model",
            };
            return Err(BackendError::Empty { model: setup.model.clone(), hint });
        }
        let tokens = heard.tokens.unwrap_or_else(|| estimate(ask, &heard.text));
        Ok(Reply { text: heard.text, tokens, cut: heard.cut })
    }

    /// One cheap call, to learn whether key, model and URL are right.
    pub async fn check(&self) -> Result<(), BackendError> {
        let text = "Answer with the single word: ok".to_owned();
        let ask = Ask { messages: vec![Message { role: Role::User, text }], schema: None };
        match self.ask(&ask, &mut |_| {}).await {
            Ok(_) | Err(BackendError::Empty { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Asks; where an OpenAI-compatible server refuses what not every one knows, once more without it.
    async fn heard(&self, ask: &Ask, said: &mut (dyn FnMut(&str) + Send)) -> Result<Heard, BackendError> {
        let inner = &*self.0;
        let line = send::Line {
            client: &inner.client,
            setup: &inner.setup,
            auth: &inner.auth,
            deadline: Instant::now() + inner.limit,
            limit: inner.limit,
        };
        let first = Manner {
            plain: inner.plain.load(Ordering::Relaxed),
            bare_url: inner.bare_url.load(Ordering::Relaxed),
        };
        let error = match line.ask(ask, first, said).await {
            Ok(heard) => return Ok(heard),
            Err(error) => error,
        };
        let second = match &error {
            BackendError::Rejected { status: 400 | 422, .. } if !first.plain => {
                Manner { plain: true, ..first }
            }
            // The original adds no `/v1`; servers behind a path may have none.
            BackendError::NotFound { .. } if !first.bare_url && inner.setup.base.path().len() > 1 => {
                Manner { bare_url: true, ..first }
            }
            _ => return Err(error),
        };
        let differs = |manner| {
            let written = protocol::write(&inner.setup, ask, manner);
            (written.url, written.body)
        };
        if differs(first) == differs(second) {
            return Err(error);
        }
        // What is wrong besides will be named by the second answer, or the first one was about it.
        let Ok(heard) = line.ask(ask, second, said).await else { return Err(error) };
        inner.plain.store(second.plain, Ordering::Relaxed);
        inner.bare_url.store(second.bare_url, Ordering::Relaxed);
        Ok(heard)
    }
}

/// Four characters a token.
fn estimate(ask: &Ask, answer: &str) -> u64 {
    let asked: usize = ask.messages.iter().map(|message| message.text.chars().count()).sum();
    u64::try_from((asked + answer.chars().count()).div_ceil(4)).unwrap_or(u64::MAX)
}
