//! Counting checks: one line each, and the sum at the end.

use std::io::Write;

use crate::error::{Error, Result};

/// The checks of a run so far.
#[derive(Default)]
pub(crate) struct Checks {
    passed: usize,
    failed: usize,
}

impl Checks {
    /// Prints and counts a check: its note when it holds, the reason when it does not.
    pub(crate) fn report(&mut self, name: &str, outcome: Result<String>) -> Result<()> {
        let line = match outcome {
            Ok(note) => {
                self.passed += 1;
                let gap = if note.is_empty() { "" } else { ": " };
                format!("ok    {name}{gap}{note}")
            }
            Err(error) => {
                self.failed += 1;
                format!("FAIL  {name}: {error}")
            }
        };
        say(&line)
    }

    /// Prints the sum; a failed check makes it an error.
    pub(crate) fn finish(&self) -> Result<()> {
        say(&format!("{} passed, {} failed", self.passed, self.failed))?;
        if self.failed > 0 {
            return Err(Error::Other(format!("{} checks failed", self.failed)));
        }
        Ok(())
    }
}

/// An error with this sentence unless `holds`.
pub(crate) fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::Other(otherwise())) }
}

/// Writes a line to standard output.
pub(crate) fn say(line: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").map_err(Error::io("write to standard output"))
}
