//! Sizes, words and formatting of the sources.

use crate::root;
use std::path::{Path, PathBuf};
use std::process::Command;

const FILE_LINES_MAX: usize = 400;
const RULE_LINES_MAX: usize = 150;
const ARCHITECTURE_LINES_MAX: usize = 200;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

pub fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["crates", "xtask"] {
        sources(&root().join(folder), &mut found);
    }
    found.sort();
    assert!(found.len() > 50, "the sources were found");
    found
}

fn rules() -> Vec<PathBuf> {
    let folder = root().join("crates/analyzers/src/rules");
    all_sources().into_iter().filter(|path| path.starts_with(&folder)).collect()
}

fn lines(path: &Path) -> usize {
    std::fs::read_to_string(path).expect("UTF-8 text").lines().count()
}

#[test]
fn no_file_is_long() {
    let long: Vec<String> = all_sources()
        .into_iter()
        .map(|path| (lines(&path), path))
        .filter(|(count, _)| *count > FILE_LINES_MAX)
        .map(|(count, path)| format!("{count} lines: {}", path.display()))
        .collect();
    assert!(long.is_empty(), "split by meaning: {long:#?}");
    let long: Vec<PathBuf> = rules().into_iter().filter(|path| lines(path) > RULE_LINES_MAX).collect();
    assert!(long.is_empty(), "a rule has at most {RULE_LINES_MAX} lines: {long:#?}");
    assert!(lines(&root().join("ARCHITECTURE.md")) <= ARCHITECTURE_LINES_MAX);
}

/// `cargo fmt` does not see files that the build includes by path.
#[test]
fn rules_are_formatted() {
    let config = root().join("rustfmt.toml");
    let output =
        Command::new("rustfmt").arg("--check").arg("--config-path").arg(&config).args(rules()).output();
    let output = output.expect("rustfmt is installed with the toolchain");
    assert!(output.status.success(), "run `cargo xtask fmt`:\n{}", String::from_utf8_lossy(&output.stdout));
}

/// Standard output belongs to MCP messages and to the binary's printing.
#[test]
fn only_the_binary_and_stdio_write_to_standard_output() {
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).expect("UTF-8 text");
        let shown = path.strip_prefix(root()).expect("inside").display().to_string();
        let allowed = shown.starts_with("crates/k8sgpt/")
            || shown.starts_with("xtask/")
            || shown.starts_with("crates/mcp/src/stdio");
        let is_test = shown.contains("/tests/");
        for word in ["println!(", "print!(", "io::stdout()", "std::io::stdout"] {
            let stray = text.lines().any(|line| {
                line.replace("eprint", "").contains(word) && !line.trim_start().starts_with("//")
            });
            assert!(allowed || is_test || shown.ends_with("build.rs") || !stray, "{shown} has {word}");
        }
    }
}

/// Only the credential plugin of a kubeconfig is ever started as a process.
#[test]
fn one_place_starts_a_process() {
    let users: Vec<String> = all_sources()
        .into_iter()
        .map(|path| (path.strip_prefix(root()).expect("inside").display().to_string(), path))
        .filter(|(shown, _)| shown.starts_with("crates/") && shown.contains("/src/"))
        .filter(|(_, path)| std::fs::read_to_string(path).expect("UTF-8 text").contains("Command::new"))
        .map(|(shown, _)| shown)
        .filter(|shown| !shown.starts_with("crates/k8sgpt/"))
        .collect();
    assert_eq!(users, ["crates/cluster/src/exec.rs"]);
}
