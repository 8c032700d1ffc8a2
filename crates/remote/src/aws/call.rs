//! One signed request: built, sent, tried again, read within bounds.

use std::time::Duration;

use object_store::aws::AwsAuthorizer;
use object_store::client::HttpRequestBody;
use serde_json::Value;

use super::failure::quoted;
use super::http::{self, reason};
use super::{Credentials, Failure, Limits};

/// Longest pause before the first retry.
const PAUSE: Duration = Duration::from_millis(200);

/// Calls one service in one region.
pub(crate) struct Caller {
    client: reqwest::Client,
    credentials: Credentials,
    service: &'static str,
    region: String,
    base: String,
    limits: Limits,
}

/// A request to be made.
pub(crate) struct Ask<'a> {
    /// Path and query, encoded.
    pub(crate) path: String,
    /// For messages: `DescribeCluster of prod`.
    pub(crate) what: &'a str,
    /// The IAM action that allows it.
    pub(crate) action: &'static str,
}

/// An attempt that failed, and whether and when another may do better.
struct Attempt {
    failure: Failure,
    again: Option<Duration>,
}

impl Caller {
    /// For a service at a base URL.
    pub(crate) fn new(
        credentials: Credentials,
        service: &'static str,
        region: &str,
        base: String,
        limits: &Limits,
    ) -> Result<Caller, Failure> {
        let scheme =
            reqwest::Url::parse(&base).ok().filter(|url| url.has_host()).map(|u| u.scheme().to_owned());
        if !matches!(scheme.as_deref(), Some("https" | "http")) {
            return Err(Failure::BadEndpoint { url: base });
        }
        let client = http::client(limits, http::reach_of(&base))?;
        let (region, limits) = (region.to_owned(), limits.clone());
        Ok(Caller { client, credentials, service, region, base, limits })
    }

    /// The answer to a GET.
    pub(crate) async fn get(&self, ask: &Ask<'_>) -> Result<Value, Failure> {
        let mut tries = 0;
        loop {
            let attempt = match self.attempt(ask).await {
                Ok(answer) => return Ok(answer),
                Err(attempt) => attempt,
            };
            let Some(wait) = attempt.again.filter(|_| tries < self.limits.retries) else {
                return Err(attempt.failure);
            };
            tracing::debug!(what = ask.what, tries, "AWS is asked again");
            tokio::time::sleep(wait.max(PAUSE * 2_u32.pow(tries)).min(self.limits.wait)).await;
            tries += 1;
        }
    }

    async fn attempt(&self, ask: &Ask<'_>) -> Result<Value, Attempt> {
        let fatal = |failure| Attempt { failure, again: None };
        let request = self.signed(ask).map_err(fatal)?;
        let response = self.client.execute(request).await.map_err(|error| self.unreachable(&error))?;
        let status = response.status().as_u16();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let named = header("x-amzn-errortype").map(str::to_owned);
        let wait = header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let body = self.body(response).await?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        if status == 200 {
            let garbage = || fatal(Failure::Garbage { host: self.host(), what: ask.what.to_owned() });
            return answer.filter(Value::is_object).ok_or_else(garbage);
        }
        let answer = answer.unwrap_or_default();
        let code = code(named.as_deref(), &answer);
        let again =
            (status == 429 || status >= 500 || code.contains("Throttling")).then(|| wait.unwrap_or(PAUSE));
        Err(Attempt { failure: self.refused(ask, status, code, &answer), again })
    }

    fn signed(&self, ask: &Ask<'_>) -> Result<reqwest::Request, Failure> {
        let bad = || Failure::BadEndpoint { url: self.base.clone() };
        let url = format!("{}{}", self.base, ask.path);
        let request = ::http::Request::get(&url).header("accept", "application/json");
        let mut request = request.body(HttpRequestBody::empty()).map_err(|_| bad())?;
        AwsAuthorizer::new(&self.credentials.key, self.service, &self.region)
            .try_authorize(&mut request, None)
            .map_err(|_| bad())?;
        let (parts, _) = request.into_parts();
        self.client.get(url).headers(parts.headers).build().map_err(|_| bad())
    }

    async fn body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, Attempt> {
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.limits.max_bytes => {
                    let failure = Failure::Large { host: self.host(), mib: self.limits.max_bytes >> 20 };
                    return Err(Attempt { failure, again: None });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(body),
                Err(error) => return Err(self.unreachable(&error)),
            }
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> Attempt {
        let host = self.host();
        if error.is_timeout() {
            let limit = if error.is_connect() { self.limits.connect } else { self.limits.deadline };
            return Attempt { failure: Failure::Late { host, seconds: limit.as_secs() }, again: None };
        }
        Attempt { failure: Failure::Unreachable { host, reason: reason(error) }, again: Some(PAUSE) }
    }

    /// Messages are taken over only where they name who may not do what: those about signatures quote what
    /// was signed.
    fn refused(&self, ask: &Ask<'_>, status: u16, code: String, answer: &Value) -> Failure {
        let message = answer.get("message").or_else(|| answer.get("Message")).and_then(Value::as_str);
        let message = message.map(quoted).unwrap_or_default();
        let (what, origin) = (ask.what.to_owned(), self.credentials.origin.clone());
        let rejected = |hint| Failure::Rejected { origin: origin.clone(), code: code.clone(), hint };
        match code.as_str() {
            "AccessDeniedException" | "AccessDenied" => {
                Failure::Denied { what, message, action: ask.action, origin }
            }
            "ExpiredTokenException" | "ExpiredToken" | "RequestExpired" => {
                rejected("they have expired; log in again, or renew the session token")
            }
            "UnrecognizedClientException" | "InvalidClientTokenId" => rejected(
                "AWS does not know this key, or its session token is missing; check that it is active",
            ),
            "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                rejected("the secret key does not belong to the access key, or the clock here is wrong")
            }
            "MissingAuthenticationTokenException" | "IncompleteSignature" => {
                rejected("the endpoint wants others")
            }
            "ResourceNotFoundException" => Failure::NotFound { what, message },
            _ if status == 401 || status == 403 => rejected("check which identity they belong to"),
            _ => {
                let hint = if status == 429 { "; AWS throttles this account: try again later" } else { "" };
                Failure::Api { what, code, status, hint }
            }
        }
    }

    /// The host that is asked.
    pub(crate) fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.base).ok();
        let host = url.as_ref().and_then(|url| Some((url.host_str()?, url.port())));
        match host {
            Some((host, Some(port))) => format!("{host}:{port}"),
            Some((host, None)) => host.to_owned(),
            None => self.service.to_owned(),
        }
    }
}

/// The code of an error: a header, or a field of the answer, either with a URL or a namespace around it.
fn code(header: Option<&str>, answer: &Value) -> String {
    let field = answer.get("__type").or_else(|| answer.get("code")).and_then(Value::as_str);
    let text = header.or(field).unwrap_or("an unknown error");
    let text = text.split(':').next().unwrap_or_default();
    quoted(text.rsplit('#').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn codes_in_their_forms() {
        assert_eq!(
            code(Some("AccessDeniedException:http://internal/"), &Value::Null),
            "AccessDeniedException"
        );
        assert_eq!(code(None, &json!({"__type": "com.amazon#ExpiredToken"})), "ExpiredToken");
        assert_eq!(code(None, &Value::Null), "an unknown error");
    }
}
