//! Which URLs may be called.

use explain::{Backend, BackendError, Provider, Surroundings};

use super::sealed;

/// What becomes of a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Near,
    Far,
    Refused,
}
use Fate::{Far, Near, Refused};

const TABLE: &[(&str, Fate)] = &[
    ("https://api.example.com/v1", Far),
    ("https://api.example.com", Far),
    ("https://203.0.113.9/v1", Far),
    ("https://[2001:db8::1]/v1", Far),
    ("https://[2001:4860:4860::8888]:8443/v1", Far),
    ("http://localhost:8080", Near),
    ("http://LOCALHOST:8080/v1/", Near),
    ("http://localhost.:8080", Near),
    ("http://llm.localhost:8080", Near),
    ("http://127.0.0.1:11434", Near),
    ("http://127.1:11434", Near),
    ("http://2130706433/", Near),
    ("http://0x7f000001/", Near),
    ("http://0177.0.0.1/", Near),
    ("http://[::1]:8080", Near),
    ("http://[::ffff:127.0.0.1]:8080", Near),
    ("http://0.0.0.0:11434", Near),
    ("http://10.1.2.3:8080", Near),
    ("http://172.16.0.1", Near),
    ("http://172.31.255.255", Near),
    ("http://192.168.1.10:1234/v1", Near),
    ("http://100.64.0.1", Near),
    ("http://[fd12:3456::1]:8080", Near),
    ("http://ollama:11434", Near),
    ("http://local-ai.local-ai.svc.cluster.local:8080/v1", Near),
    ("http://local-ai.local-ai.svc:8080/v1", Near),
    ("http://host.docker.internal:11434", Near),
    ("https://10.1.2.3/v1", Near),
    ("http://api.example.com/v1", Refused),
    ("http://203.0.113.9/v1", Refused),
    ("http://172.32.0.1", Refused),
    ("http://192.169.0.1", Refused),
    ("http://100.128.0.1", Refused),
    ("http://[2001:db8::1]/", Refused),
    ("http://127.0.0.1.nip.io/", Refused),
    ("http://localhost.evil.example/", Refused),
    ("http://localhost@evil.example/", Refused),
    ("http://169.254.169.254/latest/meta-data", Refused),
    ("https://169.254.169.254/", Refused),
    ("http://169.254.170.2/", Refused),
    ("http://2852039166/", Refused),
    ("http://0xa9fea9fe/", Refused),
    ("http://0xA9.0xFE.0xA9.0xFE/", Refused),
    ("http://0251.0376.0251.0376/", Refused),
    ("http://169.254.43518/", Refused),
    ("http://[::ffff:169.254.169.254]/", Refused),
    ("http://[::ffff:a9fe:a9fe]/", Refused),
    ("http://[::169.254.169.254]/", Refused),
    ("http://[64:ff9b::a9fe:a9fe]/", Refused),
    ("https://[2002:a9fe:a9fe::1]/", Refused),
    ("http://[fe80::1]/", Refused),
    ("http://[fd00:ec2::254]/", Refused),
    ("http://100.100.100.200/", Refused),
    ("http://168.63.129.16/", Refused),
    ("http://192.0.0.192/", Refused),
    ("http://metadata.google.internal/", Refused),
    ("https://METADATA.google.internal./computeMetadata", Refused),
    ("http://metadata/", Refused),
    ("http://%6detadata.google.internal/", Refused),
    ("http://１６９.２５４.１６９.２５４/", Refused),
    ("https://255.255.255.255/", Refused),
    ("https://224.0.0.1/", Refused),
    ("https://0.1.2.3/", Refused),
    ("ftp://localhost/", Refused),
    ("file:///etc/passwd", Refused),
    ("gopher://127.0.0.1:70/", Refused),
    ("unix:///var/run/docker.sock", Refused),
    ("localhost:8080", Refused),
    ("//localhost/", Refused),
    ("http://", Refused),
    ("http://[::1", Refused),
    ("http://host:99999/", Refused),
    ("not a url", Refused),
];

fn made(url: &str, around: &Surroundings) -> Result<Backend, BackendError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let provider = Provider {
        name: "localai".to_owned(),
        model: Some("m".to_owned()),
        base_url: Some(sealed(url)),
        ..Provider::default()
    };
    Backend::new(&provider, around, &[])
}

#[test]
fn urls() {
    assert!(TABLE.len() >= 60);
    for (url, expected) in TABLE {
        let fate = match made(url, &Surroundings::default()) {
            Ok(backend) if backend.is_near() => Near,
            Ok(_) => Far,
            Err(BackendError::Forbidden { .. } | BackendError::Setting { .. }) => Refused,
            Err(other) => panic!("{url}: {other}"),
        };
        assert_eq!(fate, *expected, "{url}");
    }
}

#[test]
fn plain_http_far_away_can_be_allowed_and_metadata_cannot() {
    let around = Surroundings::new(|name| (name == "K8SGPT_ALLOW_HTTP").then(|| "true".to_owned()));
    assert!(!made("http://api.example.com/v1", &around).unwrap().is_near());
    assert!(made("http://169.254.169.254/", &around).is_err());
}

#[test]
fn credentials_of_a_url_are_not_shown() {
    let backend =
        made("https://user:canary-pass@api.example.com/v1?key=canary-query", &Surroundings::default());
    let backend = backend.unwrap();
    assert_eq!(backend.endpoint(), "https://api.example.com/v1");
    assert!(!backend.parameters().contains("canary") && !format!("{backend:?}").contains("canary"));
    let error = made("http://user:canary-pass@api.example.com/", &Surroundings::default()).unwrap_err();
    assert!(!error.to_string().contains("canary"), "{error}");
    assert!(error.to_string().contains("http://api.example.com"), "{error}");
}
