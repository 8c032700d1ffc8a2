//! `analyze`: ask, print, exit code.

use crate::cli::{AnalyzeArgs, FailOn, Global, Output};
use crate::failure::{FOUND, Failure, PARTIAL};
use crate::progress::Progress;
use crate::{print, runtime, source};
use engine::render::{self, MarkdownOptions, TextOptions};
use engine::{Engine, Report, Request, Severity};
use std::process::ExitCode;

/// Runs the command.
pub fn run(global: &Global, args: &AnalyzeArgs) -> Result<ExitCode, Failure> {
    check(args)?;
    let live = matches!(source::source(global)?, engine::cluster::Source::Kubeconfig { .. });
    let runtime = runtime::start()?;
    let report = runtime.block_on(async {
        let engine = source::connect(global, args.ignore_file.clone()).await?;
        warn(&engine, args)?;
        let _progress = Progress::start(&format!("reading {}", engine.cluster().identity()));
        engine.analyze(&request(args)).await.map_err(|error| source::failed(&error, live))
    });
    // A hung connection must not delay the exit.
    runtime.shutdown_background();
    let report = report?;
    print::out(&rendered(&report, args)?)?;
    Ok(exit_code(&report, args))
}

/// Refuses flags of the original whose absence would change the answer.
fn check(args: &AnalyzeArgs) -> Result<(), Failure> {
    match args.interactive {
        true => Err(Failure::Usage("--interactive is not in this version; run without it".to_owned())),
        false => Ok(()),
    }
}

/// Tells what was asked for and has no effect.
fn warn(engine: &Engine, args: &AnalyzeArgs) -> Result<(), Failure> {
    if !args.custom_headers.is_empty() {
        print::note("Warning: --custom-headers has no effect: no AI provider is called in this version");
    }
    if args.explain && !args.language.eq_ignore_ascii_case("english") {
        print::note("Warning: --language has no effect: the built-in explanations are in English");
    }
    if args.custom_analysis && engine.config().load()?.custom_analyzers.is_empty() {
        print::note("Warning: --custom-analysis: none is configured; `k8sgpt custom-analyzer add` adds one");
    }
    if let Some(backend) = &args.backend {
        super::serve::warn_backend(&engine.config().load()?, backend);
    }
    Ok(())
}

fn request(args: &AnalyzeArgs) -> Request {
    Request {
        namespace: args.namespace.clone().filter(|name| !name.is_empty()),
        selector: args.selector.clone().filter(|selector| !selector.is_empty()),
        filters: args.filter.clone(),
        explain: args.explain,
        backend: args.backend.clone(),
        language: Some(args.language.clone()),
        with_doc: args.with_doc,
        all: args.all,
        object: Some(args.object.join(" ")).filter(|object| !object.is_empty()),
        since: args.since.clone(),
        baseline: args.baseline.clone(),
        show_suppressed: args.show_suppressed,
        custom_analysis: args.custom_analysis,
    }
}

fn rendered(report: &Report, args: &AnalyzeArgs) -> Result<String, Failure> {
    let broken =
        |error: &dyn std::fmt::Display| Failure::Failed(format!("the report cannot be written: {error}"));
    match args.output {
        Output::Text => {
            let options =
                TextOptions { color: print::color(), stages: args.with_stat, ..TextOptions::default() };
            Ok(render::text(report, &options))
        }
        Output::Json => render::json(report).map_err(|error| broken(&error)),
        Output::Yaml => render::yaml(report).map_err(|error| broken(&error)),
        Output::Markdown => Ok(render::markdown(report, &MarkdownOptions::default())),
    }
}

fn exit_code(report: &Report, args: &AnalyzeArgs) -> ExitCode {
    let found =
        threshold(args.fail_on).is_some_and(|least| report.causes.iter().any(|c| c.severity >= least));
    let partial = args.fail_on_partial
        && (report.not_checked.iter().any(|gap| !gap.causes_only) || report.errors.is_some());
    match (found, partial) {
        (true, _) => ExitCode::from(FOUND),
        (false, true) => ExitCode::from(PARTIAL),
        (false, false) => ExitCode::SUCCESS,
    }
}

fn threshold(fail_on: FailOn) -> Option<Severity> {
    match fail_on {
        FailOn::Never => None,
        FailOn::Info => Some(Severity::Info),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Error => Some(Severity::Error),
        FailOn::Critical => Some(Severity::Critical),
    }
}
