//! Finalizers: who removes them, and how one does it by hand.

use crate::storage;
use view::{Kind, Meta, Object, ObjectRef, View};

/// Finalizers by the start of their name, who removes them, and when.
const KNOWN: &[(&str, &str)] = &[
    ("kubernetes.io/pvc-protection", "kube-controller-manager removes it when no pod uses the claim"),
    (
        "kubernetes.io/pv-protection",
        "kube-controller-manager removes it when no claim is bound to the volume",
    ),
    ("foregroundDeletion", "the garbage collector removes it when everything that the object owns is gone"),
    ("orphan", "the garbage collector removes it when what the object owns is set free"),
    ("batch.kubernetes.io/job-tracking", "the Job controller removes it when it has counted the pod"),
    (
        "service.kubernetes.io/load-balancer-cleanup",
        "the cloud controller manager removes it when the load balancer is deleted",
    ),
    (
        "customresourcecleanup.apiextensions.k8s.io",
        "the API server removes it when every object of this type is gone",
    ),
    (
        "external-provisioner.volume.kubernetes.io/finalizer",
        "the provisioner of the volume removes it when the disk is deleted",
    ),
    ("external-attacher/", "the attacher of the CSI driver removes it when the volume is detached"),
    (
        "snapshot.storage.kubernetes.io/",
        "the snapshot controller removes it when no snapshot needs the object any more",
    ),
    ("service.k8s.aws/", "the AWS Load Balancer Controller removes it when the load balancer is deleted"),
    ("ingress.k8s.aws/", "the AWS Load Balancer Controller removes it when the load balancer is deleted"),
    ("elbv2.k8s.aws/", "the AWS Load Balancer Controller removes it when the load balancer is deleted"),
    ("networking.gke.io/", "the Ingress controller of GKE removes it when the load balancer is deleted"),
    ("resources-finalizer.argocd.argoproj.io", "Argo CD removes it when what the Application made is gone"),
    ("finalizers.fluxcd.io", "the Flux controller removes it when what the object made is gone"),
    ("finalizer.keda.sh", "the KEDA operator removes it when it has cleaned up"),
    ("finalizer.acme.cert-manager.io", "cert-manager removes it when the challenge is cleaned up"),
    ("controller.cattle.io/", "Rancher removes it when it has cleaned up"),
    ("wrangler.cattle.io/", "Rancher removes it when it has cleaned up"),
    ("kubernetes", "the namespace controller removes it when the namespace is empty"),
];

/// Seconds that cleaning up may take.
const CLEANING: i64 = 300;
/// The same where what is in use has to end first: nothing is cleaned up until then.
const IN_USE: i64 = 180;
/// The same for nodes, which are drained first.
const DRAINING: i64 = 3600;

/// Seconds that the deletion of an object may take, whom these still use.
pub(crate) fn patience(object: &ObjectRef, users: &[ObjectRef]) -> i64 {
    match object.kind.as_str() {
        "PersistentVolumeClaim" | "PersistentVolume" if !users.is_empty() => IN_USE,
        "Node" => DRAINING,
        _ => CLEANING,
    }
}

/// Who removes a finalizer, and when.
pub(crate) fn keeper(finalizer: &str) -> String {
    let known = KNOWN.iter().find(|(name, _)| match name.ends_with('/') {
        true => finalizer.starts_with(name),
        false => finalizer == *name,
    });
    known.map_or_else(
        || format!("the controller that set it, of {}, has to remove it", domain(finalizer)),
        |(_, told)| (*told).to_owned(),
    )
}

/// Kubernetes itself removes it: the way out is to remove what it waits for.
pub(crate) fn is_of_kubernetes(finalizer: &str) -> bool {
    let own = ["foregroundDeletion", "orphan", "kubernetes", "customresourcecleanup.apiextensions.k8s.io"];
    own.contains(&finalizer)
        || ["kubernetes.io/pv", "batch.kubernetes.io/"].iter().any(|start| finalizer.starts_with(start))
}

fn domain(finalizer: &str) -> &str {
    finalizer.split_once('/').map_or(finalizer, |(domain, _)| domain)
}

/// The command that takes one finalizer away, whatever it was there for.
pub(crate) fn removal(object: &ObjectRef, meta: &Meta, finalizer: &str) -> String {
    let at = meta.finalizers.iter().position(|f| *f == finalizer).unwrap_or(0);
    let patch = format!(r#"[{{"op":"remove","path":"/metadata/finalizers/{at}"}}]"#);
    format!("{} patch {} --type json -p '{patch}'", kubectl(object), resource(object))
}

/// `kubectl -n prod`, or `kubectl` for what has no namespace.
pub(crate) fn kubectl(object: &ObjectRef) -> String {
    match object.namespace.is_empty() {
        true => "kubectl".to_owned(),
        false => format!("kubectl -n {}", object.namespace),
    }
}

/// Resource and name as kubectl takes them, with the group where the resource alone may be another's:
/// `applications.argoproj.io/shop`.
pub(crate) fn resource(object: &ObjectRef) -> String {
    let info = Kind::parse(&object.kind).map(Kind::info);
    match info.filter(|info| info.group.contains('.') && !info.group.ends_with("k8s.io")) {
        Some(info) => format!("{}.{} {}", info.plural, info.group, object.name),
        None => format!("{} {}", object.kind.to_lowercase(), object.name),
    }
}

/// What keeps the object, as far as it can be seen.
pub(crate) fn users(view: &View, object: &ObjectRef, meta: &Meta) -> Vec<ObjectRef> {
    let has = |name: &str| meta.finalizers.iter().any(|f| *f == name);
    if has("kubernetes.io/pvc-protection") {
        // The protection counts every pod that has a node, finished ones too.
        let pods = storage::users_of(view, object).into_iter().filter(|pod| !pod.spec.node_name.is_empty());
        return pods.map(|pod| pod.reference()).collect();
    }
    let volume = view.persistent_volumes.get("", &object.name).filter(|_| object.kind == "PersistentVolume");
    if let Some(claim) =
        volume.and_then(|v| v.spec.claim_ref.as_ref()).filter(|_| has("kubernetes.io/pv-protection"))
    {
        let claim = ObjectRef::new("PersistentVolumeClaim", claim.namespace.clone(), claim.name.clone());
        return Some(claim).filter(|claim| view.metadata_of(claim).is_some()).into_iter().collect();
    }
    if has("foregroundDeletion") && !meta.uid.is_empty() { view.owned_by(&meta.uid) } else { Vec::new() }
}

/// It is being deleted, and not late; or what it owns is.
pub(crate) fn is_going(view: &View, object: &ObjectRef) -> bool {
    let Some(meta) = view.metadata_of(object) else { return false };
    let in_time =
        |meta: &Meta| meta.deletion_timestamp.is_some_and(|at| view.now.seconds_since(at) < CLEANING);
    let owned = if meta.uid.is_empty() { Vec::new() } else { view.owned_by(&meta.uid) };
    in_time(meta) || owned.iter().filter_map(|object| view.metadata_of(object)).any(in_time)
}

/// A pod that runs on, or a claim that nobody deletes: what they use works as before.
pub(crate) fn works_on(view: &View, user: &ObjectRef) -> bool {
    match user.kind.as_str() {
        "Pod" => view.pods.get(&user.namespace, &user.name).is_some_and(|pod| pod.should_run()),
        "PersistentVolumeClaim" => {
            view.metadata_of(user).is_some_and(|meta| meta.deletion_timestamp.is_none())
        }
        _ => false,
    }
}
