//! `dump`: the configuration without its keys, for a bug report.

use super::version::{COMMIT, DATE, VERSION};
use crate::cli::{DumpArgs, Global};
use crate::failure::Failure;
use crate::{print, runtime, source};
use engine::cluster::{Cluster, Options, Version};
use engine::dump::{self, Build};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Runs the command.
pub fn run(global: &Global, args: &DumpArgs) -> Result<(), Failure> {
    let config = source::config(global).load()?;
    let version = version(global)?;
    let build = Build { version: VERSION.to_owned(), commit: COMMIT.to_owned(), date: DATE.to_owned() };
    let text = dump::dump(&config, version.as_ref(), build);
    if args.output.as_deref() == Some(Path::new("-")) {
        return print::out(&text);
    }
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    let usual = || PathBuf::from(dump::file_name(i64::try_from(now).unwrap_or_default()));
    let path = args.output.clone().unwrap_or_else(usual);
    write(&path, &text).map_err(|error| {
        Failure::Failed(format!("dump file {}: cannot be written: {error}", path.display()))
    })?;
    print::out(&format!("Dump created successfully: {}", path.display()))
}

/// The version of the API server, as far as it answers soon.
fn version(global: &Global) -> Result<Option<Version>, Failure> {
    let source = source::source(global)?;
    let second = Duration::from_secs(3);
    let limits =
        Options { connect: second, plugin: second, deadline: second, retries: 0, ..Options::default() };
    let runtime = runtime::start()?;
    let asked = runtime.block_on(async { Cluster::connect_with(&source, limits).await?.version().await });
    runtime.shutdown_background();
    if let Err(error) = &asked {
        print::note(&format!("Warning: the version of the cluster is not known: {error}"));
    }
    Ok(asked.ok())
}

/// Writes a new file that only its user can read.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")
}
