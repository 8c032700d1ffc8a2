//! Records the demo cluster: breaks a real cluster as `demo/` says, waits for the faults, captures it.

mod capture;
mod expect;
mod sanitise;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::error::{Error, Result, read, write};
use crate::kubectl::Kubectl;
use crate::process;
use expect::Expectation;
use sanitise::Sanitiser;

/// What a recording can be told.
#[derive(Default)]
struct Options {
    kubeconfig: Option<PathBuf>,
    out: Option<PathBuf>,
    break_node: Option<String>,
    replace: Vec<(String, String)>,
}

/// `cargo xtask capture --out DIR`: the cluster as it is.
pub(crate) fn capture(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let out = options.out.ok_or_else(|| Error::Other("--out DIR is missing".into()))?;
    capture::capture(&Kubectl::new(options.kubeconfig), Sanitiser::new(options.replace), &out)
}

/// `cargo xtask record-demo --out DIR`: the cluster with the faults of `demo/`.
pub(crate) fn record(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let out = options.out.ok_or_else(|| Error::Other("--out DIR is missing".into()))?;
    let kubectl = Kubectl::new(options.kubeconfig);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo");
    let table = read(&demo.join("FAULTS.md"))?;
    let expected = expect::parse(&table)?;

    label_nodes(&kubectl)?;
    kubectl.apply(&demo.join("cluster"), "k8sgpt-demo")?;
    certificate(&kubectl)?;
    expect::wait(&kubectl, "first step", &before_changes(), Duration::from_secs(300))?;
    kubectl.apply(&demo.join("changes"), "k8sgpt-demo-change")?;
    // The pods of a stopped node are evicted after five minutes: everything else comes first.
    let (node, rest): (Vec<_>, Vec<_>) = expected.into_iter().partition(Expectation::is_about_stopped_node);
    expect::wait(&kubectl, "faults", &rest, Duration::from_secs(900))?;
    if let Some(command) = &options.break_node {
        process::output(Command::new("sh").args(["-c", command]))?;
        expect::wait(&kubectl, "stopped node", &node, Duration::from_secs(240))?;
        expect::wait(&kubectl, "everything at once", &rest, Duration::from_secs(60))?;
    }
    write(&out.join("FAULTS.md"), &table)?;
    capture::capture(&kubectl, Sanitiser::new(options.replace), &out)
}

/// The first node becomes the general pool, the second one the batch pool, the one that stops.
fn label_nodes(kubectl: &Kubectl) -> Result<()> {
    let names =
        kubectl.jsonpath("nodes -l !node-role.kubernetes.io/control-plane", "{.items[*].metadata.name}");
    let names: Vec<_> = names.split_whitespace().collect();
    let [general, batch, ..] = names[..] else {
        return Err(Error::Other(format!("the demo needs two worker nodes, found {}", names.len())));
    };
    for (node, label) in [(general, "pool=general"), (batch, "pool=batch")] {
        kubectl.run(&["label", "node", node, label, "--overwrite"])?;
    }
    Ok(())
}

/// A self-signed certificate for the healthy ingress: its key is made here and thrown away with the cluster.
fn certificate(kubectl: &Kubectl) -> Result<()> {
    let name = "shop.example.com";
    let made = rcgen::generate_simple_self_signed([name.to_owned()]);
    let made = made.map_err(|source| Error::Certificate { name: name.into(), source })?;
    let folder = tempfile::tempdir().map_err(Error::io("create a temporary folder"))?;
    let (cert, key) = (folder.path().join("tls.crt"), folder.path().join("tls.key"));
    write(&cert, made.cert.pem())?;
    write(&key, made.signing_key.serialize_pem())?;
    let (cert, key) = (format!("--cert={}", cert.display()), format!("--key={}", key.display()));
    kubectl.run(&["delete", "secret", "shop-tls", "-n", "shop", "--ignore-not-found"])?;
    kubectl.run(&["create", "secret", "tls", "shop-tls", "-n", "shop", &cert, &key]).map(drop)
}

/// What must have happened before the second step changes it.
fn before_changes() -> [Expectation; 4] {
    let available = "{.status.availableReplicas}";
    [
        Expectation::new("staging/api", "deployment api -n staging", available, "2"),
        Expectation::new("shop/gift-cards", "deployment gift-cards -n shop", available, "1"),
        Expectation::new("staging/search-indexer", "deployment search-indexer -n staging", available, "2"),
        Expectation::new("data/vacuum", "cronjob vacuum -n data", "{.status.lastSuccessfulTime}", "20"),
    ]
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options::default();
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| Error::Other(format!("{name} wants a value")))?;
        match name.as_str() {
            "--kubeconfig" => options.kubeconfig = Some(value.into()),
            "--out" => options.out = Some(value.into()),
            "--break-node" => options.break_node = Some(value.clone()),
            "--replace" => match value.split_once('=') {
                Some((from, to)) if !from.is_empty() => options.replace.push((from.into(), to.into())),
                _ => return Err(Error::Other(format!("--replace wants FROM=TO, got {value:?}"))),
            },
            _ => return Err(Error::Other(format!("{name}: unknown option"))),
        }
    }
    Ok(options)
}
