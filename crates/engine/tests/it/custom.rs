//! Custom analyzers beside the rules: which are asked, and where what they say is shown.

use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::remote::custom::schema::custom_analyzer_service_server::{
    CustomAnalyzerService, CustomAnalyzerServiceServer,
};
use engine::remote::custom::schema::{ErrorDetail, Result as Found, RunRequest, RunResponse};
use engine::{Engine, EngineOptions, Error, Report, Request, filters, render};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Response, Status};

struct Fixed(Found);

#[tonic::async_trait]
impl CustomAnalyzerService for Fixed {
    async fn run(&self, _: tonic::Request<RunRequest>) -> Result<Response<RunResponse>, Status> {
        Ok(Response::new(RunResponse { result: Some(self.0.clone()) }))
    }
}

/// Starts an analyzer that always says this; gives its port.
fn analyzer(found: Found) -> u16 {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let port = incoming.local_addr().expect("an address").port();
    let service = CustomAnalyzerServiceServer::new(Fixed(found));
    tokio::spawn(Server::builder().add_service(service).serve_with_incoming(incoming));
    port
}

fn found(kind: &str, name: &str, error: &str) -> Found {
    let error = vec![ErrorDetail { text: error.to_owned(), sensitive: Vec::new() }];
    let details = format!("why: {error}\nhow: look", error = error[0].text);
    Found { kind: kind.to_owned(), name: name.to_owned(), error, details, parent_object: String::new() }
}

/// The demo cluster with these custom analyzers.
async fn engine(analyzers: &[(&str, u16)], more: &str) -> (Engine, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("k8sgpt.yaml");
    let entries: Vec<String> = analyzers
        .iter()
        .map(|(name, port)| format!("{{name: {name}, connection: {{url: localhost, port: {port}}}}}"))
        .collect();
    let text = format!("custom_analyzers: [{}]\n{more}\n", entries.join(", "));
    std::fs::write(&path, text).expect("written");
    let options = EngineOptions { source: Source::Demo, config: ConfigFile::new(path), ignore_file: None };
    (Engine::connect(options).await.expect("the demo connects"), folder)
}

fn filtered(names: &[&str]) -> Request {
    Request { filters: names.iter().map(|name| (*name).to_owned()).collect(), ..Request::default() }
}

fn text(report: &Report) -> String {
    render::text(report, &render::TextOptions::default())
}

#[tokio::test]
async fn a_statement_is_shown_everywhere_with_its_origin() {
    let port = analyzer(found("", "rack-7", "disk\u{1b}[2J is full"));
    let (engine, _folder) = engine(&[("host-check", port)], "").await;
    let report = engine.analyze(&filtered(&["Host-Check"])).await.expect("a report");
    assert_eq!((report.causes.len(), report.problems, report.status), (1, 1, "ProblemDetected"));
    assert_eq!(report.filters, ["host-check"]);
    let json: String = render::json(&report).expect("JSON");
    for part in [
        r#""kind": "host-check""#,
        r#""name": "rack-7""#,
        r#""Text": "disk[2J is full""#,
        r#""saidBy": "host-check""#,
        r#""rule": "custom/result""#,
        r#""details": "why: disk"#,
    ] {
        assert!(json.contains(part), "{part}: {json}");
    }
    let text = text(&report);
    assert!(text.contains("host-check rack-7: disk[2J is full (says custom analyzer host-check)"), "{text}");
    assert!(text.contains("Custom analyzer host-check explains (not checked):\n    why: disk"), "{text}");
    let markdown = render::markdown(&report, &render::MarkdownOptions::default());
    assert!(markdown.contains("- `how: look`") && !markdown.contains('\u{1b}'), "{markdown}");
}

#[tokio::test]
async fn a_statement_folds_where_a_rule_speaks_of_the_object() {
    let (plain, _folder) = engine(&[], "").await;
    let plain = plain.analyze(&Request::default()).await.expect("a report");
    let root = &plain.causes[0];
    let port = analyzer(found(&root.kind.to_lowercase(), &root.name, "is watched"));
    let (engine, _folder) = engine(&[("watcher", port)], "").await;
    let request = Request { custom_analysis: true, ..Request::default() };
    let report = engine.analyze(&request).await.expect("a report");
    assert_eq!(report.errors, None);
    assert_eq!(report.causes.len(), plain.causes.len(), "no cause is added");
    let cause = report.causes.iter().find(|c| c.name == root.name && c.kind == root.kind).expect("the cause");
    assert_eq!((cause.rule, &cause.text, &cause.fingerprint), (root.rule, &root.text, &root.fingerprint));
    assert!(cause.evidence.iter().any(|proof| proof.text == "watcher: is watched"));
    assert_eq!(cause.said[0].details, "why: is watched\nhow: look");
    let results = report.results.as_deref().unwrap_or_default();
    let entry = results.iter().find(|r| r.name == root.name && r.kind == root.kind).expect("its result");
    assert!(entry.error.iter().any(|error| error.text == "is watched"));
    assert!(text(&report).contains("custom analyzer: watcher: is watched"), "{}", text(&report));
}

#[tokio::test]
async fn who_fails_is_named_and_findings_stay() {
    let closed = TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let more = analyzer(found("Host", "a", "b"));
    let token = "  - {name: far, connection: {url: analyzer.example.com, port: 1}}\n";
    let (plain, _folder) = engine(&[], "").await;
    let plain = plain.analyze(&Request::default()).await.expect("a report");
    let (engine, folder) = engine(&[], "").await;
    let config = format!(
        "custom_analyzers:\n  - {{name: down, connection: {{url: localhost, port: {port}}}}}\n  - {{name: up, connection: {{url: localhost, port: {more}}}}}\n  - {{name: keyed, token_file: none, connection: {{url: localhost, port: {more}}}}}\n{token}"
    );
    std::fs::write(folder.path().join("k8sgpt.yaml"), config).expect("written");
    let request = Request { custom_analysis: true, ..Request::default() };
    let report = engine.analyze(&request).await.expect("a report");
    assert_eq!(report.causes.len(), plain.causes.len() + 1);
    let errors = report.errors.clone().unwrap_or_default();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors[0].starts_with(&format!("[down] localhost:{port} cannot be reached: ")), "{errors:?}");
    assert!(errors[1].starts_with("[keyed] token_file ") && errors[1].contains("cannot be read"));
    assert!(errors[2].starts_with("[far] connection.url analyzer.example.com is outside"), "{errors:?}");
    assert!(errors[2].contains("https://analyzer.example.com"));
}

#[tokio::test]
async fn they_are_chosen_like_filters() {
    let port = analyzer(found("Host", "a", "b"));
    let other = analyzer(found("Host", "c", "d"));
    let both = [("disk-check", port), ("other", other)];
    let names = async |more: &str, request: Request| -> Vec<String> {
        let (engine, _folder) = engine(&both, more).await;
        let mut filters = engine.analyze(&request).await.expect("a report").filters;
        filters.retain(|name| name.chars().all(|c| !c.is_ascii_uppercase()));
        filters
    };
    let all = Request { custom_analysis: true, ..Request::default() };
    assert_eq!(names("", Request::default()).await, [""; 0]);
    assert_eq!(names("", all.clone()).await, ["disk-check", "other"]);
    assert_eq!(names("", filtered(&["Pod", "other"])).await, ["other"]);
    assert_eq!(names("active_filters: [Pod, disk-check]", Request::default()).await, ["disk-check"]);
    assert_eq!(names("active_filters: [disk-check]", Request::default()).await, ["disk-check"]);
    assert_eq!(names("active_filters: [disk-check]", filtered(&["Pod"])).await, [""; 0]);
    let (engine, _folder) = engine(&both, "active_filters: [Pod, disk-check]").await;
    let error = engine.analyze(&filtered(&["disk-chek"])).await.expect_err("unknown");
    let Error::UnknownFilter { near, known, .. } = error else { panic!("{error}") };
    assert_eq!(near, ["disk-check"]);
    assert!(known.iter().any(|name| name == "other") && known.iter().any(|name| name == "Pod"));
    let list = filters::list(&engine.config().load().expect("a configuration"));
    assert_eq!((list.active, list.custom.len()), (vec!["Pod".to_owned(), "disk-check".to_owned()], 2));
    assert!(list.unused.contains(&"other".to_owned()) && list.warnings.is_empty());
    let added = filters::add(engine.config(), &["OTHER, pods".to_owned()]).expect("added");
    assert_eq!((added.added, added.already), (vec!["other".to_owned()], vec!["Pod".to_owned()]));
    let gone = ["pod", "disk-check"].map(str::to_owned);
    assert_eq!(filters::remove(engine.config(), &gone).expect("removed").added, ["Pod", "disk-check"]);
    assert!(filters::remove(engine.config(), &["other".to_owned()]).is_err(), "the last one stays");
    let error = filters::add(engine.config(), &["othre".to_owned()]).expect_err("unknown").to_string();
    assert!(error.contains("did you mean other?"), "{error}");
}

/// The scope goes along; what is said of another namespace is left out.
#[tokio::test]
async fn a_namespace_keeps_what_is_said_of_others_out() {
    let elsewhere = analyzer(found("Pod", "nowhere/a", "b"));
    let unplaced = analyzer(found("Host", "c", "d"));
    let (engine, _folder) = engine(&[("one", elsewhere), ("two", unplaced)], "").await;
    let plain = engine.analyze(&Request::default()).await.expect("a report");
    let namespace = plain.causes.iter().find_map(|cause| cause.name.split_once('/')).expect("a namespace").0;
    let request = Request {
        namespace: Some(namespace.to_owned()),
        selector: Some("app=no-such-app".to_owned()),
        ..filtered(&["one", "two"])
    };
    let report = engine.analyze(&request).await.expect("a report");
    let names: Vec<&str> = report.causes.iter().map(|cause| cause.name.as_str()).collect();
    assert_eq!(names, ["c"]);
}
