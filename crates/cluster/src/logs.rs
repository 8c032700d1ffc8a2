//! Container logs.

use serde_json::Value;

use crate::cluster::Cluster;
use crate::error::{self, Error};
use crate::names;
use crate::resource::{self, Resource};
use crate::send::{Ask, Deadline};

/// Bytes of a log that are read when the query sets no limit.
const DEFAULT_LIMIT: u64 = 1 << 20;

/// Which log to read, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// Namespace of the pod.
    pub namespace: String,
    /// Name of the pod.
    pub pod: String,
    /// Container; may be left out when the pod has only one, or names its default one.
    pub container: Option<String>,
    /// The container before its last restart.
    pub previous: bool,
    /// Only the last lines.
    pub tail_lines: Option<i64>,
    /// Only lines younger than this.
    pub since_seconds: Option<i64>,
    /// Most bytes; 1 MiB when not given.
    pub limit_bytes: Option<u64>,
    /// Whether each line starts with its time.
    pub timestamps: bool,
}

/// The text of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogText {
    /// The lines; what is not UTF-8 is replaced, credentials are taken out.
    pub text: String,
    /// Whether the byte limit cut it. The cut is at the end: ask for fewer lines instead.
    pub truncated: bool,
    /// The container whose log it is, where that was said or found out.
    pub container: Option<String>,
}

impl Cluster {
    /// The log of a container.
    ///
    /// # Errors
    /// [`Error::ContainerRequired`] and [`Error::ContainerNotFound`] name the containers there are,
    /// [`Error::NotFound`] the pods with similar names; [`Error::NotCaptured`] when a snapshot does
    /// not hold the log, [`Error::LogUnavailable`] when there is none; [`Error::BadName`] before anything is sent; and those of any call.
    pub async fn logs(&self, q: &LogQuery) -> Result<LogText, Error> {
        names::namespace(&q.namespace)?;
        names::object(&q.pod)?;
        let container = q.container.as_deref().filter(|name| !name.is_empty());
        container.map(names::container).transpose()?;
        for (what, number) in [("tail lines", q.tail_lines), ("since seconds", q.since_seconds)] {
            if let Some(number) = number.filter(|number| *number < 0) {
                return Err(Error::bad(what, &number.to_string(), "it must be 0 or more"));
            }
        }
        let deadline = self.deadline();
        match self.read_log(q, container, deadline).await {
            Err(Error::NotFound { .. }) => {
                Err(self.not_found(&pods(), Some(&q.namespace), &q.pod, deadline).await)
            }
            Err(Error::Api { status: 400, what, message })
                if message.contains("a container name must be specified") =>
            {
                let (containers, default) = self.containers(q).await?;
                match default {
                    Some(default) => self.read_log(q, Some(&default), deadline).await,
                    None if containers.is_empty() => Err(Error::Api { what, status: 400, message }),
                    None => Err(Error::ContainerRequired {
                        namespace: q.namespace.clone(),
                        pod: q.pod.clone(),
                        containers,
                    }),
                }
            }
            Err(Error::Api { status: 400, message, .. }) if message.contains("is not valid for pod") => {
                let (containers, _) = self.containers(q).await?;
                let given = container.unwrap_or_default().to_owned();
                let near = error::near(&given, containers.iter().map(String::as_str));
                let (namespace, pod) = (q.namespace.clone(), q.pod.clone());
                Err(Error::ContainerNotFound { namespace, pod, given, near, containers })
            }
            Err(Error::Api { status: 400, message, .. }) if says_no_log(&message) => {
                Err(Error::LogUnavailable { namespace: q.namespace.clone(), pod: q.pod.clone(), message })
            }
            other => other,
        }
    }

    async fn read_log(
        &self,
        q: &LogQuery,
        container: Option<&str>,
        deadline: Deadline,
    ) -> Result<LogText, Error> {
        let limit = q.limit_bytes.unwrap_or(DEFAULT_LIMIT).max(1);
        let max_bytes = usize::try_from(limit).unwrap_or(usize::MAX).min(self.0.options.max_bytes);
        let mut path = format!("{}/{}/log?limitBytes={limit}", pods().path(Some(&q.namespace)), q.pod);
        let numbers = [("tailLines", q.tail_lines), ("sinceSeconds", q.since_seconds.filter(|s| *s > 0))];
        for (key, number) in numbers {
            if let Some(number) = number {
                path.push_str(&format!("&{key}={number}"));
            }
        }
        for (key, set) in [("previous", q.previous), ("timestamps", q.timestamps)] {
            if set {
                path.push_str(&format!("&{key}=true"));
            }
        }
        if let Some(container) = container {
            path.push_str(&format!("&container={container}"));
        }
        let ask = Ask {
            path,
            accept: "*/*",
            verb: "get",
            kind: "Pod",
            resource: "pods/log".to_owned(),
            namespace: Some(&q.namespace),
            name: Some(&q.pod),
            max_bytes,
            cut: true,
            deadline,
        };
        let (body, cut) = self.send(&ask).await?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let text = view::without_credentials(&text).unwrap_or(text);
        Ok(LogText {
            text,
            truncated: cut || body.len() >= max_bytes,
            container: container.map(str::to_owned),
        })
    }

    /// The containers of a pod, init and ephemeral ones last, and the one its annotation prefers.
    async fn containers(&self, q: &LogQuery) -> Result<(Vec<String>, Option<String>), Error> {
        let pod = self.get(&pods(), Some(&q.namespace), &q.pod).await?;
        let fields = ["containers", "initContainers", "ephemeralContainers"];
        let names: Vec<String> = fields
            .iter()
            .filter_map(|field| pod.pointer(&format!("/spec/{field}")).and_then(Value::as_array))
            .flatten()
            .filter_map(|container| container.get("name").and_then(Value::as_str))
            .map(str::to_owned)
            .collect();
        let preferred = pod.pointer("/metadata/annotations/kubectl.kubernetes.io~1default-container");
        let preferred = preferred.and_then(Value::as_str).filter(|name| names.iter().any(|n| n == name));
        let preferred = preferred.map(str::to_owned);
        Ok((names, preferred))
    }
}

/// Whether a refusal speaks of the container's state rather than of the request.
fn says_no_log(message: &str) -> bool {
    message.contains("is waiting to start")
        || message.contains("is not available")
        || (message.starts_with("previous terminated container") && message.ends_with("not found"))
}

fn pods() -> Resource {
    resource::of_kind("v1", "Pod", true)
}
