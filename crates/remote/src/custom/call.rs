//! One call of an analyzer, and what is made of its answer.

use std::time::Duration;

use analyzers::Statement;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::metadata::{AsciiMetadataValue, MetadataMap};
use tonic::transport::Channel;
use tonic::{Request, Status};
use view::Sensitive;

use super::connect::connect;
use super::schema::custom_analyzer_service_client::CustomAnalyzerServiceClient;
use super::schema::{self, RunRequest};
use super::{Address, Failure};

/// What is called.
const RUN: &str = "/schema.v1.CustomAnalyzerService/Run";
/// What is called to see whether anything there speaks gRPC; an analyzer need not serve it.
const HEALTH: &str = "/grpc.health.v1.Health/Check";
/// Most errors of one result; further ones are counted.
const ERRORS_MAX: usize = 20;
/// Most characters of a kind, a name, an owner.
const NAME_MAX: usize = 600;
/// Most characters of one error.
const ERROR_MAX: usize = 4_000;
/// Most characters of an explanation.
const DETAILS_MAX: usize = 16_000;

/// An analyzer with what is needed to call it.
#[derive(Clone)]
pub struct Analyzer {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// Sent as `authorization: Bearer`, encrypted or within this machine.
    pub token: Option<Sensitive>,
    /// Certificates in PEM of the authorities that may have signed its certificate; those of this machine when
    /// absent.
    pub authority: Option<Sensitive>,
}

/// What the analysis looks at; goes along as metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The namespace; all of them when absent.
    pub namespace: Option<String>,
    /// The label selector.
    pub selector: Option<String>,
}

/// How patient calls are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time for the connection, encryption included.
    pub connect: Duration,
    /// Time for the whole call, the connection included.
    pub deadline: Duration,
    /// Largest answer, in bytes.
    pub max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { connect: Duration::from_secs(3), deadline: Duration::from_secs(10), max_bytes: 4 << 20 }
    }
}

/// Asks an analyzer once. None when it found nothing.
///
/// # Errors
/// [`Failure`], with what to do about it.
pub async fn run(analyzer: &Analyzer, scope: &Scope, limits: &Limits) -> Result<Option<Statement>, Failure> {
    let at = analyzer.address.authority();
    let ask = async {
        let channel = channel(analyzer, limits).await?;
        let mut request = Request::new(RunRequest {});
        request.set_timeout(limits.deadline);
        describe(request.metadata_mut(), analyzer, scope)?;
        let mut client =
            CustomAnalyzerServiceClient::new(channel).max_decoding_message_size(limits.max_bytes);
        let answer = client.run(request).await;
        answer.map_err(|status| Failure::of(&status, at.clone(), RUN, limits))
    };
    match tokio::time::timeout(limits.deadline, ask).await {
        Ok(answer) => Ok(answer?.into_inner().result.and_then(|result| statement(&analyzer.name, &result))),
        Err(_) => Err(Failure::Late { at: analyzer.address.authority(), ms: limits.deadline.as_millis() }),
    }
}

/// Whether something that speaks gRPC is there. The analyzer itself is not run.
///
/// # Errors
/// [`Failure`], with what to do about it.
pub async fn reach(analyzer: &Analyzer, limits: &Limits) -> Result<(), Failure> {
    let at = analyzer.address.authority();
    let ask = async {
        let channel = channel(analyzer, limits).await?;
        let mut client = tonic::client::Grpc::new(channel).max_decoding_message_size(limits.max_bytes);
        let mut request = Request::new(());
        describe(request.metadata_mut(), analyzer, &Scope::default())?;
        client
            .ready()
            .await
            .map_err(|error| Failure::of(&Status::from_error(error.into()), at.clone(), HEALTH, limits))?;
        let codec = tonic_prost::ProstCodec::<(), ()>::default();
        let answer = client.unary(request, PathAndQuery::from_static(HEALTH), codec).await;
        match answer.map_err(|status| Failure::of(&status, at.clone(), HEALTH, limits)) {
            // Whoever answers with a status of gRPC speaks it.
            Ok(_) | Err(Failure::NoService { .. } | Failure::Failed { .. } | Failure::Garbage { .. }) => {
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    };
    let late = Failure::Late { at: at.clone(), ms: limits.connect.as_millis() };
    tokio::time::timeout(limits.connect, ask).await.unwrap_or(Err(late))
}

async fn channel(analyzer: &Analyzer, limits: &Limits) -> Result<Channel, Failure> {
    let secret = analyzer.token.is_some();
    if secret && !analyzer.address.keeps_secrets() {
        return Err(Failure::OpenToken { host: analyzer.address.name() });
    }
    connect(&analyzer.address, secret, analyzer.authority.as_ref(), limits).await
}

/// Says what is looked at, and who asks.
fn describe(metadata: &mut MetadataMap, analyzer: &Analyzer, scope: &Scope) -> Result<(), Failure> {
    for (key, value) in [("k8sgpt-namespace", &scope.namespace), ("k8sgpt-selector", &scope.selector)] {
        if let Some(text) = value.as_deref().filter(|text| !text.is_empty()) {
            let value = AsciiMetadataValue::try_from(text)
                .map_err(|_| Failure::Setting(format!("{key} cannot hold {text:?}")))?;
            metadata.insert(key, value);
        }
    }
    if let Some(token) = &analyzer.token {
        let value = [b"Bearer ", token.expose_for_computation().trim_ascii()].concat();
        let mut value = AsciiMetadataValue::try_from(value.as_slice()).map_err(|_| {
            Failure::Setting("its token holds characters that none can have; copy it again".to_owned())
        })?;
        value.set_sensitive(true);
        metadata.insert("authorization", value);
    }
    Ok(())
}

/// A result as a statement, cut to what anybody would read. None where it says nothing.
fn statement(analyzer: &str, result: &schema::Result) -> Option<Statement> {
    let said = result.error.iter().map(|error| error.text.as_str()).filter(|text| !text.trim().is_empty());
    let mut errors: Vec<String> = said.clone().take(ERRORS_MAX).map(|text| cut(text, ERROR_MAX)).collect();
    let more = said.count().saturating_sub(ERRORS_MAX);
    if more > 0 {
        errors.push(format!("{more} further errors were left out"));
    }
    // An object that is merely named is healthy.
    if errors.is_empty() && (result.name.trim().is_empty() || result.details.trim().is_empty()) {
        return None;
    }
    Some(Statement {
        analyzer: analyzer.to_owned(),
        kind: cut(&result.kind, NAME_MAX),
        name: cut(&result.name, NAME_MAX),
        errors,
        details: cut(&result.details, DETAILS_MAX),
        parent: cut(&result.parent_object, NAME_MAX),
    })
}

fn cut(text: &str, max: usize) -> String {
    text.chars().take(max).collect()
}
