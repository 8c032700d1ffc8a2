//! Whether the settings of a cache can be right, without asking anybody.

use super::{CacheError, address, interplex};
use crate::CachePlace;

const BUCKET: &str =
    "3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends";
const CONTAINER: &str = "3 to 63 lower-case letters, digits and single hyphens";
const ACCOUNT: &str = "3 to 24 lower-case letters and digits";

/// Refuses settings that cannot be right. Connects to nothing.
pub fn validate(place: &CachePlace) -> Result<(), CacheError> {
    match place {
        CachePlace::File => Ok(()),
        CachePlace::Gcs { project_id, region, bucket_name } => {
            let bucket = bucket_name.len() <= 222 && is_bucket(&bucket_name.replace('_', "-"), 222);
            check("cache.gcs.bucketname", bucket_name, bucket, BUCKET)?;
            word("cache.gcs.region", region)?;
            word("cache.gcs.projectid", project_id)
        }
        CachePlace::Azure { storage_account, container } => {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            let account = (3..=24).contains(&storage_account.len()) && storage_account.bytes().all(plain);
            check("cache.azure.storageaccount", storage_account, account, ACCOUNT)?;
            let fine = !container.contains(['.']) && !container.contains("--") && is_bucket(container, 63);
            check("cache.azure.container", container, fine, CONTAINER)
        }
        CachePlace::S3 { region, bucket_name, endpoint, insecure } => {
            check("cache.s3.bucketname", bucket_name, is_bucket(bucket_name, 63), BUCKET)?;
            word("cache.s3.region", region)?;
            if endpoint.is_empty() {
                let problem =
                    "is for services of your own; name one in cache.s3.endpoint, or set it to false";
                let invalid =
                    || CacheError::Invalid { field: "cache.s3.insecure".into(), problem: problem.into() };
                return if *insecure { Err(invalid()) } else { Ok(()) };
            }
            address::endpoint("cache.s3.endpoint", endpoint).map(drop)
        }
        CachePlace::Interplex { connection_string } => interplex::endpoint(connection_string).map(drop),
    }
}

fn is_bucket(name: &str, max: usize) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    let end = |c: char| c.is_ascii_alphanumeric();
    (3..=max).contains(&name.len())
        && name.bytes().all(inner)
        && !name.contains("..")
        && name.starts_with(end)
        && name.ends_with(end)
}

/// A part of a host name or of a command: empty, or letters, digits and hyphens; a project may hold a domain.
fn word(field: &str, text: &str) -> Result<(), CacheError> {
    let inner = |b: u8| {
        b.is_ascii_alphanumeric() || b == b'-' || (b":.".contains(&b) && field.ends_with("projectid"))
    };
    check(
        field,
        text,
        text.is_empty() || (text.len() <= 64 && text.bytes().all(inner)),
        "letters, digits and hyphens",
    )
}

fn check(field: &str, given: &str, fine: bool, form: &str) -> Result<(), CacheError> {
    if fine {
        return Ok(());
    }
    let problem = match given {
        "" => format!("is needed: {form}"),
        _ => format!("{:?} is not {form}", given.chars().take(80).collect::<String>()),
    };
    Err(CacheError::Invalid { field: field.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(region: &str, bucket: &str, endpoint: &str, insecure: bool) -> CachePlace {
        let text = str::to_owned;
        CachePlace::S3 { region: text(region), bucket_name: text(bucket), endpoint: text(endpoint), insecure }
    }

    #[test]
    fn settings_that_cannot_be_right_name_their_field() {
        let azure = |account: &str, container: &str| CachePlace::Azure {
            storage_account: account.to_owned(),
            container: container.to_owned(),
        };
        let gcs = |bucket: &str| CachePlace::Gcs {
            project_id: "p".to_owned(),
            region: "r".to_owned(),
            bucket_name: bucket.to_owned(),
        };
        let interplex = |to: &str| CachePlace::Interplex { connection_string: to.to_owned() };
        for place in [
            CachePlace::File,
            s3("eu-west-1", "my-cache", "", false),
            s3("", "a.b.c", "http://127.0.0.1:1", true),
            azure("account1", "k8sgpt-cache"),
            gcs("under_score.example.com"),
            interplex("localhost:8084"),
        ] {
            assert!(validate(&place).is_ok(), "{place:?}");
        }
        for (place, field) in [
            (s3("evil.com/", "my-cache", "", false), "cache.s3.region"),
            (s3("r", "", "", false), "cache.s3.bucketname"),
            (s3("r", "a/../b", "", false), "cache.s3.bucketname"),
            (s3("r", "My_Bucket", "", false), "cache.s3.bucketname"),
            (s3("r", "bucket", "http://169.254.169.254", false), "cache.s3.endpoint"),
            (s3("r", "bucket", "", true), "cache.s3.insecure"),
            (azure("evil.com/x", "container"), "cache.azure.storageaccount"),
            (azure("account", "a--b"), "cache.azure.container"),
            (gcs("a/b"), "cache.gcs.bucketname"),
            (interplex(""), "cache.interplex.connectionString"),
            (interplex("169.254.169.254:80"), "cache.interplex.connectionString"),
        ] {
            let error = validate(&place).unwrap_err().to_string();
            assert!(error.starts_with(field), "{error}");
        }
    }
}
