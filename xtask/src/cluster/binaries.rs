//! The programs of the control plane: pinned, built once a machine, kept in a cache folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::module::Module;
use super::simulated;
use crate::error::{Error, Result};
use crate::process;

const KUBERNETES: Module = Module {
    path: "k8s.io/kubernetes",
    version: "v1.36.3",
    packages: &[
        "k8s.io/kubernetes/cmd/kube-apiserver",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-scheduler",
        "k8s.io/kubernetes/cmd/kubectl",
    ],
};
const ETCD: Module = Module {
    path: "go.etcd.io/etcd/server/v3",
    version: "v3.6.16",
    packages: &["go.etcd.io/etcd/server/v3"],
};
const KWOK: Module =
    Module { path: "sigs.k8s.io/kwok", version: "v0.8.0", packages: &["sigs.k8s.io/kwok/cmd/kwok"] };

/// The folders that hold the programs.
pub(crate) struct Binaries {
    kubernetes: PathBuf,
    etcd: PathBuf,
    kwok: PathBuf,
}

impl Binaries {
    /// The path of `kube-apiserver`, `kube-controller-manager`, `kube-scheduler` or `kubectl`.
    pub(crate) fn kubernetes(&self, program: &str) -> PathBuf {
        self.kubernetes.join(program)
    }

    /// The path of `etcd`.
    pub(crate) fn etcd(&self) -> PathBuf {
        self.etcd.join("etcd")
    }

    /// The path of `kwok`.
    pub(crate) fn kwok(&self) -> PathBuf {
        self.kwok.join("kwok")
    }

    /// The stages that simulated nodes and pods go through.
    pub(crate) fn stages(&self) -> PathBuf {
        self.kwok.join(simulated::STAGES)
    }
}

/// The cache folder: `K8SGPT_XTASK_CACHE`, else `k8sgpt-xtask` in the user's cache folder.
pub(crate) fn cache() -> PathBuf {
    let set =
        |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
    set("K8SGPT_XTASK_CACHE").unwrap_or_else(|| {
        let user = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
        user.unwrap_or_else(std::env::temp_dir).join("k8sgpt-xtask")
    })
}

/// The programs, built now if they are not there yet; `None` if they are not and there is no `go`.
pub(crate) fn ensure() -> Result<Option<Binaries>> {
    let kubernetes = ensure_one("kubernetes", &KUBERNETES, |_, _| Ok(()))?;
    let etcd = ensure_one("etcd", &ETCD, |_, out| {
        // The package is called after its module's major version.
        std::fs::rename(out.join("v3"), out.join("etcd"))
            .or_else(|_| std::fs::rename(out.join("server"), out.join("etcd")))
            .map_err(Error::io("rename the program of etcd"))
    })?;
    let kwok = ensure_one("kwok", &KWOK, |work, out| simulated::save_stages(&KWOK.sources(work)?, out))?;
    Ok(kubernetes.zip(etcd).zip(kwok).map(|((kubernetes, etcd), kwok)| Binaries { kubernetes, etcd, kwok }))
}

fn ensure_one(
    name: &str,
    module: &Module,
    finish: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<Option<PathBuf>> {
    built(&format!("{name}-{}", module.version), "go", |sources, out| {
        module.build(sources, out)?;
        finish(sources, out)
    })
}

/// A folder of the cache, made now by `make` (an empty folder to work in, one for what is kept) if it is not there
/// yet; `None` if it is not and there is no such `tool`. It is made under another name and renamed into place, so
/// that a folder with the final name is whole.
pub(crate) fn built(
    name: &str,
    tool: &str,
    make: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<Option<PathBuf>> {
    let cache = cache();
    let place = cache.join(name);
    if place.is_dir() {
        return Ok(Some(place));
    }
    if !process::available(tool) {
        return Ok(None);
    }
    eprintln!("building {name} into {} (once; minutes)", place.display());
    std::fs::create_dir_all(&cache).map_err(Error::io(format!("create {}", cache.display())))?;
    let work = TempDir::with_prefix_in("building-", &cache).map_err(Error::io("create a build folder"))?;
    let (sources, out) = (work.path().join("sources"), work.path().join("out"));
    for folder in [&sources, &out] {
        std::fs::create_dir(folder).map_err(Error::io(format!("create {}", folder.display())))?;
    }
    make(&sources, &out)?;
    match std::fs::rename(&out, &place) {
        // Somebody else built the same in the meantime.
        Err(_) if place.is_dir() => {}
        renamed => renamed.map_err(Error::io(format!("rename to {}", place.display())))?,
    }
    Ok(Some(place))
}
