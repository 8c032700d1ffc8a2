//! # Load balancer never comes
//!
//! ## What it finds
//! A Service of type LoadBalancer that has had no address for more than five minutes, with what its events say.
//!
//! ## Why it matters
//! It can be reached inside the cluster, and through its node ports, but not at an address of its own.
//!
//! ## When it stays silent
//! In the first five minutes, while the Service is being deleted, and when a warning of its controller tells the
//! cause (`service/event`).
//!
//! ## What to do
//! Clusters outside a cloud (bare metal, kind) need a controller that assigns addresses, such as MetalLB. With
//! one, look at its log and at the range of addresses that it may assign. Otherwise use NodePort, or an Ingress.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, Service, View};

/// The rule `service/load-balancer-pending`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Service, Kind::Event],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &["service/event"],
    run,
};

/// Seconds in which a load balancer comes.
const PROVISIONING: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    let balanced = |s: &Service| s.spec.kind == "LoadBalancer";
    let served = |s: &Service| !s.status.load_balancer.ingress.is_empty();
    for service in view.services.iter().filter(|s| balanced(s) && !served(s)) {
        let meta = &service.metadata;
        let age = meta.creation_timestamp.map(|at| view.now.seconds_since(at));
        if age.is_some_and(|age| age < PROVISIONING) || meta.deletion_timestamp.is_some() {
            continue;
        }
        let class = service.spec.load_balancer_class.as_str();
        let alike = |s: &Service| s.spec.load_balancer_class == class;
        let others = view.services.iter().filter(|s| balanced(s) && served(s) && alike(s));
        let others = words::join_some(others.map(|s| s.reference().path()), 2);
        let since = age.map(|age| format!(" for {}", words::age(age))).unwrap_or_default();
        let whose = if class.is_empty() { String::new() } else { format!(" of loadBalancerClass {class}") };
        let why = match others.is_empty() {
            true => format!("no controller{whose} has assigned one to any Service here"),
            false => format!("its controller{whose} has assigned none, though {others} has one"),
        };
        let finding =
            out.on(service.reference(), format!("of type LoadBalancer has had no address{since}: {why}"));
        finding
            .brief("no address")
            .field("spec.type")
            .proof(Source::Status, "status.loadBalancer has no address");
        for event in view.events_of("Service", meta).take(2) {
            finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
        }
        let path = service.reference().path();
        finding.fix(match others.is_empty() {
            true => format!(
                "install a controller that assigns addresses (in a cloud its cloud-controller-manager, elsewhere for example MetalLB), or make Service {path} a NodePort"
            ),
            false => format!("read the log of the controller that assigns addresses: it may have none left for Service {path}"),
        });
        finding.command(format!("kubectl -n {} describe service {}", meta.namespace, meta.name));
    }
}
