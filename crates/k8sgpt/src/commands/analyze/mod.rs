//! `analyze`: ask, print, exit code.

mod live;
mod talk;

use crate::cli::{AnalyzeArgs, FailOn, Global, Output};
use crate::failure::{FOUND, Failure, PARTIAL};
use crate::progress::Progress;
use crate::{print, runtime, source};
use engine::providers::Key;
use engine::render::{self, MarkdownOptions, TextOptions};
use engine::{Engine, Report, Request, Severity, Told};
use live::Live;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Runs the command.
pub fn run(global: &Global, args: &AnalyzeArgs) -> Result<ExitCode, Failure> {
    let headers = check(args)?;
    let live = matches!(source::source(global)?, engine::cluster::Source::Kubeconfig { .. });
    let runtime = runtime::start()?;
    let done = runtime.block_on(async {
        let engine = source::connect(global, args.ignore_file.clone()).await?.with_headers(headers);
        if args.explaining.print_prompt {
            return prompts(&engine, args, live).await.map(|()| ExitCode::SUCCESS);
        }
        analyze(&engine, args, live).await
    });
    // A hung connection must not delay the exit.
    runtime.shutdown_background();
    done
}

async fn analyze(engine: &Engine, args: &AnalyzeArgs, live: bool) -> Result<ExitCode, Failure> {
    let request = request(args);
    if args.custom_analysis && engine.config().load()?.custom_analyzers.is_empty() {
        print::note("Warning: --custom-analysis: none is configured; `k8sgpt custom-analyzer add` adds one");
    }
    let on_terminal = args.explaining.explain && args.output == Output::Text && print::terminal();
    let written = Live::new(text_options(args));
    let streamed = AtomicBool::new(false);
    let progress = Progress::start(&format!("reading {}", engine.cluster().identity()));
    let progress = Mutex::new(Some(progress));
    let tell = |told: Told<'_>| {
        if on_terminal {
            // The line on the terminal would stand in the text.
            drop(progress.lock().unwrap_or_else(PoisonError::into_inner).take());
            streamed.store(true, Ordering::Relaxed);
            written.tell(&told);
        } else if let (Told::Explaining(_), Some(progress)) =
            (&told, &*progress.lock().unwrap_or_else(PoisonError::into_inner))
        {
            progress.say("explaining".to_owned());
        }
    };
    let analysis =
        engine.analyze_telling(&request, &tell).await.map_err(|error| source::failed(&error, live))?;
    drop(progress.lock().unwrap_or_else(PoisonError::into_inner).take());
    let report = &analysis.report;
    if streamed.load(Ordering::Relaxed) {
        let by = report.explained_by.as_deref().unwrap_or_default();
        print::out(&format!("\nExplanations: {by}"))?;
        report.notes.iter().for_each(|note| print::note(&format!("Note: {note}")));
    } else {
        print::out(&rendered(report, args)?)?;
    }
    let code = exit_code(report, args);
    match (args.explaining.interactive, analysis.chat) {
        (true, Some(chat)) => talk::talk(chat, report).await?,
        (true, None) => print::note("Warning: --interactive needs an AI provider; see k8sgpt auth"),
        (false, _) => {}
    }
    Ok(code)
}

/// Prints what would be sent, cause by cause.
async fn prompts(engine: &Engine, args: &AnalyzeArgs, live: bool) -> Result<(), Failure> {
    let request = Request { explain: true, ..request(args) };
    let prompts = engine.prompts(&request).await.map_err(|error| source::failed(&error, live))?;
    print::out(&prompts)
}

/// Refuses what makes no sense together; gives the headers.
fn check(args: &AnalyzeArgs) -> Result<Vec<(String, Key)>, Failure> {
    if args.explaining.interactive && !args.explaining.explain {
        return Err(Failure::Usage("--interactive talks about explanations; add --explain".to_owned()));
    }
    let headers = args.explaining.custom_headers.iter().map(|header| {
        let (name, value) = header.split_once(':').ok_or_else(|| {
            // Not the text itself: it may be a key.
            Failure::Usage("--custom-headers wants NAME:VALUE, and one has no colon".to_owned())
        })?;
        Ok((name.trim().to_owned(), Key::new(value.trim().as_bytes())))
    });
    headers.collect()
}

fn request(args: &AnalyzeArgs) -> Request {
    let explaining = &args.explaining;
    Request {
        namespace: args.namespace.clone().filter(|name| !name.is_empty()),
        selector: args.selector.clone().filter(|selector| !selector.is_empty()),
        filters: args.filter.clone(),
        explain: explaining.explain,
        backend: explaining.backend.clone(),
        language: Some(explaining.language.clone()),
        anonymize: explaining.anonymize,
        no_cache: explaining.no_cache,
        investigate: explaining.investigate,
        max_calls: explaining.max_calls,
        max_tokens_total: explaining.max_tokens_total,
        // Like the original: nonsense means the default.
        max_concurrency: usize::try_from(explaining.max_concurrency).ok().filter(|number| *number > 0),
        with_doc: args.with_doc,
        all: args.all,
        object: Some(args.object.join(" ")).filter(|object| !object.is_empty()),
        since: args.since.clone(),
        baseline: args.baseline.clone(),
        show_suppressed: args.show_suppressed,
        custom_analysis: args.custom_analysis,
    }
}

fn text_options(args: &AnalyzeArgs) -> TextOptions {
    TextOptions { color: print::color(), stages: args.with_stat, ..TextOptions::default() }
}

fn rendered(report: &Report, args: &AnalyzeArgs) -> Result<String, Failure> {
    let broken =
        |error: &dyn std::fmt::Display| Failure::Failed(format!("the report cannot be written: {error}"));
    match args.output {
        Output::Text => Ok(render::text(report, &text_options(args))),
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
