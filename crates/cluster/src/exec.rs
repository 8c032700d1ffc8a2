//! Credential plugins of a kubeconfig: the one subprocess this program starts.
//!
//! The library would run a plugin three times for each client and without a deadline. Here it runs
//! once, and what it prints becomes an ordinary token or certificate.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig};
use serde::Deserialize;
use serde_json::json;

use crate::error::{Error, one_line};
use crate::text;

#[derive(Deserialize)]
struct Credential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
    expiration_timestamp: Option<String>,
}

/// Replaces the plugin of `user` by the credentials it delivers. Returns when they expire.
pub(crate) async fn resolve(
    user: &mut AuthInfo,
    cluster: Option<&Cluster>,
    deadline: Duration,
) -> Result<Option<Timestamp>, Error> {
    if user.token.is_some() || user.token_file.is_some() {
        user.exec = None;
        return Ok(None);
    }
    let Some(exec) = user.exec.take() else { return Ok(None) };
    let command = exec.command.clone().unwrap_or_default();
    let failed = |reason: String| Error::ExecPlugin { command: command.clone(), reason, hint: String::new() };
    if command.is_empty() {
        return Err(failed("the kubeconfig names no command".to_owned()));
    }
    let output = run(&exec, &command, cluster, deadline).await?;
    if !output.status.success() {
        let said = one_line(&clean(&output.stderr));
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        return Err(failed(format!("it failed with {}{said}", output.status)));
    }
    // Neither the output nor the parser's message is quoted: the output is the credential.
    let printed = String::from_utf8_lossy(&output.stdout);
    let credential: Option<Credential> = text::yaml(&printed).ok().and_then(|mut documents| documents.pop());
    let status = credential.and_then(|credential| credential.status);
    let Some(status) = status else {
        return Err(failed("it printed no ExecCredential with a status".to_owned()));
    };
    apply(user, status).map_err(failed)
}

fn apply(user: &mut AuthInfo, status: Status) -> Result<Option<Timestamp>, String> {
    let mut parts = serde_json::Map::new();
    if let Some(token) = status.token.filter(|token| !token.is_empty()) {
        parts.insert("token".to_owned(), token.into());
    }
    if let (Some(certificate), Some(key)) = (status.client_certificate_data, status.client_key_data) {
        for (name, pem) in [("client-certificate-data", certificate), ("client-key-data", key)] {
            let encoded = serde_json::to_value(k8s_openapi::ByteString(pem.into_bytes()));
            parts.insert(name.to_owned(), encoded.map_err(|problem| problem.to_string())?);
        }
    }
    if parts.is_empty() {
        return Err("it delivered neither a token nor a client certificate with its key".to_owned());
    }
    let delivered: AuthInfo = serde_json::from_value(parts.into()).map_err(|problem| problem.to_string())?;
    user.token = delivered.token;
    if delivered.client_certificate_data.is_some() {
        user.client_certificate_data = delivered.client_certificate_data;
        user.client_key_data = delivered.client_key_data;
    }
    let expiry = status.expiration_timestamp.filter(|text| !text.is_empty());
    expiry
        .map(|text| text.parse())
        .transpose()
        .map_err(|_| "its expirationTimestamp is not a time".to_owned())
}

async fn run(
    exec: &ExecConfig,
    command: &str,
    cluster: Option<&Cluster>,
    deadline: Duration,
) -> Result<Output, Error> {
    let mut process = tokio::process::Command::new(command);
    process.args(exec.args.iter().flatten());
    for variable in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
            process.env(name, value);
        }
    }
    process.env("KUBERNETES_EXEC_INFO", exec_info(exec, cluster).to_string());
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let failed =
        |reason: String, hint: String| Error::ExecPlugin { command: command.to_owned(), reason, hint };
    let child = process.spawn().map_err(|problem| match problem.kind() {
        std::io::ErrorKind::NotFound => missing(exec, command),
        _ => failed(format!("cannot be started: {problem}"), String::new()),
    })?;
    match tokio::time::timeout(deadline, child.wait_with_output()).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(problem)) => Err(failed(format!("cannot be read: {problem}"), String::new())),
        Err(_) => Err(failed(
            format!("did not finish within {} s", deadline.as_secs_f32()),
            "; it may wait for a login, run it once in a terminal".to_owned(),
        )),
    }
}

/// What the plugin is told: it is not interactive, and, if it asked, which cluster.
fn exec_info(exec: &ExecConfig, cluster: Option<&Cluster>) -> serde_json::Value {
    let mut spec = json!({"interactive": false});
    if exec.provide_cluster_info
        && let Some(Ok(cluster)) = cluster.map(ExecAuthCluster::try_from)
        && let Ok(cluster) = serde_json::to_value(cluster)
    {
        spec["cluster"] = cluster;
    }
    let api_version = exec.api_version.as_deref().unwrap_or("client.authentication.k8s.io/v1");
    json!({"apiVersion": api_version, "kind": "ExecCredential", "spec": spec})
}

/// The plugin is not there. Programs started by a desktop application have a short PATH, so the
/// usual cure is to give the MCP client the PATH of the shell.
fn missing(exec: &ExecConfig, command: &str) -> Error {
    if command.contains(std::path::MAIN_SEPARATOR) {
        let reason = "there is no such file".to_owned();
        return Error::ExecPlugin { command: command.to_owned(), reason, hint: install_hint(exec) };
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let dir = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/snap/bin"]
        .into_iter()
        .find(|dir| Path::new(dir).join(command).is_file())
        .unwrap_or("/usr/local/bin");
    let env = json!({"env": {"PATH": format!("{dir}:{path}")}});
    Error::ExecPlugin {
        command: command.to_owned(),
        reason: format!("is not in PATH, which is {path:?}"),
        hint: format!(
            "; find it with `command -v {command}` in a terminal, and if an MCP client starts this program \
             put its directory into that client's configuration: {env}{}",
            install_hint(exec)
        ),
    }
}

fn install_hint(exec: &ExecConfig) -> String {
    let hint = exec.install_hint.as_deref().map(one_line).filter(|hint| !hint.is_empty());
    hint.map(|hint| format!("; the kubeconfig says: {hint}")).unwrap_or_default()
}

fn clean(bytes: &[u8]) -> String {
    let said = String::from_utf8_lossy(bytes).into_owned();
    view::without_credentials(&said).unwrap_or(said)
}
