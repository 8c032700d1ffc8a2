//! # Two Ingresses claim one path
//!
//! ## What it finds
//! A host and path that two Ingresses of the same class send to different Services.
//!
//! ## Why it matters
//! Which of the two gets the requests depends on the controller, often on which is older; the other one has no
//! effect.
//!
//! ## When it stays silent
//! For canaries (annotation `nginx.ingress.kubernetes.io/canary`), for different classes or kinds of match, when
//! both lead to the same Service, for controllers that merge Ingresses on purpose (AWS load balancers), and while
//! either is being deleted.
//!
//! ## What to do
//! Remove the path from one of the two.

use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use view::{Ingress, IngressClass, Kind, Object, View};

/// The rule `ingress/duplicate-path`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Ingress, Kind::IngressClass],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// What makes two rules the same: class, host, path, kind of match.
type Claim<'a> = (&'a str, &'a str, &'a str, &'a str);

fn run(view: &View, out: &mut Findings) {
    let mut claims: BTreeMap<Claim<'_>, Vec<(&Ingress, &str)>> = BTreeMap::new();
    for ingress in view.ingresses.iter().filter(|ingress| counts(view, ingress)) {
        let class = ingress.class().map_or("", |class| class.as_str());
        for rule in ingress.spec.rules.iter().filter(|rule| !rule.host.is_empty()) {
            for path in rule.http.iter().flat_map(|http| &http.paths) {
                let Some(service) = &path.backend.service else { continue };
                let claim = (class, rule.host.as_str(), path.path.as_str(), path.path_type.as_str());
                claims.entry(claim).or_default().push((ingress, &service.name));
            }
        }
    }
    for ((_, host, path, _), mut claimants) in claims {
        claimants.sort_by_key(|(ingress, _)| {
            let meta = &ingress.metadata;
            (meta.creation_timestamp, meta.namespace.clone(), meta.name.clone())
        });
        let Some((&(first, service), rest)) = claimants.split_first() else { continue };
        let apart = |other: &&(&Ingress, &str)| {
            other.0.reference() != first.reference()
                && (other.1, &other.0.metadata.namespace) != (service, &first.metadata.namespace)
        };
        for (ingress, other) in rest.iter().filter(apart) {
            report(first, service, ingress, other, &words::route(host, path), out);
        }
    }
}

fn counts(view: &View, ingress: &Ingress) -> bool {
    let meta = &ingress.metadata;
    let canary = meta.annotations.get("nginx.ingress.kubernetes.io/canary").is_some_and(|v| *v == "true");
    let class = ingress.class().and_then(|class| view.ingress_classes.get("", class));
    let merges = |class: &IngressClass| class.spec.controller == "ingress.k8s.aws/alb";
    let merged =
        ingress.class().is_some_and(|class| *class == "alb") || class.is_some_and(|class| merges(class));
    meta.deletion_timestamp.is_none() && !canary && !merged
}

fn report(first: &Ingress, service: &str, second: &Ingress, other: &str, route: &str, out: &mut Findings) {
    let older = first.reference();
    let says =
        format!("sends {route} to Service {other}, which the older {older} sends to Service {service}");
    let finding = out.on(second.reference(), says);
    finding
        .brief(format!("{route} claimed twice"))
        .field("spec.rules.http.paths.path")
        .proof(Source::Spec, format!("{route} → service {other}"))
        .proof(Source::Cluster, format!("{older}: {route} → service {service}"))
        .fix(format!("remove {route} from Ingress {} or from {older}", second.reference().path()));
}
