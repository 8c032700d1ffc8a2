//! What a failing probe asks, what it got, and what the container declares.

use crate::containers::Seen;
use crate::messages::{runtime_cause, without_secrets};
use crate::words;
use view::{PortRef, Probe, View};

/// A probe that fails.
pub(crate) struct FailingProbe<'a> {
    /// `readiness`, `liveness` or `startup`.
    pub name: &'static str,
    pub probe: &'a Probe,
    /// What came back, as the kubelet's newest event tells it; empty when no event does.
    pub answer: String,
}

impl<'a> FailingProbe<'a> {
    /// The probe of this name with the kubelet's newest words on it.
    pub fn of(view: &View, seen: &Seen<'a>, name: &'static str) -> Option<FailingProbe<'a>> {
        let spec = seen.spec?;
        let probe = match name {
            "readiness" => &spec.readiness_probe,
            "liveness" => &spec.liveness_probe,
            _ => &spec.startup_probe,
        };
        let answer = seen.events(view).filter(|event| event.reason == "Unhealthy").find_map(|event| {
            let (which, said) = event.message.split_once(" probe ")?;
            let said = ["failed: ", "errored: ", "errored and resulted in unknown state: "]
                .iter()
                .find_map(|outcome| said.strip_prefix(outcome))?;
            which.eq_ignore_ascii_case(name).then(|| words::bounded(said))
        });
        Some(FailingProbe { name, probe: probe.as_ref()?, answer: answer.unwrap_or_default() })
    }

    /// What it asks: `GET /healthz on port 8080`.
    pub fn asks(&self) -> String {
        without_secrets(&self.probe.describe())
    }

    /// The answer in few words, free of addresses, so that replicas say the same.
    pub fn outcome(&self) -> String {
        let says = |text: &str| self.answer.contains(text);
        if self.answer.is_empty() {
            return "it does not pass".to_owned();
        }
        if says("connection refused") {
            return "connection refused, nothing listens there".to_owned();
        }
        if let Some(code) = self.status_code() {
            return format!("the answer is HTTP {code}");
        }
        if says("context deadline exceeded")
            || says("Client.Timeout")
            || says("timed out")
            || says("i/o timeout")
        {
            return format!("no answer within {}s", self.probe.timeout_seconds.unwrap_or(1));
        }
        if says("strconv.Atoi") || says("couldn't find port") {
            return format!("the container declares no port{}", self.port_words(" named "));
        }
        if says("failed to exec in container") || says("OCI runtime exec failed") {
            return format!("it cannot be run: {}", runtime_cause(&self.answer));
        }
        if says("no such host") || says("no route to host") {
            return "the address cannot be reached".to_owned();
        }
        self.answer.clone()
    }

    /// The status of an HTTP answer.
    pub fn status_code(&self) -> Option<&str> {
        let code = self.answer.split_once("statuscode: ")?.1;
        Some(code.split(|c: char| !c.is_ascii_digit()).next().unwrap_or(code))
    }

    fn port_words(&self, before: &str) -> String {
        self.probe.port().map(|port| format!("{before}{port}")).unwrap_or_default()
    }

    /// The ports that the container declares, when the probe's is not among them.
    pub fn declared_instead(&self, seen: &Seen<'_>) -> Option<String> {
        let (spec, port) = (seen.spec?, self.probe.port()?);
        if spec.declares_port(&port) || spec.ports.is_empty() {
            return None;
        }
        let name_of = |p: &view::ContainerPort| match (&port, p.name.is_empty()) {
            (PortRef::Name(_), false) => format!("{} ({})", p.name, p.container_port),
            _ => p.container_port.to_string(),
        };
        Some(words::join_some(spec.ports.iter().map(name_of), 4))
    }

    /// What to do about it, with the names and values at hand.
    pub fn fix(&self, seen: &Seen<'_>) -> String {
        let (name, container, does) = (self.name, &seen.status.name, self.asks());
        if let Some(declared) = self.declared_instead(seen).filter(|_| self.status_code().is_none()) {
            let port = self.port_words("");
            return format!(
                "point the {name} probe of container {container} at a port that it declares: {declared} instead of {port}"
            );
        }
        if self.answer.contains("connection refused") {
            let port = self.port_words("");
            return format!(
                "make container {container} listen on port {port}, or correct the port of its {name} probe"
            );
        }
        if self.outcome().starts_with("it cannot be run") {
            return format!(
                "correct the command of the {name} probe of container {container} ({does}), or add it to the image"
            );
        }
        match self.status_code() {
            Some("404") => {
                format!("correct the path of the {name} probe ({does}): the application answers 404 there")
            }
            Some(code) => {
                format!("find out why container {container} answers {code} to {does}: its log tells")
            }
            None if self.outcome().starts_with("no answer") => format!(
                "find out why container {container} is slow to answer {does}, or raise timeoutSeconds of its {name} probe"
            ),
            None => format!(
                "run what the {name} probe of container {container} asks ({does}) by hand and correct what fails"
            ),
        }
    }

    /// Seconds that the spec itself grants before the probe counts as failed.
    pub fn grace_seconds(&self) -> i64 {
        let probe = self.probe;
        let tries = probe.period_seconds.unwrap_or(10).saturating_mul(probe.failure_threshold.unwrap_or(3));
        probe.initial_delay_seconds.unwrap_or(0).saturating_add(tries)
    }
}
