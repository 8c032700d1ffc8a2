//! Starting a control plane on free loopback ports, in a temporary folder.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::binaries::Binaries;
use super::processes::Processes;
use super::{ClusterGuard, certificates, simulated};
use crate::error::{Error, Result, write};
use crate::kubectl::Kubectl;

/// The longest a step of the start may take.
const LIMIT: Duration = Duration::from_secs(90);

/// How often a start is tried: a port that was free may be taken before it is used.
const ATTEMPTS: usize = 3;

/// How much of a control plane is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// etcd, the API server, the controller manager, the scheduler and simulated nodes.
    Full,
    /// etcd and the API server: whatever is written stays as it was written.
    Bare,
}

/// Starts a control plane; returns once it answers and all its nodes are ready.
pub(crate) fn launch(binaries: &Binaries, extent: Extent) -> Result<ClusterGuard> {
    let mut attempt = launch_once(binaries, extent);
    for _ in 1..ATTEMPTS {
        match &attempt {
            Err(Error::Command { stderr, .. }) if stderr.contains("address already in use") => {
                attempt = launch_once(binaries, extent);
            }
            _ => break,
        }
    }
    attempt
}

fn launch_once(binaries: &Binaries, extent: Extent) -> Result<ClusterGuard> {
    let folder = TempDir::with_prefix("k8sgpt-cluster-").map_err(Error::io("create a temporary folder"))?;
    let path = folder.path().to_owned();
    let mut processes = Processes::new(Some(folder))?;
    let kubeconfig = path.join("admin.kubeconfig");
    let kubectl = binaries.kubernetes("kubectl");
    start_all(binaries, extent, &path, &kubeconfig, &mut processes)?;
    Ok(ClusterGuard {
        audit_log: Some(path.join("audit.log")),
        kubeconfig,
        kubectl,
        processes: Some(processes),
    })
}

fn start_all(
    binaries: &Binaries,
    extent: Extent,
    path: &Path,
    kubeconfig: &Path,
    processes: &mut Processes,
) -> Result<()> {
    let [client, peer, api, kubelet] = free_ports()?;
    certificates::write_all(path)?;
    write(kubeconfig, self::kubeconfig(path, api))?;
    write(&path.join("audit.yaml"), AUDIT_POLICY)?;
    let kubectl = Kubectl::with_program(&binaries.kubernetes("kubectl"), kubeconfig);
    processes.start(&binaries.etcd(), path, &etcd(client, peer))?;
    processes.start(&binaries.kubernetes("kube-apiserver"), path, &apiserver(client, api, extent))?;
    wait(processes, "API server", || kubectl.run(&["get", "--raw", "/readyz"]).is_ok())?;
    if extent == Extent::Bare {
        return Ok(());
    }
    processes.start(&binaries.kubernetes("kube-controller-manager"), path, &controller_manager())?;
    processes.start(&binaries.kubernetes("kube-scheduler"), path, &scheduler())?;
    let logs = simulated::save_logs(path)?;
    processes.start(&binaries.kwok(), path, &kwok(&binaries.stages(), logs, kubelet))?;
    // A simulated node takes its address from kwok when it first sees it, and needs kwok to listen by then.
    wait(processes, "kwok", || listening(kubelet))?;
    let nodes = path.join("nodes.json");
    write(&nodes, simulated::nodes().to_string())?;
    kubectl.run(&["create", "-f", &nodes.display().to_string()])?;
    wait(processes, "nodes and the default service account", || {
        let ready = kubectl.jsonpath("nodes", "{.items[*].status.conditions[?(@.type==\"Ready\")].status}");
        let account = kubectl.jsonpath("serviceaccount default -n default", "{.metadata.name}");
        ready.split_whitespace().filter(|status| *status == "True").count() == simulated::NODES
            && !account.is_empty()
    })
}

/// Polls until it is so; a process that ends meanwhile is an error at once.
pub(crate) fn wait(processes: &mut Processes, what: &str, mut done: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !done() {
        processes.check()?;
        if start.elapsed() > LIMIT {
            let missing = "no process of it has ended".into();
            return Err(Error::Deadline { what: what.into(), seconds: LIMIT.as_secs(), missing });
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// True when somebody listens on this port of loopback.
pub(crate) fn listening(port: u16) -> bool {
    std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Ports that nobody listens on now: all are held at once, so that they differ.
pub(crate) fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut ports = [0; N];
    let mut held = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("find a free port"))?;
        *port = listener.local_addr().map_err(Error::io("find a free port"))?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Every request once, when it is answered, without bodies.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
";

fn kubeconfig(folder: &Path, port: u16) -> String {
    let file = |name: &str| folder.join(name);
    json!({"apiVersion": "v1", "kind": "Config", "current-context": "disposable",
        "clusters": [{"name": "disposable", "cluster":
            {"server": format!("https://127.0.0.1:{port}"), "certificate-authority": file("ca.crt")}}],
        "users": [{"name": "admin", "user":
            {"client-certificate": file("admin.crt"), "client-key": file("admin.key")}}],
        "contexts": [{"name": "disposable", "context": {"cluster": "disposable", "user": "admin"}}]})
    .to_string()
}

/// The words of a command line.
pub(crate) fn arguments(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn etcd(client: u16, peer: u16) -> Vec<String> {
    arguments(&format!(
        "--data-dir etcd --unsafe-no-fsync --log-level warn --quota-backend-bytes 6000000000
        --listen-client-urls http://127.0.0.1:{client} --advertise-client-urls http://127.0.0.1:{client}
        --listen-peer-urls http://127.0.0.1:{peer} --initial-advertise-peer-urls http://127.0.0.1:{peer}
        --initial-cluster default=http://127.0.0.1:{peer}"
    ))
}

/// Services are resolved to their endpoints (aggregator routing): there is no kube-proxy.
fn apiserver(etcd: u16, port: u16, extent: Extent) -> Vec<String> {
    // Without controllers these would refuse or complete what a test writes.
    let plugins = match extent {
        Extent::Full => "",
        Extent::Bare => {
            "--disable-admission-plugins=ServiceAccount,NamespaceLifecycle,LimitRanger,ResourceQuota,Priority,\
             DefaultStorageClass,StorageObjectInUseProtection,DefaultIngressClass,DefaultTolerationSeconds,\
             TaintNodesByCondition,PodSecurity,RuntimeClass"
        }
    };
    arguments(&format!(
        "--etcd-servers http://127.0.0.1:{etcd} --secure-port {port} --bind-address 127.0.0.1
        --tls-cert-file server.crt --tls-private-key-file server.key --client-ca-file ca.crt
        --service-account-key-file sa.pub --service-account-signing-key-file sa.key
        --service-account-issuer https://kubernetes.default.svc --service-cluster-ip-range 10.96.0.0/16
        --authorization-mode Node,RBAC --allow-privileged --enable-aggregator-routing=true
        --kubelet-client-certificate admin.crt --kubelet-client-key admin.key
        --kubelet-preferred-address-types InternalIP
        --audit-policy-file audit.yaml --audit-log-path audit.log {plugins}"
    ))
}

const CLIENT: &str = "--kubeconfig admin.kubeconfig --leader-elect=false --secure-port 0
    --kube-api-qps 500 --kube-api-burst 1000";

fn controller_manager() -> Vec<String> {
    arguments(&format!(
        "{CLIENT} --service-account-private-key-file sa.key --root-ca-file ca.crt
        --use-service-account-credentials"
    ))
}

fn scheduler() -> Vec<String> {
    arguments(CLIENT)
}

fn kwok(stages: &Path, logs: &str, port: u16) -> Vec<String> {
    let mut all = arguments(&format!(
        "--kubeconfig admin.kubeconfig --node-lease-duration-seconds 40 --config {logs}
        --manage-nodes-with-annotation-selector {} --node-ip 127.0.0.1 --node-port {port}
        --server-address 127.0.0.1:{port} --tls-cert-file server.crt --tls-private-key-file server.key",
        simulated::ANNOTATION
    ));
    all.extend(["--config".into(), stages.display().to_string()]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_differ() {
        let [a, b, c, d] = free_ports().unwrap();
        assert!(a != b && a != c && a != d && b != c && b != d && c != d);
    }

    #[test]
    fn a_step_that_is_never_done_ends_when_a_process_ends() {
        let folder = tempfile::tempdir().unwrap();
        let mut processes = Processes::new(None).unwrap();
        processes.start(Path::new("/bin/false"), folder.path(), &[]).unwrap();
        assert!(wait(&mut processes, "nothing", || false).is_err());
    }
}
