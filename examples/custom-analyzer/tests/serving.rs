//! The service as k8sgpt calls it, over a real connection on loopback.

use custom_analyzer::schema::custom_analyzer_service_client::CustomAnalyzerServiceClient;
use custom_analyzer::schema::{RunRequest, RunResponse};
use custom_analyzer::{Analyzer, look};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Status};

const FULL: &str = "MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:     50 kB\n";
const FINE: &str = "MemTotal:       1000 kB\nMemFree:          10 kB\nMemAvailable:    500 kB\n";

async fn ask(meminfo: &str, metadata: &[(&'static str, &'static str)]) -> Result<RunResponse, Status> {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = incoming.local_addr().unwrap();
    let analyzer = Analyzer { meminfo: meminfo.to_owned(), host: "node-1".to_owned(), least_percent: 10 };
    tokio::spawn(Server::builder().add_service(analyzer.into_service()).serve_with_incoming(incoming));
    let mut client = CustomAnalyzerServiceClient::connect(format!("http://{address}")).await.unwrap();
    let mut request = Request::new(RunRequest {});
    for (key, value) in metadata {
        request.metadata_mut().insert(*key, value.parse().unwrap());
    }
    client.run(request).await.map(|answer| answer.into_inner())
}

#[test]
fn looks_at_what_is_available() {
    assert_eq!(look(FULL, 10).unwrap(), "only 5 % of its memory is available (50 of 1000 kB)");
    for fine in [FINE, "", "MemTotal: 0 kB\nMemAvailable: 0 kB\n", "MemTotal: x\n"] {
        assert_eq!(look(fine, 10), None, "{fine}");
    }
}

#[tokio::test]
async fn answers_with_one_result() {
    let file = std::env::temp_dir().join(format!("custom-analyzer-{}", std::process::id()));
    let path = file.to_str().unwrap();
    std::fs::write(&file, FULL).unwrap();
    let result = ask(path, &[]).await.unwrap().result.unwrap();
    assert_eq!((result.kind.as_str(), result.name.as_str(), result.error.len()), ("Node", "node-1", 1));
    let scoped = ask(path, &[("k8sgpt-namespace", "prod"), ("k8sgpt-selector", "app=web")]).await;
    assert_eq!(scoped.unwrap().result, None);
    std::fs::write(&file, FINE).unwrap();
    assert_eq!(ask(path, &[]).await.unwrap().result, None);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(ask(path, &[]).await.unwrap_err().code(), tonic::Code::Unavailable);
}
