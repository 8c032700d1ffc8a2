//! Logs of a snapshot: the container is chosen, and refused, as the API server does it.

use jiff::Timestamp;
use serde_json::Value;

use super::answer::Answer;
use super::query::{Query, find};
use super::{LogKey, Snapshot};

/// Answers `GET …/pods/{pod}/log`.
pub(super) fn answer(snapshot: &Snapshot, namespace: &str, pod: &str, query: &Query) -> Answer {
    read(snapshot, namespace, pod, query).unwrap_or_else(|refusal| refusal)
}

fn read(snapshot: &Snapshot, namespace: &str, pod: &str, query: &Query) -> Result<Answer, Answer> {
    let table = snapshot.table("", "pods").ok_or_else(|| Answer::not_captured("pods were not recorded"))?;
    let object = find(table, namespace, pod).ok_or_else(|| Answer::no_object("pods", pod))?;
    let object: Value = serde_json::from_str(object).unwrap_or_default();
    let container = choose(&object, pod, query.get("container"))?;
    let previous = query.flag("previous");
    let key = LogKey {
        namespace: namespace.to_owned(),
        pod: pod.to_owned(),
        container: container.clone(),
        previous,
    };
    let Some(text) = snapshot.logs.get(&key) else {
        return Err(missing(&object, pod, &container, previous));
    };
    let tail = query.number("tailLines")?;
    let since = query.number("sinceSeconds")?.and_then(|seconds| i64::try_from(seconds).ok());
    let limit = query.number("limitBytes")?.and_then(|limit| usize::try_from(limit).ok());
    let text = match since {
        Some(seconds) => newer_than(text, snapshot.now() - jiff::SignedDuration::from_secs(seconds)),
        None => text,
    };
    let text = tail.map_or(text, |lines| last_lines(text, lines));
    Ok(Answer::text(text[..floor(text, limit.unwrap_or(usize::MAX))].to_owned()))
}

fn choose(pod: &Value, name: &str, asked: Option<&str>) -> Result<String, Answer> {
    let main = containers(pod, "containers");
    let init = containers(pod, "initContainers");
    let mut all = main.clone();
    all.extend(&init);
    all.extend(containers(pod, "ephemeralContainers"));
    if let Some(asked) = asked {
        return if all.contains(&asked) {
            Ok(asked.to_owned())
        } else {
            Err(Answer::bad_request(format!("container {asked} is not valid for pod {name}")))
        };
    }
    if let [only] = main.as_slice() {
        return Ok((*only).to_owned());
    }
    let mut message = format!("a container name must be specified for pod {name}");
    if !main.is_empty() {
        message.push_str(&format!(", choose one of: [{}]", main.join(" ")));
    }
    if !init.is_empty() {
        message.push_str(&format!(" or one of the init containers: [{}]", init.join(" ")));
    }
    Err(Answer::bad_request(message))
}

fn containers<'a>(pod: &'a Value, field: &str) -> Vec<&'a str> {
    let list = pod.pointer(&format!("/spec/{field}")).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|c| c.get("name").and_then(Value::as_str)).collect()
}

/// Why there is no log: the server's own reasons first, else it was not recorded.
fn missing(pod: &Value, name: &str, container: &str, previous: bool) -> Answer {
    let statuses = ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"];
    let status = statuses
        .iter()
        .filter_map(|field| pod.pointer(&format!("/status/{field}")).and_then(Value::as_array))
        .flatten()
        .find(|status| status.get("name").and_then(Value::as_str) == Some(container));
    let restarts = status.and_then(|s| s.get("restartCount")).and_then(Value::as_u64);
    if previous && restarts == Some(0) {
        let message = format!("previous terminated container {container:?} in pod {name:?} not found");
        return Answer::bad_request(message);
    }
    let waiting = status.and_then(|s| s.pointer("/state/waiting/reason")).and_then(Value::as_str);
    if let (Some(reason), Some(0), false) = (waiting, restarts, previous) {
        let message = match reason {
            "ImagePullBackOff" | "ErrImagePull" | "InvalidImageName" => {
                "trying and failing to pull image".to_owned()
            }
            other => other.to_owned(),
        };
        let text = format!("container {container:?} in pod {name:?} is waiting to start: {message}");
        return Answer::bad_request(text);
    }
    Answer::not_captured(format!("the log of container {container:?} in pod {name:?} was not recorded"))
}

/// The lines from the first one whose leading timestamp is not older than `since`; all lines when
/// the log was recorded without timestamps.
fn newer_than(text: &str, since: Timestamp) -> &str {
    let mut offset = 0;
    let mut seen = false;
    for line in text.split_inclusive('\n') {
        let stamp = line.split(' ').next().and_then(|word| word.trim().parse::<Timestamp>().ok());
        seen |= stamp.is_some();
        if stamp.is_some_and(|stamp| stamp >= since) {
            return &text[offset..];
        }
        offset += line.len();
    }
    if seen { "" } else { text }
}

fn last_lines(text: &str, count: u64) -> &str {
    let Some(count) = usize::try_from(count).ok().filter(|count| *count > 0) else { return "" };
    let body = text.strip_suffix('\n').unwrap_or(text);
    let start = body.rmatch_indices('\n').nth(count - 1).map_or(0, |(at, _)| at + 1);
    &text[start..]
}

/// The largest character boundary not above `limit`.
fn floor(text: &str, limit: usize) -> usize {
    (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_and_limits() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc\n");
        assert_eq!(last_lines("a\nb\nc", 2), "b\nc");
        assert_eq!(last_lines("a\n", 5), "a\n");
        assert_eq!(last_lines("a\n", 0), "");
        assert_eq!(floor("aé", 2), 1);
        let log = "2026-01-01T00:00:00Z a\n2026-01-01T00:01:00Z b\n";
        let since = "2026-01-01T00:00:30Z".parse().unwrap();
        assert_eq!(newer_than(log, since), "2026-01-01T00:01:00Z b\n");
        assert_eq!(newer_than("plain\n", since), "plain\n");
    }
}
