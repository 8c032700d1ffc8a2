//! What is known is hidden and counted; one object is diagnosed with what it depends on.

use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions, Error, Report, Request, render};
use std::path::PathBuf;

/// The demo cluster with files beside its configuration file.
struct Demo {
    folder: tempfile::TempDir,
}

impl Demo {
    fn new() -> Demo {
        Demo { folder: tempfile::tempdir().expect("a folder") }
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    async fn analyze_with(&self, ignore_file: Option<PathBuf>, request: &Request) -> Result<Report, Error> {
        let config = ConfigFile::new(self.folder.path().join("k8sgpt.yaml"));
        let options = EngineOptions { source: Source::Demo, config, ignore_file };
        Engine::connect(options).await.expect("the demo connects").analyze(request).await
    }

    async fn analyze(&self, request: &Request) -> Report {
        self.analyze_with(None, request).await.expect("a report")
    }
}

fn text(report: &Report) -> String {
    render::text(report, &render::TextOptions::default())
}

fn about(object: &str) -> Request {
    Request { object: Some(object.to_owned()), ..Request::default() }
}

#[tokio::test]
async fn the_ignore_file_lies_beside_the_configuration_or_where_it_says() {
    let demo = Demo::new();
    let all = demo.analyze(&Request::default()).await;
    let entries = "- rule: secret/missing\n  namespace: production\n  reason: the vault is being moved\n\
                   - {rule: node/*, reason: old, expires: 2020-01-01}\n";
    let path = demo.write("ignore.yaml", entries);
    let known = |report: &Report| report.suppressed_by.ignore_file;
    let beside = demo.analyze(&Request::default()).await;
    assert_eq!((known(&beside), beside.causes.len()), (2, all.causes.len() - 2));
    assert_eq!(beside.suppressed, 2);
    assert!(beside.suppressed_causes.is_none());
    assert_eq!(beside.notes.len(), 1, "the expired entry is told once: {:?}", beside.notes);
    let said = text(&beside);
    assert!(said.contains("2 known causes hidden (ignore file 2); show-suppressed lists them"), "{said}");
    assert!(said.contains("line 4: expired on 2020-01-01"), "{said}");
    let markdown = render::markdown(&beside, &render::MarkdownOptions::default());
    assert!(markdown.contains("2 known causes hidden"), "{markdown}");

    let listed = demo.analyze(&Request { show_suppressed: true, ..Request::default() }).await;
    let hidden = listed.suppressed_causes.clone().expect("asked for");
    assert_eq!(
        (hidden.len(), hidden[0].by, hidden[0].reason.as_str()),
        (2, "ignore file", "the vault is being moved")
    );
    assert!(text(&listed).contains("(ignore file: the vault is being moved)"));

    std::fs::rename(&path, demo.folder.path().join("known.yaml")).expect("moved");
    assert_eq!(known(&demo.analyze(&Request::default()).await), 0);
    demo.write("k8sgpt.yaml", "ignore_file: known.yaml\n");
    assert_eq!(known(&demo.analyze(&Request::default()).await), 2);
    let other = demo.write("other.yaml", "");
    let given = demo.analyze_with(Some(other), &Request::default()).await.expect("a report");
    assert_eq!(known(&given), 0, "the argument wins");
}

#[tokio::test]
async fn files_that_cannot_be_used_are_refused() {
    let demo = Demo::new();
    let missing = demo.folder.path().join("none.yaml");
    let error = demo.analyze_with(Some(missing.clone()), &Request::default()).await.expect_err("refused");
    assert!(error.to_string().contains("none.yaml: cannot be read"), "{error}");
    let bad = demo.write("bad.yaml", "- rule: pod/*\n  reson: x\n");
    let error = demo.analyze_with(Some(bad), &Request::default()).await.expect_err("refused").to_string();
    assert!(
        error.contains("bad.yaml line 2: key \"reson\"") && error.contains("did you mean reason?"),
        "{error}"
    );
    for (written, words) in [
        ("{}", "no list `causes`"),
        ("nonsense: [", "neither JSON nor YAML"),
        ("{\"causes\": [{}]}", "no fingerprints"),
    ] {
        let path = demo.write("baseline.json", written);
        let request = Request { baseline: Some(path), ..Request::default() };
        let error = demo.analyze_with(None, &request).await.expect_err("refused").to_string();
        assert!(error.contains(words), "{error}");
    }
    let request = Request { since: Some("soon".to_owned()), ..Request::default() };
    let error = demo.analyze_with(None, &request).await.expect_err("refused").to_string();
    assert!(error.starts_with("since \"soon\" cannot be understood: give an age such as"), "{error}");
}

#[tokio::test]
async fn a_baseline_leaves_what_is_new() {
    let demo = Demo::new();
    let all = demo.analyze(&Request::default()).await;
    let mut prints: Vec<&str> = all.causes.iter().map(|cause| cause.fingerprint.as_str()).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), all.causes.len(), "every fault has a fingerprint of its own");
    for (name, written) in
        [("base.json", render::json(&all).expect("JSON")), ("base.yaml", render::yaml(&all).expect("YAML"))]
    {
        let request = Request { baseline: Some(demo.write(name, &written)), ..Request::default() };
        let report = demo.analyze(&request).await;
        assert_eq!((report.status, report.causes.len()), ("OK", 0), "{name}");
        assert_eq!(report.suppressed_by.baseline, all.causes.len());
    }
    let mut older = serde_json::to_value(&all).expect("JSON");
    older["causes"].as_array_mut().expect("a list").remove(0);
    let request =
        Request { baseline: Some(demo.write("old.json", &older.to_string())), ..Request::default() };
    let report = demo.analyze(&request).await;
    let new: Vec<&str> = report.causes.iter().map(|cause| cause.fingerprint.as_str()).collect();
    assert_eq!(new, [all.causes[0].fingerprint.as_str()]);
}

#[tokio::test]
async fn since_leaves_what_began_later_or_does_not_tell() {
    let demo = Demo::new();
    let all = demo.analyze(&Request::default()).await;
    let dated = all.causes.iter().filter(|cause| cause.began.is_some()).count();
    assert!(dated > all.causes.len() / 2, "most faults tell when they began");
    let report = demo.analyze(&Request { since: Some("5m".to_owned()), ..Request::default() }).await;
    assert_eq!(report.causes.len() + report.suppressed_by.older, all.causes.len());
    let rules: Vec<&str> = report.causes.iter().map(|cause| cause.rule).collect();
    assert!(rules.contains(&"node/not-ready"), "it fell at the end of the recording");
    assert!(rules.contains(&"ingress/class-missing"), "nothing tells when it began");
    assert!(!rules.contains(&"pod/image-pull"), "{rules:?}");
    assert!(text(&report).contains("older causes hidden (begun earlier"), "{}", text(&report));
}

#[tokio::test]
async fn one_object_and_what_it_depends_on() {
    let demo = Demo::new();
    let cases = [
        ("deploy/checkout", "pod/image-pull"),
        ("Deployment production/checkout", "pod/image-pull"),
        ("sts/postgres", "storageclass/missing"),
        ("svc/postgres", "storageclass/missing"),
        ("pvc/data-postgres-0", "storageclass/missing"),
        ("Deployments.apps/invoices", "secret/missing"),
        ("node/node2", "node/not-ready"),
    ];
    for (object, rule) in cases {
        let report = demo.analyze(&about(object)).await;
        let rules: Vec<&str> = report.causes.iter().map(|cause| cause.rule).collect();
        assert_eq!(rules, [rule], "{object}");
        assert!(text(&report).contains(": 1 root cause explains"), "{}", text(&report));
    }
    let whole = demo.analyze(&about("ns/production")).await;
    assert!(whole.causes.len() > 3);
}

#[tokio::test]
async fn a_healthy_object_is_said_to_be_so() {
    let demo = Demo::new();
    let request = Request { namespace: Some("shop".to_owned()), ..about("deployment/gift-cards") };
    let report = demo.analyze(&request).await;
    let object = report.object.as_ref().expect("the object");
    let wanted = format!(
        "Deployment shop/gift-cards and {} objects that it depends on: no problem found",
        object.depends_on
    );
    assert!(object.depends_on > 2 && text(&report).starts_with(&wanted), "{}", text(&report));
    assert!(text(&report).contains("Looked at: ") && object.looked_at.contains_key("Pod"));
    assert_eq!(report.status, "OK");
}

#[tokio::test]
async fn an_object_that_is_not_there_is_refused() {
    let demo = Demo::new();
    for (object, words) in [
        ("deploy/chekout", "Deployment chekout does not exist; did you mean production/checkout?"),
        ("deploy/qqqqqq", "Deployment qqqqqq does not exist; there are "),
        ("qqq/x", "no resource type is called \"qqq\""),
        ("checkout", "write a kind and a name"),
        ("Deployment staging/checkout", "does not exist; there are staging/api"),
    ] {
        let error = demo.analyze_with(None, &about(object)).await.expect_err("refused").to_string();
        assert!(error.contains(words), "{object}: {error}");
    }
    let request = Request { namespace: Some("data".to_owned()), ..about("Deployment production/checkout") };
    assert!(demo.analyze_with(None, &request).await.is_err(), "two namespaces");
}
