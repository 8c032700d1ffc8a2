//! Tells the program which commit it was built from. `K8SGPT_COMMIT` and `K8SGPT_BUILD_DATE` decide when
//! they are set; else git is asked for the last commit, so that one commit always gives one binary.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=K8SGPT_COMMIT");
    println!("cargo::rerun-if-env-changed=K8SGPT_BUILD_DATE");
    if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
        println!("cargo::rerun-if-changed={log}");
    }
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let commit = given("K8SGPT_COMMIT").or_else(|| git(&["rev-parse", "--short=12", "HEAD"]));
    let date = given("K8SGPT_BUILD_DATE").or_else(|| git(&["log", "-1", "--format=%cI"]));
    println!("cargo::rustc-env=K8SGPT_COMMIT={}", commit.unwrap_or_else(|| "unknown".to_owned()));
    println!("cargo::rustc-env=K8SGPT_BUILD_DATE={}", date.unwrap_or_else(|| "unknown".to_owned()));
}

fn git(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|text| !text.is_empty())
}
