//! The cache of the tool config: read, tried, shown.

use std::time::Duration;

use engine::cache::{self, Cache, CacheOptions, Limits};
use engine::config::CachePlace;
use serde_json::{Value, json};

use super::config::without_user;
use crate::handler::Server;
use crate::output::Fault;

/// How long a cache may take to be tried.
const PATIENCE: Duration = Duration::from_secs(5);

/// The cache that was asked for, with what its type needs.
pub(super) fn read(given: &Value) -> Result<CachePlace, Fault> {
    let kind = crate::objects::at(given, "/type");
    let text = |key: &str| crate::objects::at(given, &format!("/{key}")).to_owned();
    let needed = |key: &str| match text(key) {
        value if value.is_empty() => {
            Err(Fault::about(&format!("cache.{key}"), format!("required for type {kind}, but not given")))
        }
        value if value.chars().any(char::is_control) => {
            Err(Fault::about(&format!("cache.{key}"), "must be one line"))
        }
        value => Ok(value),
    };
    let place = match kind {
        "s3" => CachePlace::S3 {
            region: needed("region")?,
            bucket_name: needed("bucketName")?,
            endpoint: text("endpoint"),
            insecure: given.get("insecure").and_then(Value::as_bool).unwrap_or(false),
        },
        "azure" => CachePlace::Azure {
            storage_account: needed("storageAccount")?,
            container: needed("containerName")?,
        },
        "gcs" => CachePlace::Gcs {
            project_id: needed("projectId")?,
            region: needed("region")?,
            bucket_name: needed("bucketName")?,
        },
        "interplex" => CachePlace::Interplex { connection_string: needed("endpoint")? },
        _ => CachePlace::File,
    };
    cache::validate(&place).map_err(|error| Fault(error.to_string()))?;
    Ok(place)
}

/// Tries the cache, and says so. One that cannot be used is refused, so that a setting that works is not lost; local
/// files are taken in any case, because they are what is used without a setting.
pub(super) async fn tried(server: &Server, place: &CachePlace) -> Result<String, Fault> {
    let options = server.engine().cache_options();
    let limits = Limits { call: PATIENCE, ..options.limits.clone() };
    let options = CacheOptions { limits, ..options.clone() };
    let checked = match Cache::open(place, &options) {
        Ok(cache) => cache.check().await.map(|()| cache.place()),
        Err(error) => Err(error),
    };
    match checked {
        Ok(place) => Ok(format!("{place}: an entry was written, read and deleted")),
        Err(error) if *place == CachePlace::File => Ok(format!("saved, but it cannot be used now: {error}")),
        Err(error) => Err(Fault(format!("{error}; nothing was saved"))),
    }
}

/// The configured cache, without credentials.
pub(super) fn shown(section: Option<&CachePlace>) -> Value {
    match section {
        None | Some(CachePlace::File) => json!({ "type": "file" }),
        Some(CachePlace::Gcs { project_id, region, bucket_name }) => {
            json!({ "type": "gcs", "projectId": project_id, "region": region, "bucketName": bucket_name })
        }
        Some(CachePlace::Azure { storage_account, container }) => {
            json!({ "type": "azure", "storageAccount": storage_account, "containerName": container })
        }
        Some(CachePlace::S3 { region, bucket_name, endpoint, insecure }) => json!({
            "type": "s3", "region": region, "bucketName": bucket_name,
            "endpoint": without_user(endpoint), "insecure": insecure,
        }),
        Some(CachePlace::Interplex { connection_string }) => {
            json!({ "type": "interplex", "endpoint": without_user(connection_string) })
        }
    }
}
