//! troubleshoot-deployment.

use engine::cluster::{Cluster, ListQuery};
use futures::FutureExt;
use serde_json::Value;

use super::Prompt;
use super::facts::{DATA, events, findings, logs, missing, quote};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::objects::{at, cluster_fault};
use crate::output::Fault;
use crate::read::Args;
use crate::tools::rows;

/// Pods named at most.
const PODS: u32 = 20;

/// The prompt.
pub static PROMPT: Prompt = Prompt {
    name: "troubleshoot-deployment",
    title: "Troubleshoot a deployment",
    description: "Interactive deployment debugging workflow, with the deployment's status, pods, events, findings and log lines as they are now",
    args: &[
        Arg::required("deploymentName", Kind::Str, "Name of the deployment"),
        Arg::required("namespace", Kind::Str, "Namespace of the deployment"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<String, Fault> {
    let cluster = server.engine().cluster();
    let (name, namespace) = (args.required("deploymentName"), args.required("namespace"));
    let resource = cluster.resolve("deployments").await.map_err(cluster_fault)?;
    let found = cluster.get(&resource, Some(namespace), name).await;
    let deployment = found.map_err(|error| missing("deploymentName", error))?;
    let pods = pods(cluster, namespace, &deployment).await;
    let (full_name, owner) = (format!("{namespace}/{name}"), format!("Deployment/{name}"));
    let own_pods: Vec<String> =
        pods.iter().flatten().map(|pod| format!("{namespace}/{}", at(pod, "/metadata/name"))).collect();
    let concerns = |kind: &str, object: &str, parent: &str| match kind {
        "Deployment" => object == full_name,
        "Pod" => own_pods.iter().any(|pod| pod == object),
        _ => parent == owner && object.strip_prefix(namespace).is_some_and(|rest| rest.starts_with('/')),
    };
    let sick = pods.iter().flatten().find(|pod| !is_well(pod));
    let (events, findings, pod) = tokio::join!(
        events(cluster, namespace, "Deployment", name),
        findings(server, namespace, concerns),
        pod_facts(cluster, namespace, sick),
    );
    let listed = match &pods {
        Ok(pods) if pods.is_empty() => "no pod matches its selector".to_owned(),
        Ok(pods) => pods.iter().map(|pod| format!("{} {}", at(pod, "/metadata/name"), rows::pod_status(pod))).collect::<Vec<_>>().join("\n"),
        Err(Fault(text)) => format!("could not be read: {text}"),
    };
    Ok(format!(
        "Find out what is wrong with this deployment, and how to fix it.\n\nDeployment: {name}\nNamespace: {namespace}\n\n{DATA}\n\n{}\n{}\n{findings}\n{events}\n{pod}\n{}",
        quote("Status now:", &status(&deployment)),
        quote("Its pods:", &listed),
        steps(name, namespace)
    ))
}

async fn pods(cluster: &Cluster, namespace: &str, deployment: &Value) -> Result<Vec<Value>, Fault> {
    let Some(selector) = selector(deployment) else {
        return Ok(Vec::new());
    };
    let resource = cluster.resolve("pods").await.map_err(cluster_fault)?;
    let query = ListQuery {
        namespace: Some(namespace.to_owned()),
        label_selector: Some(selector),
        limit: Some(PODS),
        ..ListQuery::all(resource)
    };
    Ok(cluster.list(&query).await.map_err(cluster_fault)?.items)
}

/// The deployment's selector in the syntax of a list.
fn selector(deployment: &Value) -> Option<String> {
    let labels = deployment.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
    let mut terms: Vec<String> = labels
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)))
        .collect();
    let expressions = deployment.pointer("/spec/selector/matchExpressions").and_then(Value::as_array);
    for expression in expressions.into_iter().flatten() {
        let key = at(expression, "/key");
        let values = expression.get("values").and_then(Value::as_array);
        let values: Vec<&str> = values.into_iter().flatten().filter_map(Value::as_str).collect();
        terms.push(match at(expression, "/operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "Exists" => key.to_owned(),
            _ => format!("!{key}"),
        });
    }
    (!terms.is_empty()).then(|| terms.join(","))
}

fn is_well(pod: &Value) -> bool {
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let ready = conditions.into_iter().flatten().find(|condition| at(condition, "/type") == "Ready");
    ready.is_some_and(|condition| at(condition, "/status") == "True")
}

async fn pod_facts(cluster: &Cluster, namespace: &str, pod: Option<&Value>) -> String {
    let Some(pod) = pod else { return String::new() };
    let name = at(pod, "/metadata/name");
    let (events, logs) = tokio::join!(events(cluster, namespace, "Pod", name), logs(cluster, namespace, pod));
    format!("{}\n{events}\n{logs}", quote(&format!("Pod {name}, the first that is not ready:"), &super::pod::status(pod)))
}

fn status(deployment: &Value) -> String {
    let number = |pointer: &str| deployment.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let mut out = vec![format!(
        "replicas: {} wanted, {} ready, {} available, {} up to date",
        number("/spec/replicas"),
        number("/status/readyReplicas"),
        number("/status/availableReplicas"),
        number("/status/updatedReplicas")
    )];
    if deployment.pointer("/spec/paused") == Some(&Value::Bool(true)) {
        out.push("paused: true".to_owned());
    }
    let conditions = deployment.pointer("/status/conditions").and_then(Value::as_array);
    for condition in conditions.into_iter().flatten() {
        let (kind, reason) = (at(condition, "/type"), at(condition, "/reason"));
        out.push(format!("condition {kind}: {} {reason} {}", at(condition, "/status"), at(condition, "/message")));
    }
    out.join("\n")
}

fn steps(name: &str, namespace: &str) -> String {
    format!(
        "Steps:\n\
         1. Say in one sentence what the data above proves, and what it does not.\n\
         2. If a root cause is named above, check its proof: the tool get-resource shows the object at fault.\n\
         3. If there are fewer pods than wanted: look at its ReplicaSets (list-resources replicasets in namespace {namespace}) and their events; quotas, admission webhooks and missing ServiceAccounts stop pods from being created.\n\
         4. If pods wait: scheduling, images, volumes, ConfigMaps and Secrets they refer to.\n\
         5. If pods restart: get-logs with previous=true, exit codes, memory limits.\n\
         6. If pods run but are not ready: probes against what the container listens on.\n\
         7. If a rollout hangs: compare the newest ReplicaSet of deployment {name} with the one before.\n\
         8. Name the cause with its proof, the fix as a change of a manifest or a command, and how to see that it worked.\n"
    )
}
