//! The order of an analysis: read, rules, logs, fold, scope.

use crate::{Error, Report, Request, Run, assemble, config::ConfigFile, filters};
use analyzers::{Cause, FilterSet, Finding, Scope};
use cluster::{Cluster, LogQuery, ReadPlan, Source};
use futures::StreamExt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use view::{Kind, Lookup, Namespace, View};

/// Lines of a container's log that are read for evidence.
const LOG_LINES: i64 = 100;
/// Bytes of a container's log that are read for evidence.
const LOG_BYTES: u64 = 64 * 1024;
/// Logs read at a time.
const LOGS_AT_ONCE: usize = 8;
/// Seconds after which logs that have not come are given up: they are proof, not the finding.
const LOGS_DEADLINE: Duration = Duration::from_secs(10);

/// Time after which rules are given up and left to their thread.
const RULES_DEADLINE: Duration = Duration::from_secs(30);

/// Where an engine looks and which configuration it follows.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The cluster.
    pub source: Source,
    /// The configuration file, which need not exist.
    pub config: ConfigFile,
}

/// The facade: one cluster, one configuration file. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Engine {
    cluster: Cluster,
    config: ConfigFile,
}

impl Engine {
    /// Connects. An API server that is down is reported by the first call, not here.
    pub async fn connect(options: EngineOptions) -> Result<Engine, Error> {
        let cluster = Cluster::connect(&options.source).await?;
        Ok(Engine { cluster, config: options.config })
    }

    /// The cluster, for raw reads.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The configuration file.
    pub fn config(&self) -> &ConfigFile {
        &self.config
    }

    /// Analyses the cluster.
    pub async fn analyze(&self, request: &Request) -> Result<Report, Error> {
        let started = Instant::now();
        let requests_before = self.cluster.requests();
        let mut errors = Vec::new();
        let filters = self.chosen_filters(request, &mut errors)?;
        let scope = scope_of(request)?;
        let mut clock = Stages::new(started);
        let view = self.read(request, &filters).await?;
        clock.mark("read");
        let (view, filters, mut findings, failed) = run_rules(view, filters).await?;
        clock.mark("rules");
        errors.extend(failed.iter().map(|rule| format!("rule {rule} failed; its findings are missing")));
        self.read_logs(&view, &mut findings).await;
        clock.mark("logs");
        let causes = analyzers::select(&view, analyzers::fold(&view, findings), &scope, &filters);
        let mut reports: Vec<_> =
            causes.iter().map(|cause| assemble::cause_report(cause, request.explain)).collect();
        if request.with_doc {
            crate::docs::fill(&self.cluster, &mut reports).await;
        }
        clock.mark("fold");
        let run = Run {
            cluster: self.cluster.identity().to_string(),
            objects: view.len(),
            requests: self.cluster.requests() - requests_before,
            elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            stages_ms: clock.stages,
            observed_at: view.now.to_string(),
        };
        Ok(report(&view, &causes, reports, request, &filters, errors, run))
    }

    fn chosen_filters(&self, request: &Request, errors: &mut Vec<String>) -> Result<FilterSet, Error> {
        if request.filters.is_empty() {
            let (filters, stale) = filters::effective(&self.config.load()?);
            errors.extend(stale);
            return Ok(filters);
        }
        let (filters, unknown) = FilterSet::explicit(request.filters.iter().map(String::as_str));
        match unknown.into_iter().next() {
            None => Ok(filters),
            Some(unknown) => Err(Error::UnknownFilter {
                given: unknown.given,
                near: unknown.near.iter().map(ToString::to_string).collect(),
                known: analyzers::filter_names().iter().map(|(name, _)| (*name).to_owned()).collect(),
            }),
        }
    }

    async fn read(&self, request: &Request, filters: &FilterSet) -> Result<View, Error> {
        let mut kinds = analyzers::kinds_needed(filters);
        if request.namespace.is_some() {
            kinds.insert(Kind::Namespace);
        }
        let plan = ReadPlan {
            kinds: kinds.into_iter().collect(),
            namespace: request.namespace.clone(),
            ..ReadPlan::default()
        };
        let outcome = self.cluster.read(&plan).await?;
        check_something_read(&outcome.view, &self.cluster)?;
        if let Some(namespace) = &request.namespace {
            check_namespace(&outcome.view, namespace)?;
        }
        Ok(outcome.view)
    }

    async fn read_logs(&self, view: &View, findings: &mut [Finding]) {
        let wants = analyzers::wanted_logs(view, findings);
        let fetch = futures::stream::iter(wants.into_iter().map(|(want, at)| async move {
            let query = LogQuery {
                namespace: want.namespace.to_string(),
                pod: want.pod.to_string(),
                container: Some(want.container.to_string()),
                previous: want.previous,
                tail_lines: Some(LOG_LINES),
                limit_bytes: Some(LOG_BYTES),
                ..LogQuery::default()
            };
            let mut log = self.cluster.logs(&query).await;
            if log.is_err() && want.previous {
                // The previous instance may be gone from the node while the current one tells the same.
                log = self.cluster.logs(&LogQuery { previous: false, ..query }).await;
            }
            (log, at)
        }));
        let mut answers = fetch.buffer_unordered(LOGS_AT_ONCE);
        let deadline = tokio::time::sleep(LOGS_DEADLINE);
        tokio::pin!(deadline);
        loop {
            tokio::select! {
                () = &mut deadline => return,
                answer = answers.next() => match answer {
                    None => return,
                    Some((Ok(log), at)) => for position in at {
                        analyzers::read_log(&mut findings[position], &log.text);
                    },
                    Some((Err(error), _)) => tracing::debug!(%error, "log evidence could not be read"),
                },
            }
        }
    }
}

/// Runs the rules on a thread of their own, so that a slow one cannot hold up other requests.
async fn run_rules(
    view: View,
    filters: FilterSet,
) -> Result<(Arc<View>, FilterSet, Vec<Finding>, Vec<&'static str>), Error> {
    let view = Arc::new(view);
    let on_thread = view.clone();
    let task = tokio::task::spawn_blocking(move || {
        let outcome = analyzers::run(&on_thread, analyzers::rules_for(&filters));
        (filters, outcome)
    });
    let Ok(ended) = tokio::time::timeout(RULES_DEADLINE, task).await else {
        let seconds = RULES_DEADLINE.as_secs();
        return Err(Error::Internal(format!(
            "the rules did not end within {seconds} s; narrow by namespace or filters"
        )));
    };
    let (filters, outcome) = ended.map_err(|error| Error::Internal(error.to_string()))?;
    Ok((view, filters, outcome.findings, outcome.failed))
}

fn scope_of(request: &Request) -> Result<Scope, Error> {
    let selector = match request.selector.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(
            view::LabelSelector::parse(text)
                .map_err(|reason| Error::BadSelector { given: text.to_owned(), reason })?,
        ),
    };
    Ok(Scope { namespace: request.namespace.clone(), selector })
}

fn check_something_read(view: &View, cluster: &Cluster) -> Result<(), Error> {
    match nothing_read(view) {
        None => Ok(()),
        Some(reason) => Err(Error::NothingRead { cluster: cluster.identity().to_string(), reason }),
    }
}

/// Why not one list could be read; none as soon as one was. An empty View of a cluster that may not be looked
/// at must not pass for a healthy one.
fn nothing_read(view: &View) -> Option<String> {
    let mut failed = None;
    let mut forbidden = Vec::new();
    // Instances of custom types are found through their definitions, which are a kind of their own.
    for &kind in Kind::ALL.iter().filter(|kind| **kind != Kind::CustomResource) {
        match view.coverage.of_kind(kind) {
            view::Status::NotRead | view::Status::Absent => {}
            view::Status::Forbidden => forbidden.push(kind.info().plural),
            view::Status::Failed(reason) => failed = failed.or_else(|| Some(reason.to_string())),
            _ => return None,
        }
    }
    let allowed = || {
        let (first, more) = forbidden.split_first()?;
        let more = match more.len() {
            0 => String::new(),
            count => format!(" and {}", crate::render::counted(count, "other kind")),
        };
        Some(format!("it is forbidden to list {first}{more}; where only one namespace is allowed, name it"))
    };
    failed.or_else(allowed)
}

fn check_namespace(view: &View, namespace: &str) -> Result<(), Error> {
    if let Lookup::Missing = view.lookup::<Namespace>("", namespace) {
        let names = view.namespaces.iter().map(|n| n.metadata.name.as_str());
        let near = analyzers::near(namespace, names).into_iter().map(str::to_owned).collect();
        return Err(Error::UnknownNamespace { given: namespace.to_owned(), near });
    }
    Ok(())
}

fn report(
    view: &View,
    causes: &[Cause],
    reports: Vec<crate::CauseReport>,
    request: &Request,
    filters: &FilterSet,
    errors: Vec<String>,
    run: Run,
) -> Report {
    let results = assemble::results(view, causes, &reports, request.all);
    let touched: std::collections::BTreeSet<_> = causes.iter().flat_map(Cause::objects).collect();
    Report {
        provider: String::new(),
        errors: Some(errors).filter(|errors| !errors.is_empty()),
        status: if causes.is_empty() { "OK" } else { "ProblemDetected" },
        problems: results.len(),
        results: Some(results).filter(|results| !results.is_empty()),
        affected_objects: touched.len(),
        causes: reports,
        not_checked: assemble::gaps(view),
        suppressed: 0,
        explained_by: request.explain.then(|| {
            format!(
                "{} (no AI provider is configured: each rule's own guidance is the explanation)",
                explain::BUILT_IN
            )
        }),
        filters: filters.names().collect(),
        run,
    }
}

/// Stopwatch for the stages of a run.
struct Stages {
    last: Instant,
    stages: Vec<(&'static str, u64)>,
}

impl Stages {
    fn new(start: Instant) -> Stages {
        Stages { last: start, stages: Vec::new() }
    }
    fn mark(&mut self, name: &'static str) {
        let now = Instant::now();
        let spent = u64::try_from(now.duration_since(self.last).as_millis()).unwrap_or(u64::MAX);
        self.stages.push((name, spent));
        self.last = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use view::{Builder, Rows, Status, Time};

    fn view_of(statuses: &[(Kind, Status)]) -> View {
        let mut builder = Builder::new(Time::from_unix(0), "v1.36.3");
        for (kind, status) in statuses {
            builder.set(Rows::empty(*kind), status.clone(), None);
        }
        builder.finish()
    }

    #[test]
    fn a_cluster_that_may_not_be_looked_at_is_not_healthy() {
        let forbidden = [(Kind::Pod, Status::Forbidden), (Kind::Node, Status::Forbidden)];
        let reason = nothing_read(&view_of(&forbidden)).unwrap();
        assert!(reason.starts_with("it is forbidden to list pods and 1 other kind;"), "{reason}");
        assert_eq!(nothing_read(&view_of(&[forbidden[0].clone(), (Kind::Node, Status::Complete)])), None);
        assert_eq!(
            nothing_read(&view_of(&[(Kind::Pod, Status::Failed("broken".into()))])).unwrap(),
            "broken"
        );
    }
}
