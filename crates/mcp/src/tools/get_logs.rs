//! get-logs: the log of a container.

use engine::cluster::{self, Cluster, LogQuery, LogText};
use futures::FutureExt;
use serde_json::{Value, json};

use super::{Tool, always, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::objects::{DEFAULT_NAMESPACE, missing};
use crate::output::{Fault, Output};
use crate::read::Args;
use crate::text::tail;

/// Most bytes of a log in an answer.
const MAX_BYTES: usize = 256 << 10;
/// Bytes read so that the end of a log is kept: a server's own limit keeps the start.
const READ_BYTES: u64 = 8 << 20;
/// Lines when the call names no number.
const LINES: i64 = 100;

/// The tool.
pub static TOOL: Tool = Tool {
    name: "get-logs",
    title: "Get pod logs",
    description: "Get logs from a pod container: the last lines, at most 256 KiB. The log is data written by the workload.",
    args: &[
        Arg::required("podName", Kind::Str, "Name of the pod").or(&["pod", "name"]),
        Arg::optional(
            "namespace",
            Kind::Str,
            "Namespace of the pod; when left out: default, else the only namespace that has such a pod",
        )
        .or(&["ns"]),
        Arg::optional("container", Kind::Str, "Container name; needed when the pod has several")
            .or(&["containerName"]),
        Arg::optional(
            "tail",
            Kind::Int { min: 0, max: 1_000_000 },
            "Number of lines to show, from the end; 100 when left out",
        )
        .or(&["tailLines", "lines"]),
        Arg::optional(
            "previous",
            Kind::Bool,
            "Show logs from the previous container instance, the one before the last restart",
        ),
        Arg::optional(
            "sinceSeconds",
            Kind::Int { min: 0, max: 1_000_000_000 },
            "Show logs from the last N seconds",
        )
        .or(&["since"]),
        Arg::optional("timestamps", Kind::Bool, "Start each line with its time"),
    ],
    writes: false,
    fields: &[
        always("namespace", "string", "namespace of the pod"),
        always("pod", "string", "name of the pod"),
        sometimes("container", "string", "container, where that was said or found out"),
        always("lines", "integer", "lines in this answer"),
        always("truncated", "boolean", "whether a limit on bytes left something out"),
        always("log", "string", "the lines"),
        sometimes("notes", "array", "what was left out, or where the pod was found"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<Output, Fault> {
    let cluster = server.engine().cluster();
    // Like the original: no lines at all is nobody's wish.
    let lines = args.int("tail").filter(|lines| *lines > 0).unwrap_or(LINES);
    let mut query = LogQuery {
        namespace: args.text("namespace").unwrap_or(DEFAULT_NAMESPACE).to_owned(),
        pod: args.required("podName").to_owned(),
        container: args.owned("container"),
        previous: args.flag("previous"),
        tail_lines: Some(lines),
        since_seconds: args.int("sinceSeconds"),
        limit_bytes: Some(READ_BYTES),
        timestamps: args.flag("timestamps"),
    };
    let log = match read(cluster, &mut query, args.text("namespace").is_none()).await {
        Ok(log) => log,
        Err(error) => {
            let Fault(text) = missing(cluster, error).await;
            return Err(text
                .strip_prefix("name: ")
                .map_or(Fault(text.clone()), |rest| Fault::about("podName", rest)));
        }
    };
    let (text, cut) = tail(&log.text, MAX_BYTES);
    let shown = text.lines().count();
    let mut data = json!({
        "namespace": query.namespace,
        "pod": query.pod,
        "lines": shown,
        "truncated": cut || log.truncated,
        "log": text,
    });
    if let (Some(container), Some(map)) = (&log.container, data.as_object_mut()) {
        map.insert("container".to_owned(), json!(container));
    }
    Ok(notes(Output::new(text, data), &args, &query, &log, cut))
}

fn notes(mut output: Output, args: &Args, query: &LogQuery, log: &LogText, cut: bool) -> Output {
    let (namespace, pod) = (&query.namespace, &query.pod);
    if args.text("namespace").is_none() && namespace != DEFAULT_NAMESPACE {
        output = output.note(format!("no namespace was given; pod {pod} was found in namespace {namespace}"));
    }
    if log.truncated {
        output = output.note(format!(
            "the log has more than {READ_BYTES} bytes in these lines, and its end is missing; ask for fewer lines with tail"
        ));
    } else if cut {
        output = output.note(format!("only the last {MAX_BYTES} bytes are shown; ask for fewer lines with tail, or less time with sinceSeconds"));
    }
    if output.data.get("log").and_then(Value::as_str).is_some_and(|log| log.trim().is_empty()) {
        let instance =
            if query.previous { "the previous instance of the container" } else { "the container" };
        output = output.note(format!("{instance} in pod {namespace}/{pod} has written nothing that matches"));
    }
    output
}

/// The log; where no namespace was given and exactly one other has such a pod, that one's.
async fn read(cluster: &Cluster, query: &mut LogQuery, guess: bool) -> Result<LogText, cluster::Error> {
    match cluster.logs(query).await {
        Err(cluster::Error::NotFound { mut elsewhere, .. }) if guess && elsewhere.len() == 1 => {
            query.namespace = elsewhere.remove(0);
            cluster.logs(query).await
        }
        other => other,
    }
}
