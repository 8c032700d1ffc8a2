//! What rules of several kinds ask about pods.

use std::sync::Arc;
use view::{Object, ObjectRef, Pod};

/// Pods that should run and are not ready: what an unavailable owner or service points at.
pub(crate) fn not_ready<'a>(pods: impl IntoIterator<Item = &'a Arc<Pod>>) -> Vec<ObjectRef> {
    let failing = pods
        .into_iter()
        .filter(|pod| !pod.is_ready() && !pod.is_terminating() && pod.status.phase != "Succeeded");
    failing.map(|pod| pod.reference()).collect()
}
