//! Every name that a View holds: of objects, and of what they refer to.

use std::collections::HashSet;
use view::{Container, Kind, Map, Meta, ObjectRef, PodSpec, View, references};

/// Names of containers and volumes that everybody uses: they name nothing, unless an object has them too.
const COMMON: &[&str] = &[
    "app",
    "main",
    "web",
    "server",
    "data",
    "config",
    "tmp",
    "temp",
    "cache",
    "logs",
    "log",
    "init",
    "sidecar",
    "proxy",
    "certs",
    "shared",
    "home",
    "run",
    "var",
    "work",
    "workspace",
    "varlog",
    "modules",
    "sys",
    "dev",
    "socket",
];

/// Label keys whose values say what runs, not whose it is.
const PLAIN_LABELS: &[&str] = &[
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
    "node.kubernetes.io/instance-type",
    "beta.kubernetes.io/instance-type",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/version",
    "pod-security.kubernetes.io/enforce",
    "pod-security.kubernetes.io/warn",
    "pod-security.kubernetes.io/audit",
];

/// Takes names, each once.
struct Names<'v, 'f> {
    seen: HashSet<&'v str>,
    found: &'f mut dyn FnMut(&str),
}

/// Calls `found` with every name of the View; what was told before may be told again with other letters.
pub(super) fn each(view: &View, found: &mut dyn FnMut(&str)) {
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Event) {
        for object in view.objects(*kind) {
            of_object(view, &object, found);
        }
    }
    let mut names = Names { seen: HashSet::new(), found };
    for event in view.events.iter() {
        names.add(&event.metadata.namespace);
        names.add(&event.involved_object.namespace);
        names.add(&event.involved_object.name);
    }
    of_pods(view, &mut names);
    of_network(view, &mut names);
    of_storage(view, &mut names);
    of_custom(view, &mut names);
    of_extensions(view, &mut names);
    of_operators(view, &mut names);
}

fn of_object(view: &View, object: &ObjectRef, found: &mut dyn FnMut(&str)) {
    let mut names = Names { seen: HashSet::new(), found };
    let name = object.name.as_str();
    names.add(&object.namespace);
    if !name.starts_with("system:") {
        names.add(name);
    }
    if let Some(meta) = view.metadata_of(object) {
        names.of_meta(meta);
    }
}

impl<'v> Names<'v, '_> {
    fn add(&mut self, name: &'v str) {
        if !name.is_empty() && self.seen.insert(name) {
            (self.found)(name);
        }
    }

    /// A value of a label or annotation, unless it is a number, a version or a switch.
    fn add_value(&mut self, value: &'v str) {
        if value.len() <= 253 && value.bytes().any(|b| b.is_ascii_alphabetic()) && !is_version(value) {
            self.add(value);
        }
    }

    fn add_uncommon(&mut self, name: &'v str) {
        if !COMMON.contains(&name) {
            self.add(name);
        }
    }

    fn of_meta(&mut self, meta: &'v Meta) {
        self.of_labels(&meta.labels);
        self.of_labels(&meta.annotations);
        for owner in &meta.owner_references {
            self.add(&owner.name);
        }
    }

    fn of_labels(&mut self, labels: &'v Map) {
        for (key, value) in labels.iter().filter(|(key, _)| !PLAIN_LABELS.contains(&key.as_str())) {
            self.add_value(value);
            if let Some((domain, _)) = key.split_once('/').filter(|(domain, _)| domain.contains('.')) {
                self.add(domain);
            }
        }
    }

    /// Registry and path of an image: `registry:5000/team/app:tag@digest`.
    fn of_image(&mut self, image: &'v str) {
        let image = image.split('@').next().unwrap_or_default();
        let (path, last) = image.rsplit_once('/').map_or(("", image), |(path, last)| (path, last));
        self.add(last.split(':').next().unwrap_or_default());
        for part in path.split('/') {
            self.add(part.split(':').next().unwrap_or_default());
        }
    }

    /// A host that a container is told: a name of the cluster's own DNS by its labels, any other as a whole.
    fn of_host(&mut self, host: &'v str) {
        if super::domains::is_cluster_suffix(host) || !super::domains::is_host(host) {
            host.split('.').take(2).for_each(|label| self.add(label));
        } else {
            self.add(host);
        }
    }

    fn of_spec(&mut self, spec: &'v PodSpec) {
        self.add(&spec.node_name);
        self.add(&spec.service_account_name);
        self.add(&spec.priority_class_name);
        self.of_labels(&spec.node_selector);
        for volume in &spec.volumes {
            self.add_uncommon(&volume.name);
        }
        for toleration in &spec.tolerations {
            self.add_value(&toleration.value);
        }
        for container in spec.all_containers() {
            self.of_container(container);
        }
    }

    fn of_container(&mut self, container: &'v Container) {
        self.add_uncommon(&container.name);
        self.of_image(&container.image);
        for address in container.env.iter().flat_map(|variable| &variable.addresses) {
            self.of_host(&address.host);
        }
    }
}

fn is_version(value: &str) -> bool {
    let number = value.strip_prefix('v').unwrap_or(value);
    number.starts_with(|c: char| c.is_ascii_digit())
        && number.contains('.')
        && !number.contains('/')
        && number.split('.').next().is_some_and(|major| major.bytes().all(|b| b.is_ascii_digit()))
}

fn of_pods<'v>(view: &'v View, names: &mut Names<'v, '_>) {
    let templates = (view.deployments.iter().map(|o| &o.spec.template))
        .chain(view.replica_sets.iter().map(|o| &o.spec.template))
        .chain(view.stateful_sets.iter().map(|o| &o.spec.template))
        .chain(view.daemon_sets.iter().map(|o| &o.spec.template))
        .chain(view.jobs.iter().map(|o| &o.spec.template))
        .chain(view.cron_jobs.iter().map(|o| &o.spec.job_template.spec.template));
    for template in templates {
        names.of_labels(&template.metadata.labels);
        names.of_spec(&template.spec);
        for reference in references(&template.spec, "") {
            (names.found)(&reference.name);
        }
    }
    for pod in view.pods.iter() {
        names.of_spec(&pod.spec);
        names.add(&pod.status.pod_ip);
        names.add(&pod.status.nominated_node_name);
        for status in pod.container_statuses() {
            names.of_image(&status.image);
        }
        for reference in references(&pod.spec, &pod.metadata.name) {
            (names.found)(&reference.name);
        }
    }
    for node in view.nodes.iter() {
        node.spec.provider_id.rsplit('/').take(1).for_each(|id| names.add(id));
        node.spec.taints.iter().for_each(|taint| names.add_value(&taint.value));
    }
    for set in view.stateful_sets.iter() {
        names.add(&set.spec.service_name);
        set.spec.volume_claim_templates.iter().for_each(|claim| names.add_uncommon(&claim.metadata.name));
    }
    for scaler in view.horizontal_pod_autoscalers.iter() {
        names.add(&scaler.spec.scale_target_ref.name);
    }
}

fn of_network<'v>(view: &'v View, names: &mut Names<'v, '_>) {
    for service in view.services.iter() {
        names.of_labels(&service.spec.selector);
        names.add(&service.spec.cluster_ip);
        names.add(&service.spec.external_name);
    }
    let balanced = view.services.iter().flat_map(|o| &o.status.load_balancer.ingress);
    for address in balanced.chain(view.ingresses.iter().flat_map(|o| &o.status.load_balancer.ingress)) {
        names.add(&address.ip);
        names.add(&address.hostname);
    }
    for endpoint in view.endpoint_slices.iter().flat_map(|slice| &slice.endpoints) {
        endpoint.addresses.iter().for_each(|address| names.add(address));
        endpoint.target_ref.iter().for_each(|target| names.add(&target.name));
    }
    for ingress in view.ingresses.iter() {
        ingress.class().into_iter().for_each(|class| names.add(class));
        ingress.spec.rules.iter().for_each(|rule| names.add(&rule.host));
        ingress.backends().for_each(|(_, _, service)| names.add(&service.name));
        for tls in &ingress.spec.tls {
            tls.hosts.iter().for_each(|host| names.add(host));
            names.add(&tls.secret_name);
        }
    }
    for listener in view.gateways.iter().flat_map(|gateway| &gateway.spec.listeners) {
        names.add(&listener.hostname);
        let refs = listener.tls.iter().flat_map(|tls| &tls.certificate_refs);
        refs.for_each(|certificate| names.add(&certificate.name));
    }
    for gateway in view.gateways.iter() {
        names.add(&gateway.spec.gateway_class_name);
        gateway.status.addresses.iter().for_each(|address| names.add(&address.value));
    }
    for route in view.http_routes.iter() {
        route.spec.hostnames.iter().for_each(|host| names.add(host));
        let backends = route.spec.rules.iter().flat_map(|rule| &rule.backend_refs);
        for target in route.spec.parent_refs.iter().chain(backends) {
            names.add(&target.name);
            target.namespace.iter().for_each(|namespace| names.add(namespace));
        }
    }
}

fn of_storage<'v>(view: &'v View, names: &mut Names<'v, '_>) {
    for claim in view.persistent_volume_claims.iter() {
        claim.class().into_iter().for_each(|class| names.add(class));
        names.add(&claim.spec.volume_name);
    }
    for volume in view.persistent_volumes.iter() {
        names.add(&volume.spec.storage_class_name);
        if let Some(claim) = &volume.spec.claim_ref {
            names.add(&claim.namespace);
            names.add(&claim.name);
        }
    }
    for attachment in view.volume_attachments.iter() {
        names.add(&attachment.spec.node_name);
        names.add(&attachment.spec.source.persistent_volume_name);
    }
    for account in view.service_accounts.iter() {
        account.image_pull_secrets.iter().for_each(|secret| names.add(&secret.name));
    }
    for certificate in view.certificates.iter() {
        names.add(&certificate.spec.secret_name);
        names.add(&certificate.spec.issuer_ref.name);
        names.add(&certificate.spec.common_name);
        certificate.spec.dns_names.iter().for_each(|host| names.add(host));
    }
}

fn of_custom<'v>(view: &'v View, names: &mut Names<'v, '_>) {
    for reference in view.custom_resources.iter().flat_map(|object| &object.spec.refs) {
        names.add(&reference.namespace);
        names.add(&reference.name);
    }
    for application in view.applications.iter() {
        let to = &application.spec.destination;
        names.add(&to.name);
        names.add(&to.namespace);
        for resource in &application.status.resources {
            names.add(&resource.namespace);
            names.add(&resource.name);
        }
    }
    for object in view.kustomizations.iter() {
        names.add(&object.spec.source_ref.name);
        names.add(&object.spec.target_namespace);
        object.spec.depends_on.iter().for_each(|other| names.add(&other.name));
    }
    for object in view.helm_releases.iter() {
        names.add(&object.spec.release_name);
        names.add(&object.spec.target_namespace);
        object.spec.depends_on.iter().for_each(|other| names.add(&other.name));
        if let Some(chart) = &object.spec.chart {
            names.add(&chart.spec.chart);
            names.add(&chart.spec.source_ref.name);
        }
    }
    let reports = (view.policy_reports.iter().flat_map(|o| &o.results))
        .chain(view.cluster_policy_reports.iter().flat_map(|o| &o.results))
        .chain(view.reports.iter().flat_map(|o| &o.results))
        .chain(view.cluster_reports.iter().flat_map(|o| &o.results));
    for result in reports {
        names.add(&result.policy);
        for object in &result.resources {
            names.add(&object.namespace);
            names.add(&object.name);
        }
    }
}

fn of_extensions<'v>(view: &'v View, names: &mut Names<'v, '_>) {
    let hooks = (view.validating_webhook_configurations.iter().flat_map(|o| &o.webhooks))
        .chain(view.mutating_webhook_configurations.iter().flat_map(|o| &o.webhooks));
    for hook in hooks {
        names.add(&hook.name);
        if let Some(service) = &hook.client_config.service {
            names.add(&service.namespace);
            names.add(&service.name);
        }
    }
    for service in view.api_services.iter().filter_map(|object| object.spec.service.as_ref()) {
        names.add(&service.namespace);
        names.add(&service.name);
    }
    let subjects = (view.role_bindings.iter().flat_map(|o| &o.subjects))
        .chain(view.cluster_role_bindings.iter().flat_map(|o| &o.subjects));
    for subject in subjects.filter(|subject| !subject.name.starts_with("system:")) {
        names.add(&subject.namespace);
        names.add(&subject.name);
    }
    let roles = view.role_bindings.iter().map(|o| &o.role_ref);
    for role in roles.chain(view.cluster_role_bindings.iter().map(|o| &o.role_ref)) {
        if !role.name.starts_with("system:") {
            names.add(&role.name);
        }
    }
    for group in view.eks_nodegroups.iter() {
        names.add(&group.cluster_name);
        names.of_labels(&group.labels);
        group.issues().iter().flat_map(|issue| &issue.resource_ids).for_each(|id| names.add(id));
    }
    for issue in view.eks_clusters.iter().flat_map(|cluster| cluster.issues()) {
        issue.resource_ids.iter().for_each(|id| names.add(id));
    }
}

fn of_operators<'v>(view: &'v View, names: &mut Names<'v, '_>) {
    for object in view.subscriptions.iter() {
        names.add(&object.spec.name);
        names.add(&object.spec.source);
        names.add(&object.spec.source_namespace);
    }
    for object in view.catalog_sources.iter() {
        names.of_image(&object.spec.image);
        names.of_host(object.spec.address.split(':').next().unwrap_or_default());
        names.add(&object.spec.config_map);
    }
    for group in view.operator_groups.iter() {
        group.spec.target_namespaces.iter().for_each(|namespace| names.add(namespace));
        names.add(&group.spec.service_account_name);
    }
    for plan in view.install_plans.iter() {
        plan.spec.cluster_service_version_names.iter().for_each(|name| names.add(name));
    }
    for catalog in view.cluster_catalogs.iter() {
        catalog.spec.source.image.iter().for_each(|image| names.of_image(&image.reference));
    }
    for extension in view.cluster_extensions.iter() {
        names.add(&extension.spec.namespace);
        extension.spec.service_account.iter().for_each(|account| names.add(&account.name));
    }
}
