//! The cache of the tool config, tried on a service that speaks enough of S3's protocol.

use std::collections::BTreeMap;

use engine::cache::{CacheOptions, Environment, Limits};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{engine_with_cache, serve_engine};

/// Keeps what is put; gives the port.
async fn store() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut objects: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let (head, body) = loop {
                let mut chunk = [0; 4096];
                let read = stream.read(&mut chunk).await.unwrap();
                request.extend_from_slice(&chunk[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    break (head.to_owned(), body.as_bytes().to_vec());
                }
            };
            let mut words = head.split(' ');
            let (method, path) = (words.next().unwrap(), words.next().unwrap().to_owned());
            let found = objects.get(&path).cloned();
            let (status, answer) = match method {
                "PUT" => (objects.insert(path, body).map_or("200 OK", |_| "200 OK"), Vec::new()),
                "DELETE" => {
                    (objects.remove(&path).map_or("204 No Content", |_| "204 No Content"), Vec::new())
                }
                _ => found.map_or(("404 Not Found", Vec::new()), |found| ("200 OK", found)),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\netag: \"1\"\r\nlast-modified: Tue, 01 Jan 2030 00:00:00 GMT\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n",
                answer.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            if method != "HEAD" {
                stream.write_all(&answer).await.unwrap();
            }
        }
    });
    port
}

fn options() -> CacheOptions {
    let environment = Environment::new(|name| match name {
        "AWS_ACCESS_KEY_ID" => Some("id".to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("canary".to_owned()),
        _ => None,
    });
    let limit = Duration::from_secs(5);
    CacheOptions {
        environment,
        limits: Limits { connect: limit, call: limit, all: limit },
        ..Default::default()
    }
}

#[tokio::test]
async fn a_cache_is_tried_before_it_is_saved() {
    let server = serve_engine(engine_with_cache(options()).await, Default::default()).await;
    let file = server.dir.path().join("k8sgpt.yaml");
    let s3 = |port: u16| {
        let endpoint = format!("http://127.0.0.1:{port}");
        json!({ "cache": { "type": "s3", "region": "r", "bucketName": "bucket", "endpoint": endpoint } })
    };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refused = server.fault("config", s3(closed)).await;
    assert!(refused.contains("cannot be reached") && refused.contains("nothing was saved"), "{refused}");
    assert!(!file.exists());
    let saved = server.call("config", s3(store().await)).await;
    let data = &saved["structuredContent"];
    assert_eq!((&data["cache"]["type"], &data["changed"]), (&json!("s3"), &json!(["cache"])), "{saved}");
    let note = data["notes"][0].as_str().unwrap();
    assert!(note.starts_with("S3 bucket bucket") && note.contains("written, read and deleted"), "{note}");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("bucketname: bucket") && !text.contains("canary"), "{text}");
    let shown = server.call("config", json!({})).await;
    assert_eq!(shown["structuredContent"]["cache"]["bucketName"], Value::from("bucket"));
    // Local files are what is used without a setting: they are taken, and what is wrong with them is said.
    let files = server.call("config", json!({ "cache": { "type": "file" } })).await;
    let note = files["structuredContent"]["notes"][0].as_str().unwrap();
    assert!(note.contains("cannot be used now") && note.contains("XDG_CACHE_HOME"), "{note}");
}
