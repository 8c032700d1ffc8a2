//! # Catalog names no valid image
//!
//! ## What it finds
//! A ClusterCatalog whose `spec.source.image.ref` cannot be an image reference (empty, with spaces, with a
//! scheme, with capital letters in the repository, with a broken digest), or whose status says that it was
//! resolved to something without a digest.
//!
//! ## Why it matters
//! The catalog is never unpacked, and no ClusterExtension finds a package in it.
//!
//! ## When it stays silent
//! For catalogs without an image source, for those that people switched off (`availabilityMode:
//! Unavailable`) and for those being deleted.
//!
//! ## What to do
//! Write the reference as `registry/repository:tag` or `registry/repository@sha256:digest`.

use crate::{Findings, Rule, Severity, Source, images, operators};
use view::{Kind, Object, View};

/// The rule `clustercatalog/image-reference`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterCatalog],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let wanted = |catalog: &view::ClusterCatalog| {
        catalog.metadata.deletion_timestamp.is_none() && !operators::is_switched_off(catalog)
    };
    for catalog in view.cluster_catalogs.iter().filter(|catalog| wanted(catalog)) {
        if let Some(image) = &catalog.spec.source.image
            && let Some(fault) = images::malformed(&image.reference)
        {
            let says = format!("names no valid image: {:?} {fault}", image.reference.as_str());
            let finding = out.on(catalog.reference(), says);
            finding.brief("invalid image reference").field("spec.source.image.ref");
            finding.proof(Source::Spec, format!("source.image.ref: {:?}", image.reference.as_str()));
            finding.fix(format!(
                "set spec.source.image.ref of ClusterCatalog {} to registry/repository:tag",
                catalog.metadata.name
            ));
            continue;
        }
        let resolved = catalog.status.resolved_source.as_ref().and_then(|source| source.image.as_ref());
        if let Some(resolved) = resolved.filter(|image| !images::has_digest(&image.reference)) {
            let says = format!(
                "was resolved to {:?}, which names no digest: what it serves cannot be told",
                resolved.reference.as_str()
            );
            let finding = out.on(catalog.reference(), says);
            finding.brief("resolved without digest").severity(Severity::Warning);
            finding.field("status.resolvedSource.image.ref");
            finding.proof(
                Source::Status,
                format!("resolvedSource.image.ref: {:?}", resolved.reference.as_str()),
            );
            finding.fix(format!(
                "name the image by its digest in spec.source.image.ref of ClusterCatalog {}",
                catalog.metadata.name
            ));
        }
    }
}
