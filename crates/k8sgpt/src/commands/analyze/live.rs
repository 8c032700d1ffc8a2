//! A report on a terminal whose explanations appear while the model writes them.

use crate::print;
use engine::render::{self, TextOptions};
use engine::{Event, Report, Told};
use std::sync::{Mutex, PoisonError};

/// Prints the causes at once, and the explanations in their order as they come.
pub struct Live {
    options: TextOptions,
    state: Mutex<State>,
}

/// Explanations that wait for their turn.
#[derive(Default)]
struct State {
    causes: Vec<Waiting>,
    /// Position of the cause whose words are printed as they come.
    turn: usize,
}

#[derive(Default)]
struct Waiting {
    title: String,
    words: String,
    /// The explanation is complete, or will not come.
    done: bool,
}

impl Live {
    /// Prints with these options.
    pub fn new(options: TextOptions) -> Live {
        Live { options, state: Mutex::default() }
    }

    /// Prints what there is to be seen of it. That nobody reads it shows when the command ends.
    pub fn tell(&self, told: &Told<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match told {
            Told::Found(report) => {
                state.causes = report.causes.iter().map(Waiting::of).collect();
                let _ = print::out(&render::text(&bare(report), &self.options));
                state.begin(0);
            }
            Told::Explaining(Event::Said { cause, text }) => state.add(*cause, text),
            Told::Explaining(Event::Looked { cause, text }) => {
                state.add(*cause, &format!("(looks at {text})\n"));
            }
            Told::Explaining(Event::Ended { cause, words }) => {
                match words {
                    Ok(words) if state.is_silent(*cause) => state.add(*cause, &format!("{}\n", words.text)),
                    Ok(_) => {}
                    Err(reason) => {
                        state.add(*cause, &format!("no explanation by the AI provider: {reason}\n"));
                    }
                }
                state.end(*cause);
            }
        }
    }
}

impl Waiting {
    fn of(cause: &engine::CauseReport) -> Waiting {
        Waiting { title: format!("{} {}", cause.kind, cause.name), ..Waiting::default() }
    }
}

impl State {
    fn begin(&mut self, turn: usize) {
        self.turn = turn;
        if let Some(waiting) = self.causes.get(turn) {
            let _ = print::part(&format!("\nExplanation of {}:\n{}", waiting.title, waiting.words));
        }
    }

    fn add(&mut self, cause: usize, text: &str) {
        let turn = self.turn == cause;
        let Some(waiting) = self.causes.get_mut(cause) else { return };
        waiting.words.push_str(text);
        if turn {
            let _ = print::part(text);
        }
    }

    /// Nothing of it was said while it came, as with one from the cache.
    fn is_silent(&self, cause: usize) -> bool {
        self.causes.get(cause).is_some_and(|waiting| waiting.words.trim().is_empty())
    }

    /// It is complete, and the next cause's turn.
    fn end(&mut self, cause: usize) {
        if let Some(waiting) = self.causes.get_mut(cause) {
            waiting.done = true;
        }
        while self.causes.get(self.turn).is_some_and(|waiting| waiting.done) {
            self.begin(self.turn + 1);
        }
    }
}

/// The report without explanations.
fn bare(report: &Report) -> Report {
    let mut bare = report.clone();
    bare.explained_by = None;
    bare.causes.iter_mut().for_each(|cause| cause.explanation = None);
    bare
}
