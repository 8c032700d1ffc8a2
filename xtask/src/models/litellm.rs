//! LiteLLM's proxy, whose models answer what its configuration says.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::program::{Program, Run};
use super::{NAMESPACE, explanation};
use crate::cluster::binaries::built;
use crate::cluster::launch::{free_ports, listening, wait};
use crate::cluster::processes::Processes;
use crate::e2e::checks::{Checks, expect};
use crate::e2e::http;
use crate::error::{Error, Result, write};
use crate::process;

const VERSION: &str = "1.108.7";
/// What the models say.
const WORDS: &str = "LiteLLM says so.";
const PROSE: &str = "It is the image, I think.";
/// LiteLLM's own mark for a model whose quota is used up.
const LIMITED: &str = "litellm.RateLimitError";

/// The environment in which LiteLLM is installed; `None` without Python.
pub(super) fn installed() -> Result<Option<PathBuf>> {
    built(&format!("litellm-{VERSION}"), "python3", |_, out| {
        process::output(Command::new("python3").args(["-m", "venv"]).arg(out))?;
        let mut install = Command::new(python(out));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        process::output(install.arg(format!("litellm[proxy]=={VERSION}"))).map(drop)
    })
}

fn python(venv: &Path) -> PathBuf {
    venv.join("bin/python")
}

/// The proxy, for as long as this lives.
fn start(venv: &Path, key: &str) -> Result<(Processes, u16)> {
    let folder = TempDir::with_prefix("k8sgpt-litellm-").map_err(Error::io("create a temporary folder"))?;
    let path = folder.path().to_owned();
    let model = |name: &str, says: &str| {
        let parameters =
            json!({ "model": format!("openai/{name}"), "api_key": "none", "mock_response": says });
        json!({ "model_name": name, "litellm_params": parameters })
    };
    let models = [model("answers", &explanation(WORDS)), model("prose", PROSE), model("limited", LIMITED)];
    // JSON is YAML.
    let config = json!({
        "model_list": models,
        "litellm_settings": { "telemetry": false, "num_retries": 0 },
        "general_settings": { "master_key": key },
    });
    write(&path.join("config.yaml"), config.to_string())?;
    let [port] = free_ports()?;
    // The environment was moved after it was made, so that its scripts do not know their interpreter; the prices of
    // models are not fetched.
    let mut args = vec!["LITELLM_LOCAL_MODEL_COST_MAP=True".to_owned()];
    args.extend([python(venv), venv.join("bin/litellm")].map(|path| path.display().to_string()));
    args.extend(
        ["--config", "config.yaml", "--host", "127.0.0.1", "--telemetry", "False"].map(str::to_owned),
    );
    args.extend(["--port".to_owned(), port.to_string()]);
    let mut processes = Processes::new(Some(folder))?;
    processes.start(Path::new("/usr/bin/env"), &path, &args)?;
    wait(&mut processes, "LiteLLM", || {
        listening(port)
            && http::send(port, "GET", "/health/liveliness", &[], "").is_ok_and(|answer| answer.status == 200)
    })?;
    Ok((processes, port))
}

/// A key that nobody knows beforehand: the proxy does not start with none, nor with a weak one.
fn key() -> String {
    let random = || RandomState::new().hash_one(0);
    format!("sk-{:016x}{:016x}", random(), random())
}

/// The program against the proxy, by each backend that can name it.
pub(super) fn check(checks: &mut Checks, binary: &Path, venv: &Path, plain: &Run) -> Result<()> {
    let key = key();
    let (processes, port) = start(venv, &key)?;
    let url = format!("http://127.0.0.1:{port}");
    let settings = |backend: &'static str, model: &'static str| {
        let model = ("K8SGPT_MODEL", model);
        [("K8SGPT_BACKEND", backend), ("K8SGPT_BASEURL", &*url), ("K8SGPT_PASSWORD", &*key), model]
    };
    let mut programs = Vec::new();
    for backend in ["litellm", "openai", "localai"] {
        let program = Program::new(binary)?;
        let run = program.explain(&settings(backend, "answers"), NAMESPACE)?;
        checks.report(&format!("{backend}: the answer is in the report"), run.all_say(WORDS))?;
        checks.report(&format!("{backend}: findings are as without a model"), run.same_findings(plain))?;
        let again = program.explain(&settings(backend, "answers"), NAMESPACE)?;
        checks.report(&format!("{backend}: the second run is from the cache"), again.all_cached())?;
        programs.push((backend, program));
    }
    for (model, reason) in [("prose", PROSE), ("limited", LIMITED), ("missing", "missing")] {
        let run = Program::new(binary)?.explain(&settings("litellm", model), NAMESPACE)?;
        checks.report(&format!("litellm: the model {model} is quoted"), run.all_failed(reason))?;
        checks.report(&format!("litellm: the model {model} leaves findings"), run.same_findings(plain))?;
    }
    let mut wrong = settings("litellm", "answers");
    wrong[2].1 = "sk-of-nobody";
    let run = Program::new(binary)?.explain(&wrong, NAMESPACE)?;
    // Without a database of keys the proxy says no more than this.
    checks.report("litellm: a wrong key is refused", run.all_failed("No connected db"))?;
    let hidden =
        expect(!run.report.to_string().contains("sk-of-nobody"), || "it is in the report".to_owned());
    checks.report("litellm: a wrong key is not shown", hidden.map(|()| String::new()))?;
    drop(processes);
    for (backend, program) in programs {
        let run = program.explain(&settings(backend, "answers"), NAMESPACE)?;
        checks.report(&format!("{backend}: the cache answers without the proxy"), run.all_cached())?;
    }
    Ok(())
}
