//! Findings to words.
//!
//! Without a model, the manual page of a rule together with the finding's own values is a complete
//! explanation: [`guidance`] puts it together.

mod backend;
pub mod cache;
mod chat;
mod explainer;
mod guidance;
mod place;
mod provider;

pub use backend::{BACKENDS, Backend, BackendError, BackendInfo, Protocol, Surroundings};
pub use chat::{Ask, Message, Reply, Role};
pub use guidance::{BUILT_IN, guidance};
pub use place::CachePlace;
pub use provider::{Decimal, KeyPlace, Parameters, Provider};
