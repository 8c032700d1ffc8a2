//! Findings to words.
//!
//! Without a model, the manual page of a rule together with the finding's own values is a complete
//! explanation: [`guidance`] puts it together. For a model, a [`Question`] holds what is known of one cause,
//! [`prompt`] makes a conversation of it in which a [`Masker`] has hidden every name, and [`parse`] reads
//! what comes back.

mod chat;
mod guidance;
mod mask;
mod place;
mod provider;

pub use chat::{Ask, Message, Reply, Role};
pub use guidance::{BUILT_IN, guidance};
pub use mask::{Masker, scrubbed};
pub use place::CachePlace;
pub use provider::{Decimal, Parameters, Provider};
