//! Services that answer wrongly, late or not at all.

use explain::cache::{Cache, CacheOptions, CachePlace, Environment, Key, Limits};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Answers every request with the same bytes, then closes; gives the port and the number of connections so far.
fn server(answer: impl Fn(&mut TcpStream) + Send + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
            let mut request = [0; 65_536];
            let _ = stream.read(&mut request);
            answer(&mut stream);
        }
    });
    (port, count)
}

fn scripted(status: &'static str, body: &'static str) -> (u16, Arc<AtomicUsize>) {
    server(move |stream| {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    })
}

fn s3(port: u16) -> Cache {
    let place = CachePlace::S3 {
        region: "eu-west-1".to_owned(),
        bucket_name: "bucket".to_owned(),
        endpoint: format!("http://127.0.0.1:{port}"),
        insecure: false,
    };
    Cache::open(&place, &options()).unwrap()
}

fn options() -> CacheOptions {
    let environment = Environment::new(|name| match name {
        "AWS_ACCESS_KEY_ID" => Some("id".to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some("canary-secret".to_owned()),
        _ => None,
    });
    let limit = Duration::from_millis(700);
    CacheOptions {
        environment,
        limits: Limits { connect: limit, call: limit, all: limit },
        ..CacheOptions::default()
    }
}

#[tokio::test]
async fn what_a_service_answers_becomes_what_to_change() {
    let xml = |code: &str, more: &str| -> &'static str {
        format!("<Error><Code>{code}</Code><Message>The words of it.</Message>{more}</Error>").leak()
    };
    let rows: Vec<(&str, &str, &[&str])> = vec![
        (
            "404 Not Found",
            xml("NoSuchBucket", ""),
            &["is not there", "aws s3 mb s3://bucket --region eu-west-1 --endpoint-url http://127.0.0.1:"],
        ),
        (
            "400 Bad Request",
            xml("ExpiredToken", ""),
            &["have expired (ExpiredToken: The words of it)", "AWS_ACCESS_KEY_ID"],
        ),
        ("403 Forbidden", xml("InvalidAccessKeyId", ""), &["are not accepted", "AWS_SECRET_ACCESS_KEY"]),
        (
            "403 Forbidden",
            xml("SignatureDoesNotMatch", "<StringToSign>canary-other</StringToSign>"),
            &["are not accepted"],
        ),
        ("403 Forbidden", xml("AccessDenied", ""), &["access is denied", "s3:PutObject"]),
        ("403 Forbidden", "", &["access is denied", "HTTP 403"]),
        ("301 Moved Permanently", xml("PermanentRedirect", ""), &["is in another region"]),
        (
            "400 Bad Request",
            xml("AuthorizationHeaderMalformed", "<Region>us-west-2</Region>"),
            &["is in another region, us-west-2;"],
        ),
        ("418 Teapot", "\u{1b}[31m", &["cannot write an entry: HTTP 418"]),
        (
            "500 Oops",
            xml("InternalError", "\u{1b}]0;x\u{7}"),
            &["cannot write an entry: InternalError: The words of it"],
        ),
    ];
    for (status, body, words) in rows {
        let (port, _) = scripted(status, body);
        let error = s3(port).check().await.unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{status} {body}: {error}");
        }
        assert!(error.starts_with("S3 bucket bucket at http://127.0.0.1:"), "{error}");
        assert!(!error.contains("canary") && !error.contains('\u{1b}'), "{error}");
    }
}

#[tokio::test]
async fn a_dead_cache_is_asked_once_in_a_run() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cache = s3(port);
    let error = cache.check().await.unwrap_err().to_string();
    assert!(error.contains("cannot be reached") && error.contains("refused"), "{error}");
    let (port, count) = server(|_| {});
    let cache = s3(port);
    assert_eq!(cache.get(&Key::of(&["a"])).await, None);
    let asked = count.load(Ordering::Relaxed);
    for number in 0..50 {
        let key = Key::of(&[&number.to_string()]);
        assert_eq!(cache.get(&key).await, None);
        cache.put(&key, "text").await;
    }
    assert_eq!(count.load(Ordering::Relaxed), asked, "nothing more is asked");
    assert_eq!(cache.warnings().len(), 1, "{:?}", cache.warnings());
    assert!(cache.warnings()[0].starts_with("the cache of explanations is not used: S3 bucket bucket"));
}

#[tokio::test]
async fn a_service_that_hangs_costs_its_time_and_no_more() {
    let (port, _) = server(|stream| {
        // Until the client gives up.
        let _ = stream.read(&mut [0; 16]);
    });
    let (cache, start) = (s3(port), Instant::now());
    assert_eq!(cache.get(&Key::of(&["a"])).await, None);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(cache.warnings()[0].contains("no answer within 700 ms"), "{:?}", cache.warnings());
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let (port, _) = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nlast-modified: Tue, 01 Jan 2030 00:00:00 GMT\r\ncontent-length: 9999999999\r\n\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    let cache = s3(port);
    assert_eq!(cache.get(&Key::of(&["a"])).await, None);
    assert_eq!(cache.warnings().len(), 1);
    let (port, _) = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
        while stream.write_all(&[b'x'; 65_536]).is_ok() {}
    });
    assert!(s3(port).check().await.is_err());
}

#[tokio::test]
async fn credentials_that_cannot_be_used_are_said_before_anything_is_sent() {
    let rows: [(&[(&str, &str)], &str); 4] = [
        (&[("AWS_ACCESS_KEY_ID", "id")], "AWS_SECRET_ACCESS_KEY is not"),
        (&[("AWS_SECRET_ACCESS_KEY", "canary")], "AWS_ACCESS_KEY_ID is not"),
        (
            &[("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "can\nary")],
            "characters that none can have",
        ),
        (&[("AWS_EC2_METADATA_DISABLED", "true")], "AWS_EC2_METADATA_DISABLED is set"),
    ];
    for (set, words) in rows {
        let find =
            |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let place = CachePlace::S3 {
            region: String::new(),
            bucket_name: "bucket".to_owned(),
            endpoint: "http://127.0.0.1:1".to_owned(),
            insecure: false,
        };
        let options = CacheOptions { environment: Environment::new(find), ..options() };
        let error = Cache::open(&place, &options).unwrap().check().await.unwrap_err().to_string();
        assert!(error.contains("no usable credentials were found") && error.contains(words), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_where_it_must_not_is_not_connected_to() {
    // A plain endpoint is for near networks; this machine is one, whatever it is called.
    let (port, count) = scripted("403 Forbidden", "");
    let place = CachePlace::S3 {
        region: "r".to_owned(),
        bucket_name: "bucket".to_owned(),
        endpoint: format!("http://localhost:{port}"),
        insecure: false,
    };
    let error = Cache::open(&place, &options()).unwrap().check().await.unwrap_err().to_string();
    assert!(error.contains("access is denied"), "{error}");
    assert!(count.load(Ordering::Relaxed) > 0);
}
