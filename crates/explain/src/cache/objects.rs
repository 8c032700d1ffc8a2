//! Entries as objects of a bucket or container.
//!
//! All are below one prefix of our own, and only objects named like a key are ever listed or deleted. Buckets are
//! never created: whoever pays for one decides its region, encryption and who may read it.

use super::failure::Advice;
use super::services::{self, Unbuilt};
use super::{CacheError, Environment, Key, Limits, Listed, MAX_ENTRY_BYTES};
use crate::CachePlace;
use futures::stream::{self, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Where our objects are; the last part is the version of their form.
pub const PREFIX: &str = "k8sgpt/explanations/v1";
/// Deletions at a time.
const DELETES_AT_ONCE: usize = 32;

/// A bucket or container, connected to when it is first used.
#[derive(Debug)]
pub(super) struct Objects {
    place: CachePlace,
    environment: Environment,
    limits: Limits,
    pub(super) advice: Advice,
    client: Mutex<Option<Arc<dyn ObjectStore>>>,
}

impl Objects {
    pub(super) fn new(place: &CachePlace, environment: &Environment, limits: &Limits) -> Objects {
        Objects {
            place: place.clone(),
            environment: environment.clone(),
            limits: limits.clone(),
            advice: Advice::of(place),
            client: Mutex::new(None),
        }
    }

    fn client(&self) -> Result<Arc<dyn ObjectStore>, CacheError> {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*client {
            return Ok(client.clone());
        }
        let built = services::build(&self.place, &self.environment, &self.limits);
        let built = built.map_err(|unbuilt| match unbuilt {
            Unbuilt::Setting(error) => error,
            Unbuilt::Credentials(reason) => self.advice.no_credentials(reason),
        })?;
        *client = Some(built.clone());
        Ok(built)
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, CacheError> {
        let client = self.client()?;
        let failed = |error: &object_store::Error| self.advice.explain(error, "read an entry", &self.limits);
        let result = match client.get(&path(key)).await {
            Ok(result) => result,
            Err(error) if Advice::is_miss(&error) => return Ok(None),
            Err(error) => return Err(failed(&error)),
        };
        let mut chunks = result.into_stream();
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.try_next().await.map_err(|error| failed(&error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_ENTRY_BYTES {
                break;
            }
        }
        Ok(Some(bytes))
    }

    pub(super) async fn put(&self, key: &Key, bytes: Vec<u8>) -> Result<(), CacheError> {
        let put = self.client()?;
        let put = put.put(&path(key), PutPayload::from(bytes)).await;
        put.map(drop).map_err(|error| self.advice.explain(&error, "write an entry", &self.limits))
    }

    /// True when there was one.
    pub(super) async fn delete(&self, key: &Key) -> Result<bool, CacheError> {
        let client = self.client()?;
        // Some services answer the same whether or not there was one.
        match client.head(&path(key)).await {
            Ok(_) => {}
            Err(error) if Advice::is_miss(&error) => return Ok(false),
            Err(error) => return Err(self.advice.explain(&error, "look for an entry", &self.limits)),
        }
        self.remove(&client, key).await.map(|()| true)
    }

    async fn remove(&self, client: &Arc<dyn ObjectStore>, key: &Key) -> Result<(), CacheError> {
        match client.delete(&path(key)).await {
            Err(error) if !Advice::is_miss(&error) => {
                Err(self.advice.explain(&error, "delete an entry", &self.limits))
            }
            _ => Ok(()),
        }
    }

    pub(super) async fn list(&self) -> Result<Vec<Listed>, CacheError> {
        let client = self.client()?;
        let failed = |error| self.advice.explain(&error, "list entries", &self.limits);
        let ours = client.list(Some(&Path::from(PREFIX))).map_err(failed).try_filter_map(|meta| async move {
            let key = meta.location.filename().and_then(Key::parse).filter(|key| meta.location == path(key));
            let updated = SystemTime::from(meta.last_modified);
            Ok(key.map(|key| Listed { key, bytes: meta.size, updated }))
        });
        ours.try_collect().await
    }

    /// Deletes all entries; gives their number.
    pub(super) async fn delete_all(&self) -> Result<u64, CacheError> {
        let client = self.client()?;
        let all = self.list().await?;
        let count = all.len() as u64;
        let deletions = all.iter().map(|listed| self.remove(&client, &listed.key));
        stream::iter(deletions).buffer_unordered(DELETES_AT_ONCE).try_collect::<()>().await?;
        Ok(count)
    }
}

fn path(key: &Key) -> Path {
    Path::from(format!("{PREFIX}/{key}"))
}
