//! Where explanations are cached.

/// Where explanations are cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CachePlace {
    /// Files of this machine.
    File,
    /// Google Cloud Storage.
    Gcs {
        /// Project that owns the bucket.
        project_id: String,
        /// Region of the bucket.
        region: String,
        /// Name of the bucket.
        bucket_name: String,
    },
    /// Azure Blob Storage.
    Azure {
        /// Name of the storage account.
        storage_account: String,
        /// Name of the container.
        container: String,
    },
    /// S3 or a service that speaks its protocol.
    S3 {
        /// Region of the bucket.
        region: String,
        /// Name of the bucket.
        bucket_name: String,
        /// URL of the service; empty means AWS.
        endpoint: String,
        /// Skips the verification of the TLS certificate.
        insecure: bool,
    },
    /// An Interplex server.
    Interplex {
        /// `host:port`.
        connection_string: String,
    },
}

impl CachePlace {
    /// The name under `cache.currentCacheType`.
    pub fn kind(&self) -> &'static str {
        match self {
            CachePlace::File => "file",
            CachePlace::Gcs { .. } => "gcs",
            CachePlace::Azure { .. } => "azure",
            CachePlace::S3 { .. } => "s3",
            CachePlace::Interplex { .. } => "interplex",
        }
    }
}
