//! One cause: from the cache, else from the model, which may look further before it answers.

use super::partial::Partial;
use super::talk::Words;
use super::{Event, Explained, Explainer, LookUp, Manner, Tell};
use crate::answer::{Answer, AnswerError, Look, Turn, parse, parse_turn};
use crate::cache::Key;
use crate::chat::{Ask, Message, Role};
use crate::mask::Masker;
use crate::plain;
use crate::prompt::{self, Looked, PROMPT_VERSION, PromptOptions};
use crate::question::Question;

/// How often a model may ask for more about one cause.
const LOOKS_MAX: usize = 6;
/// Backends that only repeat or continue text: what they say counts as it is.
const PROSE: [&str; 2] = ["noopai", "customrest"];

impl Explainer {
    pub(super) async fn one(
        &self,
        cause: usize,
        question: &Question,
        masker: Option<&Masker>,
        look: LookUp<'_>,
        tell: Tell<'_>,
    ) -> Result<Explained, String> {
        let ask = self.prompt(question, masker);
        let key = self.key(&ask);
        if let Some(cache) = &self.cache
            && let Some(entry) = cache.get(&key).await
            && let Ok(answer) = self.answer(&entry.text)
        {
            return Ok(explained(&answer, masker, true, Vec::new()));
        }
        let mut looked = Vec::new();
        let (reply, answer, knowing) = self.converse(cause, ask, masker, look, tell, &mut looked).await?;
        // Masks of what was looked at mean nothing to a run that has not looked.
        if let Some(cache) = self.cache.as_ref().filter(|_| knowing.is_none()) {
            cache.put(&key, &reply).await;
        }
        Ok(explained(&answer, knowing.as_ref().or(masker), false, looked))
    }

    fn key(&self, ask: &Ask) -> Key {
        let (version, parameters) = (PROMPT_VERSION.to_string(), self.backend.parameters());
        let mut parts =
            vec![self.backend.provider(), self.backend.model(), &parameters, &self.manner.language, &version];
        parts.extend(ask.messages.iter().map(|message| message.text.as_str()));
        Key::of(&parts)
    }

    fn answer(&self, text: &str) -> Result<Answer, AnswerError> {
        match parse(text) {
            // What it repeats may hold an object, that of the question.
            Err(AnswerError::NoObject { .. } | AnswerError::Broken { .. } | AnswerError::Schema { .. })
                if PROSE.contains(&self.backend.provider()) =>
            {
                Ok(Answer::plain(text))
            }
            other => other,
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
    ) -> Result<(String, Answer, Option<Masker>), String> {
        let mut mended = false;
        // Knows the names of what was looked at, too.
        let mut knowing: Option<Masker> = None;
        loop {
            let reply = self.reply(cause, &ask, knowing.as_ref().or(masker), tell).await?;
            let turn = if self.manner.investigate {
                parse_turn(&reply)
            } else {
                self.answer(&reply).map(Turn::Answer)
            };
            let next = match turn {
                Ok(Turn::Answer(answer)) => return Ok((reply, answer, knowing)),
                Ok(Turn::Look(_)) if looked.len() >= LOOKS_MAX => user(
                    "You have looked as often as you may. Answer now with what you know, in the form described.",
                ),
                Ok(Turn::Look(looks)) => {
                    let (found, names) =
                        self.found(cause, looks, knowing.as_ref().or(masker), look, tell, looked).await;
                    let known = knowing.as_ref().or(masker);
                    knowing = known.map(|masker| masker.with_names(names.iter().map(String::as_str)));
                    prompt::looked(&found, knowing.as_ref(), &self.options())
                }
                Err(error) if !mended => {
                    mended = true;
                    user(&format!(
                        "This cannot be read: {error}. Answer with the JSON object described, and nothing else."
                    ))
                }
                Err(error) => return Err(error.to_string()),
            };
            ask.messages.push(Message { role: Role::Assistant, text: reply });
            ask.messages.push(next);
        }
    }

    async fn found(
        &self,
        cause: usize,
        looks: Vec<Look>,
        masker: Option<&Masker>,
        look: LookUp<'_>,
        tell: Tell<'_>,
        looked: &mut Vec<String>,
    ) -> (Vec<Looked>, Vec<String>) {
        let (mut found, mut names) = (Vec::new(), Vec::new());
        for wanted in looks.into_iter().take(LOOKS_MAX.saturating_sub(looked.len())) {
            let wanted = masker.map_or_else(|| wanted.clone(), |masker| wanted.unmasked(masker));
            let line = line_of(&wanted);
            tell(Event::Looked { cause, text: &line });
            looked.push(line);
            let seen = look(wanted.clone()).await;
            names.extend(seen.names);
            found.push(Looked { text: seen.text, look: wanted });
        }
        (found, names)
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

    pub(super) fn options(&self) -> PromptOptions {
        let Manner { language, investigate, salt, .. } = &self.manner;
        PromptOptions { language: language.clone(), investigate: *investigate, salt: salt.clone() }
    }
}

/// What is looked at, in a line: `logs: Pod production/web-1, container web`.
fn line_of(look: &Look) -> String {
    let Look { tool, kind, namespace, name, container } = look;
    let place = [namespace, name].map(String::as_str).into_iter().filter(|part| !part.is_empty());
    let place = place.collect::<Vec<_>>().join("/");
    let container = if container.is_empty() { String::new() } else { format!(", container {container}") };
    let what = [kind, &place].map(String::as_str).into_iter().filter(|part| !part.is_empty());
    plain::line(&format!("{}: {}{container}", tool.name(), what.collect::<Vec<_>>().join(" ")), 300)
}

fn user(text: &str) -> Message {
    Message { role: Role::User, text: text.to_owned() }
}

fn explained(answer: &Answer, masker: Option<&Masker>, cached: bool, looked: Vec<String>) -> Explained {
    let text = match masker {
        Some(masker) => answer.unmasked(masker).to_markdown(),
        None => answer.to_markdown(),
    };
    Explained { text, cached, looked }
}
