//! An answer as it is shown: in the shape of the built-in guidance.

use super::Answer;
use std::fmt::Write as _;

impl Answer {
    /// The explanation in Markdown: the cause, numbered steps, commands, how sure the model is. Commands that
    /// may change something say so.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("{}\n", self.cause);
        if !self.steps.is_empty() || !self.commands.is_empty() {
            let _ = writeln!(out, "\nWhat to do:");
        }
        for (number, step) in self.steps.iter().enumerate() {
            let _ = writeln!(out, "{}. {step}", number + 1);
        }
        for command in &self.commands {
            let note = if command.changes { "   # may change the cluster" } else { "" };
            let _ = writeln!(out, "   $ {}{note}", command.text);
        }
        if let Some(confidence) = self.confidence {
            let _ = writeln!(out, "\nConfidence: {}", confidence.word());
        }
        out.trim_end().to_owned()
    }
}
