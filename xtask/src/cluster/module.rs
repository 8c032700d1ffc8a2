//! Building programs from Go modules with the `go` command alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::{Error, Result, read, write};
use crate::process;

/// Programs of one Go module.
pub(crate) struct Module {
    /// The module's path.
    pub(crate) path: &'static str,
    /// Its version, with the leading `v`.
    pub(crate) version: &'static str,
    /// The packages to build, each giving a program of its last element's name.
    pub(crate) packages: &'static [&'static str],
}

impl Module {
    /// Builds the programs into `out`, working in the empty folder `work`.
    pub(crate) fn build(&self, work: &Path, out: &Path) -> Result<()> {
        let own = Path::new(&self.download(work)?["GoMod"].as_str().unwrap_or_default()).to_path_buf();
        write(&work.join("go.mod"), self.go_mod(&read(&own)?))?;
        go(work, &["mod", "tidy"])?;
        let out = out.display().to_string();
        let flags = self.linker_flags();
        let mut args = vec!["build", "-ldflags", &flags, "-o", &out];
        args.extend(self.packages);
        go(work, &args).map(drop)
    }

    /// The folder of the module's sources in Go's module cache.
    pub(crate) fn sources(&self, work: &Path) -> Result<PathBuf> {
        Ok(PathBuf::from(self.download(work)?["Dir"].as_str().unwrap_or_default()))
    }

    fn download(&self, work: &Path) -> Result<Value> {
        let module = format!("{}@{}", self.path, self.version);
        let found = go(work, &["mod", "download", "-json", &module])?;
        serde_json::from_slice(&found).map_err(Error::json(format!("go mod download {module}")))
    }

    /// A go.mod that requires the module and repeats what a dependent does not inherit: its Go version, and its
    /// replacements of modules that live in its own tree (`./staging/src/…`), which are published as
    /// `v0.x.y` beside `v1.x.y`.
    fn go_mod(&self, own: &str) -> String {
        let lines = own.lines().map(str::trim);
        let go = lines.clone().find(|line| line.starts_with("go ")).unwrap_or("go 1.24");
        let tools: String = self.packages.iter().map(|package| format!("\t{package}\n")).collect();
        let published = self.version.replacen("v1.", "v0.", 1);
        let replaced = lines.filter_map(|line| line.split_once(" => ./staging/src/")).map(|(name, _)| name);
        let replaced: String = replaced.map(|name| format!("\t{name} => {name} {published}\n")).collect();
        let (path, version) = (self.path, self.version);
        format!(
            "module controlplane\n\n{go}\n\nrequire {path} {version}\n\ntool (\n{tools})\n\nreplace (\n{replaced})\n"
        )
    }

    /// Without symbol tables; the version is what `/version` answers.
    fn linker_flags(&self) -> String {
        let minor = self.version.split('.').nth(1).unwrap_or_default();
        let set = "-X k8s.io/component-base/version";
        format!("-s -w {set}.gitVersion={} {set}.gitMajor=1 {set}.gitMinor={minor}", self.version)
    }
}

/// Runs `go` in a folder; gives its standard output.
pub(crate) fn go(folder: &Path, args: &[&str]) -> Result<Vec<u8>> {
    process::output(Command::new("go").args(args).current_dir(folder).env("CGO_ENABLED", "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staging_modules_are_replaced_by_their_published_versions() {
        let module =
            Module { path: "k8s.io/kubernetes", version: "v1.36.3", packages: &["k8s.io/kubernetes/cmd/a"] };
        let made = module.go_mod("module k8s.io/kubernetes\n\ngo 1.26.0\n\nreplace (\n\tk8s.io/api => ./staging/src/k8s.io/api\n)\n");
        assert!(made.contains("\ngo 1.26.0\n") && made.contains("require k8s.io/kubernetes v1.36.3"));
        assert!(
            made.contains("\tk8s.io/api => k8s.io/api v0.36.3\n")
                && made.contains("\tk8s.io/kubernetes/cmd/a\n")
        );
    }
}
