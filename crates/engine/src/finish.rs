//! From findings to the report: fold, scope, silence, assemble. Pure, and off the threads that wait.

use crate::known::{Known, Sorted};
use crate::object::Target;
use crate::report::{CauseReport, Diagnosed, Gap};
use crate::{Report, Request, Run, assemble};
use analyzers::{Cause, FilterSet, Finding, Related, Scope, Statement};
use std::collections::HashSet;
use std::sync::Arc;
use view::{LabelSelector, ObjectRef, View};

/// Everything that an analysis has gathered.
pub(crate) struct Analysed {
    pub view: Arc<View>,
    pub findings: Vec<Finding>,
    pub filters: FilterSet,
    pub known: Known,
    pub request: Request,
    pub selector: Option<LabelSelector>,
    pub object: Option<ObjectRef>,
    pub target: Option<Target>,
    /// What custom analyzers say.
    pub statements: Vec<Statement>,
    /// Names of those that were asked.
    pub asked: Vec<String>,
}

/// The causes with what the report says of them.
pub(crate) struct Folded {
    pub view: Arc<View>,
    sorted: Sorted,
    /// One a cause that is shown.
    pub reports: Vec<CauseReport>,
    filters: FilterSet,
    request: Request,
    object: Option<Diagnosed>,
    asked: Vec<String>,
}

/// Folds findings into causes and keeps those that were asked for and are news.
pub(crate) fn fold(analysed: Analysed) -> Folded {
    let Analysed { view, filters, known, request, selector, object, target, statements, asked, .. } =
        analysed;
    let mut findings = analysed.findings;
    analyzers::take_in(&view, &mut findings, &statements, request.namespace.as_deref());
    let related =
        object.as_ref().zip(target.as_ref()).and_then(|(object, target)| target.related(&view, object));
    let diagnosed = object.map(|object| diagnosed(&view, &object, related.as_ref()));
    let scope = Scope { namespace: scope_namespace(&request, related.as_ref()), selector, object: related };
    let wanted = |cause: &Cause| scope.selects(&view, cause, &filters);
    let causes = analyzers::select(&view, analyzers::fold(&view, findings), &scope, &filters);
    let sorted = known.sort(&view, causes, wanted);
    let reports = sorted.shown.iter().map(|cause| assemble::cause_report(cause, request.explain)).collect();
    Folded { view, sorted, reports, filters, request, object: diagnosed, asked }
}

/// The object's own scope is the narrower one: what it depends on need not be in its namespace.
fn scope_namespace(request: &Request, related: Option<&Related>) -> Option<String> {
    request.namespace.clone().filter(|_| related.is_none())
}

fn diagnosed(view: &View, object: &ObjectRef, related: Option<&Related>) -> Diagnosed {
    let seen = related.map(|related| related.seen(view)).unwrap_or_default();
    Diagnosed {
        kind: object.kind.to_string(),
        name: object.path(),
        depends_on: seen.values().sum(),
        looked_at: seen.into_iter().map(|(kind, count)| (kind.to_string(), count)).collect(),
    }
}

impl Folded {
    /// True when the fields at fault are to be described.
    pub fn with_doc(&self) -> bool {
        self.request.with_doc
    }

    /// The causes that are shown, in the order of their reports.
    pub fn causes(&self) -> &[Cause] {
        &self.sorted.shown
    }

    /// The report, but for the times and counts of the run.
    pub fn report(&self, not_checked: Vec<Gap>, errors: Vec<String>) -> Report {
        let Folded { view, sorted, reports, filters, request, object, asked } = self;
        let suppressed_causes = request.show_suppressed.then(|| sorted.listed());
        let Sorted { shown: causes, suppressed, notes, .. } = sorted;
        let results = assemble::results(view, causes, reports, request.all);
        let touched: HashSet<_> = causes.iter().flat_map(Cause::findings).map(|f| &f.object).collect();
        Report {
            provider: String::new(),
            errors: Some(errors).filter(|errors| !errors.is_empty()),
            status: if causes.is_empty() { "OK" } else { "ProblemDetected" },
            problems: results.len(),
            results: Some(results).filter(|results| !results.is_empty()),
            affected_objects: touched.len(),
            causes: reports.clone(),
            not_checked,
            suppressed: suppressed.count(),
            suppressed_by: *suppressed,
            suppressed_causes,
            notes: notes.clone(),
            object: object.clone(),
            explained_by: request.explain.then(|| {
                format!(
                    "{} (no AI provider is configured: each rule's own guidance is the explanation)",
                    explain::BUILT_IN
                )
            }),
            filters: filters.names().map(str::to_owned).chain(asked.iter().cloned()).collect(),
            all: request.all,
            run: Run { objects: view.len(), observed_at: view.now.to_string(), ..Run::default() },
        }
    }
}
