//! `cache add|get|list|purge|remove`.

use crate::cli::{CacheAddArgs, CacheArgs, CacheCommand, CacheType, Form, Global};
use crate::failure::Failure;
use crate::{print, runtime, source};
use engine::cache::{self, Cache, CacheError, CachePlace, Key, Listed};
use engine::config::{Change, ConfigFile};
use std::fmt::Write as _;
use std::future::Future;

/// What the original takes for a region when none is given.
const REGION: &str = "us-east-1";

/// Runs the command.
pub fn run(global: &Global, args: CacheArgs) -> Result<(), Failure> {
    let file = source::config(global);
    match args.command {
        None => super::help(Some("cache")),
        Some(CacheCommand::Add(args)) => add(&file, &args),
        Some(CacheCommand::Get) => {
            print::out(&format!("Current remote cache is: {}", configured(&file)?.kind()))
        }
        Some(CacheCommand::List { output }) => list(&file, output),
        Some(CacheCommand::Purge { key, .. }) => purge(&file, key.as_deref()),
        Some(CacheCommand::Remove) => remove(&file),
    }
}

fn configured(file: &ConfigFile) -> Result<CachePlace, Failure> {
    Ok(file.load()?.cache.unwrap_or(CachePlace::File))
}

fn add(file: &ConfigFile, args: &CacheAddArgs) -> Result<(), Failure> {
    let place = place(args)?;
    cache::validate(&place)?;
    let cache = Cache::open(&place, &source::cache())?;
    // A file that cannot be understood is told before anybody is asked.
    file.load()?;
    let tried = if args.no_check { "not tried" } else { "an entry was written, read and deleted" };
    if !args.no_check {
        wait(cache.check())?;
    }
    file.apply(&Change::Cache(place))?;
    print::out(&format!("{}: {tried}; explanations are cached there from now on", cache.place()))
}

/// The cache that the arguments describe; one that its kind has no use for is said, not obeyed.
fn place(args: &CacheAddArgs) -> Result<CachePlace, Failure> {
    use CacheType::{Azure, File, Gcs, Interplex, S3};
    let options: [(&str, bool, &[CacheType]); 7] = [
        ("--region", args.region.is_some(), &[S3, Gcs]),
        ("--endpoint", args.endpoint.is_some(), &[S3, Interplex]),
        ("--insecure", args.insecure, &[S3]),
        ("--bucket", args.bucket.is_some(), &[S3, Gcs]),
        ("--projectid", args.projectid.is_some(), &[Gcs]),
        ("--storageacc", args.storageacc.is_some(), &[Azure]),
        ("--container", args.container.is_some(), &[Azure]),
    ];
    for (name, given, kinds) in options {
        if given && !kinds.contains(&args.kind) {
            print::note(&format!("Warning: {name} means nothing for this kind of cache and is left out"));
        }
    }
    let needed = |name: &str, value: &Option<String>| {
        value.clone().ok_or_else(|| Failure::Usage(format!("{name} is needed for this kind of cache")))
    };
    let region = || args.region.clone().unwrap_or_else(|| REGION.to_owned());
    Ok(match args.kind {
        S3 => CachePlace::S3 {
            region: region(),
            bucket_name: needed("--bucket", &args.bucket)?,
            endpoint: args.endpoint.clone().unwrap_or_default(),
            insecure: args.insecure,
        },
        Gcs => CachePlace::Gcs {
            project_id: needed("--projectid", &args.projectid)?,
            region: region(),
            bucket_name: needed("--bucket", &args.bucket)?,
        },
        Azure => CachePlace::Azure {
            storage_account: needed("--storageacc", &args.storageacc)?,
            container: needed("--container", &args.container)?,
        },
        Interplex => CachePlace::Interplex { connection_string: needed("--endpoint", &args.endpoint)? },
        File => CachePlace::File,
    })
}

fn list(file: &ConfigFile, form: Form) -> Result<(), Failure> {
    let cache = Cache::open(&configured(file)?, &source::cache())?;
    let all = wait(cache.list())?;
    match form {
        Form::Text if all.is_empty() => {
            print::note(&format!("{}: holds no explanation", cache.place()));
            Ok(())
        }
        Form::Text => print::out(&table(&all)),
        Form::Json => {
            let row = |one: &Listed| serde_json::json!({ "name": one.key.as_str(), "bytes": one.bytes, "updatedAt": one.updated_at() });
            let rows: Vec<_> = all.iter().map(row).collect();
            print::out(&format!("{:#}", serde_json::Value::from(rows)))
        }
    }
}

fn table(all: &[Listed]) -> String {
    let mut out = format!("{:<64}  {:>7}  {}\n", "NAME", "BYTES", "UPDATED AT");
    for one in all {
        let _ = writeln!(out, "{}  {:>7}  {}", one.key, one.bytes, one.updated_at());
    }
    out
}

fn purge(file: &ConfigFile, key: Option<&str>) -> Result<(), Failure> {
    let cache = Cache::open(&configured(file)?, &source::cache())?;
    let Some(text) = key else {
        let count = wait(cache.purge_all())?;
        let what = if count == 1 { "explanation" } else { "explanations" };
        return print::out(&format!("{}: {count} {what} deleted", cache.place()));
    };
    let key = Key::parse(text).ok_or_else(|| {
        Failure::Usage(format!("{text:?} is no name of an explanation; `k8sgpt cache list` shows them"))
    })?;
    match wait(cache.purge(&key))? {
        true => print::out(&format!("{}: {key} deleted", cache.place())),
        false => Err(Failure::Failed(format!("{}: holds no {key}", cache.place()))),
    }
}

fn remove(file: &ConfigFile) -> Result<(), Failure> {
    let before = configured(file)?;
    if before == CachePlace::File {
        return print::out("Explanations are cached in local files; there is no remote cache to remove");
    }
    file.apply(&Change::Cache(CachePlace::File))?;
    print::out(&format!(
        "The {} cache is no longer used; what it holds stays there. Explanations are cached in local files",
        before.kind()
    ))
}

fn wait<T>(work: impl Future<Output = Result<T, CacheError>>) -> Result<T, Failure> {
    let runtime = runtime::start()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done?)
}
