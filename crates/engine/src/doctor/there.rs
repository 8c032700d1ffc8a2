//! What the cluster has to answer.

use super::Check;
use analyzers::FilterSet;
use cluster::{Cluster, Error, ListQuery, Options, Resource, Source};
use futures::StreamExt;
use std::collections::BTreeSet;
use std::time::Duration;
use view::Kind;

/// Time for a call to the cluster.
const CALL: Duration = Duration::from_secs(4);
/// Time for all lists together.
const LISTS: Duration = Duration::from_secs(5);
/// Lists at the same time.
const AT_ONCE: usize = 8;
/// Names told of those that are forbidden.
const NAMES: usize = 8;

const CLUSTER: &str = "cluster";
const PERMISSIONS: &str = "permissions";

/// The lines of the cluster and of the permissions in it.
pub(super) async fn cluster(source: &Source, namespace: Option<&str>, filters: &FilterSet) -> [Check; 2] {
    let limits = Options {
        connect: Duration::from_secs(3),
        plugin: Duration::from_secs(5),
        deadline: CALL,
        retries: 0,
        ..Options::default()
    };
    let cluster = match Cluster::connect_with(source, limits).await {
        Ok(cluster) => cluster,
        Err(error) => return unreachable(&error.to_string()),
    };
    let identity = cluster.identity().to_string();
    let line = match cluster.version().await {
        Ok(version) => Check::ok(CLUSTER, &format!("{identity}, Kubernetes {}", version.git_version)),
        Err(Error::NotCaptured { .. }) => Check::ok(CLUSTER, &format!("{identity}, version not recorded")),
        Err(error @ Error::Forbidden { .. }) => Check::warning(CLUSTER, &format!("{identity}: {error}"), ""),
        Err(error) => return unreachable(&error.to_string()),
    };
    let lists = tokio::time::timeout(LISTS, permissions(&cluster, namespace, filters)).await;
    let slow = || {
        let text = format!("the lists of one object each take longer than {} s", LISTS.as_secs());
        Check::failed(PERMISSIONS, &text, "the API server or the network to it is overloaded; try again")
    };
    [line, lists.unwrap_or_else(|_| slow())]
}

fn unreachable(problem: &str) -> [Check; 2] {
    let fix = "--kubeconfig and --kubecontext choose another cluster, --demo needs none";
    let skipped = "not checked, because the cluster does not answer";
    [Check::failed(CLUSTER, problem, fix), Check::warning(PERMISSIONS, skipped, "")]
}

/// Lists one object of each kind that an analysis would read; kinds that the server does not have cost nothing.
async fn permissions(cluster: &Cluster, namespace: Option<&str>, filters: &FilterSet) -> Check {
    let served = match cluster.resources().await {
        Ok(served) => served,
        Err(error) => {
            return Check::failed(PERMISSIONS, &error.to_string(), "grant discovery (system:discovery)");
        }
    };
    let kinds: BTreeSet<Kind> = analyzers::kinds_needed(filters);
    let wanted: Vec<Resource> = kinds
        .into_iter()
        .map(Kind::info)
        .filter(|info| !info.remote && !info.plural.is_empty())
        .filter_map(|info| served.iter().find(|r| r.group == info.group && r.plural == info.plural).cloned())
        .collect();
    let asked = wanted.len();
    let lists = futures::stream::iter(wanted).map(|resource| async move {
        let name = resource.qualified();
        let namespace = namespace.filter(|_| resource.namespaced).map(str::to_owned);
        let query = ListQuery { limit: Some(1), namespace, ..ListQuery::all(resource) };
        (name, cluster.list(&query).await.err())
    });
    let answers: Vec<(String, Option<Error>)> = lists.buffer_unordered(AT_ONCE).collect().await;
    judged(asked, answers, namespace)
}

fn judged(asked: usize, answers: Vec<(String, Option<Error>)>, namespace: Option<&str>) -> Check {
    let mut forbidden = Vec::new();
    let mut failed = Vec::new();
    for (name, error) in answers {
        match error {
            Some(Error::Forbidden { .. }) => forbidden.push(name),
            // A recording without a kind cannot be asked for it; that is no matter of permissions.
            None | Some(Error::NotServed { .. } | Error::NotCaptured { .. }) => {}
            Some(error) => failed.push(error.to_string()),
        }
    }
    forbidden.sort();
    failed.sort();
    let place =
        namespace.map_or_else(|| "in all namespaces".to_owned(), |name| format!("in namespace {name}"));
    let names = |all: &[String]| {
        let more = all.len().saturating_sub(NAMES);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        all.iter().take(NAMES).cloned().collect::<Vec<_>>().join(", ") + &more
    };
    let narrower =
        if namespace.is_some() { "" } else { "; where only one namespace is allowed, name it with -n" };
    if let Some(first) = failed.first() {
        return Check::failed(PERMISSIONS, &format!("{} of {asked} lists failed: {first}", failed.len()), "");
    }
    match forbidden.len() {
        0 => Check::ok(
            PERMISSIONS,
            &format!("all {asked} kinds that the active filters read can be listed {place}"),
        ),
        count => {
            let text = format!("{count} of {asked} kinds cannot be listed {place}: {}", names(&forbidden));
            let fix = format!("grant the verb list on them{narrower}");
            let check = if count == asked { Check::failed } else { Check::warning };
            check(PERMISSIONS, &text, &fix)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn permissions_are_judged_by_what_is_left() {
        let forbidden = |name: &str| {
            let error = Error::Forbidden {
                verb: "list",
                resource: name.to_owned(),
                namespace: None,
                message: "no".to_owned(),
            };
            (name.to_owned(), Some(error))
        };
        let fine = |name: &str| (name.to_owned(), None);
        let lost = Error::Unreachable { server: "s".to_owned(), cause: "gone\u{1b}[31m".to_owned() };
        let cases = [
            (vec![fine("pods")], None, State::Ok, "all 1 kinds", ""),
            (
                vec![fine("pods"), forbidden("secrets")],
                None,
                State::Warning,
                "1 of 2 kinds cannot be listed in all namespaces: secrets",
                "name it with -n",
            ),
            (
                vec![forbidden("pods")],
                Some("prod"),
                State::Failed,
                "in namespace prod: pods",
                "grant the verb list",
            ),
            (
                vec![fine("pods"), ("nodes".to_owned(), Some(lost))],
                None,
                State::Failed,
                "1 of 2 lists failed",
                "",
            ),
        ];
        for (answers, namespace, state, text, fix) in cases {
            let check = judged(answers.len(), answers, namespace);
            assert_eq!(check.state, state, "{check:?}");
            assert!(check.text.contains(text) && check.fix.contains(fix), "{check:?}");
            assert!(!check.text.contains('\u{1b}'));
        }
    }
}
