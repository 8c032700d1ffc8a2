//! What the environment and standard input say of keys reaches no file and no output.

use crate::{home, k8sgpt, ran};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const CANARY: &str = "canary-4711-canary";

/// Every command, those that write the configuration first.
const COMMANDS: &[(&[&str], i32)] = &[
    (&["filters", "add", "Pod"], 0),
    (&["auth", "add", "-b", "openai", "--password-env", "K8SGPT_PASSWORD"], 0),
    (&["auth", "add", "-b", "groq", "--password-file", "key"], 0),
    (&["auth", "add", "-b", "ollama"], 0),
    (&["auth", "update", "openai,ollama", "-m", "m", "-t", "0.1"], 0),
    (&["auth", "default", "-p", "openai"], 0),
    (&["auth", "default"], 0),
    (&["auth", "list", "--details"], 0),
    (&["auth", "list", "-o", "json"], 0),
    (&["auth", "remove", "-b", "ollama"], 0),
    (&["generate", "-b", "groq"], 0),
    (&["filters", "list"], 0),
    (&["integration", "activate", "aws"], 0),
    (&["integration", "list"], 0),
    (&["rules", "list"], 0),
    (&["analyze", "--demo", "--explain"], 0),
    (&["analyze", "--demo", "-b", "groq", "-o", "json"], 0),
    (&["snapshot", "save", "s", "--demo"], 0),
    (&["serve", "--mcp", "--demo"], 0),
    // The provider that the variables name is called, and nobody listens there.
    (&["doctor", "--demo"], 1),
    (&["doctor", "--demo", "-o", "json", "-b", "openai"], 1),
    (&["dump", "--demo"], 0),
    (&["dump", "--demo", "-o", "-"], 0),
    (&["version"], 0),
];

/// Every variable that may hold a secret.
const VARIABLES: &[(&str, &str)] = &[
    ("K8SGPT_BACKEND", "openai"),
    ("K8SGPT_PASSWORD", CANARY),
    ("K8SGPT_BASEURL", "https://canary:canary@localhost:1/v1?key=canary"),
    ("K8SGPT_PROXY_ENDPOINT", "http://canary:canary@localhost:1"),
    ("K8SGPT_CUSTOM_HEADERS", "Authorization:canary-4711-canary"),
    ("K8SGPT_TOKEN", CANARY),
    ("OPENAI_API_KEY", CANARY),
    ("AWS_SECRET_ACCESS_KEY", CANARY),
    ("AWS_BEARER_TOKEN_BEDROCK", CANARY),
];

/// Files below a directory that hold the canary.
fn holding(directory: &Path) -> Vec<String> {
    let mut left = vec![directory.to_owned()];
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if fs::read(&path).unwrap().windows(6).any(|window| window == b"canary") {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn secrets_of_the_environment_are_never_written() {
    let home = home();
    fs::write(home.path().join("key"), CANARY).unwrap();
    for (arguments, code) in COMMANDS {
        let mut command = k8sgpt(home.path());
        command.envs(VARIABLES.iter().copied()).args(*arguments);
        let ran = ran(&command.output().unwrap());
        assert_eq!(ran.code, *code, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(!(ran.out + &ran.err).contains("canary"), "{arguments:?}");
    }
    assert_eq!(holding(home.path()), [home.path().join("key").display().to_string()]);
}

#[test]
fn bad_values_of_the_environment_name_the_variable_and_hide_its_secret() {
    let home = home();
    let cases = [
        ("K8SGPT_BASEURL", CANARY, "K8SGPT_BASEURL: it must be a URL"),
        ("K8SGPT_PROXY_ENDPOINT", CANARY, "K8SGPT_PROXY_ENDPOINT: it must be a URL"),
        ("K8SGPT_CUSTOM_HEADERS", CANARY, "K8SGPT_CUSTOM_HEADERS: headers are"),
        ("K8SGPT_TEMPERATURE", "3", "K8SGPT_TEMPERATURE: \"3\" is not accepted: it is a number from 0 to 2"),
        ("K8SGPT_TOP_K", "0", "K8SGPT_TOP_K"),
        ("K8SGPT_BACKEND", "opena", "(from K8SGPT_BACKEND) does not exist; did you mean openai?"),
    ];
    for (name, value, part) in cases {
        let mut command = k8sgpt(home.path());
        let ran = ran(&command.env(name, value).args(["serve", "--mcp", "--demo"]).output().unwrap());
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "the server works without a provider");
        assert!(ran.err.contains(part) && !ran.err.contains("canary"), "{}", ran.err);
    }
}

#[test]
fn a_key_from_standard_input_is_kept_where_only_its_user_reads_it() {
    let home = home();
    let mut child = k8sgpt(home.path())
        .args(["auth", "add", "--password-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{CANARY}").unwrap();
    let added = ran(&child.wait_with_output().unwrap());
    assert_eq!((added.code, added.out.as_str()), (0, "openai added to the AI backend provider list\n"));
    assert!(!added.err.contains("canary"));
    let files = holding(home.path());
    assert_eq!(files.len(), 1, "{files:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let listed = ran(&k8sgpt(home.path()).args(["auth", "list", "--details"]).output().unwrap());
    assert!(listed.out.contains("- key: set") && !listed.out.contains("canary"), "{}", listed.out);
}
