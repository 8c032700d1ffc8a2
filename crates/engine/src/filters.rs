//! Which analyzers are active, and changing that in the configuration file.

use crate::config::{Change, Config, ConfigError, ConfigFile};
use crate::custom;
use crate::integrations;
use analyzers::{FilterSet, UnknownFilter, filter_names, resolve_filter};
use std::collections::BTreeMap;
use std::fmt;
use view::Kind;

/// Every filter, sorted, by several measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterList {
    /// Filters that run when an analysis names none.
    pub active: Vec<String>,
    /// The rest.
    pub unused: Vec<String>,
    /// What the original calls its core filters.
    pub core: Vec<String>,
    /// What the original calls its additional filters.
    pub additional: Vec<String>,
    /// Filters that the original does not have, without those of integrations.
    pub further: Vec<String>,
    /// Filters that belong to an integration.
    pub integrations: Vec<String>,
    /// Custom analyzers, which are selected by their names too.
    pub custom: Vec<String>,
    /// Why each filter is active or not.
    pub why: BTreeMap<String, String>,
    /// Names in the configuration that mean nothing here, and the like.
    pub warnings: Vec<String>,
}

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Names that were added, or removed by [`remove`], in the order given.
    pub added: Vec<String>,
    /// Names that were active before.
    pub already: Vec<String>,
    /// Something to tell beside it: the environment still overrides the file.
    pub note: Option<String>,
}

/// Why filters could not be changed. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// No name was given.
    #[error("no filter was named; give one or more names, separated by commas")]
    NothingGiven,
    /// Names that mean nothing here.
    #[error("{}; `k8sgpt filters list` shows all names", Unknown(.0))]
    Unknown(Vec<UnknownFilter>),
    /// Names that are not active.
    #[error("filters that are not active cannot be removed: {}; active are {}", .names.join(", "), .active.join(", "))]
    NotActive {
        /// The names.
        names: Vec<String>,
        /// What is active.
        active: Vec<String>,
    },
    /// Nothing would be left.
    #[error(
        "the last active filter cannot be removed, because an empty list means the default filters again; add another filter first"
    )]
    LastOne,
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

struct Unknown<'a>(&'a [UnknownFilter]);

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, unknown) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}filter {:?} does not exist", unknown.given)?;
            if !unknown.near.is_empty() {
                write!(f, " (did you mean {}?)", unknown.near.join(" or "))?;
            }
        }
        Ok(())
    }
}

/// What the original calls its core filters.
const CORE: &[&str] = &[
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Ingress",
    "Job",
    "MutatingWebhookConfiguration",
    "Node",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicaSet",
    "Service",
    "StatefulSet",
    "ValidatingWebhookConfiguration",
];

/// What the original calls its additional filters.
const ADDITIONAL: &[&str] = &[
    "CatalogSource",
    "ClusterCatalog",
    "ClusterExtension",
    "ClusterServiceVersion",
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "HorizontalPodAutoscaler",
    "InstallPlan",
    "Log",
    "NetworkPolicy",
    "OperatorGroup",
    "PodDisruptionBudget",
    "Security",
    "Storage",
    "Subscription",
];

/// The filters that run when an analysis names none, and what is odd about the configured ones.
pub fn effective(config: &Config) -> (FilterSet, Vec<String>) {
    if config.active_filters.is_empty() {
        return (FilterSet::defaults(), Vec::new());
    }
    let (customs, ours): (Vec<&String>, Vec<&String>) =
        config.active_filters.iter().partition(|name| custom::named(config, name).is_some());
    let (set, unknown) = FilterSet::configured(ours.into_iter().map(String::as_str));
    let mut warnings: Vec<String> = unknown
        .iter()
        .map(|name| format!("active_filters: {}, so it is left out", Unknown(std::slice::from_ref(name))))
        .collect();
    if set.names().next().is_none() && customs.is_empty() {
        warnings.push("active_filters: names no filter that exists, so the default ones run".to_owned());
        return (FilterSet::defaults(), warnings);
    }
    (set, warnings)
}

/// Every filter and whether it is active.
pub fn list(config: &Config) -> FilterList {
    let (set, warnings) = effective(config);
    let all = filter_names();
    let chosen = |wanted: &dyn Fn(&str, bool) -> bool| -> Vec<String> {
        all.iter()
            .filter(|(name, default)| wanted(name, *default))
            .map(|(name, _)| (*name).to_owned())
            .collect()
    };
    let integrated = |name: &str| integrations::of_filter(name).is_some();
    let listed = |name: &str| config.active_filters.iter().any(|other| other.eq_ignore_ascii_case(name));
    let (customs, idle): (Vec<String>, Vec<String>) = custom::names(config).partition(|name| listed(name));
    let reason = |name: &String| (name.clone(), custom::why(listed(name)).to_owned());
    let whys = customs.iter().chain(&idle).map(reason).collect::<Vec<_>>();
    FilterList {
        custom: custom::names(config).collect(),
        active: [chosen(&|name, _| set.contains(name)), customs].concat(),
        unused: [chosen(&|name, _| !set.contains(name)), idle].concat(),
        core: chosen(&|name, _| CORE.contains(&name)),
        additional: chosen(&|name, _| ADDITIONAL.contains(&name)),
        further: chosen(&|name, _| !CORE.contains(&name) && !ADDITIONAL.contains(&name) && !integrated(name)),
        why: all.iter().map(|(name, _)| ((*name).to_owned(), why(name, &set, config))).chain(whys).collect(),
        integrations: chosen(&|name, _| integrated(name)),
        warnings,
    }
}

/// Why a filter runs or not when an analysis names none. Whether the cluster has what it looks at is not
/// known here: without it there is nothing to find.
fn why(name: &str, set: &FilterSet, config: &Config) -> String {
    let chosen = !config.active_filters.is_empty();
    let why = match (set.contains(name), chosen) {
        (true, true) => "chosen",
        (true, false) => "runs by default",
        (false, true) => "not among the chosen ones",
        (false, false) => "runs only when chosen",
    };
    let optional = Kind::parse(name).is_some_and(|kind| !kind.info().is_common());
    if optional && set.contains(name) {
        format!("{why}, where the cluster serves it")
    } else {
        why.to_owned()
    }
}

/// Adds filters to `active_filters`, all or none. An empty list is first filled with the default ones.
/// Each name may hold several, separated by commas. Nothing is written when all are active already.
pub fn add(file: &ConfigFile, names: &[String]) -> Result<Outcome, FilterError> {
    let given = split(names)?;
    let mut outcome = Outcome { added: Vec::new(), already: Vec::new(), note: note(file) };
    file.update(|config| {
        let mut active = seeded(config);
        for name in resolve_all(&given, config)? {
            if active.iter().any(|other| same(&name, other)) {
                outcome.already.push(name);
            } else {
                active.push(name.clone());
                outcome.added.push(name);
            }
        }
        Ok::<_, FilterError>((!outcome.added.is_empty()).then_some(Change::ActiveFilters(active)))
    })?;
    Ok(outcome)
}

/// Removes filters from `active_filters`, all or none. An empty list is first filled with the default
/// ones. Names in the list that mean nothing here can be removed as they are written.
pub fn remove(file: &ConfigFile, names: &[String]) -> Result<Outcome, FilterError> {
    let given = split(names)?;
    let mut outcome = Outcome { added: Vec::new(), already: Vec::new(), note: note(file) };
    file.update(|config| {
        let active = seeded(config);
        let names = named(&given, &active)?;
        let (gone, left): (Vec<String>, Vec<String>) =
            active.iter().cloned().partition(|name| names.iter().any(|given| same(given, name)));
        let missing: Vec<String> =
            names.iter().filter(|given| !gone.iter().any(|name| same(given, name))).cloned().collect();
        if !missing.is_empty() {
            return Err(FilterError::NotActive { names: missing, active });
        }
        let means = |name: &String| resolve_filter(name).is_ok() || custom::named(config, name).is_some();
        if !left.iter().any(means) {
            return Err(FilterError::LastOne);
        }
        outcome.added = names;
        Ok(Some(Change::ActiveFilters(left)))
    })?;
    Ok(outcome)
}

fn note(file: &ConfigFile) -> Option<String> {
    file.filters_overridden()
        .then(|| "the variable K8SGPT_ACTIVE_FILTERS is set and overrides the configuration file".to_owned())
}

fn seeded(config: &Config) -> Vec<String> {
    if config.active_filters.is_empty() {
        FilterSet::defaults().names().map(str::to_owned).collect()
    } else {
        config.active_filters.clone()
    }
}

pub(crate) fn split(names: &[String]) -> Result<Vec<String>, FilterError> {
    let parts = names.iter().flat_map(|name| name.split(',')).map(str::trim);
    let mut found: Vec<String> = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        if !found.iter().any(|other| other == part) {
            found.push(part.to_owned());
        }
    }
    if found.is_empty() { Err(FilterError::NothingGiven) } else { Ok(found) }
}

fn resolve_all(given: &[String], config: &Config) -> Result<Vec<String>, FilterError> {
    let (mut known, mut unknown) = (Vec::<String>::new(), Vec::new());
    for name in given {
        let custom = custom::named(config, name).map(|analyzer| analyzer.name.as_str());
        match custom.map_or_else(|| resolve_filter(name), Ok) {
            Ok(filter) if known.iter().any(|other| other == filter) => {}
            Ok(filter) => known.push(filter.to_owned()),
            Err(error) => unknown.push(custom::nearer(config, error)),
        }
    }
    if unknown.is_empty() { Ok(known) } else { Err(FilterError::Unknown(unknown)) }
}

/// The names to remove: in the spelling of the analyzers, or as the list has them.
fn named(given: &[String], active: &[String]) -> Result<Vec<String>, FilterError> {
    let (mut names, mut unknown) = (Vec::new(), Vec::new());
    for name in given {
        match resolve_filter(name) {
            Ok(filter) => names.push(filter.to_owned()),
            Err(_) if active.iter().any(|other| other.eq_ignore_ascii_case(name)) => names.push(name.clone()),
            Err(error) => unknown.push(error),
        }
    }
    names.dedup();
    if unknown.is_empty() { Ok(names) } else { Err(FilterError::Unknown(unknown)) }
}

fn same(given: &str, active: &str) -> bool {
    match (resolve_filter(given), resolve_filter(active)) {
        (Ok(a), Ok(b)) => a == b,
        _ => given.eq_ignore_ascii_case(active),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(directory: &tempfile::TempDir, text: &str) -> ConfigFile {
        let path = directory.path().join("k8sgpt.yaml");
        fs::write(&path, text).unwrap();
        ConfigFile::new(path)
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn adding_seeds_an_empty_list_and_repeats_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = file(&directory, "# mine\nactive_filters: []\n");
        let outcome = add(&file, &names(&["pods"])).unwrap();
        assert_eq!((outcome.added, outcome.already), (vec![], names(&["Pod"])));
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "# mine\nactive_filters: []\n");

        fs::write(file.path(), "active_filters:\n  - Stale # old\n").unwrap();
        let outcome = add(&file, &names(&["po , POD"])).unwrap();
        assert_eq!(outcome.added, ["Pod"]);
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "active_filters:\n  - Stale # old\n  - Pod\n");
        let (set, warnings) = effective(&file.load_file().unwrap());
        assert_eq!(set.names().collect::<Vec<_>>(), ["Pod"]);
        assert!(warnings[0].contains("\"Stale\""), "{warnings:?}");
    }

    #[test]
    fn all_or_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = file(&directory, "active_filters: [Pod]\n");
        let error = add(&file, &names(&["Pod,Podd", "x"])).unwrap_err().to_string();
        assert!(error.contains("\"Podd\" does not exist (did you mean Pod?)"), "{error}");
        assert!(matches!(add(&file, &names(&[" , "])), Err(FilterError::NothingGiven)));
        assert!(matches!(remove(&file, &names(&["Pod", "nothing"])), Err(FilterError::Unknown(_))));
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "active_filters: [Pod]\n");
    }

    #[test]
    fn the_last_filter_stays() {
        let directory = tempfile::tempdir().unwrap();
        let file = file(&directory, "active_filters: [Pod, Stale]\n");
        assert!(matches!(remove(&file, &names(&["po"])), Err(FilterError::LastOne)));
        assert_eq!(remove(&file, &names(&["stale"])).unwrap().added, ["stale"]);
        assert_eq!(fs::read_to_string(file.path()).unwrap(), "active_filters: [Pod]\n");
        let (_, warnings) = effective(&Config { active_filters: names(&["Nope"]), ..Config::default() });
        assert!(warnings[1].contains("default"), "{warnings:?}");
    }

    #[test]
    fn lists_split_all_filters_in_two() {
        let list = list(&Config { active_filters: names(&["pod"]), ..Config::default() });
        assert_eq!(list.active, ["Pod"]);
        assert_eq!(list.active.len() + list.unused.len(), filter_names().len());
        let parts = [&list.core, &list.additional, &list.further, &list.integrations];
        assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), filter_names().len());
        assert_eq!(list.why.len(), filter_names().len());
        assert_eq!(list.why["Pod"], "chosen");
        assert_eq!(list.why["Node"], "not among the chosen ones");
        let config = Config { active_filters: names(&["ScaledObject"]), ..Config::default() };
        let active: Vec<_> = integrations::list(&config).into_iter().map(|i| (i.name, i.active)).collect();
        assert_eq!(active, [("aws", false), ("keda", true), ("kyverno", false), ("prometheus", false)]);
    }
}
