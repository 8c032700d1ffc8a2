//! # Ingress class does not exist
//!
//! ## What it finds
//! An Ingress that asks for a class of which there is no IngressClass.
//!
//! ## Why it matters
//! No controller feels responsible: the Ingress gets no address and its hosts lead nowhere.
//!
//! ## When it stays silent
//! For `gce` and `gce-internal`, which have no IngressClass; for the older annotation when a controller has
//! given the Ingress an address (controllers may serve it without IngressClass); and when IngressClasses
//! could not be read.
//!
//! ## What to do
//! Name a class that exists, or install the controller that brings it.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Ingress, IngressClass, Kind, Object, View};

/// The rule `ingress/class-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Ingress, Kind::IngressClass],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for ingress in view.ingresses.iter().filter(|i| i.metadata.deletion_timestamp.is_none()) {
        let Some(class) = ingress.class() else { continue };
        if matches!(class.as_str(), "" | "gce" | "gce-internal")
            || !view.lookup::<IngressClass>("", class).is_missing()
        {
            continue;
        }
        let by_field = ingress.spec.ingress_class_name.is_some();
        let served = !ingress.status.load_balancer.ingress.is_empty();
        match (by_field, served) {
            (false, true) => {}
            (true, false) => report(view, ingress, class, Severity::Error, out),
            _ => report(view, ingress, class, Severity::Warning, out),
        }
    }
}

fn report(view: &View, ingress: &Ingress, class: &str, severity: Severity, out: &mut Findings) {
    let finding = out.on(ingress.reference(), format!("asks for IngressClass {class}, which does not exist"));
    finding
        .severity(severity)
        .brief(format!("IngressClass {class} does not exist"))
        .field("spec.ingressClassName");
    let place = match ingress.spec.ingress_class_name {
        Some(_) => "ingressClassName",
        None => "annotation kubernetes.io/ingress.class",
    };
    finding.proof(Source::Spec, format!("{place}: {class}"));
    let names = || view.ingress_classes.iter().map(|c| c.metadata.name.as_str());
    let all = words::join_some(names(), 8);
    finding.proof(Source::Cluster, format!("classes here: {}", if all.is_empty() { "none" } else { &all }));
    let near = words::near(class, names());
    let path = ingress.reference().path();
    finding.fix(match near.first().copied().or_else(|| names().next()) {
        Some(name) => {
            format!(
                "set spec.ingressClassName of Ingress {path} to {name}, or install the controller of {class}"
            )
        }
        None => format!("install an ingress controller that brings IngressClass {class}"),
    });
}
