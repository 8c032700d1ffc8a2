//! Arguments of `cache`.

use super::Form;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Args, Debug)]
pub struct CacheArgs {
    #[command(subcommand)]
    pub command: Option<CacheCommand>,
}

#[derive(Subcommand, Debug)]
pub enum CacheCommand {
    /// Cache explanations in a bucket, a container or on an Interplex server from now on
    ///
    /// The settings are checked and the cache is tried (an entry is written, read and deleted) before anything is
    /// saved. Buckets and containers are never created. Credentials come from the environment or the pod's role, as
    /// for the vendors' own tools, and are not saved.
    Add(CacheAddArgs),
    /// Say which cache is used
    Get,
    /// List the cached explanations, the newest first
    List {
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Delete one cached explanation, or all of them and nothing else
    Purge {
        /// Name of the explanation, as `cache list` shows it
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        key: Option<String>,
        /// Delete all
        #[arg(short, long)]
        all: bool,
    },
    /// Cache explanations in local files again; what a remote cache holds stays there
    Remove,
}

/// The kinds of caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CacheType {
    /// S3, or a service that speaks its protocol
    S3,
    /// Azure Blob Storage
    Azure,
    /// Google Cloud Storage
    Gcs,
    /// An Interplex server
    Interplex,
    /// Files of this machine, the default
    File,
}

#[derive(Args, Debug)]
pub struct CacheAddArgs {
    /// Kind of the cache
    #[arg(value_name = "TYPE", value_enum, ignore_case = true)]
    pub kind: CacheType,
    /// Region of the bucket (s3, gcs) [default: us-east-1]
    #[arg(short, long, value_name = "NAME")]
    pub region: Option<String>,
    /// URL of a service that speaks S3's protocol (s3), or HOST:PORT (interplex)
    #[arg(short, long, value_name = "URL")]
    pub endpoint: Option<String>,
    /// Do not verify the TLS certificate of the endpoint (s3)
    #[arg(short, long)]
    pub insecure: bool,
    /// Name of the bucket (s3, gcs)
    #[arg(short, long, value_name = "NAME")]
    pub bucket: Option<String>,
    /// Project of the bucket (gcs)
    #[arg(short, long, value_name = "ID")]
    pub projectid: Option<String>,
    /// Storage account (azure)
    #[arg(short, long, value_name = "NAME", requires = "container", conflicts_with_all = ["region", "bucket", "projectid"])]
    pub storageacc: Option<String>,
    /// Container of the storage account (azure)
    #[arg(short, long, value_name = "NAME", requires = "storageacc", conflicts_with_all = ["region", "bucket", "projectid"])]
    pub container: Option<String>,
    /// Save the settings without trying the cache
    #[arg(long)]
    pub no_check: bool,
}
