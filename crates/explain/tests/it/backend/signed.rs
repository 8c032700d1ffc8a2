//! Signatures, computed a second time from what came over the wire.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use ring::{digest, hmac};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

use super::server::{self, Reply, Request};
use super::{KEY, asked, backend, question};

async fn sent(name: &str) -> Request {
    let (url, seen) = server::start(|_, _| Reply::Answer(418, "text/plain", String::new(), Vec::new())).await;
    assert!(asked(&backend(name, &url), &question(false)).await.0.is_err());
    seen.lock().unwrap()[0].clone()
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// What AWS encodes once more before it signs: the path as it was sent.
fn encoded_again(path: &str) -> String {
    path.replace('%', "%25")
}

#[tokio::test]
async fn version_four_of_aws() {
    for (name, service) in
        [("amazonbedrock", "bedrock"), ("amazonbedrockconverse", "bedrock"), ("amazonsagemaker", "sagemaker")]
    {
        let request = sent(name).await;
        let header = request.header("authorization").to_owned();
        let part = |key: &str| header.split(key).nth(1).unwrap().split(',').next().unwrap().to_owned();
        let (names, signature) = (part("SignedHeaders="), part("Signature="));
        let headers: String =
            names.split(';').map(|name| format!("{name}:{}\n", request.header(name).trim())).collect();
        assert!(
            ["content-type", "host", "x-amz-date", "x-amz-security-token"].iter().all(|n| names.contains(n))
        );
        let body = hex(digest::digest(&digest::SHA256, &request.body));
        let path = encoded_again(&request.target);
        let canonical = format!("POST\n{path}\n\n{headers}\n{names}\n{body}");
        let time = request.header("x-amz-date");
        let scope = format!("{}/eu-west-1/{service}/aws4_request", &time[..8]);
        let hash = hex(digest::digest(&digest::SHA256, canonical.as_bytes()));
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hash}");
        let mut key = format!("AWS4{KEY}").into_bytes();
        for step in [&time[..8], "eu-west-1", service, "aws4_request"] {
            key = mac(&key, step);
        }
        assert_eq!(hex(mac(&key, &text)), signature, "{name}: {canonical}");
    }
}

#[tokio::test]
async fn the_signature_of_oci() {
    let request = sent("oci").await;
    let header = request.header("authorization").strip_prefix("Signature ").unwrap().to_owned();
    let parts: BTreeMap<&str, &str> =
        header.split(',').filter_map(|p| p.split_once('=')).map(|(k, v)| (k, v.trim_matches('"'))).collect();
    let line = |name: &str| match name {
        "(request-target)" => format!("(request-target): post {}", request.target),
        name => format!("{name}: {}", request.header(name)),
    };
    let text: Vec<String> = parts["headers"].split(' ').map(line).collect();
    let PrivateKeyDer::Pkcs8(der) =
        PrivateKeyDer::from_pem_slice(include_bytes!("data/test_key.pem")).unwrap()
    else {
        panic!("the key has another form")
    };
    let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
    let signature = STANDARD.decode(parts["signature"]).unwrap();
    public.verify(text.join("\n").as_bytes(), &signature).unwrap();
    let digest = STANDARD.encode(digest::digest(&digest::SHA256, &request.body));
    assert_eq!(request.header("x-content-sha256"), digest);
}

#[tokio::test]
async fn a_key_of_anthropic_has_a_header_of_its_own() {
    let request = sent("anthropic").await;
    assert_eq!([request.header("x-api-key"), request.header("anthropic-version")], [KEY, "2023-06-01"]);
    assert_eq!(request.header("authorization"), "");
}
