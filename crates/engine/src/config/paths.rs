//! Where the configuration file is.

use std::ffi::OsString;
use std::path::PathBuf;

/// Looks up an environment variable.
type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// `k8sgpt/k8sgpt.yaml` under the user's configuration directory.
pub(super) fn default_path(env: Lookup<'_>) -> Option<PathBuf> {
    let xdg = env("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = xdg.or_else(|| platform_directory(env))?;
    Some(base.join("k8sgpt").join("k8sgpt.yaml"))
}

/// Where versions before the directory kept it.
pub(super) fn legacy_path(env: Lookup<'_>) -> Option<PathBuf> {
    home(env).map(|home| home.join(".k8sgpt.yaml"))
}

fn platform_directory(env: Lookup<'_>) -> Option<PathBuf> {
    if cfg!(target_os = "macos") {
        home(env).map(|home| home.join("Library").join("Application Support"))
    } else if cfg!(windows) {
        env("LOCALAPPDATA").map(PathBuf::from).filter(|path| path.is_absolute())
    } else {
        home(env).map(|home| home.join(".config"))
    }
}

fn home(env: Lookup<'_>) -> Option<PathBuf> {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    env(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}
