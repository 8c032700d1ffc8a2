//! AI providers: which one explains, its settings and its key, and changing them in the configuration file.
//!
//! Nothing here calls a provider, and nothing that the environment says is ever written to a file.

mod auth;
mod choose;
mod error;
mod keyring;
mod keys;
mod listed;
mod settings;
mod table;

#[cfg(test)]
mod tests;

pub use auth::{Changed, Given, add, default_provider, needs_key, remove, set_default, update};
pub use choose::{Choice, Why, choose, chosen};
pub use error::ProviderError;
pub use keyring::{AVAILABLE as KEYRING, forget as forget_key, store as store_key};
pub use keys::{key_file, key_text, missing, ready, resolve};
pub use listed::{KeyState, Listed, list, shown_url};
pub use settings::Setting;
pub use table::{BACKENDS, Backend, backend};
/// A key; it cannot be printed.
pub use view::Sensitive as Key;

/// Looks up an environment variable.
pub type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The backend of this name, in any case.
///
/// # Errors
/// [`ProviderError::Unknown`], with names close to it.
pub fn find(name: &str) -> Result<&'static Backend, ProviderError> {
    choose::known(name, "").map(|name| backend(name).unwrap_or(&BACKENDS[0]))
}

/// The variables of this process; those that are not UTF-8 text are not set.
pub fn process_env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
