//! The order of an analysis: read, rules, logs, fold, scope.

use crate::checks::{check_namespace, check_something_read};
use crate::config::{Config, ConfigFile};
use crate::diagnosis::{Diagnosis, Stages};
use crate::elsewhere::Asked;
use crate::explaining::{Analysis, Tell, Told};
use crate::finish::{self, Analysed};
use crate::known::{self, Baseline, Known, Since};
use crate::object::Target;
use crate::report::Gap;
use crate::{Error, Report, Request, Run, assemble, custom, elsewhere, filters};
use analyzers::{FilterSet, Finding, LogWant};
use cluster::{Cluster, LogQuery, ReadPlan, Source};
use explain::cache::CacheOptions;
use futures::StreamExt;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use view::{Kind, Sensitive, View};

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
pub struct Engine {
    cluster: Cluster,
    config: ConfigFile,
    ignore_file: Option<PathBuf>,
    clouds: remote::Settings,
    cache: CacheOptions,
    env: fn(&str) -> Option<String>,
    headers: Vec<(String, Sensitive)>,
}

impl Engine {
    /// Connects. An API server that is down is reported by the first call, not here.
    pub async fn connect(options: EngineOptions) -> Result<Engine, Error> {
        let cluster = Cluster::connect(&options.source).await?;
        let (clouds, cache) = (remote::Settings::default(), CacheOptions::default());
        let EngineOptions { config, ignore_file, .. } = options;
        Ok(Engine { cluster, config, ignore_file, clouds, cache, env: |_| None, headers: Vec::new() })
    }

    /// Where the variables of AI providers are looked up. Without it there are none.
    #[must_use]
    pub fn with_environment(self, env: fn(&str) -> Option<String>) -> Engine {
        Engine { env, ..self }
    }

    /// Headers for each call to an AI provider; they win over those of its configuration.
    #[must_use]
    pub fn with_headers(self, headers: Vec<(String, Sensitive)>) -> Engine {
        Engine { headers, ..self }
    }

    /// Looks up a variable of AI providers.
    pub(crate) fn environment(&self) -> fn(&str) -> Option<String> {
        self.env
    }

    /// Headers for each call to an AI provider.
    pub(crate) fn headers(&self) -> &[(String, Sensitive)] {
        &self.headers
    }

    /// What the environment says about clouds. Without it none is asked.
    #[must_use]
    pub fn with_clouds(self, clouds: remote::Settings) -> Engine {
        Engine { clouds, ..self }
    }

    /// How the cache of explanations is opened: the credentials and directories of the environment. Without them
    /// there are none.
    #[must_use]
    pub fn with_cache(self, cache: CacheOptions) -> Engine {
        Engine { cache, ..self }
    }

    /// How the cache of explanations is opened.
    pub fn cache_options(&self) -> &CacheOptions {
        &self.cache
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
        Ok(self.analyze_telling(request, &|_| {}).await?.report)
    }

    /// Analyses the cluster and tells how explaining goes; without a provider to explain, nothing is told.
    pub async fn analyze_telling(&self, request: &Request, tell: Tell<'_>) -> Result<Analysis, Error> {
        let config = self.config.load()?;
        let (explaining, problem) = match self.explaining(&config, request) {
            Ok(explaining) => (explaining, None),
            // A name that nobody has is a slip; any other problem with a provider costs no finding.
            Err(Error::Provider(problem)) if problem.is_slip() && request.backend.is_some() => {
                return Err(problem.into());
            }
            Err(problem) if problem.concerns_explaining() => (None, Some(problem)),
            Err(error) => return Err(error),
        };
        let mut diagnosis = self.diagnose(&config, request).await?;
        let told = |problem| format!("AI provider: {problem}; explanations are the guidance of each rule");
        diagnosis.errors.extend(problem.map(told));
        let Some(explaining) = explaining else {
            return Ok(Analysis { report: diagnosis.report().await?, chat: None });
        };
        tell(Told::Found(&diagnosis.report().await?));
        let masker = explaining.explain(self, &mut diagnosis, tell).await?;
        let mut report = diagnosis.report().await?;
        explaining.sign(&mut report);
        Ok(Analysis { report, chat: Some(explaining.chat(masker)) })
    }

    /// What would be sent to the provider, cause by cause, as text. Nothing is sent.
    pub async fn prompts(&self, request: &Request) -> Result<String, Error> {
        let config = self.config.load()?;
        let explaining = self.explaining(&config, request)?.ok_or(Error::NoProvider)?;
        let diagnosis = self.diagnose(&config, request).await?;
        explaining.prompts(&diagnosis).await
    }

    /// Everything up to the causes.
    async fn diagnose(&self, config: &Config, request: &Request) -> Result<Diagnosis, Error> {
        let started = Instant::now();
        let requests_before = self.cluster.requests();
        let known = self.known(config, request)?;
        let mut errors = Vec::new();
        let mut filters = chosen_filters(config, request, &mut errors)?;
        let mut request = request.clone();
        let target = self.target(&mut request).await?;
        if let Some(target) = &target {
            filters = target.filters(filters);
        }
        let selector = selector_of(&request)?;
        let asked = self.ask(config, &request);
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
        clock.mark("fold");
        let run = Run {
            cluster: self.cluster.identity().to_string(),
            requests: self.cluster.requests() - requests_before,
            ..Run::default()
        };
        Ok(Diagnosis { folded: Arc::new(folded), gaps, errors, run, clock })
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
        let beside = self.config.path().parent().unwrap_or(Path::new(""));
        let ignore = known::ignore_file(self.ignore_file.as_deref(), config.ignore_file.as_deref(), beside)?;
        Ok(Known { ignore, baseline, since })
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
pub(crate) async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
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
