use crate::{home, k8sgpt, run};
use serde_json::Value;

#[test]
fn the_demo_has_causes_in_every_form() {
    let home = home();
    let text = run(home.path(), &["analyze", "--demo"]);
    assert_eq!((text.code, text.err.as_str()), (0, ""), "{}", text.out);
    assert!(text.out.contains("root cause") && !text.out.contains('\x1b'), "{}", text.out);

    let json = run(home.path(), &["analyse", "--demo", "-o", "json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(report["status"], "ProblemDetected");
    assert_eq!(report["problems"], report["results"].as_array().unwrap().len());
    assert!(!report["causes"].as_array().unwrap().is_empty());
    assert_eq!((json.code, json.err.as_str()), (0, ""));

    let yaml = run(home.path(), &["--demo", "analyze", "--output=yaml"]);
    assert!(yaml.out.contains("status: ProblemDetected"), "{}", yaml.out);
    assert!(run(home.path(), &["analyze", "--demo", "-o", "markdown"]).out.contains('#'));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "an analysis writes no file");
}

#[test]
fn exit_codes_are_as_documented() {
    let home = home();
    let code = |arguments: &[&str]| run(home.path(), arguments).code;
    assert_eq!(code(&["analyze", "--demo", "--fail-on", "never"]), 0);
    assert_eq!(code(&["analyze", "--demo", "--fail-on", "info"]), 3);
    assert_eq!(code(&["analyze", "--demo", "-n", "no-such-namespace"]), 1);
    assert_eq!(code(&["analyze", "--demo", "-f", "NoSuchFilter"]), 1);
    assert_eq!(code(&["analyze", "--demo", "-o", "xml"]), 2);
    assert_eq!(code(&["analyze", "--demo", "--no-such-flag"]), 2);
    assert_eq!(code(&["analyze", "--demo", "--snapshot", "x"]), 2);
    assert_eq!(code(&["--demo", "analyze", "--context", "x"]), 2);
    assert_eq!(code(&["analyze", "--demo", "--interactive"]), 2);
    assert_eq!(code(&["analyze", "--demo", "--custom-analysis"]), 0);
    let all = [
        "analyze", "--demo", "-m", "-1", "-c", "-a", "-e", "-d", "-s", "-l", "german", "-r", "A:b", "-f",
        "pods,po",
    ];
    assert_eq!(code(&all), 0);
}

#[test]
fn failures_say_what_to_do_next_on_standard_error() {
    let home = home();
    for arguments in [
        &["analyze", "--kubeconfig", "missing"][..],
        &["analyze", "--snapshot", "missing"],
        &["analyze", "--demo", "-f", "Podd"],
        &["snapshot", "save", "x.tar.gz", "--kubeconfig", "missing"],
    ] {
        let ran = run(home.path(), arguments);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{arguments:?}");
        assert!(ran.err.starts_with("Error: "), "{}", ran.err);
    }
    let refused = "{apiVersion: v1, kind: Config, current-context: x, \
        contexts: [{name: x, context: {cluster: x, user: x}}], users: [{name: x, user: {token: hunter2}}], \
        clusters: [{name: x, cluster: {server: 'https://127.0.0.1:1'}}]}";
    std::fs::write(home.path().join("refused"), refused).unwrap();
    let ran = run(home.path(), &["analyze", "--kubeconfig", "refused"]);
    assert!(ran.err.starts_with("Error: ") && ran.err.contains("127.0.0.1:1"), "{}", ran.err);
    assert!(!ran.err.contains("hunter2"));
    assert!(run(home.path(), &["analyze", "--kubeconfig", "missing"]).err.contains("--demo"));
    assert!(run(home.path(), &["analyze", "--demo", "-f", "Podd"]).err.contains("Pod"));
}

#[test]
fn environment_stands_in_for_flags() {
    let home = home();
    let output =
        k8sgpt(home.path()).arg("analyze").env("K8SGPT_KUBECONFIG", "/no/such/file").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/file"));
    let output = k8sgpt(home.path())
        .args(["analyze", "--demo"])
        .env("K8SGPT_KUBECONFIG", "/no/such/file")
        .output()
        .unwrap();
    assert!(output.status.success());
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    let home = home();
    let mut child = k8sgpt(home.path())
        .args(["completion", "bash"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_recording_is_analysed_like_the_cluster() {
    let home = home();
    let saved = run(home.path(), &["snapshot", "save", "demo.tar.gz", "--demo"]);
    assert_eq!(saved.code, 0, "{}", saved.err);
    let causes = |arguments: &[&str]| {
        let report: Value = serde_json::from_str(&run(home.path(), arguments).out).unwrap();
        report["causes"].clone()
    };
    let recorded = causes(&["analyze", "--snapshot", "demo.tar.gz", "-o", "json"]);
    assert_eq!(recorded, causes(&["analyze", "--demo", "-o", "json"]));
}
