//! Small tasks around the sources: new rules, formatting, generated documents.
#![allow(clippy::print_stdout, reason = "a task tells what it did")]

use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

const RULE: &str = include_str!("templates/rule.rs.txt");
const FIXTURE: &str = include_str!("templates/fixture.md.txt");
const FOLDER: &str = include_str!("templates/mod.rs.txt");

/// `new-rule kind/what`: the rule and its fixture with their headings.
pub(crate) fn new_rule(args: &[String]) -> Result<()> {
    let [id] = args else { return Err(Error::Other("usage: cargo xtask new-rule KIND/WHAT".into())) };
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let Some((folder, what)) =
        id.split_once('/').filter(|(folder, what)| word(folder) && !folder.contains('-') && word(what))
    else {
        return Err(Error::Other(format!("{id:?} is not a rule id; one looks like pod/image-pull")));
    };
    let crate_ = root().join("crates/analyzers");
    let file = what.replace('-', "_");
    let rules = crate_.join("src/rules").join(folder);
    if !rules.join("mod.rs").exists() {
        write_new(&rules.join("mod.rs"), &FOLDER.replace("{folder}", folder))?;
        println!("a new analyzer: name its filter in {}", rules.join("mod.rs").display());
    }
    write_new(&rules.join(format!("{file}.rs")), &RULE.replace("{id}", id))?;
    write_new(&crate_.join("fixtures").join(folder).join(format!("{file}.md")), &FIXTURE.replace("{id}", id))
}

fn write_new(path: &Path, text: &str) -> Result<()> {
    let io = |source| Error::Io { what: format!("write {}", path.display()), source };
    if path.exists() {
        return Err(Error::Other(format!("{} exists", path.display())));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    fs::write(path, text).map_err(io)?;
    println!("{}", path.display());
    Ok(())
}

/// `fmt [--check]`: everything, the rules included, which `cargo fmt` does not see.
pub(crate) fn fmt(args: &[String]) -> Result<()> {
    let check = args.iter().any(|arg| arg == "--check");
    let flags: &[&str] = if check { &["--check"] } else { &[] };
    run(Command::new("cargo").args(["fmt", "--all"]).args(flags).current_dir(root()))?;
    let mut files = Vec::new();
    files_in(&root().join("crates/analyzers/src/rules"), &mut files)?;
    let config = root().join("rustfmt.toml");
    run(Command::new("rustfmt").args(flags).arg("--config-path").arg(config).args(files))
}

/// `codegen [--check]`: the reference under docs/, written by the binary itself.
pub(crate) fn codegen(args: &[String]) -> Result<()> {
    let check = args.iter().any(|arg| arg == "--check");
    let docs = root().join("docs");
    let fresh =
        tempfile::tempdir().map_err(|source| Error::Io { what: "make a temporary folder".into(), source })?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["run", "--quiet", "--package", "k8sgpt", "--", "reference", "--dir"]).arg(fresh.path());
    run(command.current_dir(root()))?;
    let mut wanted = Vec::new();
    files_in(fresh.path(), &mut wanted)?;
    let mut present = Vec::new();
    for generated in ["rules", "reference"] {
        files_in(&docs.join(generated), &mut present)?;
    }
    let mut stale = Vec::new();
    for path in &wanted {
        let inside = path.strip_prefix(fresh.path()).unwrap_or(path);
        let text = read(path)?;
        if read(&docs.join(inside)).ok().as_deref() != Some(text.as_str()) {
            stale.push(inside.to_owned());
            if !check {
                overwrite(&docs.join(inside), &text)?;
            }
        }
    }
    for path in present {
        let inside = path.strip_prefix(&docs).unwrap_or(&path).to_owned();
        if !fresh.path().join(&inside).exists() {
            stale.push(inside);
            if !check {
                fs::remove_file(&path)
                    .map_err(|source| Error::Io { what: format!("remove {}", path.display()), source })?;
            }
        }
    }
    if check && !stale.is_empty() {
        return Err(Error::Other(format!("docs/ is stale, run `cargo xtask codegen`: {stale:?}")));
    }
    println!("{} generated files, {} {}", wanted.len(), stale.len(), if check { "stale" } else { "changed" });
    Ok(())
}

fn overwrite(path: &Path, text: &str) -> Result<()> {
    let io = |source| Error::Io { what: format!("write {}", path.display()), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(io)?;
    }
    fs::write(path, text).map_err(io)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| Error::Io { what: format!("read {}", path.display()), source })
}

/// All files below a folder, sorted; none when it does not exist.
fn files_in(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let io = |source| Error::Io { what: format!("list {}", folder.display()), source };
    let mut entries = fs::read_dir(folder).map_err(io)?.collect::<std::io::Result<Vec<_>>>().map_err(io)?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            files_in(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.status().map_err(|source| Error::Io { what: format!("start {shown}"), source })?;
    if status.success() { Ok(()) } else { Err(Error::Other(format!("{status}: {shown}"))) }
}
