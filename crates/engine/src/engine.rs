//! The order of an analysis: read, rules, logs, fold, scope.

use crate::checks::{check_namespace, check_something_read};
use crate::config::{Config, ConfigFile};
use crate::elsewhere::Asked;
use crate::finish::{self, Analysed, Folded};
use crate::known::{Baseline, IgnoreFile, Known, Since};
use crate::object::Target;
use crate::report::Gap;
use crate::{Error, Report, Request, Run, assemble, custom, elsewhere, filters};
use analyzers::{FilterSet, Finding, LogWant};
use cluster::{Cluster, LogQuery, ReadPlan, Source};
use futures::StreamExt;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use view::{Kind, View};

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

/// Kinds that may carry an annotation which silences what they own or hold.
const CARRIERS: [Kind; 4] = [Kind::Namespace, Kind::Deployment, Kind::Job, Kind::CronJob];

/// Where an engine looks and which configuration it follows.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// The cluster.
    pub source: Source,
    /// The configuration file, which need not exist.
    pub config: ConfigFile,
    /// The ignore file, which must exist; the configured one when absent, else `ignore.yaml` beside the
    /// configuration file if there is one.
    pub ignore_file: Option<PathBuf>,
}

/// The facade: one cluster, one configuration file. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Engine {
    cluster: Cluster,
    config: ConfigFile,
    ignore_file: Option<PathBuf>,
    clouds: remote::Settings,
}

impl Engine {
    /// Connects. An API server that is down is reported by the first call, not here.
    pub async fn connect(options: EngineOptions) -> Result<Engine, Error> {
        let cluster = Cluster::connect(&options.source).await?;
        let clouds = remote::Settings::default();
        Ok(Engine { cluster, config: options.config, ignore_file: options.ignore_file, clouds })
    }

    /// What the environment says about clouds. Without it none is asked.
    #[must_use]
    pub fn with_clouds(self, clouds: remote::Settings) -> Engine {
        Engine { clouds, ..self }
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
        let config = self.config.load()?;
        let known = self.known(&config, request)?;
        let mut errors = Vec::new();
        let mut filters = chosen_filters(&config, request, &mut errors)?;
        let mut request = request.clone();
        let target = self.target(&mut request).await?;
        if let Some(target) = &target {
            filters = target.filters(filters);
        }
        let selector = selector_of(&request)?;
        let asked = self.ask(&config, &request);
        let mut clock = Stages::new(started);
        let view = self.read(&request, &filters, target.as_ref()).await?;
        let object = target.as_ref().map(|target| target.locate(&view)).transpose()?;
        clock.mark("read");
        let (view, filters, ruled) = run_rules(view, filters).await?;
        let Ruled { mut findings, failed, wants } = ruled;
        clock.mark("rules");
        errors.extend(failed.iter().map(|rule| format!("rule {rule} failed; its findings are missing")));
        let mut gaps = assemble::gaps(&view, &filters, request.namespace.as_deref());
        gaps.extend(self.read_logs(wants, &mut findings, request.namespace.as_deref()).await);
        analyzers::drop_untold(&mut findings);
        clock.mark("logs");
        let names = asked.names.clone();
        let statements = asked.answers(&mut errors).await;
        if !names.is_empty() {
            clock.mark("custom");
        }
        let analysed = Analysed {
            view,
            findings,
            filters,
            known,
            request,
            selector,
            object,
            target,
            statements,
            asked: names,
        };
        let mut folded = on_thread(move || finish::fold(analysed)).await?;
        if folded.with_doc() {
            crate::docs::fill(&self.cluster, &mut folded.reports).await;
        }
        let mut report = on_thread(move || Folded::report(folded, gaps, errors)).await?;
        clock.mark("fold");
        report.run = Run {
            cluster: self.cluster.identity().to_string(),
            requests: self.cluster.requests() - requests_before,
            elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            stages_ms: clock.stages,
            ..report.run
        };
        Ok(report)
    }

    /// The ignore file, the baseline and the age, all of which are refused before anything is read.
    fn known(&self, config: &Config, request: &Request) -> Result<Known, Error> {
        let since = match request.since.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(
                Since::parse(text).map_err(|reason| Error::BadSince { given: text.to_owned(), reason })?,
            ),
        };
        let baseline = request.baseline.as_deref().map(Baseline::read).transpose()?;
        Ok(Known { ignore: self.ignore(config)?, baseline, since })
    }

    fn ignore(&self, config: &Config) -> Result<IgnoreFile, Error> {
        let beside = self.config.path().parent().unwrap_or(Path::new(""));
        Ok(match (&self.ignore_file, &config.ignore_file) {
            (Some(path), _) => IgnoreFile::read(path)?,
            (None, Some(path)) => IgnoreFile::read(&beside.join(path))?,
            (None, None) if self.config.path().as_os_str().is_empty() => IgnoreFile::default(),
            (None, None) => IgnoreFile::read_if_any(&beside.join("ignore.yaml"))?,
        })
    }

    /// Asks the chosen custom analyzers, which answer while the cluster is read.
    fn ask(&self, config: &Config, request: &Request) -> Asked {
        let beside = self.config.path().parent().unwrap_or(Path::new(""));
        let scope = remote::custom::Scope {
            namespace: request.namespace.clone(),
            selector: request.selector.as_deref().map(|text| text.trim().to_owned()),
        };
        elsewhere::ask(custom::chosen(config, request), beside, scope)
    }

    /// The object that was asked about; its namespace becomes the request's.
    async fn target(&self, request: &mut Request) -> Result<Option<Target>, Error> {
        let Some(text) = request.object.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let target = Target::resolve(&self.cluster, text, request.namespace.as_deref()).await?;
        request.namespace = target.namespace().or(request.namespace.take());
        Ok(Some(target))
    }

    async fn read(
        &self,
        request: &Request,
        filters: &FilterSet,
        target: Option<&Target>,
    ) -> Result<View, Error> {
        let mut kinds: BTreeSet<Kind> = analyzers::kinds_needed(filters);
        kinds.extend(CARRIERS);
        kinds.extend(target.map(Target::kind));
        let plan = ReadPlan {
            kinds: kinds.into_iter().collect(),
            namespace: request.namespace.clone(),
            ..ReadPlan::default()
        };
        // A cluster that is out of reach ends the read without waiting for what comes from elsewhere.
        let elsewhere = async {
            Ok::<_, cluster::Error>(elsewhere::read(&self.cluster, &self.clouds, &plan.kinds).await)
        };
        let (outcome, rows) = futures::try_join!(self.cluster.read(&plan), elsewhere)?;
        let view = rows.into_iter().fold(outcome.view, |view, (rows, status)| view.with(rows, status));
        check_something_read(&view, &analyzers::kinds_chosen(filters), &self.cluster)?;
        if let Some(namespace) = &request.namespace {
            check_namespace(&view, namespace)?;
        }
        Ok(view)
    }

    /// Reads the wanted logs into the findings. What may not be read is a gap.
    async fn read_logs(
        &self,
        wants: Vec<(LogWant, Vec<usize>)>,
        findings: &mut [Finding],
        namespace: Option<&str>,
    ) -> Option<Gap> {
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
        let mut forbidden = false;
        loop {
            tokio::select! {
                () = &mut deadline => break,
                answer = answers.next() => match answer {
                    None => break,
                    Some((Ok(log), at)) => for position in at {
                        analyzers::read_log(&mut findings[position], &log.text);
                    },
                    Some((Err(error), _)) => {
                        forbidden |= matches!(error, cluster::Error::Forbidden { .. });
                        tracing::debug!(%error, "log evidence could not be read");
                    }
                },
            }
        }
        forbidden.then(|| assemble::forbidden_logs(namespace))
    }
}

fn chosen_filters(config: &Config, request: &Request, errors: &mut Vec<String>) -> Result<FilterSet, Error> {
    if request.filters.is_empty() {
        let (filters, stale) = filters::effective(config);
        errors.extend(stale);
        return Ok(filters);
    }
    let ours = request.filters.iter().filter(|name| custom::named(config, name).is_none());
    let (filters, unknown) = FilterSet::explicit(ours.map(String::as_str));
    match unknown.into_iter().next().map(|unknown| custom::nearer(config, unknown)) {
        None => Ok(filters),
        Some(unknown) => {
            let known = analyzers::filter_names().into_iter().map(|(name, _)| name.to_owned());
            let known = known.chain(custom::names(config)).collect();
            Err(Error::UnknownFilter { given: unknown.given, near: unknown.near, known })
        }
    }
}

/// Runs work on a thread of its own, so that it cannot hold up other requests.
async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    let task = tokio::task::spawn_blocking(work);
    let Ok(ended) = tokio::time::timeout(RULES_DEADLINE, task).await else {
        let seconds = RULES_DEADLINE.as_secs();
        return Err(Error::Internal(format!(
            "the rules did not end within {seconds} s; narrow by namespace or filters"
        )));
    };
    ended.map_err(|error| Error::Internal(error.to_string()))
}

/// What the rules said, and the logs that would prove it.
struct Ruled {
    findings: Vec<Finding>,
    failed: Vec<&'static str>,
    wants: Vec<(LogWant, Vec<usize>)>,
}

async fn run_rules(view: View, filters: FilterSet) -> Result<(Arc<View>, FilterSet, Ruled), Error> {
    let view = Arc::new(view);
    on_thread(move || {
        let outcome = analyzers::run(&view, analyzers::rules_for(&filters));
        let wants = analyzers::wanted_logs(&view, &outcome.findings);
        let ruled = Ruled { findings: outcome.findings, failed: outcome.failed, wants };
        (view, filters, ruled)
    })
    .await
}

fn selector_of(request: &Request) -> Result<Option<view::LabelSelector>, Error> {
    let Some(text) = request.selector.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let parsed = view::LabelSelector::parse(text);
    parsed.map(Some).map_err(|reason| Error::BadSelector { given: text.to_owned(), reason })
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
