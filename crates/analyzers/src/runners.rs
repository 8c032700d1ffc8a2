//! Workloads that by their name run a storage driver, a provisioner or the controller of a finalizer.

use std::sync::Arc;
use view::{Object, ObjectRef, Pod, View};

/// Parts of domain names that tell nothing about whose they are.
const GENERIC: &[&str] = &[
    "csi",
    "com",
    "io",
    "org",
    "net",
    "dev",
    "cloud",
    "k8s",
    "x-k8s",
    "kubernetes",
    "sigs",
    "storage",
    "driver",
    "aws",
    "azure",
    "gke",
    "google",
    "googleapis",
    "cluster",
    "local",
    "finalizer",
    "finalizers",
    "controller",
    "operator",
    "api",
    "apps",
    "core",
    "www",
];
/// Shorter parts would be found in the names of strangers.
const PART_MIN: usize = 3;

/// A workload and how much of it runs.
pub(crate) struct Runner {
    pub object: ObjectRef,
    pub ready: i64,
    pub desired: i64,
}

impl Runner {
    /// `Deployment kube-system/ebs-csi-controller is scaled to 0`.
    pub fn in_words(&self) -> String {
        match self.desired {
            0 => format!("{} is scaled to 0", self.object),
            desired => format!("{}: {} of {desired} ready", self.object, self.ready),
        }
    }

    /// The command that brings a workload back that was scaled to zero.
    pub fn scale_up(&self) -> Option<String> {
        let ObjectRef { kind, namespace, name } = &self.object;
        let kind = kind.to_lowercase();
        (self.desired == 0).then(|| format!("kubectl -n {namespace} scale {kind} {name} --replicas 1"))
    }
}

/// The telling parts of a driver's, provisioner's or finalizer's name: `ebs` of `ebs.csi.aws.com`,
/// `local-path` of `rancher.io/local-path`.
fn parts(name: &str) -> Vec<&str> {
    let own = name.rsplit_once('/').map(|(_, own)| own).filter(|own| !own.contains('.'));
    let all: Vec<&str> = match own {
        Some(own) => vec![own],
        None => name.split(['.', '/']).collect(),
    };
    let telling = |part: &&str| !GENERIC.contains(part) && (part.len() >= PART_MIN || *part == "pd");
    all.into_iter().filter(telling).collect()
}

/// Workloads of a storage driver or provisioner that do not run as they should, the most broken first.
pub(crate) fn unready_drivers(view: &View, driver: &str) -> Vec<Runner> {
    const ROLES: &[&str] = &["csi", "provisioner", "driver", "storage", "attacher", "hostpath"];
    unready(view, &parts(driver), ROLES)
}

/// Workloads that by their name belong to the owner of a finalizer and do not run as they should.
pub(crate) fn unready_controllers(view: &View, finalizer: &str) -> Vec<Runner> {
    const ROLES: &[&str] = &["controller", "operator", "manager"];
    let domain = finalizer.split_once('/').map_or(finalizer, |(domain, _)| domain);
    if domain.ends_with("kubernetes.io") || !domain.contains('.') {
        return Vec::new();
    }
    unready(view, &parts(domain), ROLES)
}

fn unready(view: &View, parts: &[&str], roles: &[&str]) -> Vec<Runner> {
    let meant = |name: &str| {
        let segment =
            |part: &&str| name.split('-').any(|s| s == *part) || (part.len() > 3 && name.contains(*part));
        parts.iter().any(segment) && roles.iter().any(|role| name.contains(role))
    };
    let mut all = Vec::new();
    for d in view.deployments.iter().filter(|d| meant(&d.metadata.name)) {
        let (ready, desired) = (d.status.ready_replicas, d.spec.replicas.unwrap_or(1));
        all.push(Runner { object: d.reference(), ready, desired });
    }
    for s in view.stateful_sets.iter().filter(|s| meant(&s.metadata.name)) {
        let (ready, desired) = (s.status.ready_replicas, s.spec.replicas.unwrap_or(1));
        all.push(Runner { object: s.reference(), ready, desired });
    }
    for d in
        view.daemon_sets.iter().filter(|d| meant(&d.metadata.name) && d.status.desired_number_scheduled > 0)
    {
        let (ready, desired) = (d.status.number_ready, d.status.desired_number_scheduled);
        all.push(Runner { object: d.reference(), ready, desired });
    }
    all.retain(|runner| runner.ready < runner.desired.max(1));
    all.sort_by_key(|runner| (runner.ready, runner.object.clone()));
    all
}

/// Pods of a driver on one node that are not ready: its node plugin, by their name.
pub(crate) fn unready_plugins<'v>(view: &'v View, driver: &str, node: &str) -> Vec<&'v Arc<Pod>> {
    let parts = parts(driver);
    let meant = |name: &str| parts.iter().any(|part| name.contains(*part)) && name.contains("csi");
    let pods =
        view.pods.iter().filter(|pod| pod.spec.node_name == node && pod.should_run() && !pod.is_ready());
    pods.filter(|pod| meant(&pod.metadata.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn names_give_their_telling_parts() {
        assert_eq!(parts("ebs.csi.aws.com"), ["ebs"]);
        assert_eq!(parts("rancher.io/local-path"), ["local-path"]);
        assert_eq!(parts("csi.vsphere.vmware.com"), ["vsphere", "vmware"]);
        assert_eq!(
            parts("resources-finalizer.argocd.argoproj.io"),
            ["resources-finalizer", "argocd", "argoproj"]
        );
    }
}
