//! Servers that speak the protocols of S3, Azure Blob Storage and Google Cloud Storage, on loopback.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::cluster::binaries::built;
use crate::cluster::certificates;
use crate::cluster::launch::{arguments, free_ports, listening, wait};
use crate::cluster::module::go;
use crate::cluster::processes::Processes;
use crate::error::{Error, Result, write};
use crate::process;

/// Servers from npm, and a Node that is new enough for them.
const S3RVER: &str = "3.7.1";
const AZURITE: &str = "3.37.0";
const NODE: &str = "22.23.3";
const NODE_MAJOR: u32 = 22;

/// A server of Google Cloud Storage's protocol, a Go module, and the program around it.
const FAKE_GCS: &str = "v1.56.1";
const FAKE_GCS_PROGRAM: &str = include_str!("gcs.go.txt");

/// A server that is there once this is made, and gone once it is dropped.
pub(super) struct Server {
    _processes: Processes,
    /// Without a slash at its end.
    pub(super) url: String,
}

/// The folder of what npm installed; `None` without npm.
pub(super) fn node_packages() -> Result<Option<PathBuf>> {
    built(&format!("stores-s3rver-{S3RVER}-azurite-{AZURITE}"), "npm", |_, out| {
        let mut packages = vec![format!("s3rver@{S3RVER}"), format!("azurite@{AZURITE}")];
        if system_node() < NODE_MAJOR {
            packages.push(format!("{}@{NODE}", node_package()));
        }
        let mut install = Command::new("npm");
        install.args(["install", "--prefix"]).arg(out);
        install.args(["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"]);
        process::output(install.args(packages)).map(drop)
    })
}

/// The folder of the server of Google Cloud Storage's protocol; `None` without Go.
pub(super) fn fake_gcs() -> Result<Option<PathBuf>> {
    built(&format!("stores-fake-gcs-server-{FAKE_GCS}"), "go", |work, out| {
        write(&work.join("main.go"), FAKE_GCS_PROGRAM)?;
        let module =
            format!("module gcs\n\ngo 1.24\n\nrequire github.com/fsouza/fake-gcs-server {FAKE_GCS}\n");
        write(&work.join("go.mod"), module)?;
        go(work, &["mod", "tidy"])?;
        go(work, &["build", "-o", &out.join("gcs").display().to_string(), "."]).map(drop)
    })
}

/// The name under which npm has Node's own program.
fn node_package() -> String {
    let system = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    format!("node-{system}-{processor}")
}

/// The major version of the Node in `PATH`; 0 without one.
fn system_node() -> u32 {
    let version = process::output(Command::new("node").arg("--version")).unwrap_or_default();
    let version = String::from_utf8_lossy(&version).into_owned();
    version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
}

fn node(packages: &Path) -> PathBuf {
    let own = packages.join("node_modules").join(node_package()).join("bin/node");
    if own.is_file() { own } else { PathBuf::from("node") }
}

/// Accepts the key `S3RVER` alone; with TLS, its certificate is of an authority that nobody knows.
pub(super) fn s3(packages: &Path, bucket: &str, tls: bool) -> Result<Server> {
    start(&node(packages), tls, |folder, port| {
        let program = packages.join("node_modules/s3rver/bin/s3rver.js").display().to_string();
        // Its marks for the next page of a listing are made with a cipher of old.
        let mut args = vec!["--openssl-legacy-provider".to_owned(), program];
        args.extend(arguments(&format!(
            "--directory data --address 127.0.0.1 --port {port} --no-vhost-buckets --configure-bucket {bucket}"
        )));
        std::fs::create_dir(folder.join("data")).map_err(Error::io("create a data folder"))?;
        if tls {
            certificates::write_all(folder)?;
            args.extend(arguments("--key server.key --cert server.crt"));
        }
        Ok(args)
    })
}

pub(super) fn azure(packages: &Path) -> Result<Server> {
    start(&node(packages), false, |_, port| {
        let program = packages.join("node_modules/azurite/dist/src/blob/main.js").display().to_string();
        let mut args = vec![program];
        args.extend(arguments(&format!(
            "--blobHost 127.0.0.1 --blobPort {port} --location data --silent --skipApiVersionCheck
            --disableTelemetry"
        )));
        Ok(args)
    })
}

pub(super) fn gcs(folder: &Path) -> Result<Server> {
    start(&folder.join("gcs"), false, |_, port| Ok(vec![format!("127.0.0.1:{port}")]))
}

/// Starts a program in a folder of its own, on a port of its own; returns once it listens.
fn start(program: &Path, tls: bool, args: impl FnOnce(&Path, u16) -> Result<Vec<String>>) -> Result<Server> {
    let folder = TempDir::with_prefix("k8sgpt-store-").map_err(Error::io("create a temporary folder"))?;
    let path = folder.path().to_owned();
    let [port] = free_ports()?;
    let args = args(&path, port)?;
    let mut processes = Processes::new(Some(folder))?;
    processes.start(program, &path, &args)?;
    wait(&mut processes, "the store", || listening(port))?;
    let scheme = if tls { "https" } else { "http" };
    Ok(Server { _processes: processes, url: format!("{scheme}://127.0.0.1:{port}") })
}
