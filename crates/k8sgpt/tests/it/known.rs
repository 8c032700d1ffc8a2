use crate::{home, run};
use serde_json::Value;
use std::fs;

#[test]
fn exit_codes_count_only_what_is_shown() {
    let home = home();
    let file = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    file("all.yaml", "- {rule: \"*\", reason: a demo}\n");
    file("some.yaml", "ignore:\n- {rule: \"*\", namespace: \"*?\", reason: only what is in no namespace}\n");
    let code = |arguments: &[&str]| {
        let all = [&["analyze", "--demo", "--fail-on", "info"], arguments].concat();
        run(home.path(), &all).code
    };
    assert_eq!(code(&[]), 3);
    assert_eq!(code(&["--ignore-file", "all.yaml"]), 0);
    assert_eq!(code(&["--ignore-file", "some.yaml"]), 3, "nodes and classes are left");
    assert_eq!(code(&["--ignore-file", "none.yaml"]), 1);
    let text = run(home.path(), &["analyze", "--demo", "--ignore-file", "all.yaml"]).out;
    assert!(text.starts_with("No problems detected"), "{text}");
    assert!(text.contains("known causes hidden (ignore file "), "{text}");

    let report = run(home.path(), &["analyze", "--demo", "-o", "json"]).out;
    file("base.json", &report);
    assert_eq!(code(&["--baseline", "base.json"]), 0);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["causes"][0]["fingerprint"].as_str().unwrap().len(), 16);
    assert_eq!(report["suppressed"], 0);
    assert_eq!(code(&["--since", "1s"]), 3, "some do not tell when they began");
    assert_eq!(code(&["--since", "whenever"]), 1);
    let text = run(home.path(), &["analyze", "--demo", "--baseline", "base.json", "--show-suppressed"]).out;
    assert!(text.contains("[node/not-ready] (baseline)"), "{text}");

    file("k8sgpt.yaml", "ignore_file: all.yaml\n");
    assert_eq!(code(&["--config", "k8sgpt.yaml"]), 0);
}

#[test]
fn one_object_is_named_in_one_word_or_two() {
    let home = home();
    let ask = |arguments: &[&str]| run(home.path(), &[&["analyze", "--demo"], arguments].concat());
    let one = ask(&["deploy/checkout"]);
    assert_eq!(one.code, 0, "{}", one.err);
    assert!(one.out.starts_with("Deployment production/checkout: 1 root cause"), "{}", one.out);
    let two = ask(&["-o", "json", "Deployment", "checkout", "-n", "production"]);
    let report: Value = serde_json::from_str(&two.out).unwrap();
    assert_eq!(report["object"]["kind"], "Deployment");
    assert_eq!(report["causes"].as_array().unwrap().len(), 1);
    let missing = ask(&["pods", "chekout"]);
    assert_eq!((missing.code, missing.out.as_str()), (1, ""));
    assert!(missing.err.starts_with("Error: Pod chekout does not exist"), "{}", missing.err);
    assert_eq!(ask(&["a", "b", "c"]).code, 2);
}

#[test]
fn rules_are_listed_and_shown() {
    let home = home();
    let list = run(home.path(), &["rules", "list"]).out;
    assert!(list.starts_with("RULE ") && list.contains("\npod/image-pull "), "{list}");
    let json: Value = serde_json::from_str(&run(home.path(), &["rules", "list", "-o", "json"]).out).unwrap();
    assert_eq!(json.as_array().unwrap().len() + 1, list.lines().count());
    assert!(json.as_array().unwrap().iter().all(|rule| rule["since"].is_string() && rule["title"] != ""));
    let page = run(home.path(), &["rules", "show", "pod/image-pull"]).out;
    assert!(page.contains("## When it stays silent") && page.contains("reads Pod, Event"), "{page}");
    let json = run(home.path(), &["rule", "show", "Pod/Image_Pull", "-o", "json"]).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((json["id"].as_str(), json["severity"].as_str()), (Some("pod/image-pull"), Some("error")));
    assert!(json["what_to_do"].as_str().unwrap().len() > 20);
    let wrong = run(home.path(), &["rules", "show", "pod/image-pul"]);
    assert_eq!(wrong.code, 1);
    assert!(wrong.err.contains("did you mean pod/image-pull?"), "{}", wrong.err);
}
