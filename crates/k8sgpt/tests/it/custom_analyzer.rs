//! Custom analyzers by the command line: entries of the configuration file, and an analysis that asks one.

use crate::{home, run};
use engine::remote::custom::schema::custom_analyzer_service_server::{
    CustomAnalyzerService, CustomAnalyzerServiceServer,
};
use engine::remote::custom::schema::{ErrorDetail, Result as Found, RunRequest, RunResponse};
use serde_json::Value;
use std::fs;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

struct Fixed;

#[tonic::async_trait]
impl CustomAnalyzerService for Fixed {
    async fn run(&self, request: Request<RunRequest>) -> Result<Response<RunResponse>, Status> {
        let said = |key: &str| {
            let value = request.metadata().get(key).and_then(|value| value.to_str().ok());
            value.unwrap_or("-").to_owned()
        };
        let text = format!("asked by {} for {}", said("authorization"), said("k8sgpt-selector"));
        let error = vec![ErrorDetail { text, sensitive: Vec::new() }];
        let result = Found { name: "rack-7".to_owned(), error, ..Found::default() };
        Ok(Response::new(RunResponse { result: Some(result) }))
    }
}

/// An analyzer on a thread of its own, until the test ends; gives its port.
fn start() -> String {
    let (tell, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
            tell.send(incoming.local_addr().unwrap().port()).unwrap();
            let service = CustomAnalyzerServiceServer::new(Fixed);
            Server::builder().add_service(service).serve_with_incoming(incoming).await.unwrap();
        });
    });
    port.recv().unwrap().to_string()
}

#[test]
fn one_is_added_asked_and_removed() {
    let home = home();
    let port = start();
    fs::write(home.path().join("token"), "s3cret\n").unwrap();
    fs::write(home.path().join("mine.yaml"), "# mine\nactive_filters: [Pod]\n").unwrap();
    let k = |arguments: &[&str]| {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--config", "mine.yaml"]).collect();
        run(home.path(), &arguments)
    };
    let added = k(&["custom-analyzer", "add", "-n", "rack", "-r", &port, "--token-file", "token"]);
    assert_eq!(added.code, 0, "{}", added.err);
    assert_eq!(added.err, "rack can be reached\n");
    assert!(added.out.starts_with("Custom analyzer rack added"), "{}", added.out);
    let text = fs::read_to_string(home.path().join("mine.yaml")).unwrap();
    assert!(text.starts_with("# mine\nactive_filters: [Pod]\n") && !text.contains("s3cret"), "{text}");
    let listed = k(&["custom-analyzers", "list", "--details"]).out;
    assert!(
        listed.starts_with(&format!("Active:\n> rack\n   - Url: localhost\n   - Port: {port}\n")),
        "{listed}"
    );
    assert_eq!(k(&["custom-analyzer", "list"]).out, "Active:\n> rack\n");
    assert!(k(&["filters", "list"]).out.contains("> rack (custom)\n"));
    for arguments in [&["-z"][..], &["-f", "rack"], &["-f", "Rack,Service"]] {
        let all = ["analyze", "--demo", "-o", "json", "-L", "app!=x"];
        let ran = k(&all.iter().chain(arguments).copied().collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["errors"], Value::Null);
        let results = report["results"].as_array().unwrap();
        let said = results.iter().find(|result| result["kind"] == "rack").unwrap();
        assert_eq!((&said["name"], &said["saidBy"]), (&"rack-7".into(), &"rack".into()));
        let text = said["error"][0]["Text"].as_str().unwrap();
        assert!(text.starts_with("asked by Bearer") && text.ends_with("for app!=x"), "{text}");
    }
    let plain: Value = serde_json::from_str(&k(&["analyze", "--demo", "-o", "json"]).out).unwrap();
    assert!(!plain.to_string().contains("rack-7"), "not without being asked for");
    assert_eq!(k(&["custom-analyzer", "remove", "--names", "rack"]).out, "Custom analyzer rack removed\n");
    assert_eq!(k(&["custom-analyzer", "list", "-o", "json"]).out, "[]\n");
}

#[test]
fn what_is_refused_changes_nothing() {
    let home = home();
    let k = |arguments: &[&str]| {
        let all = [&["custom-analyzer"], arguments, &["--config", "mine.yaml"]].concat();
        run(home.path(), &all)
    };
    // Nobody is there: it is saved all the same, as the original only records.
    let saved = k(&["add", "--url", "127.0.0.1", "--port", "1"]);
    assert_eq!(saved.code, 0, "{}", saved.err);
    assert!(
        saved.err.starts_with("Warning: it is saved, but 127.0.0.1:1 cannot be reached"),
        "{}",
        saved.err
    );
    let before = fs::read_to_string(home.path().join("mine.yaml")).unwrap();
    for (arguments, part) in [
        (&["add"][..], "exists already"),
        (&["add", "-n", "b", "-u", "127.0.0.1", "-r", "1"], "my-custom-analyzer is at 127.0.0.1:1 already"),
        (&["add", "-n", "Upper"], "lower-case"),
        (&["add", "-n", "pods"], "the filter Pod is called so"),
        (&["add", "-n", "b", "-u", "analyzer.example.com"], "write https://analyzer.example.com"),
        (&["add", "-n", "b", "-u", "https://169.254.169.254"], "never called"),
        (&["add", "-n", "b", "-u", "https://me:hunter2@x"], "token_file"),
        (&["remove", "-n", "my-custom-analyser"], "did you mean my-custom-analyzer?"),
        (&["remove", "-n", "my-custom-analyzer,b"], "b are not configured"),
        (&["remove", "-n", ","], "no custom analyzer was named"),
    ] {
        let ran = k(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{arguments:?}");
        assert!(ran.err.starts_with("Error: ") && ran.err.contains(part), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
    for arguments in [&["add", "-r", "0"][..], &["remove"], &["add", "--token-file", "a", "--token-env", "b"]]
    {
        assert_eq!(k(arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(fs::read_to_string(home.path().join("mine.yaml")).unwrap(), before);
}
