//! The file system is the registry of rules: every folder under `src/rules` is an analyzer (`mod.rs`
//! declares it), every other file in it a rule, and its path is its id.
#![allow(
    clippy::disallowed_methods,
    reason = "a build script reads the sources; the crate itself does no IO"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("src/rules");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut modules = String::new();
    let mut registry = String::from(
        "/// Every analyzer with its rules, by folder name.\npub static ANALYZERS: &[Registered] = &[\n",
    );
    for folder in sorted(&root)?.iter().filter(|path| path.is_dir()) {
        emit_folder(folder, &mut modules, &mut registry)?;
    }
    registry.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("registry.rs"), format!("{modules}\n{registry}"))
}

fn emit_folder(folder: &Path, modules: &mut String, registry: &mut String) -> io::Result<()> {
    let name = stem(folder);
    let quoted = |path: &Path| format!("{:?}", path.display().to_string());
    let _ = writeln!(
        modules,
        "#[doc(hidden)] pub mod {name} {{\n#[path = {}] pub mod analyzer;",
        quoted(&folder.join("mod.rs"))
    );
    let _ = writeln!(
        registry,
        "Registered {{ folder: {name:?}, analyzer: &{name}::analyzer::ANALYZER, rules: &["
    );
    for file in sorted(folder)? {
        println!("cargo:rerun-if-changed={}", file.display());
        let rule = stem(&file);
        if rule == "mod" || file.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let _ = writeln!(modules, "#[path = {}] pub mod {rule};", quoted(&file));
        let id = format!("{name}/{}", rule.replace('_', "-"));
        let doc = manual(&fs::read_to_string(&file)?);
        let _ = writeln!(registry, "Entry {{ id: {id:?}, doc: {doc:?}, rule: &{name}::{rule}::RULE }},");
    }
    modules.push_str("}\n");
    registry.push_str("] },\n");
    Ok(())
}

/// The module's doc comment: the rule's manual page.
fn manual(source: &str) -> String {
    let lines = source.lines().take_while(|line| line.starts_with("//!"));
    lines.map(|line| line.trim_start_matches("//!").trim()).collect::<Vec<_>>().join("\n")
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default()
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
