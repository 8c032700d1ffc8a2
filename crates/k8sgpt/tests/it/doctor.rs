use crate::{home, run};
use serde_json::Value;
use std::fs;

#[test]
fn a_fresh_machine_is_fine_and_a_broken_one_is_told_how_to_mend() {
    let home = home();
    let fine = run(home.path(), &["doctor", "--demo"]);
    assert_eq!((fine.code, fine.err.as_str()), (0, ""), "{}", fine.out);
    assert_eq!(fine.out.lines().count(), 8);
    assert!(fine.out.lines().all(|line| line.starts_with("ok      ")), "{}", fine.out);
    let broken = run(home.path(), &["doctor", "--kubeconfig", "none", "-b", "opnai", "-o", "json"]);
    assert_eq!(broken.code, 1);
    let json: Value = serde_json::from_str(&broken.out).unwrap();
    assert_eq!(json["healthy"], false);
    let line = |name: &str| {
        json["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap().clone()
    };
    assert!(line("cluster")["fix"].as_str().unwrap().contains("--kubecontext"));
    assert_eq!(line("permissions")["state"], "warning");
    assert!(line("ai provider")["text"].as_str().unwrap().contains("did you mean openai?"));
}

#[test]
fn a_dump_is_private_and_needs_no_cluster() {
    let home = home();
    let path = home.path().join("config.yaml");
    fs::write(&path, "ai: {providers: [{name: openai, password: Qz9Xw}]}\n").unwrap();
    let config = path.to_str().unwrap();
    let dumped = run(home.path(), &["dump", "--config", config, "--kubeconfig", "none"]);
    assert_eq!(dumped.code, 0, "{}", dumped.err);
    assert!(dumped.err.contains("version of the cluster is not known"), "{}", dumped.err);
    let name = dumped.out.trim().strip_prefix("Dump created successfully: ").unwrap();
    assert!(name.starts_with("dump_20") && name.len() == "dump_20261124180000.json".len(), "{name}");
    let text = fs::read_to_string(home.path().join(name)).unwrap();
    assert!(text.contains("\"***\"") && text.contains("unknown") && !text.contains("Qz9"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(home.path().join(name)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let shown = run(home.path(), &["dump", "--demo", "-o", "-"]);
    let json: Value = serde_json::from_str(&shown.out).unwrap();
    assert!(json["KubenetesServerVersion"]["gitVersion"].as_str().unwrap().starts_with('v'));
    assert_eq!(run(home.path(), &["dump", "--demo", "-o", name]).code, 1, "nothing is overwritten");
}
