//! What is read beside the Kubernetes API, and only when it was chosen: clouds, custom analyzers.

use crate::config::CustomAnalyzer;
use crate::custom;
use analyzers::Statement;
use cluster::Cluster;
use remote::custom::{Failure, Scope};
use remote::{Limits, Settings, eks};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use view::{Kind, Rows, Status};

/// The rows of the kinds among these that no API server serves. Never fails: gaps are in the status.
pub(crate) async fn read(cluster: &Cluster, clouds: &Settings, kinds: &[Kind]) -> Vec<(Rows, Status)> {
    if !kinds.iter().any(|kind| eks::KINDS.contains(kind)) {
        return Vec::new();
    }
    let identity = cluster.identity();
    if !identity.live {
        return eks::KINDS.map(|kind| (Rows::empty(kind), Status::NotCaptured)).into();
    }
    let login = &identity.login;
    let context = eks::Context {
        name: identity.context.clone(),
        server: identity.server.clone(),
        cluster: login.cluster.clone(),
        user: login.user.clone(),
        args: login.args.clone(),
        env: login.env.clone(),
    };
    eks::read(&context, clouds, &Limits::default()).await.into_rows().into()
}

/// Custom analyzers that run at a time.
const AT_ONCE: usize = 32;

/// Custom analyzers that were asked. Dropping it gives up those that have not answered.
pub(crate) struct Asked {
    /// Their names, in the order of the configuration.
    pub names: Vec<String>,
    calls: JoinSet<(usize, Result<Option<Statement>, Failure>)>,
}

/// Asks custom analyzers, all at the same time.
pub(crate) fn ask(chosen: Vec<CustomAnalyzer>, beside: &Path, scope: Scope) -> Asked {
    let mut asked = Asked { names: Vec::new(), calls: JoinSet::new() };
    let (scope, turns) = (Arc::new(scope), Arc::new(Semaphore::new(AT_ONCE)));
    for (at, configured) in chosen.into_iter().enumerate() {
        asked.names.push(configured.name.clone());
        let (scope, turns, beside) = (Arc::clone(&scope), Arc::clone(&turns), beside.to_owned());
        asked.calls.spawn(async move {
            let _turn = turns.acquire_owned().await;
            let answer = match custom::prepared(configured, beside).await {
                Ok(analyzer) => remote::custom::run(&analyzer, &scope, &custom::limits()).await,
                Err(failure) => Err(failure),
            };
            (at, answer)
        });
    }
    asked
}

impl Asked {
    /// What they say, in the order of the configuration. Whoever says nothing of use is an error, named.
    pub async fn answers(mut self, errors: &mut Vec<String>) -> Vec<Statement> {
        let mut answers: Vec<Option<Result<Option<Statement>, Failure>>> = vec![None; self.names.len()];
        while let Some(ended) = self.calls.join_next().await {
            if let Ok((at, answer)) = ended {
                answers[at] = Some(answer);
            }
        }
        let mut statements = Vec::new();
        for (name, answer) in self.names.iter().zip(answers) {
            match answer {
                Some(Ok(statement)) => statements.extend(statement),
                Some(Err(failure)) => errors.push(format!("[{name}] {failure}")),
                None => errors.push(format!("[{name}] the call ended early, which is a defect here")),
            }
        }
        statements
    }
}
