use crate::{home, k8sgpt, ran, run};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A home directory whose configuration directory is named, and the file in it.
fn with_file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let home = home();
    let path = home.path().join("config.yaml");
    fs::write(&path, text).unwrap();
    (home, path)
}

#[test]
fn filters_are_added_and_removed_where_the_original_keeps_them() {
    let home = home();
    let xdg = home.path().join("xdg");
    let k = |arguments: &[&str]| {
        ran(&k8sgpt(home.path()).env("XDG_CONFIG_HOME", &xdg).args(arguments).output().unwrap())
    };
    let listed = k(&["filters", "list", "-o", "json"]);
    let list: Value = serde_json::from_str(&listed.out).unwrap();
    let names = |key: &str| list[key].as_array().unwrap().clone();
    assert_eq!(names("core").len(), 14, "what the original calls core");
    assert!(names("core").iter().all(|name| names("active").contains(name)));
    assert!(!xdg.exists(), "reading creates nothing");

    let file = xdg.join("k8sgpt").join("k8sgpt.yaml");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "# mine\nactive_filters: [Stale]\nai: {} # none\n").unwrap();
    let added = k(&["filters", "add", "pods,Pod"]);
    assert_eq!((added.code, added.out.as_str()), (0, "Filter Pod added\n"), "{}", added.err);
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\nactive_filters: [Stale, Pod]\nai: {} # none\n");
    let again = k(&["filter", "add", "Pod"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert!(again.err.contains("already active"), "{}", again.err);
    assert!(k(&["filters", "list"]).err.contains("Stale"));
    assert_eq!(k(&["filters", "remove", "Stale"]).out, "Filter Stale removed\n");
    let last = k(&["filters", "remove", "pod"]);
    assert_eq!(last.code, 1);
    assert!(last.err.contains("last"), "{}", last.err);
    assert_eq!(k(&["filters", "add", "Podd"]).code, 1);
    assert_eq!(k(&["filters", "add"]).code, 2);
}

#[test]
fn the_environment_overrides_and_says_so() {
    let (home, path) = with_file("active_filters: [Nope]\n");
    let mut command = k8sgpt(home.path());
    command.env("K8SGPT_ACTIVE_FILTERS", "Pod").args(["filters", "list", "--config"]).arg(&path);
    let listed = ran(&command.output().unwrap());
    assert!(listed.out.starts_with("Active:\n> Pod\nUnused:\n"), "{}", listed.out);
    let mut command = k8sgpt(home.path());
    command.env("K8SGPT_ACTIVE_FILTERS", "Pod").args(["filters", "add", "Pod", "--config"]).arg(&path);
    assert!(ran(&command.output().unwrap()).err.contains("K8SGPT_ACTIVE_FILTERS"));
}

#[test]
fn a_corrupt_file_is_refused_by_its_line_and_kept() {
    let text = "ai:\n  providers:\n    - password: hunter2\n   x\n";
    let (home, path) = with_file(text);
    let path = path.to_str().unwrap();
    for arguments in [
        &["filters", "list"][..],
        &["filters", "add", "Pod"],
        &["analyze", "--demo"],
        &["integration", "list"],
    ] {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--config", path]).collect();
        let ran = run(home.path(), &arguments);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{arguments:?}");
        assert!(ran.err.contains("line ") && !ran.err.contains("hunter2"), "{}", ran.err);
    }
    assert_eq!(fs::read_to_string(path).unwrap(), text);
}

#[test]
fn integrations_are_listed_activated_and_deactivated() {
    let (home, file) = with_file("# mine\nactive_filters: [Pod]\n");
    let path = file.to_str().unwrap();
    let k = |arguments: &[&str]| {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--config", path]).collect();
        run(home.path(), &arguments)
    };
    assert_eq!(
        k(&["integrations", "list"]).out,
        "Active:\nUnused:\n> aws\n> keda\n> kyverno\n> prometheus\n"
    );
    let activated = k(&["integration", "activate", "AWS", "--no-install", "-n", "x"]);
    assert_eq!(
        activated.out, "Integration aws activated: EKS added to the active filters\n",
        "{}",
        activated.err
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\nactive_filters: [Pod, EKS]\n");
    assert!(k(&["integration", "list"]).out.starts_with("Active:\n> aws\nUnused:\n"));
    let again = k(&["integration", "activate", "aws"]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert!(again.err.contains("active already"), "{}", again.err);
    let gone = k(&["integration", "deactivate", "aws"]);
    assert_eq!(
        gone.out, "Integration aws deactivated: EKS removed from the active filters\n",
        "{}",
        gone.err
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\nactive_filters: [Pod]\n");
    let twice = k(&["integration", "deactivate", "aws"]);
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("not active"), "{}", twice.err);
    let unknown = k(&["integration", "activate", "trivy"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("integrations are aws, keda, kyverno, prometheus"), "{}", unknown.err);
}

#[test]
fn the_legacy_file_is_read_and_carried_over_by_the_first_change() {
    let home = home();
    let legacy = home.path().join(".k8sgpt.yaml");
    let text = "# old\nactive_filters: [Pod, Stale]\nai: {providers: [{name: openai, password: x}]}\n";
    fs::write(&legacy, text).unwrap();
    let xdg = home.path().join("xdg");
    let k = |arguments: &[&str]| {
        ran(&k8sgpt(home.path()).env("XDG_CONFIG_HOME", &xdg).args(arguments).output().unwrap())
    };
    assert!(k(&["filters", "list"]).out.starts_with("Active:\n> Pod\nUnused:"));
    assert!(!xdg.exists());
    assert_eq!(k(&["filters", "remove", "stale"]).code, 0);
    assert_eq!(fs::read_to_string(&legacy).unwrap(), text);
    let new = fs::read_to_string(xdg.join("k8sgpt").join("k8sgpt.yaml")).unwrap();
    assert_eq!(new, text.replace(", Stale", ""));
}
