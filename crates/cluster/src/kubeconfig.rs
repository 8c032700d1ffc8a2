//! Finds and reads the kubeconfig the way kubectl does, and picks the context.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use kube::config::{AuthInfo, Cluster, ExecConfig, Kubeconfig};

use crate::error::{self, Error};
use crate::source::Login;
use crate::text;

/// What the environment says about where the cluster is.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    /// `KUBECONFIG`, unless empty.
    pub(crate) kubeconfig: Option<OsString>,
    /// The home directory.
    pub(crate) home: Option<PathBuf>,
    /// Whether the process runs in a pod: `KUBERNETES_SERVICE_HOST` is set.
    pub(crate) in_pod: bool,
}

impl Environment {
    /// Of this process.
    pub(crate) fn of_process() -> Environment {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Environment {
            kubeconfig: set("KUBECONFIG"),
            home: set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from),
            in_pod: set("KUBERNETES_SERVICE_HOST").is_some(),
        }
    }
}

/// Where the connection is described.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In these files, the first one to name something wins.
    Files(Vec<PathBuf>),
    /// By the service account of the pod this process runs in.
    InCluster,
}

/// Decides where to look: the path given, `KUBECONFIG`, the pod's service account, `~/.kube/config`.
/// Missing files of `KUBECONFIG` are skipped, as kubectl does.
pub(crate) fn find(path: Option<&Path>, context: Option<&str>, env: &Environment) -> Result<Place, Error> {
    if let Some(path) = path {
        return Ok(Place::Files(vec![expand_home(path, env)]));
    }
    let default = env.home.as_ref().map(|home| home.join(".kube").join("config"));
    if let Some(list) = &env.kubeconfig {
        let listed: Vec<PathBuf> =
            std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect();
        let existing: Vec<PathBuf> = listed.into_iter().filter(|path| path.exists()).collect();
        if !existing.is_empty() {
            return Ok(Place::Files(existing));
        }
        if env.in_pod && context.is_none() {
            return Ok(Place::InCluster);
        }
        let list = list.to_string_lossy();
        return Err(Error::kubeconfig(list, "none of the files that KUBECONFIG names exists"));
    }
    if env.in_pod && context.is_none() {
        return Ok(Place::InCluster);
    }
    match default {
        Some(path) if path.exists() => Ok(Place::Files(vec![path])),
        Some(path) => Err(Error::kubeconfig(
            path.display().to_string(),
            "it does not exist, KUBECONFIG is not set, and this is not a pod; \
             name a kubeconfig, or a snapshot, or use the demo cluster",
        )),
        None => {
            Err(Error::kubeconfig("~/.kube/config", "HOME and KUBECONFIG are not set; name a kubeconfig"))
        }
    }
}

/// `~/x` is `x` in the home directory: MCP clients start programs without a shell to expand it.
pub(crate) fn expand_home(path: &Path, env: &Environment) -> PathBuf {
    match (path.strip_prefix("~"), &env.home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// Reads and merges the files. Paths inside a file are relative to it.
pub(crate) fn read(files: &[PathBuf]) -> Result<Kubeconfig, Error> {
    let mut merged = Kubeconfig::default();
    for path in files {
        let shown = || path.display().to_string();
        let bytes = std::fs::read(path).map_err(|problem| Error::kubeconfig(shown(), problem.to_string()))?;
        let text = text::decode(bytes).ok_or_else(|| Error::kubeconfig(shown(), "it is not text"))?;
        let documents: Vec<Kubeconfig> = text::yaml(&text).map_err(|(line, reason)| {
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            Error::kubeconfig(shown(), format!("{line}{reason}"))
        })?;
        for mut document in documents {
            if let Some(dir) = path.parent() {
                make_absolute(&mut document, dir);
            }
            merged =
                merged.merge(document).map_err(|problem| Error::kubeconfig(shown(), problem.to_string()))?;
        }
    }
    Ok(merged)
}

fn make_absolute(config: &mut Kubeconfig, dir: &Path) {
    let fix = |file: &mut Option<String>| {
        if let Some(name) = file.as_ref().filter(|name| !name.is_empty() && Path::new(name).is_relative()) {
            *file = Some(dir.join(name).to_string_lossy().into_owned());
        }
    };
    for cluster in config.clusters.iter_mut().filter_map(|named| named.cluster.as_mut()) {
        fix(&mut cluster.certificate_authority);
    }
    for user in config.auth_infos.iter_mut().filter_map(|named| named.auth_info.as_mut()) {
        fix(&mut user.client_certificate);
        fix(&mut user.client_key);
        fix(&mut user.token_file);
        // A bare command is looked up in PATH.
        if let Some(ExecConfig { command, .. }) = &mut user.exec
            && command.as_ref().is_some_and(|command| command.contains(std::path::MAIN_SEPARATOR))
        {
            fix(command);
        }
    }
}

/// The context to use, checked to lead to a cluster.
pub(crate) fn choose(config: &Kubeconfig, given: Option<&str>, files: &str) -> Result<String, Error> {
    let known: Vec<String> = config.contexts.iter().map(|context| context.name.clone()).collect();
    let current = config.current_context.as_deref().filter(|name| !name.is_empty());
    let name = match (given.or(current), known.as_slice()) {
        (Some(name), _) => name,
        (None, [only]) => only,
        (None, []) => return Err(Error::kubeconfig(files, "it has no contexts")),
        (None, many) => {
            let reason = format!("it has no current context; name one of {}", many.join(", "));
            return Err(Error::kubeconfig(files, reason));
        }
    };
    let context = config.contexts.iter().find(|context| context.name == name);
    let Some(context) = context else {
        let near = error::near(name, known.iter().map(String::as_str));
        return Err(Error::ContextNotFound { given: name.to_owned(), near, known });
    };
    let cluster = context.context.as_ref().map(|context| context.cluster.as_str()).unwrap_or_default();
    if !config.clusters.iter().any(|named| named.name == cluster) {
        let reason = format!("context {name:?} names cluster {cluster:?}, which it does not describe");
        return Err(Error::kubeconfig(files, reason));
    }
    Ok(name.to_owned())
}

/// The cluster of a context.
pub(crate) fn cluster_of<'a>(config: &'a Kubeconfig, context: &str) -> Option<&'a Cluster> {
    let context = config.contexts.iter().find(|named| named.name == context)?;
    let cluster = &context.context.as_ref()?.cluster;
    config.clusters.iter().find(|named| named.name == *cluster)?.cluster.as_ref()
}

/// The user of a context, to put credentials into.
pub(crate) fn user_of<'a>(config: &'a mut Kubeconfig, context: &str) -> Option<&'a mut AuthInfo> {
    let context = config.contexts.iter().find(|named| named.name == context)?;
    let user = context.context.as_ref()?.user.clone()?;
    config.auth_infos.iter_mut().find(|named| named.name == user)?.auth_info.as_mut()
}

/// What the context says of the way in, before its plugin is replaced by what it delivers.
pub(crate) fn login(config: &mut Kubeconfig, context: &str) -> Login {
    let entry = config.contexts.iter().find(|named| named.name == context);
    let Some(entry) = entry.and_then(|named| named.context.clone()) else { return Login::default() };
    let exec = user_of(config, context).and_then(|user| user.exec.as_ref());
    let variables = exec.into_iter().flat_map(|exec| exec.env.iter().flatten());
    let pair = |set: &std::collections::HashMap<String, String>| {
        Some((set.get("name")?.clone(), set.get("value")?.clone()))
    };
    Login {
        cluster: entry.cluster,
        user: entry.user.unwrap_or_default(),
        command: exec.and_then(|exec| exec.command.clone()).unwrap_or_default(),
        args: exec.and_then(|exec| exec.args.clone()).unwrap_or_default(),
        env: variables.filter_map(pair).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(context: &str, server: &str, current: bool) -> String {
        let current = if current { format!("current-context: {context}\n") } else { String::new() };
        format!(
            "apiVersion: v1\nkind: Config\n{current}clusters:\n- name: c-{context}\n  cluster: {{server: \"{server}\", \
             certificate-authority: ca.crt}}\ncontexts:\n- name: {context}\n  context: {{cluster: c-{context}, user: u}}\n\
             users:\n- name: u\n  user: {{token: t-{context}}}\n"
        )
    }

    #[test]
    fn missing_files_of_the_list_are_skipped_and_the_first_wins() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("a"), dir.path().join("b"));
        std::fs::write(&a, config("one", "https://a", false)).unwrap();
        std::fs::write(&b, config("two", "https://b", true)).unwrap();
        let list = std::env::join_paths([dir.path().join("missing"), a.clone(), b]).unwrap();
        let env = Environment { kubeconfig: Some(list), ..Environment::default() };
        let Place::Files(files) = find(None, None, &env).unwrap() else { panic!("files") };
        assert_eq!(files.len(), 2);
        let merged = read(&files).unwrap();
        assert_eq!(merged.contexts.len(), 2);
        assert_eq!(merged.auth_infos.len(), 1, "users of the same name: the first file's");
        assert_eq!(choose(&merged, None, "x").unwrap(), "two");
        let ca = merged.clusters[0].cluster.as_ref().unwrap().certificate_authority.clone().unwrap();
        assert_eq!(Path::new(&ca), dir.path().join("ca.crt"));
    }

    #[test]
    fn where_to_look() {
        let home = tempfile::tempdir().unwrap();
        let mut env = Environment { home: Some(home.path().to_owned()), ..Environment::default() };
        assert!(find(None, None, &env).is_err());
        env.in_pod = true;
        assert_eq!(find(None, None, &env).unwrap(), Place::InCluster);
        env.kubeconfig = Some("/missing".into());
        assert_eq!(find(None, None, &env).unwrap(), Place::InCluster);
        assert!(find(None, Some("prod"), &env).is_err());
        let explicit = find(Some(Path::new("~/c")), None, &env).unwrap();
        assert_eq!(explicit, Place::Files(vec![home.path().join("c")]));
        std::fs::create_dir(home.path().join(".kube")).unwrap();
        std::fs::write(home.path().join(".kube/config"), "").unwrap();
        env.kubeconfig = None;
        assert!(matches!(find(None, Some("prod"), &env), Ok(Place::Files(_))));
    }

    #[test]
    fn the_way_in_is_told_and_not_printed() {
        let text = "apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: \"https://a\"}}]\n\
            contexts: [{name: x, context: {cluster: c, user: u}}, {name: y, context: {cluster: c}}]\n\
            users: [{name: u, user: {exec: {command: aws, args: [eks, get-token], \
            env: [{name: AWS_PROFILE, value: CANARY}]}}}]\n";
        let mut merged: Kubeconfig = text::yaml(text).unwrap().remove(0);
        let told = login(&mut merged, "x");
        assert_eq!((told.cluster.as_str(), told.user.as_str(), told.command.as_str()), ("c", "u", "aws"));
        assert_eq!(told.args, ["eks", "get-token"]);
        assert_eq!(told.env, [("AWS_PROFILE".to_owned(), "CANARY".to_owned())]);
        assert_eq!(format!("{told:?}"), "Login(c as u by \"aws\")");
        assert_eq!(login(&mut merged, "y"), Login { cluster: "c".to_owned(), ..Login::default() });
    }

    #[test]
    fn contexts_and_their_near_misses() {
        let merged: Kubeconfig = text::yaml(&config("production", "https://a", false)).unwrap().remove(0);
        assert_eq!(choose(&merged, None, "x").unwrap(), "production");
        let error = choose(&merged, Some("prodction"), "x").unwrap_err().to_string();
        assert_eq!(
            error,
            "context \"prodction\" is not in the kubeconfig, did you mean production?; it has production"
        );
        assert!(choose(&Kubeconfig::default(), None, "x").unwrap_err().to_string().contains("no contexts"));
    }

    #[test]
    fn a_broken_file_is_not_quoted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config");
        std::fs::write(&path, "users:\n- name: u\n  user: {token: [CANARY-TOKEN}\n").unwrap();
        let error = read(&[path]).unwrap_err().to_string();
        assert!(error.contains("line 3") && !error.contains("CANARY"), "{error}");
    }
}
