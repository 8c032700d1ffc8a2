//! # Ingress names no class
//!
//! ## What it finds
//! An Ingress without class, in a cluster where no IngressClass is the default, that no controller has
//! taken up.
//!
//! ## Why it matters
//! Most controllers pass over an Ingress without class: its hosts lead nowhere.
//!
//! ## When it stays silent
//! When a default IngressClass exists, when a controller has given the Ingress an address, in its first
//! two minutes, and when IngressClasses could not be read.
//!
//! ## What to do
//! Set `spec.ingressClassName`, or mark one IngressClass as the default.

use crate::{Findings, Rule, Severity, Source, words};
use view::{IngressClass, Kind, Object, View};

/// The rule `ingress/no-class`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Ingress, Kind::IngressClass],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which a controller may take it up.
const SETTLING: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    if !view.proves_absence::<IngressClass>("") || view.ingress_classes.iter().any(|c| c.is_default()) {
        return;
    }
    let names = words::join_some(view.ingress_classes.iter().map(|c| c.metadata.name.as_str()), 8);
    for ingress in view.ingresses.iter() {
        let meta = &ingress.metadata;
        let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < SETTLING);
        let named = ingress.class().is_some_and(|class| !class.is_empty());
        let served = !ingress.status.load_balancer.ingress.is_empty();
        if named || served || young || meta.deletion_timestamp.is_some() {
            continue;
        }
        let finding = out.on(ingress.reference(), "names no class, and no IngressClass is the default");
        finding.brief("no class").field("spec.ingressClassName");
        finding.proof(
            Source::Cluster,
            format!("classes here: {}", if names.is_empty() { "none" } else { &names }),
        );
        let path = ingress.reference().path();
        finding.fix(match view.ingress_classes.iter().next() {
            Some(class) => format!("set spec.ingressClassName of Ingress {path} to {}", class.metadata.name),
            None => format!("install an ingress controller, and name its class in Ingress {path}"),
        });
    }
}
