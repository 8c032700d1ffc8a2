//! # Extension's source means nothing
//!
//! ## What it finds
//! A ClusterExtension that is not installed and whose `spec.source` cannot be followed: a `sourceType` that
//! OLM does not know, one of `Catalog` without a catalog to filter, or an `upgradeConstraintPolicy` other than
//! `CatalogProvided` and `SelfCertified`.
//!
//! ## Why it matters
//! Nothing is installed and nothing will be: OLM does not know where to look.
//!
//! ## When it stays silent
//! For extensions that are installed, and for values that are left out: they have defaults.
//!
//! ## What to do
//! Correct the field that is named.

use crate::{Findings, Rule, Severity, Source};
use view::{ClusterExtension, Condition, Kind, Object, View, condition};

/// The rule `clusterextension/source`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterExtension],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// `OCIImage` is taken by newer versions.
const SOURCE_TYPES: [&str; 2] = ["Catalog", "OCIImage"];
const POLICIES: [&str; 2] = ["CatalogProvided", "SelfCertified"];

fn run(view: &View, out: &mut Findings) {
    for extension in view.cluster_extensions.iter() {
        let installed = condition(&extension.status.conditions, "Installed").is_some_and(Condition::is_true);
        if installed || extension.metadata.deletion_timestamp.is_some() {
            continue;
        }
        if let Some((field, value, should)) = fault(extension) {
            let says = format!("is not installed: {field} is {value}, it should be {should}");
            let finding = out.on(extension.reference(), says);
            finding
                .brief("invalid source")
                .field("spec.source")
                .proof(Source::Spec, format!("{field}: {value}"));
            finding.fix(format!("set {field} of ClusterExtension {} to {should}", extension.metadata.name));
        }
    }
}

/// The field at fault, its value, and what it should be.
fn fault(extension: &ClusterExtension) -> Option<(&'static str, String, &'static str)> {
    let source = &extension.spec.source;
    let unknown = |value: &str, known: [&str; 2]| !value.is_empty() && !known.contains(&value);
    if unknown(&source.source_type, SOURCE_TYPES) {
        return Some(("spec.source.sourceType", format!("{:?}", source.source_type.as_str()), "Catalog"));
    }
    let catalog = source.catalog.as_ref();
    if source.source_type == "Catalog" && catalog.is_none_or(|catalog| catalog.package_name.is_empty()) {
        return Some(("spec.source.catalog.packageName", "not given".to_owned(), "the name of a package"));
    }
    let policy = &catalog?.upgrade_constraint_policy;
    unknown(policy, POLICIES).then(|| {
        let field = "spec.source.catalog.upgradeConstraintPolicy";
        (field, format!("{:?}", policy.as_str()), "CatalogProvided or SelfCertified")
    })
}
