use crate::{home, k8sgpt, ran, run};
use serde_json::Value;
use std::fs;

#[test]
fn local_files_are_the_cache_until_another_is_added() {
    let home = home();
    let got = run(home.path(), &["cache", "get"]);
    assert_eq!((got.code, got.out.as_str()), (0, "Current remote cache is: file\n"));
    let listed = run(home.path(), &["cache", "list"]);
    assert_eq!((listed.code, listed.out.as_str()), (0, ""), "{}", listed.err);
    assert!(listed.err.contains("holds no explanation"), "{}", listed.err);
    assert_eq!(run(home.path(), &["cache", "list", "-o", "json"]).out, "[]\n");
    assert!(fs::read_dir(home.path()).unwrap().next().is_none(), "reading creates nothing");
    assert!(run(home.path(), &["cache", "remove"]).out.contains("no remote cache"));
}

#[test]
fn entries_are_listed_and_purged() {
    let home = home();
    let cache = home.path().join("cache");
    let directory = cache.join("k8sgpt").join("explanations");
    fs::create_dir_all(&directory).unwrap();
    let names = ["a".repeat(64), "b".repeat(64)];
    for name in &names {
        fs::write(directory.join(name), "{}").unwrap();
    }
    fs::write(cache.join("k8sgpt").join("c".repeat(64)), "of another program").unwrap();
    let k = |arguments: &[&str]| {
        ran(&k8sgpt(home.path()).env("XDG_CACHE_HOME", &cache).arg("cache").args(arguments).output().unwrap())
    };
    let listed = k(&["list"]).out;
    assert!(
        listed.starts_with("NAME") && listed.contains("UPDATED AT") && listed.contains(&names[0]),
        "{listed}"
    );
    let json: Value = serde_json::from_str(&k(&["list", "--output", "json"]).out).unwrap();
    assert_eq!((json.as_array().unwrap().len(), &json[0]["bytes"]), (2, &Value::from(2)));
    assert!(json[0]["updatedAt"].as_str().unwrap().ends_with('Z'));
    assert!(k(&["purge", &names[0]]).out.contains("deleted"));
    let again = k(&["purge", &names[0]]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("holds no"), "{}", again.err);
    assert_eq!(k(&["purge", "../../k8sgpt.yaml"]).code, 2);
    assert_eq!((k(&["purge"]).code, k(&["purge", &names[1], "--all"]).code), (2, 2));
    let all = k(&["purge", "--all"]);
    assert!(all.out.contains("1 explanation deleted"), "{}", all.out);
    assert!(cache.join("k8sgpt").join("c".repeat(64)).exists(), "what is not ours stays");
}

#[test]
fn a_cache_is_checked_before_it_is_saved() {
    let home = home();
    let config = home.path().join("k8sgpt.yaml");
    let before = "# mine\ncache: {currentCacheType: file}\nai: {}\n";
    fs::write(&config, before).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://127.0.0.1:{port}");
    let k = |arguments: &[&str]| {
        let mut command = k8sgpt(home.path());
        command.env("AWS_ACCESS_KEY_ID", "id").env("AWS_SECRET_ACCESS_KEY", "canary");
        ran(&command.args(["cache", "--config"]).arg(&config).args(arguments).output().unwrap())
    };
    let s3 = ["add", "s3", "-r", "eu-west-1", "-b", "my-cache", "-e", &endpoint];
    let refused = k(&s3);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("S3 bucket my-cache") && refused.err.contains("refused"), "{}", refused.err);
    for (arguments, code, words) in [
        (&["add"][..], 2, "TYPE"),
        (&["add", "redis"][..], 2, "redis"),
        (&["add", "s3"][..], 2, "--bucket is needed"),
        (&["add", "gcs", "-b", "bucket"][..], 2, "--projectid is needed"),
        (&["add", "azure", "-s", "account"][..], 2, "--container"),
        (&["add", "azure", "-s", "account", "-c", "container", "-b", "bucket"][..], 2, "cannot be used with"),
        (&["add", "s3", "-b", "No_Bucket"][..], 1, "cache.s3.bucketname"),
        (&["add", "s3", "-b", "bucket", "-e", "http://169.254.169.254"][..], 1, "cache.s3.endpoint"),
        (&["add", "interplex", "--endpoint", "127.0.0.1:1"][..], 1, "Interplex server 127.0.0.1:1"),
    ] {
        let ran = k(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(words) && !ran.err.contains("canary"), "{arguments:?}: {}", ran.err);
    }
    assert_eq!(fs::read_to_string(&config).unwrap(), before, "nothing was saved");

    let unchecked: Vec<&str> = s3.into_iter().chain(["--no-check", "--projectid", "p"]).collect();
    let saved = k(&unchecked);
    assert!(saved.code == 0 && saved.out.contains("not tried"), "{}{}", saved.out, saved.err);
    assert!(saved.err.contains("--projectid means nothing"), "{}", saved.err);
    let text = fs::read_to_string(&config).unwrap();
    assert!(text.starts_with("# mine\n") && text.contains("my-cache") && !text.contains("canary"), "{text}");
    assert_eq!(k(&["get"]).out, "Current remote cache is: s3\n");
    assert_eq!(k(&["list"]).code, 1);
    assert_eq!(k(&["purge", "--all"]).code, 1);
    assert!(k(&["remove"]).out.contains("s3 cache is no longer used"));
    assert_eq!(k(&["get"]).out, "Current remote cache is: file\n");
    fs::write(&config, "cache: [\n").unwrap();
    assert_eq!(k(&["add", "S3", "-b", "my-cache"]).code, 1, "a file that cannot be understood is kept");
}
