//! What is read beside the Kubernetes API, and only when a chosen filter needs it.

use cluster::Cluster;
use remote::{Limits, Settings, eks};
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
