//! The file on disk.

use super::parse::{self, Problem};
use super::write::{self, LOCK_WAIT};
use super::{Change, Config, ConfigError, KeyPlace, lint, paths};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// More than any configuration, and little enough to hold.
const MAX_BYTES: u64 = 4 << 20;
/// Overrides `active_filters`.
const FILTERS_VARIABLE: &str = "K8SGPT_ACTIVE_FILTERS";

/// The configuration file. Knows where it is; reads it anew each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    path: PathBuf,
    legacy: Option<PathBuf>,
}

impl ConfigFile {
    /// The file at this path.
    pub fn new(path: PathBuf) -> ConfigFile {
        ConfigFile { path, legacy: None }
    }

    /// The file at this path, else the user's own. The latter is read from `~/.k8sgpt.yaml` as long as
    /// only that one exists. Without a home directory there are only defaults, and no change is possible.
    pub fn locate(path: Option<PathBuf>) -> ConfigFile {
        let env = |name: &str| std::env::var_os(name);
        match path {
            Some(path) => ConfigFile::new(path),
            None => ConfigFile {
                path: paths::default_path(&env).unwrap_or_default(),
                legacy: paths::legacy_path(&env),
            },
        }
    }

    /// `$XDG_CONFIG_HOME/k8sgpt/k8sgpt.yaml`, or where the platform keeps configuration.
    pub fn default_path() -> Result<PathBuf, ConfigError> {
        paths::default_path(&|name| std::env::var_os(name)).ok_or(ConfigError::NoHome)
    }

    /// Where the file is or would be; empty when no home directory is known.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True when the environment overrides the filters of the file.
    pub fn filters_overridden(&self) -> bool {
        filters_from_environment().is_some()
    }

    /// Reads the file. A missing or empty one means the defaults; nothing is created.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let mut config = self.load_file()?;
        if let Some(filters) = filters_from_environment() {
            config.active_filters = filters;
        }
        Ok(config)
    }

    /// Reads the file without what the environment overrides: what a change starts from.
    pub(crate) fn load_file(&self) -> Result<Config, ConfigError> {
        let (path, text) = self.text()?;
        let mut config = parse::config(&text).map_err(|problem| corrupt(path, problem))?;
        // A relative path of a key file is meant from where the configuration is.
        let beside = path.parent().unwrap_or(Path::new(""));
        for provider in &mut config.providers {
            if let Some(KeyPlace::File(file)) = &mut provider.key_place {
                *file = beside.join(&file);
            }
        }
        Ok(config)
    }

    /// What is odd in the file without being wrong, a sentence each: keys that nobody reads, names that mean
    /// nothing, keys that others on this machine can read. Empty for a missing file.
    pub fn oddities(&self) -> Result<Vec<String>, ConfigError> {
        let (path, text) = self.text()?;
        let root = parse::document(&text).map_err(|problem| corrupt(path, problem))?;
        let config = parse::config(&text).map_err(|problem| corrupt(path, problem))?;
        let mut found = lint::unknown_keys(&root);
        found.extend(lint::twice(&config));
        found.extend(lint::readable_by_others(path));
        Ok(found)
    }

    /// The file that is read: the legacy one as long as only that one exists; `None` when there is none.
    pub fn found(&self) -> Option<&Path> {
        let mut candidates = std::iter::once(&self.path).chain(&self.legacy);
        candidates.find(|path| !path.as_os_str().is_empty() && path.exists()).map(PathBuf::as_path)
    }

    /// Changes one key of the file and no byte beside it; creates the file if it is missing. Blocks for
    /// up to two seconds while another process changes it.
    pub fn apply(&self, change: &Change) -> Result<(), ConfigError> {
        self.update(|_| Ok::<_, ConfigError>(Some(change.clone())))
    }

    /// Reads the file and applies the change that this makes necessary, all under one lock.
    pub(crate) fn update<E: From<ConfigError>>(
        &self,
        decide: impl FnOnce(&Config) -> Result<Option<Change>, E>,
    ) -> Result<(), E> {
        self.update_with(decide, || Ok(()))
    }

    pub(super) fn update_with<E: From<ConfigError>>(
        &self,
        decide: impl FnOnce(&Config) -> Result<Option<Change>, E>,
        before_rename: impl FnOnce() -> io::Result<()>,
    ) -> Result<(), E> {
        if self.path.as_os_str().is_empty() {
            return Err(ConfigError::NoHome.into());
        }
        let failed = |path: &Path, action, source| ConfigError::Io { path: path.to_owned(), action, source };
        let target = write::target(&self.path).map_err(|e| failed(&self.path, "follow it", e))?;
        writable(&target)?;
        let directory = target.parent().unwrap_or(Path::new(""));
        if !directory.as_os_str().is_empty() && !directory.exists() {
            write::private_directory(directory).map_err(|e| failed(directory, "create it", e))?;
        }
        let lock = write::lock(&target, LOCK_WAIT).map_err(|e| failed(&target, "lock it", e))?;
        let Some(_lock) = lock else {
            return Err(ConfigError::Locked { path: target, waited_ms: LOCK_WAIT.as_millis() }.into());
        };
        let (path, text) = self.text()?;
        let config = parse::config(&text).map_err(|problem| corrupt(path, problem))?;
        let Some(change) = decide(&config)? else { return Ok(()) };
        let new = change
            .apply(&text)
            .ok_or_else(|| ConfigError::CannotPatch { path: target.clone(), key: change.key() })?;
        write::replace(&target, &new, change.private(), before_rename)
            .map_err(|e| failed(&target, "write it", e))?;
        Ok(())
    }

    /// The text with the path that it came from.
    fn text(&self) -> Result<(&Path, String), ConfigError> {
        let candidates = std::iter::once(&self.path).chain(&self.legacy);
        for path in candidates.filter(|path| !path.as_os_str().is_empty()) {
            if let Some(text) = read(path)? {
                return Ok((path, text));
            }
        }
        Ok((&self.path, String::new()))
    }
}

/// The text of a file; `None` when it is missing.
fn read(path: &Path) -> Result<Option<String>, ConfigError> {
    let failed = |source| ConfigError::Io { path: path.to_owned(), action: "read it", source };
    match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(meta) if meta.is_dir() => {
            return Err(ConfigError::NotAFile { path: path.to_owned(), what: "a directory" });
        }
        Ok(_) => {}
    }
    let problem = |text: &str| corrupt(path, Problem { line: None, text: text.to_owned() });
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(problem("is larger than 4 MiB"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| problem("is not UTF-8 text"))
}

fn writable(target: &Path) -> Result<(), ConfigError> {
    let path = target.to_owned();
    match target.metadata() {
        Ok(meta) if meta.is_dir() => Err(ConfigError::NotAFile { path, what: "a directory" }),
        Ok(meta) if !meta.is_file() => Err(ConfigError::NotAFile { path, what: "no regular file" }),
        Ok(meta) if meta.permissions().readonly() => Err(ConfigError::ReadOnly { path }),
        _ => Ok(()),
    }
}

fn corrupt(path: &Path, problem: Problem) -> ConfigError {
    ConfigError::Corrupt { path: path.to_owned(), line: problem.line, problem: problem.text }
}

fn filters_from_environment() -> Option<Vec<String>> {
    let names = parse::split_names(&std::env::var(FILTERS_VARIABLE).ok()?);
    Some(names).filter(|names| !names.is_empty())
}
