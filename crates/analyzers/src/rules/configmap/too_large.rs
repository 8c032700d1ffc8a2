//! # ConfigMap is at the size limit
//!
//! ## What it finds
//! A ConfigMap that holds nine tenths or more of the 1 MiB that the API server accepts.
//!
//! ## Why it matters
//! The change that makes it a little larger is refused, usually in the middle of a release.
//!
//! ## When it stays silent
//! Below nine tenths of the limit.
//!
//! ## What to do
//! Split it, keep large files in an image or a volume, or compress what is in it.

use crate::{Findings, Rule, Severity, Source};
use view::{ConfigMap, Kind, Object, View};

/// The rule `configmap/too-large`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ConfigMap],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Bytes that the API server accepts in one ConfigMap.
const LIMIT: u64 = 1_048_576;

fn run(view: &View, out: &mut Findings) {
    for map in view.config_maps.iter().filter(|map| bytes(map) >= LIMIT / 10 * 9) {
        let says = format!("holds {} bytes of at most {LIMIT}: it can hardly grow any more", bytes(map));
        let finding = out.on(map.reference(), says);
        let keys = map.data.keys().chain(map.binary_data.keys()).count();
        finding
            .brief("nearly at the size limit")
            .field("data")
            .proof(Source::Cluster, format!("{keys} keys"))
            .fix(format!(
                "split ConfigMap {}, or move its large files to an image or a volume",
                map.reference().path()
            ));
    }
}

/// Size of its values; binary ones are read as base64, which is a third longer.
fn bytes(map: &ConfigMap) -> u64 {
    map.data.total_bytes() + map.binary_data.total_bytes() / 4 * 3
}
