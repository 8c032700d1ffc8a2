//! Amazon EKS: the cluster and its managed node groups, as AWS sees them.
//!
//! Three calls of the EKS API, each allowed by the IAM action of its name: `DescribeCluster`,
//! `ListNodegroups`, `DescribeNodegroup`; and `ListClusters` where a kubeconfig names no cluster but the
//! server is one of EKS.

mod api;
mod context;

pub use context::Context;

use futures::StreamExt;
use view::{EKSCluster, EKSNodegroup, Kind, Rows, Status};

use crate::aws::{Choice, Credentials, Failure, endpoint, is_region, profile};
use crate::{Limits, Settings};
use api::Api;
use context::{Target, argument, host, variable};
use std::sync::Arc;

/// Node groups described at the same time.
const CONCURRENT: usize = 8;

/// What was read: rows of each kind with how complete they are.
#[derive(Debug)]
pub struct Reading {
    /// One cluster at most.
    pub clusters: Vec<Arc<EKSCluster>>,
    /// Its node groups.
    pub nodegroups: Vec<Arc<EKSNodegroup>>,
    /// Why something is missing, with what to do about it; none when nothing is.
    pub gap: Option<String>,
}

impl Reading {
    fn nothing(gap: String) -> Reading {
        Reading { clusters: Vec::new(), nodegroups: Vec::new(), gap: Some(gap) }
    }

    /// The rows with their coverage, to be put into a View.
    pub fn into_rows(self) -> [(Rows, Status); 2] {
        let status = || match &self.gap {
            None => Status::Complete,
            Some(reason) => Status::Failed(reason.as_str().into()),
        };
        let cluster = if self.clusters.is_empty() { status() } else { Status::Complete };
        let nodegroups = status();
        [(Rows::EKSCluster(self.clusters), cluster), (Rows::EKSNodegroup(self.nodegroups), nodegroups)]
    }
}

/// The kinds that [`read`] fills.
pub const KINDS: [Kind; 2] = [Kind::EKSCluster, Kind::EKSNodegroup];

/// Reads what AWS says of the cluster that a context means. Never fails: what could not be read is named.
pub async fn read(context: &Context, settings: &Settings, limits: &Limits) -> Reading {
    let target = match context::target(context, settings) {
        Ok(target) => target,
        Err(reason) => return Reading::nothing(reason),
    };
    match tokio::time::timeout(limits.deadline, ask(&target, context, settings, limits)).await {
        Ok(Ok(reading)) => reading,
        Ok(Err(failure)) => Reading::nothing(failure.to_string()),
        Err(_) => {
            let seconds = limits.deadline.as_secs();
            Reading::nothing(format!(
                "AWS did not answer within {seconds} s; check the way to it, and its proxy"
            ))
        }
    }
}

async fn ask(
    target: &Target,
    context: &Context,
    settings: &Settings,
    limits: &Limits,
) -> Result<Reading, Problem> {
    let by_argument = argument(&context.args, &["--profile"]);
    let choice = Choice::of(by_argument, variable(context, &["AWS_PROFILE"]), settings);
    let region = match &target.region {
        Some(region) => region.clone(),
        None => region(settings, &choice)?,
    };
    let credentials = Credentials::find(settings, &choice, &region, limits).await?;
    let api = Api::new(credentials, &region, endpoint(settings, "eks", &region), limits)?;
    let (name, described) = match (&target.name, &target.host) {
        (Some(name), _) => (name.clone(), api.cluster(name).await?),
        (None, Some(host)) => by_host(&api, host, &region).await?,
        (None, None) => return Err(Problem::Said("no EKS cluster is named".to_owned())),
    };
    if let (Some(expected), Some(actual)) = (&target.host, host(&described.endpoint))
        && *expected != actual
    {
        return Err(Problem::Said(format!(
            "cluster {name} in {region} has the API server {actual}, the context speaks to {expected}: they are \
             not the same cluster; correct the name in the kubeconfig, or set {}",
            context::VARIABLE
        )));
    }
    let (nodegroups, gap) = nodegroups(&api, &name).await;
    Ok(Reading { clusters: vec![Arc::new(described.row)], nodegroups, gap: gap.map(|gap| gap.to_string()) })
}

/// The region where nothing about the cluster names one.
fn region(settings: &Settings, choice: &Choice) -> Result<String, Problem> {
    let of_environment = settings.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]).map(str::to_owned);
    let region = match of_environment {
        Some(region) => Some(region),
        None => profile(settings, choice)?.and_then(|profile| profile.get("region").map(str::to_owned)),
    };
    let missing = "no AWS region is known: neither the context, AWS_REGION nor the AWS profile names one; set AWS_REGION";
    let region = region.ok_or_else(|| Problem::Said(missing.to_owned()))?;
    match is_region(&region) {
        true => Ok(region),
        false => {
            Err(Problem::Said(format!("{region:?} is no AWS region; correct AWS_REGION or the AWS profile")))
        }
    }
}

/// The cluster whose API server has this host.
async fn by_host(api: &Api, wanted: &str, region: &str) -> Result<(String, api::Described), Problem> {
    let names = api.clusters().await?;
    let all = names.len();
    let mut described = futures::stream::iter(names)
        .map(|name| async {
            let described = api.cluster(&name).await;
            (name, described)
        })
        .buffered(CONCURRENT);
    while let Some((name, described)) = described.next().await {
        match described {
            Ok(described) if host(&described.endpoint).as_deref() == Some(wanted) => {
                return Ok((name, described));
            }
            Err(failure) if failure.concerns_all() => return Err(failure.into()),
            _ => {}
        }
    }
    Err(Problem::Said(format!(
        "none of the {all} clusters in {region} has the API server {wanted}; these may be credentials of another \
         account: choose its profile with AWS_PROFILE"
    )))
}

/// The node groups that could be described, and the first reason why one could not.
async fn nodegroups(api: &Api, cluster: &str) -> (Vec<Arc<EKSNodegroup>>, Option<Failure>) {
    let names = match api.nodegroups(cluster).await {
        Ok(names) => names,
        Err(failure) => return (Vec::new(), Some(failure)),
    };
    let mut described =
        futures::stream::iter(names).map(|name| async move { api.nodegroup(cluster, &name).await });
    let mut described = std::pin::pin!(described.by_ref().buffered(CONCURRENT));
    let (mut rows, mut gap) = (Vec::new(), None);
    while let Some(answer) = described.next().await {
        match answer {
            Ok(row) => rows.push(Arc::new(row)),
            // Deleted since it was listed.
            Err(Failure::NotFound { .. }) => {}
            Err(failure) => {
                let ends = failure.concerns_all();
                gap.get_or_insert(failure);
                if ends {
                    break;
                }
            }
        }
    }
    (rows, gap)
}

/// Why there is no reading.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Call(#[from] Failure),
    #[error("{0}")]
    Said(String),
}
