//! Findings to words.
//!
//! Without a model, the manual page of a rule together with the finding's own values is a complete
//! explanation: [`guidance`] puts it together.

mod guidance;

pub use guidance::{BUILT_IN, guidance};
