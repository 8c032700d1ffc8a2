//! The kinds of stores behind one set of calls.

use super::files::Files;
use super::interplex::Interplex;
use super::objects::Objects;
use super::{CacheError, CacheOptions, Key, Listed, validate};
use crate::CachePlace;

/// A store, opened but not connected to.
#[derive(Debug)]
pub(super) enum Store {
    Files(Files),
    Objects(Objects),
    Interplex(Interplex),
}

impl Store {
    pub(super) fn open(place: &CachePlace, options: &CacheOptions) -> Result<Store, CacheError> {
        let local = options.environment.is_true("INTERPLEX_LOCAL_MODE");
        if !(local && matches!(place, CachePlace::Interplex { .. })) {
            validate(place)?;
        }
        Ok(match place {
            CachePlace::File => {
                let directory = options.directory.clone().or_else(|| options.environment.directory());
                Store::Files(Files(directory.ok_or(CacheError::NoDirectory)?))
            }
            CachePlace::Interplex { connection_string } => {
                Store::Interplex(Interplex::new(connection_string, local, &options.limits)?)
            }
            _ => Store::Objects(Objects::new(place, &options.environment, &options.limits)),
        })
    }

    pub(super) fn place(&self) -> String {
        match self {
            Store::Files(files) => format!("cache directory {}", files.0.display()),
            Store::Objects(objects) => objects.advice.place.clone(),
            Store::Interplex(server) => server.place(),
        }
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, CacheError> {
        match self {
            Store::Files(files) => {
                let key = key.clone();
                blocking(files, move |files| files.get(&key)).await
            }
            Store::Objects(objects) => objects.get(key).await,
            Store::Interplex(server) => server.get(key).await,
        }
    }

    pub(super) async fn put(&self, key: &Key, bytes: Vec<u8>) -> Result<(), CacheError> {
        match self {
            Store::Files(files) => {
                let key = key.clone();
                blocking(files, move |files| files.put(&key, &bytes)).await
            }
            Store::Objects(objects) => objects.put(key, bytes).await,
            Store::Interplex(server) => server.put(key, bytes).await,
        }
    }

    /// True when there was one.
    pub(super) async fn delete(&self, key: &Key) -> Result<bool, CacheError> {
        match self {
            Store::Files(files) => {
                let key = key.clone();
                blocking(files, move |files| files.delete(&key)).await
            }
            Store::Objects(objects) => objects.delete(key).await,
            Store::Interplex(server) => server.delete(key).await,
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<Listed>, CacheError> {
        match self {
            Store::Files(files) => blocking(files, Files::list).await,
            Store::Objects(objects) => objects.list().await,
            Store::Interplex(server) => Err(server.no_list()),
        }
    }

    pub(super) async fn delete_all(&self) -> Result<u64, CacheError> {
        match self {
            Store::Files(files) => blocking(files, Files::delete_all).await,
            Store::Objects(objects) => objects.delete_all().await,
            Store::Interplex(server) => Err(server.no_list()),
        }
    }
}

/// Runs work on the file system where it may wait.
async fn blocking<T: Send + 'static>(
    files: &Files,
    work: impl FnOnce(&Files) -> Result<T, CacheError> + Send + 'static,
) -> Result<T, CacheError> {
    let files = files.clone();
    let path = files.0.clone();
    let ended = tokio::task::spawn_blocking(move || work(&files)).await;
    ended.unwrap_or_else(|error| {
        let source = std::io::Error::other(error);
        Err(CacheError::File { path, action: "work in it", source })
    })
}
