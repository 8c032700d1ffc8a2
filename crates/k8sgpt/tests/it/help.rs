use crate::{home, run};
use std::path::Path;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["analyze"],
    &["rules"],
    &["rules", "list"],
    &["rules", "show"],
    &["filters"],
    &["filters", "list"],
    &["filters", "add"],
    &["filters", "remove"],
    &["integration"],
    &["integration", "list"],
    &["integration", "activate"],
    &["integration", "deactivate"],
    &["auth"],
    &["auth", "add"],
    &["auth", "list"],
    &["auth", "default"],
    &["auth", "update"],
    &["auth", "remove"],
    &["generate"],
    &["cache"],
    &["cache", "add"],
    &["cache", "get"],
    &["cache", "list"],
    &["cache", "purge"],
    &["cache", "remove"],
    &["custom-analyzer"],
    &["custom-analyzer", "add"],
    &["custom-analyzer", "list"],
    &["custom-analyzer", "remove"],
    &["serve"],
    &["doctor"],
    &["dump"],
    &["snapshot"],
    &["snapshot", "save"],
    &["version"],
    &["completion"],
    &["man"],
];

#[test]
fn help_is_as_recorded() {
    let home = home();
    let mut all = String::new();
    for command in COMMANDS {
        let arguments: Vec<&str> = command.iter().copied().chain(["-h"]).collect();
        let help = run(home.path(), &arguments);
        assert_eq!((help.code, help.err.as_str()), (0, ""));
        all.push_str(&format!("$ k8sgpt {}\n{}\n", arguments.join(" "), help.out));
    }
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("it").join("help.txt");
    if std::env::var_os("UPDATE_HELP").is_some() {
        std::fs::write(&recorded, &all).unwrap();
    }
    let expected = std::fs::read_to_string(&recorded).unwrap().replace("\r\n", "\n");
    assert_eq!(all.replace("k8sgpt.exe", "k8sgpt"), expected, "UPDATE_HELP=1 records it anew");
}

#[test]
fn a_bare_call_prints_help() {
    let home = home();
    for group in ["", "rules", "filters", "integration", "auth", "cache", "custom-analyzer", "snapshot"] {
        let arguments: Vec<&str> = Some(group).filter(|group| !group.is_empty()).into_iter().collect();
        let ran = run(home.path(), &arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("Usage: k8sgpt"), "{}", ran.out);
    }
}

#[test]
fn version_keeps_the_form_of_the_original() {
    let home = home();
    let version = run(home.path(), &["version"]).out;
    assert!(version.starts_with("k8sgpt: ") && version.contains("), built at: "), "{version}");
    let json: serde_json::Value =
        serde_json::from_str(&run(home.path(), &["version", "--output", "json"]).out).unwrap();
    assert!(version.contains(json["commit"].as_str().unwrap()));
}

#[test]
fn scripts_and_pages_are_written() {
    let home = home();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(run(home.path(), &["completion", shell]).out.contains("k8sgpt"), "{shell}");
    }
    assert!(run(home.path(), &["man"]).out.contains(".TH k8sgpt"));
    assert_eq!(run(home.path(), &["man", "--dir", "."]).code, 0);
    assert!(home.path().join("k8sgpt-analyze.1").exists());
}
