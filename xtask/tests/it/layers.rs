//! Who may name whom, read from Cargo's own dependency graph.

use crate::root;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The arrows of the architecture: a crate and the crates of ours that it may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("view", &[]),
    ("analyzers", &["view"]),
    ("cluster", &["view"]),
    ("explain", &["analyzers", "view"]),
    ("remote", &["analyzers", "view"]),
    ("engine", &["analyzers", "cluster", "explain", "remote", "view"]),
    ("mcp", &["engine"]),
    ("k8sgpt", &["engine", "mcp"]),
    ("xtask", &[]),
];

/// Crates that do IO, run tasks or tell the time over a network: none may be under the pure crates.
const IMPURE: &[&str] = &[
    "tokio",
    "futures",
    "kube",
    "kube-client",
    "k8s-openapi",
    "hyper",
    "reqwest",
    "rmcp",
    "axum",
    "mio",
    "rustls",
];

fn metadata() -> Metadata {
    // Offline and for this platform only: a test downloads nothing.
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc is installed");
    let version = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let options = ["--offline", "--filter-platform", host].map(str::to_owned).to_vec();
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).other_options(options).exec().expect("cargo metadata")
}

/// Names of everything that a crate needs to be built, tests excepted.
fn closure<'a>(metadata: &'a Metadata, name: &str) -> BTreeSet<&'a str> {
    let nodes = &metadata.resolve.as_ref().expect("a resolved graph").nodes;
    let edges: BTreeMap<&PackageId, Vec<&PackageId>> = nodes
        .iter()
        .map(|node| {
            let normal = node
                .deps
                .iter()
                .filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development));
            (&node.id, normal.map(|dep| &dep.pkg).collect())
        })
        .collect();
    let start = metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name == name)
        .expect("a crate of ours");
    let mut seen = BTreeSet::new();
    let mut open = vec![&start.id];
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(edges.get(id).into_iter().flatten().copied());
        }
    }
    metadata
        .packages
        .iter()
        .filter(|p| seen.contains(&p.id) && p.name != name)
        .map(|p| p.name.as_str())
        .collect()
}

#[test]
fn pure_crates_cannot_reach_io() {
    let metadata = metadata();
    for name in ["view", "analyzers"] {
        let reach = closure(&metadata, name);
        let impure: Vec<&&str> = IMPURE.iter().filter(|crate_| reach.contains(**crate_)).collect();
        assert!(impure.is_empty(), "{name} reaches {impure:?}");
    }
}

#[test]
fn arrows_point_the_way_of_the_picture() {
    let metadata = metadata();
    let ours: BTreeSet<String> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    assert_eq!(ours, MAY_NAME.iter().map(|(name, _)| (*name).to_owned()).collect(), "every crate has a row");
    for package in metadata.workspace_packages() {
        let allowed = MAY_NAME.iter().find(|(name, _)| package.name == *name).expect("a row").1;
        let named = package
            .dependencies
            .iter()
            .filter(|d| d.kind != DependencyKind::Development && ours.contains(&d.name));
        for dependency in named {
            assert!(
                allowed.contains(&dependency.name.as_str()),
                "{} must not name {}",
                package.name,
                dependency.name
            );
        }
    }
}

#[test]
fn one_crate_names_the_kubernetes_client_and_one_the_protocol_library() {
    for (library, owner) in
        [("kube", "cluster"), ("k8s-openapi", "cluster"), ("rmcp", "mcp"), ("axum", "mcp")]
    {
        let metadata = metadata();
        let users: Vec<String> = metadata
            .workspace_packages()
            .iter()
            .filter(|p| p.dependencies.iter().any(|d| d.name == library && d.kind == DependencyKind::Normal))
            .map(|p| p.name.to_string())
            .collect();
        assert_eq!(users, [owner], "{library}");
    }
}
