//! What pods carry where a selector matches none of them.

use crate::endpoints::matching;
use crate::words;
use std::collections::BTreeSet;
use view::{Map, Str, View};

/// Labels that pods carry in place of those that a selector asks for.
#[derive(Default)]
pub(crate) struct Instead {
    /// `key=value`, the likeliest first.
    pub pairs: Vec<String>,
    /// They are close enough to be what was meant.
    pub near: bool,
}

/// What pods carry under the keys of the wrong pairs: the nearest value alone where one is near, else the same
/// value under another key, else all values. Only pods that match the rest of the selector count.
pub(crate) fn instead(view: &View, namespace: &str, wrong: &[(&Str, &Str)], rest: &Map) -> Instead {
    let others = matching(view, namespace, rest);
    let mut all = Instead { pairs: Vec::new(), near: !wrong.is_empty() };
    for (key, value) in wrong {
        let labels = others.iter().filter_map(|pod| pod.metadata.labels.get(key));
        let values: BTreeSet<&str> = labels.map(Str::as_str).collect();
        let mut near = words::near(value, values.iter().copied());
        near.truncate(1);
        let renamed: BTreeSet<&str> = others
            .iter()
            .flat_map(|pod| pod.metadata.labels.iter())
            .filter(|(_, carried)| carried == value)
            .map(|(other, _)| other.as_str())
            .collect();
        // With the rest of the selector matching, the only value there is must be what was meant.
        let only = !rest.is_empty() && values.len() == 1;
        if near.is_empty() && !renamed.is_empty() {
            all.pairs.extend(renamed.into_iter().map(|other| format!("{other}={value}")));
        } else if near.is_empty() {
            all.near &= only;
            all.pairs.extend(values.into_iter().map(|carried| format!("{key}={carried}")));
        } else {
            all.pairs.extend(near.into_iter().map(|carried| format!("{key}={carried}")));
        }
    }
    all.near &= !all.pairs.is_empty();
    all
}

/// The phase of pods that the selector matches and that have ended, when all have.
pub(crate) fn ended<'a>(view: &'a View, namespace: &str, selector: &Map) -> Option<&'a Str> {
    let matched = view.pods_labelled(namespace, selector);
    matched.into_iter().find(|pod| pod.is_finished()).map(|pod| &pod.status.phase)
}

/// Operators keep Services and budgets for standby members, which need not exist.
pub(crate) fn is_standby(key: &str, value: &str) -> bool {
    let role = key.to_lowercase().ends_with("role");
    role && matches!(
        value,
        "replica" | "replicas" | "secondary" | "slave" | "standby" | "follower" | "readonly"
    )
}
