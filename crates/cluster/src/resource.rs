//! Resource types: how a kind is spelled, and where the API serves it.

use serde::{Deserialize, Serialize};

/// One kind as the API serves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// API group, empty for the core group.
    pub group: String,
    /// Version within the group, `v1`.
    pub version: String,
    /// Kind, `Pod`.
    pub kind: String,
    /// Lower-case plural, `pods`: the path segment.
    pub plural: String,
    /// Lower-case singular, `pod`.
    pub singular: String,
    /// Short names, `po`.
    #[serde(default)]
    pub short_names: Vec<String>,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// Verbs the API offers; empty when discovery was not asked.
    #[serde(default)]
    pub verbs: Vec<String>,
}

impl Resource {
    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `pods` or `deployments.apps`, as RBAC and kubectl write it.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Path of the list, optionally within a namespace. The parts must have been checked.
    pub(crate) fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{}", self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }

    /// Whether a lower-case word names this type: kind, plural, singular, short name, or a short
    /// name with a plural s (`pvcs`).
    pub(crate) fn is_called(&self, word: &str) -> bool {
        let exact = |word: &str| {
            self.plural == word
                || self.singular == word
                || self.kind.to_lowercase() == word
                || self.short_names.iter().any(|short| short == word)
        };
        exact(word) || word.strip_suffix('s').is_some_and(|stem| self.short_names.iter().any(|s| s == stem))
    }
}

/// Group, version, kind, plural, short names, namespaced.
type BuiltIn = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str], bool);

/// Well-known kinds, so that ordinary names cost no discovery. Source: kube-apiserver 1.33 to 1.37,
/// `kubectl api-resources`.
#[rustfmt::skip]
const BUILT_IN: &[BuiltIn] = &[
    ("", "v1", "Pod", "pods", &["po"], true),
    ("", "v1", "Service", "services", &["svc"], true),
    ("", "v1", "Node", "nodes", &["no"], false),
    ("", "v1", "Namespace", "namespaces", &["ns"], false),
    ("", "v1", "ConfigMap", "configmaps", &["cm"], true),
    ("", "v1", "Secret", "secrets", &[], true),
    ("", "v1", "Event", "events", &["ev"], true),
    ("", "v1", "Endpoints", "endpoints", &["ep"], true),
    ("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", &["pvc"], true),
    ("", "v1", "PersistentVolume", "persistentvolumes", &["pv"], false),
    ("", "v1", "ServiceAccount", "serviceaccounts", &["sa"], true),
    ("", "v1", "ResourceQuota", "resourcequotas", &["quota"], true),
    ("", "v1", "LimitRange", "limitranges", &["limits"], true),
    ("", "v1", "ReplicationController", "replicationcontrollers", &["rc"], true),
    ("", "v1", "PodTemplate", "podtemplates", &[], true),
    ("apps", "v1", "Deployment", "deployments", &["deploy"], true),
    ("apps", "v1", "ReplicaSet", "replicasets", &["rs"], true),
    ("apps", "v1", "StatefulSet", "statefulsets", &["sts"], true),
    ("apps", "v1", "DaemonSet", "daemonsets", &["ds"], true),
    ("apps", "v1", "ControllerRevision", "controllerrevisions", &[], true),
    ("batch", "v1", "Job", "jobs", &[], true),
    ("batch", "v1", "CronJob", "cronjobs", &["cj"], true),
    ("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", &["hpa"], true),
    ("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", &["pdb"], true),
    ("networking.k8s.io", "v1", "Ingress", "ingresses", &["ing"], true),
    ("networking.k8s.io", "v1", "IngressClass", "ingressclasses", &[], false),
    ("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", &["netpol"], true),
    ("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", &[], true),
    ("storage.k8s.io", "v1", "StorageClass", "storageclasses", &["sc"], false),
    ("storage.k8s.io", "v1", "VolumeAttachment", "volumeattachments", &[], false),
    ("storage.k8s.io", "v1", "CSIDriver", "csidrivers", &[], false),
    ("storage.k8s.io", "v1", "CSINode", "csinodes", &[], false),
    ("storage.k8s.io", "v1", "CSIStorageCapacity", "csistoragecapacities", &[], true),
    ("rbac.authorization.k8s.io", "v1", "Role", "roles", &[], true),
    ("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", &[], true),
    ("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", &[], false),
    ("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", &[], false),
    ("admissionregistration.k8s.io", "v1", "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", &[], false),
    ("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", &[], false),
    ("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", &[], false),
    ("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", &["crd", "crds"], false),
    ("apiregistration.k8s.io", "v1", "APIService", "apiservices", &[], false),
    ("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", &["pc"], false),
    ("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses", &[], false),
    ("coordination.k8s.io", "v1", "Lease", "leases", &[], true),
    ("certificates.k8s.io", "v1", "CertificateSigningRequest", "certificatesigningrequests", &["csr"], false),
    ("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "flowschemas", &[], false),
    ("flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration", "prioritylevelconfigurations", &[], false),
];

/// The well-known kinds.
pub(crate) fn built_in() -> impl Iterator<Item = Resource> {
    BUILT_IN.iter().map(|(group, version, kind, plural, short_names, namespaced)| Resource {
        group: (*group).to_owned(),
        version: (*version).to_owned(),
        kind: (*kind).to_owned(),
        plural: (*plural).to_owned(),
        singular: kind.to_lowercase(),
        short_names: short_names.iter().map(|short| (*short).to_owned()).collect(),
        namespaced: *namespaced,
        verbs: Vec::new(),
    })
}

/// The type that a CustomResourceDefinition brings.
pub(crate) fn of_definition(
    group: &str,
    version: &str,
    kind: &str,
    plural: &str,
    namespaced: bool,
) -> Resource {
    Resource {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
        singular: kind.to_lowercase(),
        short_names: Vec::new(),
        namespaced,
        verbs: Vec::new(),
    }
}

/// The type of an object by its `apiVersion` and `kind`, guessed for kinds that are not built in.
pub(crate) fn of_kind(api_version: &str, kind: &str, namespaced: bool) -> Resource {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    let known = built_in().find(|r| r.group == group && r.kind == kind);
    known.unwrap_or_else(|| {
        let singular = kind.to_lowercase();
        Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            plural: pluralize(&singular),
            singular,
            short_names: Vec::new(),
            namespaced,
            verbs: vec!["get".to_owned(), "list".to_owned()],
        }
    })
}

/// The plural Kubernetes code generators make of a lower-case kind.
fn pluralize(singular: &str) -> String {
    let before_last = singular.chars().rev().nth(1);
    if singular.ends_with(['s', 'x', 'z']) || singular.ends_with("ch") || singular.ends_with("sh") {
        format!("{singular}es")
    } else if singular.ends_with('y') && !before_last.is_some_and(|c| "aeiou".contains(c)) {
        format!("{}ies", &singular[..singular.len() - 1])
    } else {
        format!("{singular}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_names_its_type() {
        let spellings = [
            ("pods", "Pod"),
            ("po", "Pod"),
            ("pvcs", "PersistentVolumeClaim"),
            ("pvs", "PersistentVolume"),
            ("cm", "ConfigMap"),
            ("hpa", "HorizontalPodAutoscaler"),
            ("ingress", "Ingress"),
            ("endpoints", "Endpoints"),
            ("netpol", "NetworkPolicy"),
            ("crds", "CustomResourceDefinition"),
        ];
        for (word, kind) in spellings {
            let found: Vec<Resource> = built_in().filter(|r| r.is_called(word)).collect();
            assert_eq!(found.len(), 1, "{word}");
            assert_eq!(found[0].kind, kind);
        }
    }

    #[test]
    fn plurals_follow_the_generators() {
        for r in built_in().filter(|r| r.kind != "Endpoints") {
            assert_eq!(pluralize(&r.singular), r.plural);
        }
    }

    #[test]
    fn paths_have_the_expected_segments() {
        let deployment = of_kind("apps/v1", "Deployment", true);
        assert_eq!(deployment.path(Some("prod")), "/apis/apps/v1/namespaces/prod/deployments");
        let node = of_kind("v1", "Node", false);
        assert_eq!(node.path(Some("prod")), "/api/v1/nodes");
    }
}
