//! Steps against a real store, which `cargo xtask stores` starts and names in the environment.

use explain::cache::{Cache, CacheOptions, CachePlace, Environment, Key, PREFIX};
use futures::StreamExt;
use object_store::aws::AmazonS3Builder;
use object_store::azure::{AzureAccessKey, AzureAuthorizer, AzureCredential, MicrosoftAzureBuilder};
use object_store::client::HttpRequestBody;
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, StaticCredentialProvider};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// More than a page of S3's listing. The server of Google's protocol makes one page of everything.
fn entries() -> usize {
    if variable("K8SGPT_TEST_STORE") == "gcs" { 900 } else { 1100 }
}

/// What a purge must leave alone: beside our prefix, below it, and one that only looks like an entry.
const FOREIGN: &[&str] =
    &["foreign", "k8sgpt/other", "k8sgpt/explanations/v1/notes", "k8sgpt/explanations/v10/x"];

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is set by `cargo xtask stores`"))
}

fn place() -> CachePlace {
    let bucket_name = variable("K8SGPT_TEST_BUCKET");
    match variable("K8SGPT_TEST_STORE").as_str() {
        "s3" => CachePlace::S3 {
            region: "us-east-1".to_owned(),
            bucket_name,
            endpoint: variable("K8SGPT_TEST_ENDPOINT"),
            insecure: false,
        },
        "azure" => {
            CachePlace::Azure { storage_account: variable("K8SGPT_TEST_ACCOUNT"), container: bucket_name }
        }
        _ => CachePlace::Gcs { project_id: "project".to_owned(), region: "us".to_owned(), bucket_name },
    }
}

fn open() -> Cache {
    let environment = Environment::new(|name| std::env::var(name).ok());
    Cache::open(&place(), &CacheOptions { environment, ..CacheOptions::default() }).unwrap()
}

/// The store as another program sees it.
fn raw() -> Box<dyn ObjectStore> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = object_store::ClientOptions::new().with_allow_http(true);
    match place() {
        CachePlace::S3 { bucket_name, endpoint, region, .. } => Box::new(
            AmazonS3Builder::new()
                .with_access_key_id(variable("AWS_ACCESS_KEY_ID"))
                .with_secret_access_key(variable("AWS_SECRET_ACCESS_KEY"))
                .with_region(region)
                .with_bucket_name(bucket_name)
                .with_endpoint(endpoint)
                .with_client_options(http)
                .build()
                .unwrap(),
        ),
        CachePlace::Azure { storage_account, container } => Box::new(
            MicrosoftAzureBuilder::new()
                .with_access_key(azure_key())
                .with_endpoint(variable("K8SGPT_TEST_ENDPOINT"))
                .with_account(storage_account)
                .with_container_name(container)
                .with_client_options(http)
                .build()
                .unwrap(),
        ),
        CachePlace::Gcs { bucket_name, .. } => Box::new(
            GoogleCloudStorageBuilder::new()
                .with_base_url(&variable("STORAGE_EMULATOR_HOST"))
                .with_credentials(Arc::new(StaticCredentialProvider::new(GcpCredential {
                    bearer: String::new(),
                })))
                .with_bucket_name(bucket_name)
                .with_client_options(http)
                .build()
                .unwrap(),
        ),
        _ => panic!("no object store"),
    }
}

fn azure_key() -> String {
    let text = variable("AZURE_STORAGE_CONNECTION_STRING");
    text.split(';').find_map(|part| part.strip_prefix("AccountKey=")).unwrap().to_owned()
}

/// Creates the bucket where the server was not started with one: the program never does.
async fn create_bucket() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let request = match place() {
        CachePlace::Gcs { bucket_name, .. } => client
            .post(format!("{}/storage/v1/b?project=project", variable("STORAGE_EMULATOR_HOST")))
            .json(&serde_json::json!({ "name": bucket_name }))
            .build()
            .unwrap(),
        CachePlace::Azure { storage_account, container } => {
            let url = format!("{}/{container}?restype=container", variable("K8SGPT_TEST_ENDPOINT"));
            let mut request = http::Request::put(&url).body(HttpRequestBody::empty()).unwrap();
            let credential = AzureCredential::AccessKey(AzureAccessKey::try_new(&azure_key()).unwrap());
            AzureAuthorizer::new(&credential, &storage_account).try_authorize(&mut request).unwrap();
            let headers = request.into_parts().0.headers;
            client.put(url).headers(headers).header("content-length", "0").build().unwrap()
        }
        _ => return,
    };
    let answer = client.execute(request).await.unwrap();
    assert!(answer.status().is_success(), "{}: {}", answer.status(), answer.text().await.unwrap());
}

fn key(number: usize) -> Key {
    Key::of(&["store", &number.to_string()])
}

#[tokio::test]
#[ignore = "a step of `cargo xtask stores`"]
async fn prepare() {
    create_bucket().await;
    for name in FOREIGN {
        raw().put(&Path::from(*name), "mine".into()).await.unwrap();
    }
}

#[tokio::test]
#[ignore = "a step of `cargo xtask stores`"]
async fn two_clients_share() {
    let (one, two, entries) = (open(), open(), entries());
    assert_eq!(one.get(&key(0)).await, None);
    let start = Instant::now();
    let puts = (0..entries).map(|number| {
        let one = one.clone();
        async move { one.put(&key(number), &format!("answer {number}")).await }
    });
    futures::stream::iter(puts).buffer_unordered(16).collect::<()>().await;
    println!("{entries} entries written in {:?}", start.elapsed());
    assert_eq!(one.warnings(), [""; 0]);
    let start = Instant::now();
    for number in [0, 1, entries - 1] {
        assert_eq!(two.get(&key(number)).await.unwrap().text, format!("answer {number}"));
    }
    println!("3 entries read by another client in {:?}", start.elapsed());
    raw().put(&Path::from(format!("{PREFIX}/{}", key(1))), "garbage".into()).await.unwrap();
    assert_eq!(two.get(&key(1)).await, None);
    assert!(two.warnings()[0].contains("an entry is damaged"), "{:?}", two.warnings());
    assert_eq!(two.list().await.unwrap().len(), entries);
    assert!(two.purge(&key(2)).await.unwrap());
    assert!(!two.purge(&key(2)).await.unwrap());
    assert_eq!(one.get(&key(2)).await, None);
}

#[tokio::test]
#[ignore = "a step of `cargo xtask stores`"]
async fn only_foreign_objects_are_left() {
    let mut left: Vec<String> =
        raw().list(None).map(|meta| meta.unwrap().location.to_string()).collect::<Vec<_>>().await;
    left.sort();
    let mut expected = FOREIGN.to_vec();
    expected.sort_unstable();
    assert_eq!(left, expected);
}

#[tokio::test]
#[ignore = "a step of `cargo xtask stores`"]
async fn a_stopped_server_is_a_miss_and_one_warning() {
    let (cache, start) = (open(), Instant::now());
    for number in 0..20 {
        assert_eq!(cache.get(&key(number)).await, None);
        cache.put(&key(number), "text").await;
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(cache.warnings().len(), 1);
    assert!(cache.warnings()[0].contains("cannot be reached"), "{:?}", cache.warnings());
}
