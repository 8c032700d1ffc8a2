//! # Catalog is not served
//!
//! ## What it finds
//! A ClusterCatalog whose contents are not served, with the error that keeps catalogd from unpacking it; or
//! one that still serves what it had while the newest contents cannot be had.
//!
//! ## Why it matters
//! A ClusterExtension is looked for in every catalog: one that does not answer holds up installations and
//! upgrades of all of them.
//!
//! ## When it stays silent
//! While a new catalog is unpacked (five minutes, unless an error is told), for catalogs that people switched
//! off (`availabilityMode: Unavailable`), and for those being deleted.
//!
//! ## What to do
//! Correct the image or let catalogd reach its registry. A catalog that is not needed can be switched off.

use crate::operators::{STEP, halted, is_serving, is_switched_off, pull_fix};
use crate::{Findings, Rule, Severity, Source, conditions};
use view::{ClusterCatalog, Condition, Kind, Object, View, condition};

/// The rule `clustercatalog/not-serving`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterCatalog],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["clustercatalog/image-reference"],
    run,
};

/// Seconds in which an error may pass by itself: a registry that hiccups.
const PASSING: i64 = 60;

fn run(view: &View, out: &mut Findings) {
    for catalog in view.cluster_catalogs.iter().filter(|catalog| !is_switched_off(catalog)) {
        let (meta, all) = (&catalog.metadata, &catalog.status.conditions);
        let halted = halted(view, meta, all);
        let grace = if halted.is_some() { PASSING } else { STEP };
        let unserved = conditions::unmet(view, meta, all, "Serving", grace);
        let off = unserved.is_some_and(|c| c.reason == "UserSpecifiedUnavailable");
        // Before the first unpacking there may be no condition Serving at all.
        let never = condition(all, "Serving").is_none()
            && halted.is_some_and(|c| conditions::seconds(view, meta, c) >= PASSING);
        if (unserved.is_some() || never) && !off {
            unavailable(view, catalog, unserved, halted, out);
        } else if let Some(halted) = halted.filter(|_| is_serving(catalog)) {
            outdated(catalog, halted, out);
        }
    }
}

fn image(catalog: &ClusterCatalog) -> &str {
    catalog.spec.source.image.as_ref().map_or("its image", |image| image.reference.as_str())
}

fn unavailable(
    view: &View,
    catalog: &ClusterCatalog,
    unserved: Option<&Condition>,
    halted: Option<&Condition>,
    out: &mut Findings,
) {
    let Some(telling) = halted.or(unserved) else { return };
    let why = conditions::told(telling);
    let blocked = halted.filter(|c| c.is_false()).map_or("", |_| ", and catalogd does not try again");
    let finding = out.on(catalog.reference(), format!("is not served{blocked}: {why}"));
    finding.brief("not served").field("status.conditions");
    for condition in unserved.into_iter().chain(halted) {
        finding.proof(Source::Status, conditions::quoted(condition));
    }
    if let Some(lasting) = unserved.map(|c| conditions::lasting(view, c)).filter(|text| !text.is_empty()) {
        finding.proof(Source::Status, format!("not served {lasting}"));
    }
    remedy(catalog, &why, finding);
    finding.fix(format!(
        "if it is not needed, switch it off: set availabilityMode of ClusterCatalog {} to Unavailable",
        catalog.metadata.name
    ));
}

fn outdated(catalog: &ClusterCatalog, halted: &Condition, out: &mut Findings) {
    let why = conditions::told(halted);
    let finding =
        out.on(catalog.reference(), format!("serves old contents, the newest cannot be had: {why}"));
    finding.brief("serves old contents").field("status.conditions").severity(Severity::Warning);
    finding.proof(Source::Status, conditions::quoted(halted));
    remedy(catalog, &why, finding);
}

fn remedy(catalog: &ClusterCatalog, why: &str, finding: &mut crate::Finding) {
    let name = &catalog.metadata.name;
    if !pull_fix(finding, why, image(catalog)) {
        finding.fix(format!("repair what the condition names for {}", image(catalog)));
    }
    finding.command(format!("kubectl describe clustercatalog {name}"));
}
