//! Signatures of Oracle Cloud Infrastructure: HTTP signatures with an RSA key.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use sha2::{Digest as _, Sha256};

use super::super::setup::sealed_header;
use super::super::{BackendError, Surroundings};
use super::profile;

/// Who signs, with what.
pub(in super::super) struct Oci {
    id: String,
    key: RsaKeyPair,
    origin: String,
}

impl Oci {
    /// Of the configuration file of OCI's own tools.
    pub(super) fn of(around: &Surroundings) -> Result<Oci, BackendError> {
        let name = around.get("OCI_CLI_PROFILE").unwrap_or("DEFAULT");
        let path = around.file(&["OCI_CLI_CONFIG_FILE", "OCI_CONFIG_FILE"], ".oci/config");
        let path = path.unwrap_or_else(|| PathBuf::from(".oci/config"));
        let origin = format!("profile {name} of {}", path.display());
        let failed =
            |reason: &str| BackendError::Credentials { origin: origin.clone(), reason: reason.to_owned() };
        let Some(section) = profile::section(&path, name)? else {
            return Err(failed("it does not exist; run `oci setup config`"));
        };
        let part = |key: &str| section.get(key).ok_or_else(|| failed(&format!("it has no {key}")));
        let file = around.at_home(part("key_file")?);
        let id = match section.get("security_token_file") {
            Some(token) => {
                let token = around.at_home(token);
                let text = std::fs::read_to_string(&token)
                    .map_err(|error| BackendError::File { path: token, reason: error.to_string() })?;
                format!("ST${}", text.trim())
            }
            None => format!("{}/{}/{}", part("tenancy")?, part("user")?, part("fingerprint")?),
        };
        let pem = std::fs::read(&file)
            .map_err(|error| BackendError::File { path: file.clone(), reason: error.to_string() })?;
        let key = rsa(&pem).ok_or_else(|| {
            let reason = "it is no RSA key in PEM without a passphrase, which is what can be used here";
            BackendError::File { path: file, reason: reason.to_owned() }
        })?;
        Ok(Oci { id, key, origin })
    }

    pub(super) fn sign(&self, url: &Url, headers: &mut HeaderMap, body: &[u8]) -> Result<(), BackendError> {
        let failed = || BackendError::Credentials {
            origin: self.origin.clone(),
            reason: "the request cannot be signed with it".to_owned(),
        };
        let date = jiff::fmt::rfc2822::DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&jiff::Timestamp::now())
            .map_err(|_| failed())?;
        let digest = STANDARD.encode(Sha256::digest(body));
        let host = match (url.host_str().unwrap_or_default(), url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let parts = [
            ("date", date),
            ("(request-target)", format!("post {target}")),
            ("host", host),
            ("content-length", body.len().to_string()),
            ("content-type", "application/json".to_owned()),
            ("x-content-sha256", digest),
        ];
        let text: Vec<String> = parts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.join("\n").as_bytes(), &mut signature)
            .map_err(|_| failed())?;
        let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
        let shown = format!(
            "Signature version=\"1\",keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{}\",signature=\"{}\"",
            self.id,
            names.join(" "),
            STANDARD.encode(signature)
        );
        headers.insert("authorization", sealed_header(&shown).ok_or_else(failed)?);
        for (name, value) in parts.iter().filter(|(name, _)| matches!(*name, "date" | "x-content-sha256")) {
            let value = HeaderValue::from_str(value).map_err(|_| failed())?;
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(())
    }
}

fn rsa(pem: &[u8]) -> Option<RsaKeyPair> {
    match PrivateKeyDer::from_pem_slice(pem).ok()? {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
        _ => None,
    }
}
