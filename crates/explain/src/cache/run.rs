//! What went wrong with a cache in one run, and what follows from it.

use super::CacheError;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The state of one run.
#[derive(Debug, Default)]
pub(super) struct Run(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Reading failed: nothing is read or written any more.
    unreadable: bool,
    /// Writing failed: what is there is still read.
    unwritable: bool,
    failure: Option<String>,
    damaged: usize,
    place: String,
}

impl Run {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn may_read(&self) -> bool {
        !self.state().unreadable
    }

    pub(super) fn may_write(&self) -> bool {
        let state = self.state();
        !state.unreadable && !state.unwritable
    }

    pub(super) fn reading_failed(&self, error: &CacheError) {
        let mut state = self.state();
        state.unreadable = true;
        state.failure.get_or_insert_with(|| format!("the cache of explanations is not used: {error}"));
    }

    pub(super) fn writing_failed(&self, error: &CacheError) {
        let mut state = self.state();
        state.unwritable = true;
        state.failure.get_or_insert_with(|| format!("explanations are not cached: {error}"));
    }

    pub(super) fn damaged(&self, place: &str) {
        let mut state = self.state();
        state.damaged += 1;
        place.clone_into(&mut state.place);
    }

    pub(super) fn warning(&self) -> Option<String> {
        let state = self.state();
        let damaged = || match state.damaged {
            0 => None,
            1 => Some(format!("{}: an entry is damaged and counts as missing", state.place)),
            count => Some(format!("{}: {count} entries are damaged and count as missing", state.place)),
        };
        state.failure.clone().or_else(damaged)
    }
}
