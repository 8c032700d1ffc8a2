//! `--with-doc`: the server's own description of the field at fault.

use crate::CauseReport;
use cluster::Cluster;
use view::Kind;

/// Fills `kubernetes_doc` of every cause that names a field of a kind the server describes. A field
/// without a description, or a server without OpenAPI v3, leaves it empty.
pub(crate) async fn fill(cluster: &Cluster, causes: &mut [CauseReport]) {
    for cause in causes {
        let Some(kind) = Kind::parse(&cause.kind) else { continue };
        let info = kind.info();
        if cause.field.is_empty() || info.remote {
            continue;
        }
        match cluster.field_doc(info.group, info.version, info.name, cause.field).await {
            Ok(doc) => cause.kubernetes_doc = doc.unwrap_or_default(),
            Err(error) => tracing::debug!(%error, field = cause.field, "no description"),
        }
    }
}
