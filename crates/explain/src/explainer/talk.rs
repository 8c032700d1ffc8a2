//! A conversation: turns in prose, the report before them.

use super::Explainer;
use crate::chat::{Ask, Message, Role};
use crate::mask::Masker;
use crate::{plain, prompt};

/// Turns that are sent along; older ones are forgotten.
const TURNS_MAX: usize = 20;

/// What has been said so far. Names in it are masked when they are to be.
#[derive(Clone, Debug)]
pub struct Talk {
    opening: Vec<Message>,
    turns: Vec<Message>,
}

impl Talk {
    fn ask(&self) -> Ask {
        let from = self.turns.len().saturating_sub(TURNS_MAX);
        Ask { messages: self.opening.iter().chain(&self.turns[from..]).cloned().collect(), schema: None }
    }
}

impl Explainer {
    /// A conversation about a report.
    pub fn talk_about(&self, report: &str, masker: Option<&Masker>) -> Talk {
        Talk { opening: prompt::about(report, masker, &self.options()), turns: Vec::new() }
    }

    /// Puts a question and gives the answer, of which `said` gets the pieces as they come. A question without an
    /// answer is forgotten.
    pub async fn talk(
        &self,
        talk: &mut Talk,
        question: &str,
        masker: Option<&Masker>,
        said: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), String> {
        self.budget.call()?;
        talk.turns.push(prompt::follow_up(question, masker));
        let mut words = Words::new(masker, said);
        let reply = self.backend.ask(&talk.ask(), &mut |piece| words.add(piece)).await;
        words.end();
        match reply {
            Ok(reply) => {
                self.budget.spend(reply.tokens);
                talk.turns.push(Message { role: Role::Assistant, text: reply.text });
                Ok(())
            }
            Err(error) => {
                talk.turns.pop();
                Err(error.to_string())
            }
        }
    }
}

/// Gives whole words on, unmasked and without what a terminal would obey: a mask may come in two pieces.
pub(super) struct Words<'a> {
    masker: Option<&'a Masker>,
    pending: String,
    said: &'a mut (dyn FnMut(&str) + Send),
}

impl<'a> Words<'a> {
    pub(super) fn new(masker: Option<&'a Masker>, said: &'a mut (dyn FnMut(&str) + Send)) -> Words<'a> {
        Words { masker, pending: String::new(), said }
    }

    pub(super) fn add(&mut self, piece: &str) {
        self.pending.push_str(piece);
        if let Some(end) = self.pending.rfind(char::is_whitespace) {
            let width = self.pending[end..].chars().next().map_or(1, char::len_utf8);
            let whole: String = self.pending.drain(..end + width).collect();
            self.say(&whole);
        }
    }

    pub(super) fn end(&mut self) {
        let rest = std::mem::take(&mut self.pending);
        if !rest.is_empty() {
            self.say(&rest);
        }
    }

    fn say(&mut self, text: &str) {
        let shown = self.masker.map_or_else(|| text.to_owned(), |masker| masker.unmask(text));
        (self.said)(&plain::piece(&shown));
    }
}
