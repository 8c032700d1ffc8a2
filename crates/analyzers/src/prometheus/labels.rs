//! The labels that Kubernetes service discovery sets, by role.

use crate::words;

/// What discovery of a role sets: whole names, and beginnings that go on with a label's own name. All
/// stand behind [`META`].
struct Role {
    name: &'static str,
    whole: &'static [&'static str],
    beginnings: &'static [&'static str],
    /// Other roles whose labels it carries too.
    carries: &'static [&'static str],
}

/// How every label of Kubernetes service discovery begins.
pub(super) const META: &str = "__meta_kubernetes_";

const ROLES: &[Role] = &[
    Role {
        name: "node",
        whole: &["node_name", "node_provider_id"],
        beginnings: &[
            "node_label_",
            "node_labelpresent_",
            "node_annotation_",
            "node_annotationpresent_",
            "node_address_",
        ],
        carries: &[],
    },
    Role {
        name: "service",
        whole: &[
            "namespace",
            "service_cluster_ip",
            "service_loadbalancer_ip",
            "service_external_name",
            "service_name",
            "service_port_name",
            "service_port_number",
            "service_port_protocol",
            "service_type",
        ],
        beginnings: &[
            "service_label_",
            "service_labelpresent_",
            "service_annotation_",
            "service_annotationpresent_",
            "namespace_label_",
            "namespace_labelpresent_",
            "namespace_annotation_",
            "namespace_annotationpresent_",
        ],
        carries: &[],
    },
    Role {
        name: "pod",
        whole: &[
            "namespace",
            "pod_name",
            "pod_ip",
            "pod_container_init",
            "pod_container_name",
            "pod_container_id",
            "pod_container_image",
            "pod_container_port_name",
            "pod_container_port_number",
            "pod_container_port_protocol",
            "pod_ready",
            "pod_phase",
            "pod_node_name",
            "pod_host_ip",
            "pod_uid",
            "pod_controller_kind",
            "pod_controller_name",
            "pod_deployment_name",
            "pod_cronjob_name",
            "pod_job_name",
        ],
        beginnings: &[
            "pod_label_",
            "pod_labelpresent_",
            "pod_annotation_",
            "pod_annotationpresent_",
            "namespace_label_",
            "namespace_labelpresent_",
            "namespace_annotation_",
            "namespace_annotationpresent_",
        ],
        carries: &["node"],
    },
    Role {
        name: "endpoints",
        whole: &[
            "endpoints_name",
            "endpoint_hostname",
            "endpoint_node_name",
            "endpoint_ready",
            "endpoint_port_name",
            "endpoint_port_protocol",
            "endpoint_address_target_kind",
            "endpoint_address_target_name",
        ],
        beginnings: &[
            "endpoints_label_",
            "endpoints_labelpresent_",
            "endpoints_annotation_",
            "endpoints_annotationpresent_",
        ],
        carries: &["service", "pod", "node"],
    },
    Role {
        name: "endpointslice",
        whole: &[
            "endpointslice_name",
            "endpointslice_address_target_kind",
            "endpointslice_address_target_name",
            "endpointslice_address_type",
            "endpointslice_endpoint_conditions_ready",
            "endpointslice_endpoint_conditions_serving",
            "endpointslice_endpoint_conditions_terminating",
            "endpointslice_endpoint_hostname",
            "endpointslice_endpoint_node_name",
            "endpointslice_endpoint_zone",
            "endpointslice_port",
            "endpointslice_port_app_protocol",
            "endpointslice_port_name",
            "endpointslice_port_protocol",
        ],
        beginnings: &[
            "endpointslice_label_",
            "endpointslice_labelpresent_",
            "endpointslice_annotation_",
            "endpointslice_annotationpresent_",
            "endpointslice_endpoint_topology_",
        ],
        carries: &["service", "pod", "node"],
    },
    Role {
        name: "ingress",
        whole: &[
            "namespace",
            "ingress_name",
            "ingress_class_name",
            "ingress_scheme",
            "ingress_host",
            "ingress_path",
        ],
        beginnings: &[
            "ingress_label_",
            "ingress_labelpresent_",
            "ingress_annotation_",
            "ingress_annotationpresent_",
            "namespace_label_",
            "namespace_labelpresent_",
            "namespace_annotation_",
            "namespace_annotationpresent_",
        ],
        carries: &[],
    },
];

/// What is known of a label of Kubernetes service discovery.
pub(super) enum Label {
    /// One of the roles sets it, or nobody can say.
    Possible,
    /// No target of these roles has it; other roles set it.
    OtherRole(Vec<&'static str>),
    /// It is misspelt; this was meant.
    Misspelt(String),
}

/// The names of the roles.
pub(super) fn roles() -> impl Iterator<Item = &'static str> {
    ROLES.iter().map(|role| role.name)
}

/// Whether discovery with these roles sets a label.
pub(super) fn look_up(label: &str, wanted: &[&str]) -> Label {
    let Some(name) = label.strip_prefix(META) else { return Label::Possible };
    let known: Vec<&Role> = ROLES.iter().filter(|role| wanted.contains(&role.name)).collect();
    if known.len() != wanted.len() || wanted.is_empty() {
        return Label::Possible;
    }
    let carried = || {
        let others = known.iter().flat_map(|role| role.carries.iter());
        others.filter_map(|name| ROLES.iter().find(|role| role.name == *name)).chain(known.iter().copied())
    };
    if let Some(clean) = sanitized(label, name) {
        return Label::Misspelt(clean);
    }
    if carried().any(|role| role.sets(name)) {
        return Label::Possible;
    }
    let others: Vec<&'static str> =
        ROLES.iter().filter(|role| role.sets(name) || role.carries(name)).map(|role| role.name).collect();
    if !others.is_empty() {
        return Label::OtherRole(others);
    }
    let whole = carried().flat_map(|role| role.whole.iter().copied());
    if let Some(near) = words::misspelt(name, whole) {
        return Label::Misspelt(format!("{META}{near}"));
    }
    let beginnings = carried().flat_map(|role| role.beginnings.iter().copied());
    let misspelt = beginnings.filter_map(|beginning| {
        let words = beginning.trim_end_matches('_').split('_').count();
        let at = name.match_indices('_').nth(words - 1)?.0 + 1;
        words::misspelt(&name[..at], [beginning]).map(|near| format!("{META}{near}{}", &name[at..]))
    });
    misspelt.min().map_or(Label::Possible, Label::Misspelt)
}

/// The name as discovery writes it: an underscore for every character that a label name may not hold.
fn sanitized(label: &str, name: &str) -> Option<String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.chars().all(valid)).then(|| label.chars().map(|c| if valid(c) { c } else { '_' }).collect())
}

impl Role {
    /// Discovery of what belongs to its targets sets it. Nodes are asked for only where that is told to.
    fn carries(&self, name: &str) -> bool {
        let others = self.carries.iter().filter(|other| **other != "node");
        others.filter_map(|other| ROLES.iter().find(|role| role.name == *other)).any(|role| role.sets(name))
    }

    fn sets(&self, name: &str) -> bool {
        self.whole.contains(&name) || self.beginnings.iter().any(|start| name.starts_with(start))
    }
}
