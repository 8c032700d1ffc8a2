//! What all calls to AWS need: settings, credentials, a client, signatures.

mod call;
mod chain;
mod credentials;
mod failure;
mod http;
mod profile;
mod region;
mod settings;

pub(crate) use call::{Ask, Caller};
pub(crate) use credentials::{Choice, Credentials, profile};
pub(crate) use failure::Failure;
pub use http::Limits;
pub(crate) use region::{endpoint, is_region};
pub use settings::Settings;
