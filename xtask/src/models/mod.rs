//! `cargo xtask models`: explanations by real servers of models, with answers that are known beforehand.

mod litellm;
mod program;
mod scripted;

use std::time::Duration;

use serde_json::json;

use crate::e2e;
use crate::e2e::checks::{Checks, expect, say};
use crate::error::{Error, Result};
use program::{Program, Run};
use scripted::Scripted;

/// Where the causes are taken from.
const NAMESPACE: &str = "production";
/// How long the slow model of the measurement takes.
const SLOW: Duration = Duration::from_millis(500);

/// `cargo xtask models`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    if !args.is_empty() {
        return Err(Error::Other("usage: cargo xtask models".into()));
    }
    let binary = e2e::build("dev")?;
    let mut checks = Checks::default();
    let plain = Program::new(&binary)?.analyze(&[], &["--namespace", NAMESPACE])?;
    ollama(&mut checks, &binary, &plain)?;
    match litellm::installed()? {
        Some(venv) => litellm::check(&mut checks, &binary, &venv, &plain)?,
        None => skipped()?,
    }
    measure(&binary)?;
    checks.finish()
}

/// Says loudly that LiteLLM cannot be had; an error in CI.
fn skipped() -> Result<()> {
    let why = "python3 is not in PATH, and LiteLLM is not installed";
    if std::env::var_os("K8SGPT_CI").is_some_and(|value| value == "1") {
        return Err(Error::Other(why.into()));
    }
    eprintln!("SKIPPED: explanations through LiteLLM ({why})");
    Ok(())
}

/// The answer of a model, in the form that is asked for.
fn explanation(cause: &str) -> String {
    json!({ "cause": cause, "steps": ["Look at it."], "commands": ["kubectl get pods"], "confidence": "high" })
        .to_string()
}

/// A server of Ollama's own API: an answer in pieces.
fn ollama(checks: &mut Checks, binary: &std::path::Path, plain: &Run) -> Result<()> {
    let server = Scripted::start(Duration::ZERO, |path, body| match path {
        "/api/tags" => json!({ "models": [{ "name": body["model"] }] }).to_string(),
        "/api/chat" => lines(&explanation("Ollama's own words.")),
        _ => json!({ "error": format!("no such path: {path}") }).to_string(),
    })?;
    let program = Program::new(binary)?;
    let settings = [("K8SGPT_BACKEND", "ollama"), ("K8SGPT_BASEURL", &server.url), ("K8SGPT_MODEL", "llama")];
    let run = || program.explain(&settings, NAMESPACE);
    let first = run()?;
    let causes = first.explanations().len();
    checks.report("ollama: pieces of its own API are put together", {
        first.all_say("Ollama's own words.").and_then(|note| {
            expect(server.calls("/api/chat") == causes, || format!("{} calls", server.calls("/api/chat")))?;
            Ok(note)
        })
    })?;
    checks.report("ollama: findings are as without a model", first.same_findings(plain))?;
    checks.report("ollama: the second run is from the cache", {
        run()?.all_cached().and_then(|note| {
            expect(server.calls("") == causes, || format!("{} calls after it", server.calls("")))?;
            Ok(note)
        })
    })
}

/// Ollama's stream: a JSON document a line.
fn lines(answer: &str) -> String {
    let pieces: Vec<char> = answer.chars().collect();
    let pieces = pieces.chunks(9).map(|piece| {
        json!({ "message": { "role": "assistant", "content": piece.iter().collect::<String>() }, "done": false })
            .to_string()
    });
    let last = json!({ "message": { "content": "" }, "done": true, "done_reason": "stop", "eval_count": 9 });
    pieces.chain([last.to_string()]).map(|line| line + "\n").collect()
}

/// Prints how long twenty causes take; nothing is asserted.
fn measure(binary: &std::path::Path) -> Result<()> {
    let server = Scripted::start(SLOW, |_, _| {
        let message = json!({ "role": "assistant", "content": explanation("Slow words.") });
        json!({ "choices": [{ "message": message, "finish_reason": "stop" }], "usage": { "total_tokens": 9 } })
            .to_string()
    })?;
    let program = Program::new(binary)?;
    let settings = [("K8SGPT_BACKEND", "localai"), ("K8SGPT_BASEURL", &server.url), ("K8SGPT_MODEL", "slow")];
    for (what, calls) in [("first run", "20"), ("from the cache", "0")] {
        let run = program.analyze(&settings, &["--explain", "--max-calls", calls])?;
        let explained = run.explanations().iter().filter(|e| e.get("failed").is_none()).count();
        say(&format!(
            "      {explained} causes, a model of {} ms, {what}: explain stage {} ms, whole analysis {} ms",
            SLOW.as_millis(),
            run.stage("explain"),
            run.report["run"]["elapsed_ms"]
        ))?;
    }
    Ok(())
}
