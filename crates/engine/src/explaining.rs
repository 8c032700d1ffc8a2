//! Explanations by a model: who is asked, what is masked, and what becomes of the answers.

use crate::config::{CachePlace, Config};
use crate::diagnosis::Diagnosis;
use crate::engine::on_thread;
use crate::finish::Folded;
use crate::looking;
use crate::render::TextOptions;
use crate::report::Explanation;
use crate::{Engine, Error, Report, Request, providers};
use analyzers::Cause;
use explain::cache::{Cache, CacheOptions};
use explain::{Ask, Backend, Event, Explainer, Manner, Masker, Provider, Question, Surroundings, Talk};
use futures::FutureExt;
use std::sync::Arc;
use view::View;

/// Characters of a report that a conversation begins with.
const REPORT_CHARS: usize = 12_000;

/// What an analysis tells while it goes on.
pub enum Told<'a> {
    /// The causes are known; explanations are still the built-in ones.
    Found(&'a Report),
    /// How explaining goes.
    Explaining(Event<'a>),
}

/// Told how an analysis goes.
pub type Tell<'a> = &'a (dyn Fn(Told<'_>) + Send + Sync);

/// A provider that was chosen, ready to explain one run.
pub(crate) struct Explaining {
    explainer: Explainer,
    /// The scope in which masks are stable; none when names are sent as they are.
    scope: Option<Vec<u8>>,
    warnings: Vec<String>,
}

/// What an analysis ends with.
pub struct Analysis {
    /// The report.
    pub report: Report,
    /// A conversation about it, where a provider explained.
    pub chat: Option<Chat>,
}

/// A conversation with the provider that explained a report.
pub struct Chat {
    explainer: Explainer,
    masker: Option<Masker>,
    /// Begun with the first question.
    talk: Option<Talk>,
}

impl Chat {
    /// Puts a question about the report; `said` gets the pieces of the answer as they come.
    pub async fn ask(
        &mut self,
        report: &Report,
        question: &str,
        said: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), String> {
        let Chat { explainer, masker, talk } = self;
        let talk = talk.get_or_insert_with(|| {
            let options = TextOptions { budget_chars: Some(REPORT_CHARS), ..TextOptions::default() };
            explainer.talk_about(&crate::render::text(report, &options), masker.as_ref())
        });
        explainer.talk(talk, question, masker.as_ref(), said).await
    }
}

impl Engine {
    /// The provider that explains; `None` when explanations were not asked for or none is configured.
    pub(crate) fn explaining(&self, config: &Config, request: &Request) -> Result<Option<Explaining>, Error> {
        if !request.explain {
            return Ok(None);
        }
        let env = self.environment();
        let Some(provider) = providers::ready(config, &env, request.backend.as_deref())? else {
            return Ok(None);
        };
        let backend = Backend::new(&provider, &Surroundings::new(env), self.headers())?;
        let mask = request.anonymize.unwrap_or(!backend.is_near());
        let secret = provider.password.as_ref().map_or(&[][..], |password| password.expose_for_computation());
        let scope = mask.then(|| [provider.name.as_bytes(), b"\0", secret].concat());
        let warnings = backend.warnings().to_vec();
        let manner = Manner {
            language: request.language.clone().unwrap_or_else(|| Manner::default().language),
            concurrency: request.max_concurrency.unwrap_or(explain::CONCURRENCY),
            max_calls: request.max_calls,
            max_tokens: request.max_tokens_total,
            investigate: request.investigate,
            salt: scope.clone().unwrap_or_default(),
            ..Manner::default()
        };
        let cache = if request.no_cache { None } else { Some(self.cache(config)?) };
        Ok(Some(Explaining { explainer: Explainer::new(backend, cache, manner), scope, warnings }))
    }

    fn cache(&self, config: &Config) -> Result<Cache, Error> {
        let place = config.cache.as_ref().unwrap_or(&CachePlace::File);
        Ok(Cache::open(place, self.cache_options())?)
    }
}

impl Explaining {
    /// Replaces the built-in explanations by the model's, as far as it gives them. What masked the questions is
    /// given back, for what is said later.
    pub(crate) async fn explain(
        &self,
        engine: &Engine,
        diagnosis: &mut Diagnosis,
        tell: Tell<'_>,
    ) -> Result<Option<Masker>, Error> {
        let (questions, masker) = self.questions(diagnosis).await?;
        let look = |wanted| looking::look(engine.cluster(), wanted).boxed();
        let explained = self
            .explainer
            .explain(&questions, masker.as_ref(), &look, &|event| tell(Told::Explaining(event)))
            .await;
        let source = self.source();
        // Work on other threads shares it, and has ended.
        let folded = Arc::get_mut(&mut diagnosis.folded);
        let folded = folded.ok_or_else(|| Error::Internal("the causes are still being read".to_owned()))?;
        for (report, words) in folded.reports.iter_mut().zip(explained) {
            let Some(explanation) = &mut report.explanation else { continue };
            match words {
                Ok(words) => {
                    *explanation = Explanation {
                        source: source.clone(),
                        text: words.text,
                        cached: words.cached,
                        looked: words.looked,
                        failed: None,
                    };
                }
                Err(reason) => explanation.failed = Some(reason),
            }
        }
        diagnosis.clock.mark("explain");
        Ok(masker)
    }

    /// Provider and model.
    fn source(&self) -> String {
        let backend = self.explainer.backend();
        format!("{} {}", backend.provider(), backend.model()).trim_end().to_owned()
    }

    /// What would be sent for each cause, in order.
    pub(crate) async fn prompts(&self, diagnosis: &Diagnosis) -> Result<String, Error> {
        let (questions, masker) = self.questions(diagnosis).await?;
        let prompt = |question| self.explainer.prompt(question, masker.as_ref());
        Ok(questions.iter().enumerate().map(|(at, question)| shown(at + 1, &prompt(question))).collect())
    }

    /// A conversation with this provider.
    pub(crate) fn chat(self, masker: Option<Masker>) -> Chat {
        Chat { explainer: self.explainer, masker, talk: None }
    }

    async fn questions(&self, diagnosis: &Diagnosis) -> Result<(Vec<Question>, Option<Masker>), Error> {
        let (folded, scope) = (diagnosis.folded.clone(), self.scope.clone());
        on_thread(move || {
            let questions = folded.causes().iter().map(|cause| question(&folded.view, cause)).collect();
            (questions, scope.map(|scope| masker(&folded, &scope)))
        })
        .await
    }

    /// Says in the report who explained, and what that cost.
    pub(crate) fn sign(&self, report: &mut Report) {
        let (spent, explained) =
            (self.explainer.spent(), report.causes.iter().filter_map(|c| c.explanation.as_ref()));
        let (mut cached, mut failed) = (0, 0);
        for explanation in explained {
            cached += usize::from(explanation.cached);
            failed += usize::from(explanation.failed.is_some());
        }
        let masked = if self.scope.is_some() { "names masked" } else { "names not masked" };
        let mut line = self.source();
        line.push_str(&format!(
            " ({masked}; {} calls, about {} tokens, {cached} from the cache",
            spent.calls, spent.tokens
        ));
        line.push_str(&if failed > 0 { format!(", {failed} failed)") } else { ")".to_owned() });
        report.provider = self.explainer.backend().provider().to_owned();
        report.explained_by = Some(line);
        report.notes.extend(self.warnings.iter().cloned());
        report.notes.extend(self.explainer.cache().map(Cache::warnings).unwrap_or_default());
    }
}

fn question(view: &View, cause: &Cause) -> Question {
    Question::of(cause, &explain::neighbours(view, cause))
}

/// Knows the names of the View, and those of missing objects that causes name.
fn masker(folded: &Folded, scope: &[u8]) -> Masker {
    let mut masker = Masker::new(&folded.view, scope);
    masker.learn(folded.causes().iter().flat_map(Cause::findings).map(|finding| &finding.object));
    masker
}

/// What would be sent about one cause, for a person to read.
fn shown(number: usize, ask: &Ask) -> String {
    let turns = ask.messages.iter().map(|message| format!("[{}]\n{}\n", message.role.name(), message.text));
    format!("=== cause {number}\n{}", turns.collect::<String>())
}

/// Calls a provider once; says what it is, or what is wrong.
pub async fn call_backend(provider: Provider, env: fn(&str) -> Option<String>) -> Result<String, String> {
    let backend = Backend::new(&provider, &Surroundings::new(env), &[]).map_err(|error| error.to_string())?;
    backend.check().await.map_err(|error| error.to_string())?;
    Ok(format!("{} at {} answers", backend.model(), backend.endpoint()).trim().to_owned())
}

/// Tries a cache: writes, reads and deletes an entry; says what it is, or what is wrong.
pub async fn call_cache(place: Option<CachePlace>, options: CacheOptions) -> Result<String, String> {
    let place = place.unwrap_or(CachePlace::File);
    let cache = Cache::open(&place, &options).map_err(|error| error.to_string())?;
    cache.check().await.map_err(|error| error.to_string())?;
    Ok(format!("{} can be written and read", cache.place()))
}
