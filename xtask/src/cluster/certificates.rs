//! Certificates and keys of a control plane that lives for minutes.

use std::path::Path;

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

use crate::error::{Error, Result, write};

/// Writes `ca.crt`, `server.{crt,key}`, `admin.{crt,key}` and the service account keys `sa.{pub,key}`.
pub(crate) fn write_all(folder: &Path) -> Result<()> {
    let (ca, ca_pem) = authority().map_err(failed("ca"))?;
    write(&folder.join("ca.crt"), ca_pem)?;
    let names = ["127.0.0.1", "10.96.0.1", "localhost", "kubernetes.default.svc"];
    issue(folder, &ca, "server", None, &names)?;
    issue(folder, &ca, "admin", Some("system:masters"), &[])?;
    let accounts = KeyPair::generate().map_err(failed("service accounts"))?;
    write(&folder.join("sa.key"), accounts.serialize_pem())?;
    write(&folder.join("sa.pub"), accounts.public_key_pem())
}

fn authority() -> std::result::Result<(Issuer<'static, KeyPair>, String), rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "disposable-ca");
    let key = KeyPair::generate()?;
    let pem = params.self_signed(&key)?.pem();
    Ok((Issuer::new(params, key), pem))
}

/// A certificate for client and server use with the common name `name`; a group is the organisation.
fn issue(
    folder: &Path,
    ca: &Issuer<'static, KeyPair>,
    name: &str,
    group: Option<&str>,
    names: &[&str],
) -> Result<()> {
    let made = || {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, name);
        if let Some(group) = group {
            params.distinguished_name.push(DnType::OrganizationName, group);
        }
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate()?;
        Ok((params.signed_by(&key, ca)?.pem(), key.serialize_pem()))
    };
    let (certificate, key) = made().map_err(failed(name))?;
    write(&folder.join(format!("{name}.crt")), certificate)?;
    write(&folder.join(format!("{name}.key")), key)
}

fn failed(name: &str) -> impl FnOnce(rcgen::Error) -> Error {
    let name = name.to_owned();
    move |source| Error::Certificate { name, source }
}
