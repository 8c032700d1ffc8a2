//! What explanations may cost: calls and tokens of one run.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what is spent. Shared by all calls of a run.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    calls_max: Option<u64>,
    tokens_max: Option<u64>,
    calls: AtomicU64,
    tokens: AtomicU64,
}

impl Budget {
    pub(crate) fn new(calls_max: Option<u64>, tokens_max: Option<u64>) -> Budget {
        Budget { calls_max, tokens_max, ..Budget::default() }
    }

    /// Takes one call out of the budget, or says which limit forbids it. Tokens of calls under way are not
    /// known yet, so that a run may exceed its limit by what they bring.
    pub(crate) fn call(&self) -> Result<(), String> {
        let spent = self.tokens.load(Ordering::Relaxed);
        if let Some(most) = self.tokens_max.filter(|most| spent >= *most) {
            return Err(format!("the budget of {most} tokens is used up (--max-tokens-total)"));
        }
        let most = self.calls_max.unwrap_or(u64::MAX);
        let taken = self
            .calls
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |calls| (calls < most).then_some(calls + 1));
        taken.map(drop).map_err(|_| format!("the budget of {most} calls is used up (--max-calls)"))
    }

    pub(crate) fn spend(&self, tokens: u64) {
        self.tokens.fetch_add(tokens, Ordering::Relaxed);
    }

    pub(crate) fn spent(&self) -> (u64, u64) {
        (self.calls.load(Ordering::Relaxed), self.tokens.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_named_when_it_is_reached() {
        let budget = Budget::new(Some(2), None);
        assert!(budget.call().is_ok() && budget.call().is_ok());
        assert!(budget.call().is_err_and(|reason| reason.contains("2 calls")));
        let budget = Budget::new(None, Some(100));
        assert!(budget.call().is_ok());
        budget.spend(100);
        assert!(budget.call().is_err_and(|reason| reason.contains("100 tokens")));
        assert_eq!(budget.spent(), (1, 100));
    }
}
