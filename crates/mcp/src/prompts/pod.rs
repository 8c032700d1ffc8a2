//! troubleshoot-pod.

use futures::FutureExt;
use serde_json::Value;

use super::Prompt;
use super::facts::{DATA, events, findings, logs, missing, quote};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::objects::{at, cluster_fault};
use crate::output::Fault;
use crate::read::Args;
use crate::tools::rows::pod_status;

/// The prompt.
pub static PROMPT: Prompt = Prompt {
    name: "troubleshoot-pod",
    title: "Troubleshoot a pod",
    description: "Interactive pod debugging workflow, with the pod's status, events, findings and last log lines as they are now",
    args: &[
        Arg::required("podName", Kind::Str, "Name of the pod to troubleshoot"),
        Arg::required("namespace", Kind::Str, "Namespace of the pod"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<String, Fault> {
    let cluster = server.engine().cluster();
    let (name, namespace) = (args.required("podName"), args.required("namespace"));
    let resource = cluster.resolve("pods").await.map_err(cluster_fault)?;
    let pod = cluster.get(&resource, Some(namespace), name).await.map_err(|error| missing("podName", error))?;
    let full_name = format!("{namespace}/{name}");
    let (events, findings, logs) = tokio::join!(
        events(cluster, namespace, "Pod", name),
        findings(server, namespace, |kind, object, _| kind == "Pod" && object == full_name),
        logs(cluster, namespace, &pod),
    );
    Ok(format!(
        "Find out what is wrong with this pod, and how to fix it.\n\nPod: {name}\nNamespace: {namespace}\n\n{DATA}\n\n{}\n{findings}\n{events}\n{logs}\n{}",
        quote("Status now:", &status(&pod)),
        steps(name, namespace)
    ))
}

/// The pod's status in lines.
pub fn status(pod: &Value) -> String {
    let mut out = vec![
        format!("status: {}", pod_status(pod)),
        format!("phase: {}", at(pod, "/status/phase")),
        format!("node: {}", at(pod, "/spec/nodeName")),
    ];
    for condition in list(pod, "/status/conditions") {
        if at(condition, "/status") != "True" {
            let (kind, reason) = (at(condition, "/type"), at(condition, "/reason"));
            out.push(format!("condition {kind}: {} {reason} {}", at(condition, "/status"), at(condition, "/message")));
        }
    }
    for pointer in ["/status/initContainerStatuses", "/status/containerStatuses"] {
        out.extend(list(pod, pointer).iter().map(container));
    }
    out.join("\n")
}

fn container(status: &Value) -> String {
    let restarts = status.get("restartCount").and_then(Value::as_i64).unwrap_or(0);
    let state = |which: &str| {
        let states = status.get(which).and_then(Value::as_object);
        let shown = states.into_iter().flatten().map(|(state, detail)| {
            let code = detail.get("exitCode").and_then(Value::as_i64);
            let code = code.map_or_else(String::new, |code| format!(" exit code {code}"));
            format!("{state} {}{code} {}", at(detail, "/reason"), at(detail, "/message")).trim_end().to_owned()
        });
        shown.collect::<Vec<_>>().join(", ")
    };
    let last = state("lastState");
    let last = if last.is_empty() { last } else { format!("; before: {last}") };
    format!("container {} ({}): {}{last}; {restarts} restarts", at(status, "/name"), at(status, "/image"), state("state"))
}

fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn steps(name: &str, namespace: &str) -> String {
    format!(
        "Steps:\n\
         1. Say in one sentence what the data above proves, and what it does not.\n\
         2. If a root cause is named above, check its proof: the tool get-resource shows the object at fault.\n\
         3. If the pod is not scheduled: compare its requests, node selector, affinity, tolerations and volumes with the nodes (list-resources nodes).\n\
         4. If an image cannot be pulled: compare image name and tag, registry, and image pull secrets.\n\
         5. If a container ends or restarts: read get-logs for pod {name} in namespace {namespace}, with previous=true, and its exit code (137 is the memory limit or a kill, 1 the program itself).\n\
         6. If it runs but is not ready: compare its probes with what it listens on.\n\
         7. Look at what it refers to: ConfigMaps, Secrets, PersistentVolumeClaims, its ServiceAccount.\n\
         8. Name the cause with its proof, the fix as a change of a manifest or a command, and how to see that it worked.\n"
    )
}
