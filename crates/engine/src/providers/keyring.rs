//! The system's keyring, when the program was built with it.

use view::Sensitive;

/// True when this program can use the system's keyring.
pub const AVAILABLE: bool = cfg!(feature = "keyring");

#[cfg(feature = "keyring")]
mod system {
    use super::Sensitive;
    use keyring::Entry;

    fn entry(provider: &str) -> Result<Entry, String> {
        Entry::new("k8sgpt", provider).map_err(|error| error.to_string())
    }

    /// The provider's key.
    pub fn read(provider: &str) -> Result<Sensitive, String> {
        let text = entry(provider)?.get_password().map_err(|error| error.to_string())?;
        Ok(Sensitive::new(text.into_bytes()))
    }

    /// Keeps a key under the provider's name.
    pub fn store(provider: &str, key: &Sensitive) -> Result<(), String> {
        let text =
            std::str::from_utf8(key.expose_for_computation()).map_err(|_| "the key is no text".to_owned())?;
        entry(provider)?.set_password(text).map_err(|error| error.to_string())
    }

    /// Takes the provider's key away.
    pub fn forget(provider: &str) -> Result<(), String> {
        entry(provider)?.delete_credential().map_err(|error| error.to_string())
    }
}

#[cfg(not(feature = "keyring"))]
mod system {
    use super::Sensitive;

    const WITHOUT: &str = "this program was built without the feature keyring";

    /// The provider's key.
    pub fn read(_provider: &str) -> Result<Sensitive, String> {
        Err(WITHOUT.to_owned())
    }

    /// Keeps a key under the provider's name.
    pub fn store(_provider: &str, _key: &Sensitive) -> Result<(), String> {
        Err(WITHOUT.to_owned())
    }

    /// Takes the provider's key away.
    pub fn forget(_provider: &str) -> Result<(), String> {
        Err(WITHOUT.to_owned())
    }
}

pub(super) use system::read;
pub use system::{forget, store};
