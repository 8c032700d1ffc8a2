//! `cargo xtask stores`: the cache of explanations against real object stores.

mod servers;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::e2e;
use crate::e2e::checks::{Checks, expect};
use crate::error::{Error, Result, read};
use servers::Server;

const USAGE: &str = "usage: cargo xtask stores [s3 | azure | gcs]";

/// The bucket or container of every store.
const BUCKET: &str = "k8sgpt-cache";
/// The account of Azurite, and the key that its documentation gives to everybody.
const ACCOUNT: &str = "devstoreaccount1";
const ACCOUNT_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// A store, and how it is reached with and without good credentials.
struct Store {
    name: &'static str,
    server: Server,
    /// Arguments of `cache add`, the bucket's name aside.
    add: Vec<String>,
    bucket_flag: &'static str,
    environment: Vec<(&'static str, String)>,
    /// The same with credentials that are not accepted; none where the server accepts everybody.
    wrong: Option<Vec<(&'static str, String)>>,
}

/// The program with a home directory of its own.
struct Program {
    binary: PathBuf,
    home: TempDir,
}

/// `cargo xtask stores`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let chosen = match args[..] {
        [] => vec!["s3", "azure", "gcs"],
        [one @ ("s3" | "azure" | "gcs")] => vec![one],
        _ => return Err(Error::Other(USAGE.into())),
    };
    let binary = e2e::build("dev")?;
    let mut checks = Checks::default();
    for name in chosen {
        let Some(store) = start(name)? else {
            skipped(name)?;
            continue;
        };
        let home = TempDir::with_prefix("k8sgpt-stores-").map_err(Error::io("create a temporary folder"))?;
        let program = Program { binary: binary.clone(), home };
        if name == "s3" {
            checks.report("s3: a certificate of nobody's", certificate(&program))?;
        }
        whole(&mut checks, &program, store)?;
    }
    checks.finish()
}

/// Says loudly that a store cannot be had; an error in CI.
fn skipped(name: &str) -> Result<()> {
    let tool = if name == "gcs" { "go" } else { "npm" };
    let why = format!("no server for {name}: {tool} is not in PATH, and nothing is built");
    if std::env::var_os("K8SGPT_CI").is_some_and(|value| value == "1") {
        return Err(Error::Other(why));
    }
    eprintln!("SKIPPED: the cache on {name} ({why})");
    Ok(())
}

fn start(name: &str) -> Result<Option<Store>> {
    match name {
        "s3" => Ok(servers::node_packages()?.map(|packages| s3(&packages)).transpose()?),
        "azure" => Ok(servers::node_packages()?.map(|packages| azure(&packages)).transpose()?),
        _ => Ok(servers::fake_gcs()?.map(|folder| gcs(&folder)).transpose()?),
    }
}

fn s3(packages: &Path) -> Result<Store> {
    let server = servers::s3(packages, BUCKET, false)?;
    let add = ["s3", "-r", "us-east-1", "-e", &server.url].map(str::to_owned).to_vec();
    let mut environment = keys("S3RVER");
    environment.push(("K8SGPT_TEST_ENDPOINT", server.url.clone()));
    Ok(Store { name: "s3", server, add, bucket_flag: "-b", environment, wrong: Some(keys("SOMEBODY")) })
}

fn keys(both: &str) -> Vec<(&'static str, String)> {
    vec![("AWS_ACCESS_KEY_ID", both.to_owned()), ("AWS_SECRET_ACCESS_KEY", both.to_owned())]
}

fn azure(packages: &Path) -> Result<Store> {
    let server = servers::azure(packages)?;
    let endpoint = format!("{}/{ACCOUNT}", server.url);
    let with = |key: &str| {
        let text = format!("AccountName={ACCOUNT};AccountKey={key};BlobEndpoint={endpoint};");
        ("AZURE_STORAGE_CONNECTION_STRING", text)
    };
    let environment = vec![
        with(ACCOUNT_KEY),
        ("K8SGPT_TEST_ENDPOINT", endpoint.clone()),
        ("K8SGPT_TEST_ACCOUNT", ACCOUNT.to_owned()),
    ];
    let wrong = Some(vec![with("c29tZWJvZHk=")]);
    let add = ["azure", "-s", ACCOUNT].map(str::to_owned).to_vec();
    Ok(Store { name: "azure", server, add, bucket_flag: "-c", environment, wrong })
}

fn gcs(folder: &Path) -> Result<Store> {
    let server = servers::gcs(folder)?;
    let environment = vec![("STORAGE_EMULATOR_HOST", server.url.clone())];
    let add = ["gcs", "-p", "project", "-r", "us"].map(str::to_owned).to_vec();
    Ok(Store { name: "gcs", server, add, bucket_flag: "-b", environment, wrong: None })
}

fn whole(checks: &mut Checks, program: &Program, store: Store) -> Result<()> {
    let name = store.name;
    let mut check = |what: &str, outcome| checks.report(&format!("{name}: {what}"), outcome);
    check("objects of others are put there", step(&store, "prepare"))?;
    check("a bucket that is missing is refused", missing(program, &store))?;
    if let Some(wrong) = &store.wrong {
        check("credentials that are wrong are refused", rejected(program, &store, wrong))?;
    }
    check("it is tried and saved", added(program, &store))?;
    check("two clients share, in pages", step(&store, "two_clients_share"))?;
    check("it is listed and purged", purged(program, &store))?;
    check("objects of others are still there", step(&store, "only_foreign_objects_are_left"))?;
    let Store { server, environment, .. } = store;
    drop(server);
    check("a stopped server is told", stopped(program, &environment))?;
    let step = self::run_step(name, &environment, "a_stopped_server_is_a_miss_and_one_warning");
    check("a stopped server is a miss and one warning", step)
}

/// A test of the crate `explain`, against this store; gives what it measured.
fn step(store: &Store, test: &str) -> Result<String> {
    run_step(store.name, &store.environment, test)
}

fn run_step(name: &str, environment: &[(&'static str, String)], test: &str) -> Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--quiet", "--package", "explain", "--test", "it", "--"]);
    command.args(["--ignored", "--nocapture", "--exact", &format!("cache_stores::{test}")]);
    command.envs(environment.iter().map(|(name, value)| (*name, value)));
    command
        .env("RUST_BACKTRACE", "0")
        .env("K8SGPT_TEST_STORE", name)
        .env("K8SGPT_TEST_BUCKET", BUCKET)
        .stdin(Stdio::null());
    let output = command.output().map_err(Error::io("run cargo test"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    expect(output.status.success() && text.contains("1 passed"), || said)?;
    Ok(text
        .lines()
        .filter(|line| line.contains(" in ") && !line.contains("passed"))
        .collect::<Vec<_>>()
        .join("; "))
}

impl Program {
    /// Runs `k8sgpt cache …` with this environment alone.
    fn cache(&self, environment: &[(&'static str, String)], args: &[&str]) -> Result<(bool, String, String)> {
        let mut command = Command::new(&self.binary);
        command.env_clear().env("HOME", self.home.path()).stdin(Stdio::null());
        command.envs(environment.iter().map(|(name, value)| (*name, value)));
        let output = command.arg("cache").args(args).output().map_err(Error::io("run the program"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((output.status.success(), text(&output.stdout), text(&output.stderr)))
    }

    fn add(
        &self,
        store: &Store,
        environment: &[(&'static str, String)],
        bucket: &str,
    ) -> Result<(bool, String, String)> {
        let mut args = vec!["add"];
        args.extend(store.add.iter().map(String::as_str));
        args.extend([store.bucket_flag, bucket]);
        self.cache(environment, &args)
    }

    fn saved(&self) -> bool {
        self.home.path().join(".config/k8sgpt/k8sgpt.yaml").exists()
    }
}

fn missing(program: &Program, store: &Store) -> Result<String> {
    let (ok, _, err) = program.add(store, &store.environment, "not-there")?;
    let told = err.contains("is not there; create it with `") && err.contains("not-there");
    expect(!ok && told && !program.saved(), || err)?;
    Ok(String::new())
}

fn rejected(program: &Program, store: &Store, wrong: &[(&'static str, String)]) -> Result<String> {
    let (ok, _, err) = program.add(store, wrong, BUCKET)?;
    expect(!ok && err.contains("the credentials are not accepted") && !program.saved(), || err)?;
    Ok(String::new())
}

fn added(program: &Program, store: &Store) -> Result<String> {
    let (ok, out, err) = program.add(store, &store.environment, BUCKET)?;
    expect(ok && out.contains("an entry was written, read and deleted"), || err)?;
    let (_, out, _) = program.cache(&[], &["get"])?;
    expect(out.trim_end() == format!("Current remote cache is: {}", store.name), || out)?;
    let text = read(&program.home.path().join(".config/k8sgpt/k8sgpt.yaml"))?;
    expect(!text.contains(ACCOUNT_KEY) && !text.contains("S3RVER"), || {
        "the file holds a credential".to_owned()
    })?;
    Ok(String::new())
}

fn purged(program: &Program, store: &Store) -> Result<String> {
    let run = |args: &[&str]| program.cache(&store.environment, args);
    let listed = || -> Result<Vec<Value>> {
        let (_, out, err) = run(&["list", "-o", "json"])?;
        serde_json::from_str(&out).map_err(Error::json(err))
    };
    let start = Instant::now();
    let before = listed()?;
    let wall = start.elapsed();
    let first = before.first().and_then(|one| one["name"].as_str()).unwrap_or_default().to_owned();
    expect(before.len() > 800, || format!("{} entries are listed", before.len()))?;
    let (ok, _, err) = run(&["purge", &first])?;
    expect(ok && !run(&["purge", &first])?.0, || err)?;
    let start = Instant::now();
    let (ok, out, err) = run(&["purge", "--all"])?;
    let count = before.len() - 1;
    expect(ok && out.contains(&format!("{count} explanations deleted")), || format!("{out}{err}"))?;
    expect(listed()?.is_empty(), || "something is left".to_owned())?;
    Ok(format!("{} listed in {wall:.1?}, purged in {:.1?}", before.len(), start.elapsed()))
}

fn stopped(program: &Program, environment: &[(&'static str, String)]) -> Result<String> {
    let start = Instant::now();
    let (ok, _, err) = program.cache(environment, &["list"])?;
    let wall = start.elapsed();
    expect(!ok && err.contains("cannot be reached") && wall < Duration::from_secs(5), || {
        format!("{wall:?}: {err}")
    })?;
    Ok(format!("after {wall:.1?}"))
}

/// A certificate that cannot be verified is refused, unless that is wanted.
fn certificate(program: &Program) -> Result<String> {
    let Some(packages) = servers::node_packages()? else { return Ok(String::new()) };
    let server = servers::s3(&packages, BUCKET, true)?;
    let args = ["add", "s3", "-b", BUCKET, "-e", &server.url];
    let (ok, _, err) = program.cache(&keys("S3RVER"), &args)?;
    expect(!ok && err.contains("cannot be reached") && err.contains("certificate"), || err)?;
    let (ok, _, err) = program.cache(&keys("S3RVER"), &[&args[..], &["--insecure"]].concat())?;
    expect(ok, || err)?;
    let (ok, _, err) = program.cache(&[], &["remove"])?;
    expect(ok, || err)?;
    std::fs::remove_file(program.home.path().join(".config/k8sgpt/k8sgpt.yaml"))
        .map_err(Error::io("remove the configuration"))?;
    Ok(String::new())
}
