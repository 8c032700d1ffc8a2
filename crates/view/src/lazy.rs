//! Indexes that are made when they are first asked for: many analyses never do.

use crate::labels::{LabelIndex, NodeLabels};
use crate::needs::NeedIndex;
use std::sync::{Arc, OnceLock};

/// Every such index of a View. Whoever puts other rows into a View starts with fresh ones.
#[derive(Clone, Default, Debug)]
pub(crate) struct Lazy {
    pub labels: OnceLock<Arc<LabelIndex>>,
    pub node_labels: OnceLock<Arc<NodeLabels>>,
    pub needs: OnceLock<Arc<NeedIndex>>,
}
