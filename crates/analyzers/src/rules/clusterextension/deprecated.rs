//! # Extension is deprecated
//!
//! ## What it finds
//! A ClusterExtension whose package, channel or installed bundle its publisher has marked as deprecated.
//!
//! ## Why it matters
//! It works, but will get no further versions.
//!
//! ## When it stays silent
//! Unless `ClusterExtension` is asked for by name: nothing is broken.
//!
//! ## What to do
//! Move to what the publisher names.

use crate::{Findings, Rule, Severity, Source, conditions};
use view::{Kind, Object, View, condition};

/// The rule `clusterextension/deprecated`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterExtension],
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &["clusterextension/not-installed"],
    run,
};

const TYPES: [&str; 4] = ["PackageDeprecated", "ChannelDeprecated", "BundleDeprecated", "Deprecated"];

fn run(view: &View, out: &mut Findings) {
    for extension in view.cluster_extensions.iter() {
        let all = &extension.status.conditions;
        let told = TYPES.iter().find_map(|kind| condition(all, kind).filter(|c| c.is_true()));
        if let Some(told) = told {
            let says = format!("is deprecated: {}", conditions::told(told));
            let finding = out.on(extension.reference(), says);
            finding.brief("deprecated").field("status.conditions");
            finding.proof(Source::Status, conditions::quoted(told));
            finding.fix(format!(
                "choose another package, channel or version in ClusterExtension {}",
                extension.metadata.name
            ));
        }
    }
}
