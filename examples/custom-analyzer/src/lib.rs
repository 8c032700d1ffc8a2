//! A custom analyzer: a service that k8sgpt asks what is wrong with something that it knows nothing of.
//!
//! This one looks at the memory of the machine that it runs on. Copy the folder, and put your own check in
//! the place of [`look`].

/// The messages and the service, generated from `proto/`.
#[allow(clippy::all, clippy::pedantic)]
pub mod schema {
    tonic::include_proto!("schema.v1");
}

use schema::custom_analyzer_service_server::{CustomAnalyzerService, CustomAnalyzerServiceServer};
use schema::{ErrorDetail, RunRequest, RunResponse};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status};

/// Where Linux tells how its memory is used.
pub const MEMINFO: &str = "/proc/meminfo";

/// What k8sgpt looks at. It comes as metadata, because the request has no fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The namespace; all of them when absent.
    pub namespace: Option<String>,
    /// The label selector.
    pub selector: Option<String>,
}

impl Scope {
    /// Reads the scope of a request.
    pub fn of(metadata: &MetadataMap) -> Scope {
        let text = |key: &str| metadata.get(key).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Scope { namespace: text("k8sgpt-namespace"), selector: text("k8sgpt-selector") }
    }
}

/// What is wrong, if anything. Plain data in, plain data out: easy to test.
pub fn look(meminfo: &str, least_percent: u64) -> Option<String> {
    let value = |key: &str| {
        let line = meminfo.lines().find(|line| line.starts_with(key))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    let (total, available) = (value("MemTotal:")?, value("MemAvailable:")?);
    let percent = available.checked_mul(100)?.checked_div(total)?;
    let wrong = percent < least_percent;
    wrong.then(|| format!("only {percent} % of its memory is available ({available} of {total} kB)"))
}

/// The service.
#[derive(Clone, Debug)]
pub struct Analyzer {
    /// The file to look at.
    pub meminfo: String,
    /// Name of the machine, as it is reported.
    pub host: String,
    /// Least share of memory that must be available, in percent.
    pub least_percent: u64,
}

impl Analyzer {
    /// As a service of a gRPC server.
    pub fn into_service(self) -> CustomAnalyzerServiceServer<Analyzer> {
        CustomAnalyzerServiceServer::new(self)
    }
}

#[tonic::async_trait]
impl CustomAnalyzerService for Analyzer {
    async fn run(&self, request: Request<RunRequest>) -> Result<Response<RunResponse>, Status> {
        let scope = Scope::of(request.metadata());
        // A machine has no namespace and no labels: whoever asks for some does not ask for this.
        if scope.namespace.is_some() || scope.selector.is_some() {
            return Ok(Response::new(RunResponse { result: None }));
        }
        let meminfo = std::fs::read_to_string(&self.meminfo)
            .map_err(|error| Status::unavailable(format!("{}: {error}", self.meminfo)))?;
        let result = look(&meminfo, self.least_percent).map(|text| schema::Result {
            kind: "Node".to_owned(),
            name: self.host.clone(),
            error: vec![ErrorDetail { text, sensitive: Vec::new() }],
            details: "Find what uses it with `top`, and give it a limit, or the machine more memory."
                .to_owned(),
            parent_object: String::new(),
        });
        Ok(Response::new(RunResponse { result }))
    }
}
