//! One cause: from the cache, else from the model, which may look further before it answers.

use super::partial::Partial;
use super::talk::Words;
use super::{Event, Explained, Explainer, LookUp, Manner, Tell};
use crate::answer::{self, Answer, Parsed};
use crate::cache::Key;
use crate::chat::{Ask, Message, Role};
use crate::mask::Masker;
use crate::prompt::{self, PROMPT_VERSION, PromptOptions};
use crate::question::Question;

/// How often a model may ask for more about one cause.
const LOOKS_MAX: usize = 6;
/// Characters of what was looked up that a model sees at most at a time.
const LOOK_CHARS: usize = 6000;

impl Explainer {
    pub(super) async fn one(
        &self,
        cause: usize,
        question: &Question,
        masker: Option<&Masker>,
        look: LookUp<'_>,
        tell: Tell<'_>,
    ) -> Result<Explained, String> {
        let ask = prompt(&self.manner, question, masker);
        let key = self.key(&ask);
        if let Some(answer) = self.cached(&key).await {
            return Ok(explained(&answer, masker, true, Vec::new()));
        }
        let mut looked = Vec::new();
        let answer = self.converse(cause, ask, masker, look, tell, &mut looked).await?;
        if let Some(cache) = &self.cache {
            cache.put(&key, &answer.to_json()).await;
        }
        Ok(explained(&answer, masker, false, looked))
    }

    fn key(&self, ask: &Ask) -> Key {
        let said: Vec<&str> = ask.messages.iter().map(|message| message.text.as_str()).collect();
        let (backend, manner) = (&self.backend, &self.manner);
        let parameters = backend.parameters();
        let mut parts = vec![backend.provider(), backend.model(), &parameters, &manner.language, PROMPT_VERSION];
        parts.extend(said);
        Key::of(&parts)
    }

    async fn cached(&self, key: &Key) -> Option<Answer> {
        let text = self.cache.as_ref()?.get(key).await?;
        match answer::parse(&text, false) {
            Ok(Parsed::Answer(answer)) => Some(answer),
            _ => None,
        }
    }

    /// Asks until there is an answer: what the model wants to see is added, a malformed answer is asked for
    /// once more.
    async fn converse(
        &self,
        cause: usize,
        mut ask: Ask,
        masker: Option<&Masker>,
        look: LookUp<'_>,
        tell: Tell<'_>,
        looked: &mut Vec<String>,
    ) -> Result<Answer, String> {
        let mut mended = false;
        loop {
            let reply = self.reply(cause, &ask, masker, tell).await?;
            let may_look = self.manner.investigate && looked.len() < LOOKS_MAX;
            let next = match answer::parse(&reply, may_look) {
                Ok(Parsed::Answer(answer)) => return Ok(answer),
                Ok(Parsed::Looks(looks)) => {
                    let mut seen = String::new();
                    for wanted in looks.into_iter().take(LOOKS_MAX.saturating_sub(looked.len())) {
                        let wanted = wanted.unmasked(masker);
                        let line = wanted.to_string();
                        tell(Event::Looked { cause, text: &line });
                        looked.push(line);
                        let found = look(wanted.clone()).await;
                        seen.push_str(&prompt::looked(&wanted, &found, masker, LOOK_CHARS));
                    }
                    seen
                }
                Err(error) if !mended => {
                    mended = true;
                    prompt::once_more(&error.to_string())
                }
                Err(error) => return Err(error.to_string()),
            };
            ask.messages.push(Message { role: Role::Assistant, text: reply });
            ask.messages.push(Message { role: Role::User, text: next });
        }
    }

    async fn reply(
        &self,
        cause: usize,
        ask: &Ask,
        masker: Option<&Masker>,
        tell: Tell<'_>,
    ) -> Result<String, String> {
        self.budget.call()?;
        let mut partial = Partial::default();
        let mut said = |text: &str| tell(Event::Said { cause, text });
        let mut words = Words::new(masker, &mut said);
        let mut heard = |piece: &str| words.add(&partial.read(piece));
        let reply = self.backend.ask(ask, &mut heard).await.map_err(|error| error.to_string())?;
        words.end();
        self.budget.spend(reply.tokens);
        if reply.cut {
            return Err("the answer was cut at the token limit; raise maxtokens of the provider".to_owned());
        }
        Ok(reply.text)
    }
}

/// What is sent about a cause.
pub(super) fn prompt(manner: &Manner, question: &Question, masker: Option<&Masker>) -> Ask {
    let options = PromptOptions { language: manner.language.clone(), investigate: manner.investigate };
    prompt::prompt(question, masker, &options)
}

fn explained(answer: &Answer, masker: Option<&Masker>, cached: bool, looked: Vec<String>) -> Explained {
    let text = match masker {
        Some(masker) => answer.unmasked(masker).to_markdown(),
        None => answer.to_markdown(),
    };
    Explained { text, cached, looked }
}
