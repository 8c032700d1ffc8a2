//! One question: sent, tried again where that may help, read piece by piece within bounds.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Response, Url};
use serde_json::Value;
use tokio::time::Instant;

use super::BackendError;
use super::address::shown;
use super::auth::Auth;
use super::frames::{Broken, LARGEST, bounded, frames};
use super::protocol::{self, Framing, Heard, Manner};
use super::refusal;
use super::secrets::Secrets;
use super::setup::Setup;
use crate::Ask;

/// Further tries of a call that met 429, a 5xx or a lost connection.
const RETRIES: u32 = 2;
/// Pause before the first of them; the next one is twice as long.
const PAUSE: Duration = Duration::from_millis(300);
/// Largest error body that is read, in bytes.
const LARGEST_ERROR: usize = 64 << 10;

/// What is needed to ask.
pub(super) struct Line<'a> {
    pub(super) client: &'a reqwest::Client,
    pub(super) setup: &'a Setup,
    pub(super) auth: &'a Auth,
    pub(super) deadline: Instant,
    pub(super) limit: Duration,
}

/// Takes pieces of text as they come.
pub(super) type Said<'a> = &'a mut (dyn FnMut(&str) + Send);

/// An attempt that failed: whether another one may do better, and when.
struct Attempt {
    error: BackendError,
    again: Option<Duration>,
}

impl Line<'_> {
    /// The answer to a question, understood.
    pub(super) async fn ask(&self, ask: &Ask, manner: Manner, said: Said<'_>) -> Result<Heard, BackendError> {
        let mut tries = 0;
        loop {
            let attempt = match self.attempt(ask, manner, said).await {
                Ok(heard) => return Ok(heard),
                Err(attempt) => attempt,
            };
            let left = self.deadline.saturating_duration_since(Instant::now());
            let wait = attempt.again.map(|wait| wait.max(PAUSE * 2_u32.pow(tries)));
            let Some(wait) = wait.filter(|wait| tries < RETRIES && *wait < left) else {
                return Err(attempt.error);
            };
            tracing::debug!(backend = self.setup.info.name, tries, "the model is asked again");
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    async fn attempt(&self, ask: &Ask, manner: Manner, said: Said<'_>) -> Result<Heard, Attempt> {
        let fatal = |error| Attempt { error, again: None };
        let written = protocol::write(self.setup, ask, manner);
        let body = Bytes::from(written.body.to_string());
        let mut secrets = self.setup.secrets.clone();
        let headers =
            self.headers(&written.url, &written.headers, &body, &mut secrets).await.map_err(fatal)?;
        let sent = self.client.post(written.url.clone()).headers(headers).body(body).send();
        let response = match tokio::time::timeout_at(self.deadline, sent).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_timeout() => return Err(fatal(self.late(&written.url))),
            Ok(Err(error)) => {
                let endpoint = shown(&written.url);
                let reason = secrets.quoted(&reason(&error));
                return Err(Attempt {
                    error: BackendError::Unreachable { endpoint, reason },
                    again: Some(PAUSE),
                });
            }
            Err(_) => return Err(fatal(self.late(&written.url))),
        };
        if !response.status().is_success() {
            return Err(self.refused(response, &written.url, &secrets).await);
        }
        let reading = self.read(response, &written.url, &secrets, said);
        match tokio::time::timeout_at(self.deadline, reading).await {
            Ok(heard) => heard.map_err(fatal),
            Err(_) => Err(fatal(self.late(&written.url))),
        }
    }

    async fn headers(
        &self,
        url: &Url,
        ours: &[(&'static str, String)],
        body: &[u8],
        secrets: &mut Secrets,
    ) -> Result<HeaderMap, BackendError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let accept = match self.setup.info.protocol.framing() {
            Framing::Events => "text/event-stream, application/json",
            Framing::Binary => "application/vnd.amazon.eventstream, application/json",
            Framing::Lines => "application/x-ndjson, application/json",
            Framing::Whole => "application/json",
        };
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        for (name, value) in ours {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        self.auth.apply(url, &mut headers, body, secrets).await?;
        for name in self.setup.headers.keys() {
            headers.remove(name);
        }
        headers.extend(self.setup.headers.clone());
        Ok(headers)
    }

    fn late(&self, url: &Url) -> BackendError {
        BackendError::Late { endpoint: shown(url), seconds: self.limit.as_secs() }
    }

    async fn refused(&self, response: Response, url: &Url, secrets: &Secrets) -> Attempt {
        let status = response.status().as_u16();
        let endpoint = shown(url);
        if (300..400).contains(&status) {
            let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let target = target.and_then(|target| url.join(target).ok());
            let target =
                target.map_or_else(|| "nowhere".to_owned(), |url| url.origin().ascii_serialization());
            return Attempt { error: BackendError::Redirect { endpoint, target }, again: None };
        }
        let wait = response.headers().get(RETRY_AFTER).and_then(|value| wait(value.to_str().ok()?));
        let mut body = Vec::new();
        let reading = async {
            let mut chunks = bounded(response);
            while let Some(Ok(chunk)) = chunks.next().await {
                let room = LARGEST_ERROR - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if body.len() == LARGEST_ERROR {
                    break;
                }
            }
        };
        // What has come until then is enough for a message.
        let _ = tokio::time::timeout_at(self.deadline, reading).await;
        let refusal = refusal::Refusal { setup: self.setup, endpoint, status, secrets };
        let (error, again) = refusal.told(&body);
        Attempt { error, again: again.then(|| wait.unwrap_or(PAUSE)) }
    }

    async fn read(
        &self,
        response: Response,
        url: &Url,
        secrets: &Secrets,
        said: Said<'_>,
    ) -> Result<Heard, BackendError> {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let protocol = self.setup.info.protocol;
        let framing = match (kind.as_str(), protocol.framing()) {
            ("text/html" | "application/xhtml+xml", _) => Framing::Whole,
            ("application/json", Framing::Lines) => Framing::Lines,
            ("application/json", _) => Framing::Whole,
            ("text/event-stream", _) => Framing::Events,
            (_, usual) => usual,
        };
        let reader = Reader { url, secrets, protocol, kind: &kind };
        match framing {
            Framing::Whole => reader.whole(response, said).await,
            framing => reader.pieces(response, framing, said).await,
        }
    }
}

/// Reads one answer.
struct Reader<'a> {
    url: &'a Url,
    secrets: &'a Secrets,
    protocol: super::Protocol,
    kind: &'a str,
}

impl Reader<'_> {
    async fn whole(&self, response: Response, said: Said<'_>) -> Result<Heard, BackendError> {
        let mut body = Vec::new();
        let mut chunks = bounded(response);
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|broken| self.broken(&broken, body.len()))?;
            body.extend_from_slice(&chunk);
        }
        let mut heard = Heard::default();
        match serde_json::from_slice::<Value>(&body) {
            Ok(value) => protocol::whole(self.protocol, &value, &mut heard),
            Err(_) => return Err(self.garbage(&body)),
        }
        if !heard.known {
            return Err(self.garbage(&body));
        }
        if !heard.text.is_empty() {
            said(&heard.text);
        }
        Ok(heard)
    }

    async fn pieces(
        &self,
        response: Response,
        framing: Framing,
        said: Said<'_>,
    ) -> Result<Heard, BackendError> {
        let mut heard = Heard::default();
        let mut pieces = frames(bounded(response), framing);
        while let Some(piece) = pieces.next().await {
            let (event, data) = match piece {
                Ok(piece) => piece,
                // What was said is complete; how the connection ends does not matter.
                Err(Broken::Connection(_)) if heard.ended => break,
                Err(broken) => return Err(self.broken(&broken, heard.text.chars().count())),
            };
            if data.trim_ascii() == b"[DONE]" {
                heard.ended = true;
                break;
            }
            let Ok(value) = serde_json::from_slice::<Value>(&data) else { return Err(self.garbage(&data)) };
            let before = heard.text.len();
            protocol::piece(self.protocol, &event, &value, &mut heard);
            if let Some(failure) = heard.failure.take() {
                let said = self.secrets.quoted(&failure);
                return Err(BackendError::Server { endpoint: shown(self.url), status: 200, said });
            }
            if heard.text.len() > before {
                said(&heard.text[before..]);
            }
            if heard.closed {
                break;
            }
        }
        match heard.known || heard.ended {
            false => Err(self.garbage(b"nothing")),
            true if !heard.ended => Err(self.cut(&heard, "the connection ended before the answer did")),
            true => Ok(heard),
        }
    }

    fn cut(&self, heard: &Heard, reason: &str) -> BackendError {
        let (endpoint, chars) = (shown(self.url), heard.text.chars().count());
        BackendError::Cut { endpoint, chars, reason: reason.to_owned() }
    }

    fn broken(&self, broken: &Broken, chars: usize) -> BackendError {
        let endpoint = shown(self.url);
        match broken {
            Broken::Large => BackendError::Large { endpoint, mib: LARGEST >> 20 },
            Broken::Connection(reason) => {
                BackendError::Cut { endpoint, chars, reason: self.secrets.quoted(reason) }
            }
            Broken::Form(form) => {
                let protocol = self.protocol.name();
                BackendError::Garbage { endpoint, protocol, kind: self.kind(), said: (*form).to_owned() }
            }
        }
    }

    fn garbage(&self, body: &[u8]) -> BackendError {
        let said = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
        let said = format!("it begins with {:?}", self.secrets.quoted(&said));
        let (endpoint, protocol) = (shown(self.url), self.protocol.name());
        BackendError::Garbage { endpoint, protocol, kind: self.kind(), said }
    }

    fn kind(&self) -> String {
        match self.kind {
            "" => "no content type".to_owned(),
            kind => self.secrets.quoted(kind),
        }
    }
}

/// Seconds, or a date, of `Retry-After`.
fn wait(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    let seconds = date.as_second().saturating_sub(jiff::Timestamp::now().as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The innermost reason of an error of the client: the outer ones repeat the URL.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
