//! `doctor`: a line for each thing that an analysis and its explanations need.

use crate::cli::{DoctorArgs, Form, Global};
use crate::failure::{FAILED, Failure};
use crate::progress::Progress;
use crate::{print, runtime, source};
use engine::doctor::{self, Check, Examination, State};
use engine::providers;
use futures::FutureExt;
use std::fmt::Write as _;
use std::process::ExitCode;

/// Runs the command.
pub fn run(global: &Global, args: &DoctorArgs) -> Result<ExitCode, Failure> {
    let what = Examination {
        source: source::source(global)?,
        namespace: args.namespace.clone().filter(|name| !name.is_empty()),
        config: source::config(global),
        ignore_file: args.ignore_file.clone(),
        backend: args.backend.clone(),
        check_backend: Some(Box::new(|provider| {
            engine::call_backend(provider, providers::process_env).boxed()
        })),
        check_cache: Some(Box::new(|place| engine::call_cache(place, source::cache()).boxed())),
        version: format!("k8sgpt {}", super::version::LINE),
    };
    let runtime = runtime::start()?;
    let progress = Progress::start("checking");
    let checks = runtime.block_on(doctor::examine(what, &providers::process_env));
    drop(progress);
    // A hung connection must not delay the exit.
    runtime.shutdown_background();
    match args.output {
        Form::Text => print::out(&text(&checks))?,
        Form::Json => {
            let json = serde_json::json!({ "healthy": doctor::healthy(&checks), "checks": checks });
            print::out(&format!("{json:#}"))?;
        }
    }
    Ok(if doctor::healthy(&checks) { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn text(checks: &[Check]) -> String {
    let terminal = print::terminal();
    let color = print::color();
    let mut text = String::new();
    for check in checks {
        let (mark, word, paint) = match check.state {
            State::Ok => ("✓", "ok     ", "32"),
            State::Warning => ("!", "warning", "33"),
            State::Failed => ("✗", "failed ", "31"),
        };
        let mark = if terminal { mark } else { word };
        let mark = if color { format!("\x1b[{paint}m{mark}\x1b[0m") } else { mark.to_owned() };
        let fix = if check.fix.is_empty() { String::new() } else { format!("; fix: {}", check.fix) };
        let _ = writeln!(text, "{mark} {}: {}{fix}", check.name, check.text);
    }
    text
}
