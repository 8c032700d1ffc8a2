//! What workloads and accounts may do: whom the rules of `Security` look at, and what counts as much.

use std::collections::{BTreeMap, BTreeSet};
use view::{Container, Object, ObjectRef, PodSpec, PolicyRule, Str, Subject, View};

/// Capabilities that lead out of the container, or into others.
const DANGEROUS: &[&str] = &[
    "ALL",
    "BPF",
    "DAC_READ_SEARCH",
    "NET_ADMIN",
    "NET_RAW",
    "PERFMON",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_MODULE",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_TIME",
    "SYSLOG",
];

/// True for namespaces of the cluster's own components, which need what others should not have.
pub(crate) fn is_system(namespace: &str) -> bool {
    namespace.starts_with("kube-") || namespace.starts_with("openshift")
}

/// One pod spec for every topmost owner outside the cluster's own namespaces, among pods that should run.
pub(crate) fn workloads(view: &View) -> BTreeMap<ObjectRef, &PodSpec> {
    let mut all = BTreeMap::new();
    let pods = view.pods.iter().filter(|pod| pod.should_run() && !is_system(&pod.metadata.namespace));
    for pod in pods {
        all.entry(view.top_owner(&pod.reference(), &pod.metadata)).or_insert(&pod.spec);
    }
    all
}

/// Containers of which something holds, by name.
pub(crate) fn containers(spec: &PodSpec, holds: impl Fn(&Container) -> bool) -> Vec<&str> {
    spec.all_containers()
        .filter(|container| holds(container))
        .map(|container| container.name.as_str())
        .collect()
}

/// True when a container runs with every right on its node.
pub(crate) fn is_privileged(container: &Container) -> bool {
    container.security_context.privileged == Some(true)
}

/// The dangerous capabilities that a container adds.
pub(crate) fn dangerous(container: &Container) -> BTreeSet<&'static str> {
    let added = container.security_context.capabilities.add.iter();
    let plain = added.map(|name| name.trim_start_matches("CAP_").to_uppercase());
    plain.filter_map(|name| DANGEROUS.iter().copied().find(|known| **known == *name)).collect()
}

/// A binding of either scope.
pub(crate) struct Binding<'a> {
    pub object: ObjectRef,
    pub role: ObjectRef,
    pub subjects: &'a [Subject],
}

/// RoleBindings and ClusterRoleBindings that somebody made: not the cluster's own.
pub(crate) fn bindings(view: &View) -> Vec<Binding<'_>> {
    let own = |meta: &view::Meta, role: &str| {
        let bootstrapped = meta.labels.get("kubernetes.io/bootstrapping").is_some();
        let system = meta.name.starts_with("system:") || role.starts_with("system:");
        bootstrapped || system || is_system(&meta.namespace)
    };
    let local = view.role_bindings.iter().filter(|b| !own(&b.metadata, &b.role_ref.name)).map(|b| {
        let namespace = if b.role_ref.kind == "Role" { b.metadata.namespace.clone() } else { Str::default() };
        let role = ObjectRef::new(b.role_ref.kind.clone(), namespace, b.role_ref.name.clone());
        Binding { object: b.reference(), role, subjects: &b.subjects }
    });
    let global = view.cluster_role_bindings.iter().filter(|b| !own(&b.metadata, &b.role_ref.name)).map(|b| {
        let role = ObjectRef::new("ClusterRole", "", b.role_ref.name.clone());
        Binding { object: b.reference(), role, subjects: &b.subjects }
    });
    let mut all: Vec<Binding<'_>> = local.chain(global).collect();
    all.retain(|binding| binding.subjects.iter().any(|subject| !is_system_subject(subject)));
    all
}

/// What a role permits; empty when it does not exist or was not read.
pub(crate) fn rules<'v>(view: &'v View, role: &ObjectRef) -> &'v [PolicyRule] {
    match role.kind.as_str() {
        "Role" => view.roles.get(&role.namespace, &role.name).map_or(&[], |role| &role.rules),
        _ => view.cluster_roles.get("", &role.name).map_or(&[], |role| &role.rules),
    }
}

/// True for accounts and groups of the control plane and for the administrators that a cluster is made with.
pub(crate) fn is_system_subject(subject: &Subject) -> bool {
    match subject.kind.as_str() {
        "ServiceAccount" => is_system(&subject.namespace),
        _ => ["system:masters", "system:node", "system:kube-", "kubeadm:"]
            .iter()
            .any(|start| subject.name.starts_with(start)),
    }
}

/// Groups and users that everybody belongs to, more or less.
pub(crate) fn is_everybody(subject: &Subject) -> bool {
    matches!(
        subject.name.as_str(),
        "system:authenticated" | "system:unauthenticated" | "system:anonymous" | "system:serviceaccounts"
    )
}

/// `ServiceAccount prod/web`, `Group system:authenticated`.
pub(crate) fn subject(subject: &Subject) -> String {
    match subject.kind == "ServiceAccount" {
        true => format!("ServiceAccount {}/{}", subject.namespace, subject.name),
        false => format!("{} {}", subject.kind, subject.name),
    }
}
