//! `snapshot save`: a recording of a cluster.

use crate::cli::{Global, SnapshotArgs, SnapshotCommand};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{print, runtime, source};
use engine::cluster::{SaveOptions, SnapshotSummary};
use std::path::Path;

/// Runs the command.
pub fn run(global: &Global, args: SnapshotArgs) -> Result<(), Failure> {
    match args.command {
        None => super::help(Some("snapshot")),
        Some(SnapshotCommand::Save { path }) => save(global, &path),
    }
}

fn save(global: &Global, path: &Path) -> Result<(), Failure> {
    let runtime = runtime::start()?;
    let saved = runtime.block_on(async {
        let engine = source::connect(global, None).await?;
        let progress = Progress::start(&format!("recording {}", engine.cluster().identity()));
        let show = |done: usize, all: usize| progress.say(format!("recording: {done} of {all} kinds"));
        engine
            .cluster()
            .save_snapshot(path, &SaveOptions::default(), show)
            .await
            .map_err(|error| Failure::Failed(error.to_string()))
    });
    runtime.shutdown_background();
    tell(&saved?)
}

fn tell(saved: &SnapshotSummary) -> Result<(), Failure> {
    for gap in &saved.gaps {
        print::note(&format!("Not recorded: {gap}"));
    }
    let SnapshotSummary { path, bytes, kinds, objects, logs, .. } = saved;
    print::out(&format!(
        "{}: {objects} objects of {kinds} kinds and {logs} logs, {} KiB, without the values of Secrets\n\
         Look at it with: k8sgpt analyze --snapshot {}",
        path.display(),
        bytes.div_ceil(1024),
        path.display()
    ))
}
