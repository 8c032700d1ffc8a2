//! What custom analyzers are asked and answer.

use remote::custom::schema::{ErrorDetail, Result as Found, RunResponse, SensitiveData};
use remote::custom::{Scope, reach, run};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Barrier;

use crate::custom_server::{always, analyzer, found, limits, start, start_tls, with_token};

#[tokio::test]
async fn a_result_is_taken_over_whole() {
    let result = Found {
        kind: "Host".to_owned(),
        name: "prod/node-1".to_owned(),
        error: vec![ErrorDetail {
            text: "disk is full".to_owned(),
            sensitive: vec![SensitiveData { unmasked: "node-1".to_owned(), masked: "x".to_owned() }],
        }],
        details: "delete something".to_owned(),
        parent_object: "Node/node-1".to_owned(),
    };
    let server = start(always(Ok(RunResponse { result: Some(result) })));
    let said = run(&analyzer("localhost", server.port), &Scope::default(), &limits()).await;
    let said = said.unwrap().unwrap();
    assert_eq!((said.analyzer.as_str(), said.kind.as_str()), ("disk-check", "Host"));
    assert_eq!((said.name.as_str(), said.parent.as_str()), ("prod/node-1", "Node/node-1"));
    assert_eq!((said.errors, said.details.as_str()), (vec!["disk is full".to_owned()], "delete something"));
}

#[tokio::test]
async fn nothing_found_is_nothing() {
    for answer in [Ok(RunResponse { result: None }), found("", "", &[]), found("Host", "a", &[" ", ""])] {
        let server = start(always(answer));
        let said = run(&analyzer("127.0.0.1", server.port), &Scope::default(), &limits()).await;
        assert_eq!(said, Ok(None));
    }
}

#[tokio::test]
async fn scope_and_token_go_along_as_metadata() {
    let server = start(always(found("", "a", &["b"])));
    let scope =
        Scope { namespace: Some("prod".to_owned()), selector: Some("app in (a, b),tier!=x".to_owned()) };
    run(&with_token(analyzer("localhost", server.port), "s3cret\n"), &scope, &limits()).await.unwrap();
    run(&analyzer("localhost", server.port), &Scope::default(), &limits()).await.unwrap();
    let seen = server.seen.lock().unwrap();
    let text = |at: usize, key: &str| seen[at].get(key).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(text(0, "k8sgpt-namespace").as_deref(), Some("prod"));
    assert_eq!(text(0, "k8sgpt-selector").as_deref(), Some("app in (a, b),tier!=x"));
    assert_eq!(text(0, "authorization").as_deref(), Some("Bearer s3cret"));
    assert!(text(0, "user-agent").unwrap().starts_with("k8sgpt/"));
    assert!(text(0, "grpc-timeout").is_some());
    for key in ["k8sgpt-namespace", "k8sgpt-selector", "authorization"] {
        assert_eq!(text(1, key), None);
    }
}

#[tokio::test]
async fn several_run_at_the_same_time() {
    // Each answers only once both were called.
    let both = Arc::new(Barrier::new(2));
    let script = move || -> futures::future::BoxFuture<'static, _> {
        let both = Arc::clone(&both);
        Box::pin(async move {
            both.wait().await;
            found("", "a", &["b"])
        })
    };
    let (one, two) = (start(script.clone()), start(script));
    let (one, two) = (analyzer("localhost", one.port), analyzer("localhost", two.port));
    let (scope, limits) = (Scope::default(), limits());
    let said = tokio::join!(run(&one, &scope, &limits), run(&two, &scope, &limits));
    assert!(said.0.unwrap().is_some() && said.1.unwrap().is_some());
}

#[tokio::test]
async fn a_certificate_is_held_against_its_authority() {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = rcgen::Issuer::new(authority, &authority_key);
    let certificate = certificate.signed_by(&key, &issuer).unwrap();
    let server = start_tls(&certificate.pem(), &key.serialize_pem(), found("", "a", &["b"]));
    let mut analyzer = with_token(analyzer("https://localhost", server.port), "s3cret");
    analyzer.authority = Some(view::Sensitive::new(authority_pem.as_bytes()));
    assert!(run(&analyzer, &Scope::default(), &limits()).await.unwrap().is_some());
    assert_eq!(reach(&analyzer, &limits()).await, Ok(()));
    let asked = server.seen.lock().unwrap().len();
    let other = rcgen::KeyPair::generate().unwrap();
    let other = rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&other).unwrap();
    analyzer.authority = Some(view::Sensitive::new(other.pem().as_bytes()));
    let error = run(&analyzer, &Scope::default(), &limits()).await.unwrap_err().to_string();
    assert!(error.contains("encrypted connection failed") && error.contains("ca_file"), "{error}");
    analyzer.authority = Some(view::Sensitive::new(*b"-----BEGIN CERTIFICATE-----\nnone"));
    assert!(run(&analyzer, &Scope::default(), &limits()).await.is_err());
    assert_eq!(server.seen.lock().unwrap().len(), asked, "no token before the certificate was seen");
}

#[tokio::test]
async fn reaching_does_not_run_the_analyzer() {
    let server = start(always(found("", "a", &["b"])));
    assert_eq!(reach(&analyzer("localhost", server.port), &limits()).await, Ok(()));
    assert!(server.seen.lock().unwrap().is_empty());
}

/// Whoever copies the template speaks the same schema.
#[test]
fn the_template_has_the_same_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path).replace("\r\n", "\n");
    let schema = "proto/schema/v1/custom_analyzer.proto";
    assert_eq!(read(schema), read(&format!("../../examples/custom-analyzer/{schema}")));
}

/// The form on the wire, byte for byte: field numbers of a result and of what it holds.
#[test]
fn field_numbers_are_those_of_the_schema() {
    let result = Found {
        kind: "k".to_owned(),
        name: "n".to_owned(),
        error: vec![ErrorDetail {
            text: "t".to_owned(),
            sensitive: vec![SensitiveData { unmasked: "u".to_owned(), masked: "m".to_owned() }],
        }],
        details: "d".to_owned(),
        parent_object: "p".to_owned(),
    };
    let bytes = prost::Message::encode_to_vec(&RunResponse { result: Some(result) });
    let expected = b"\x0a\x19\x0a\x01k\x12\x01n\x1a\x0b\x0a\x01t\x12\x06\x0a\x01u\x12\x01m\x22\x01d\x2a\x01p";
    assert_eq!(bytes, expected);
}
