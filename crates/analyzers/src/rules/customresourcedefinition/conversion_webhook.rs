//! # Nobody converts a custom resource
//!
//! ## What it finds
//! A CustomResourceDefinition of several versions whose objects a webhook converts, where the Service of the
//! webhook does not exist or has no ready endpoint.
//!
//! ## Why it matters
//! Objects that are stored in one version cannot be read in another: lists fail, for the controller as for
//! `kubectl`, and namespaces with such objects cannot be deleted.
//!
//! ## When it stays silent
//! For definitions of one version or without a webhook, for webhooks given by URL, while pods are within the time
//! their probes give them, and when Services, pods or EndpointSlices could not be read.
//!
//! ## What to do
//! Repair the server behind the Service, or install it again.

use crate::endpoints::Endpoints;
use crate::{Findings, Rule, Severity, Source, webhooks, words};
use view::{CustomResourceDefinition, Kind, Lookup, Object, Service, View, WebhookService};

/// The rule `customresourcedefinition/conversion-webhook`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::CustomResourceDefinition,
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Pod,
        Kind::Event,
        Kind::Node,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let endpoints = Endpoints::new(view);
    for crd in view.custom_resource_definitions.iter().filter(|crd| crd.spec.versions.len() > 1) {
        let Some(at) = target(crd) else { continue };
        let path = format!("{}/{}", at.namespace, at.name);
        let (why, service) = match view.lookup::<Service>(&at.namespace, &at.name) {
            Lookup::Missing => ("which does not exist".to_owned(), None),
            Lookup::Found(found) => match webhooks::unanswered(view, &endpoints, found) {
                Some(why) => (format!("which has no ready endpoint ({why})"), Some(found.reference())),
                None => continue,
            },
            Lookup::Unknown => continue,
        };
        let says = format!("has its objects converted by Service {path}, {why}");
        let finding = out.on(crd.reference(), says);
        finding.brief("nobody converts its objects").field("spec.conversion.webhook.clientConfig.service");
        let versions = crd.spec.versions.iter().map(|v| match v.storage {
            true => format!("{} (stored)", v.name),
            false => v.name.to_string(),
        });
        finding.proof(
            Source::Spec,
            format!("conversion: Webhook, service {path}; versions {}", words::join_some(versions, 5)),
        );
        match service {
            Some(service) => finding.fix(format!("bring the pods behind {service} back")).because(service),
            None => finding.fix(format!("install the server behind Service {path} again")),
        };
        finding.command(format!("kubectl get {}", crd.metadata.name));
    }
}

fn target(crd: &CustomResourceDefinition) -> Option<&WebhookService> {
    let conversion = crd.spec.conversion.as_ref().filter(|conversion| conversion.strategy == "Webhook")?;
    conversion.webhook.as_ref()?.client_config.as_ref()?.service.as_ref()
}
