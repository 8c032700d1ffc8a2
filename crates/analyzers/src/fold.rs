//! Findings to root causes: follow `because`, merge replicas, order by severity and reach.

use crate::graph::Graph;
use crate::{Finding, words};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use view::{ObjectRef, Time, View};

/// A root finding with everything that it explains.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The root: the finding that nothing else explains; of several replicas, the first.
    pub root: Finding,
    /// The same fault on further objects (replicas of one owner).
    pub same: Vec<Finding>,
    /// The topmost owner of the roots, when it is not the root itself.
    pub owner: Option<ObjectRef>,
    /// What the root explains, nearest first, alike findings counted together.
    pub chain: Vec<Link>,
    /// Every finding behind the chain. Several causes may share one.
    pub symptoms: Vec<Arc<Finding>>,
    /// The steps from each symptom to the root.
    steps: Vec<usize>,
}

/// One step of a chain: findings of one rule at one distance from the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The first object.
    pub object: ObjectRef,
    /// What is wrong with it, in a few words.
    pub brief: String,
    /// Rule of the findings.
    pub rule: &'static str,
    /// How many objects stand here.
    pub count: usize,
}

impl Cause {
    /// Every finding of this cause, the root first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.roots().chain(self.symptoms.iter().map(Arc::as_ref))
    }
    /// The root and the same fault on further objects.
    pub fn roots(&self) -> impl Iterator<Item = &Finding> {
        std::iter::once(&self.root).chain(&self.same)
    }
    /// How bad it is: as bad as the worst of what it explains.
    pub fn severity(&self) -> crate::Severity {
        self.findings().map(|finding| finding.severity).max().unwrap_or(self.root.severity)
    }
    /// Every object that it touches, without repeats, sorted.
    pub fn objects(&self) -> BTreeSet<&ObjectRef> {
        self.findings().map(|finding| &finding.object).collect()
    }
    /// How many objects it touches.
    pub fn reach(&self) -> usize {
        self.findings().map(|finding| &finding.object).collect::<HashSet<_>>().len()
    }
    /// When the fault began, as far as anything tells: the first time at a root, else the first time that
    /// something suffered from it.
    pub fn began(&self) -> Option<Time> {
        let first = |found: Option<Time>, finding: &Finding| match (found, finding.since) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let symptoms = || self.symptoms.iter().map(Arc::as_ref).fold(None, first);
        self.roots().fold(None, first).or_else(symptoms)
    }
    /// What is left of it without the findings that `hides` picks; `None` when no root is left.
    pub(crate) fn without(&self, hides: impl Fn(&Finding) -> bool) -> Option<Cause> {
        let mut roots = self.roots().filter(|finding| !hides(finding)).cloned();
        let root = roots.next()?;
        let left = self.symptoms.iter().zip(&self.steps).filter(|(finding, _)| !hides(finding));
        let (symptoms, steps): (Vec<Arc<Finding>>, Vec<usize>) =
            left.map(|(finding, &steps)| (finding.clone(), steps)).unzip();
        let owner = match &self.owner {
            Some(owner) => Some(owner.clone()).filter(|owner| *owner != root.object),
            None => None,
        };
        let alike = Alike::new(&symptoms);
        let told = symptoms.iter().zip(&steps).zip(&alike.0);
        let chain = links(told.map(|((finding, &steps), &alike)| (steps, alike, &**finding)), &root.object);
        Some(Cause { same: roots.collect(), owner, chain, symptoms, steps, root })
    }
}

/// Folds findings into causes. Pure: the same View and findings give the same causes in the same order.
pub fn fold(view: &View, findings: Vec<Finding>) -> Vec<Cause> {
    let mut findings: Vec<Arc<Finding>> = findings.into_iter().map(Arc::new).collect();
    findings.sort_by(|a, b| (&a.object, a.rule, &a.text).cmp(&(&b.object, b.rule, &b.text)));
    let graph = Graph::new(&findings);
    let groups = grouped(view, &findings, &graph);
    let alike = Alike::new(&findings);
    let causes = groups.into_iter().filter_map(|group| cause(group, &findings, &alike));
    let mut causes: Vec<Cause> = causes.collect();
    causes.sort_by_cached_key(|cause| {
        (
            Reverse(cause.severity()),
            Reverse(cause.reach()),
            cause.root.rule,
            cause.root.object.clone(),
            cause.root.text.clone(),
        )
    });
    causes
}

/// Roots that are one fault, by position in the order of findings, and what they explain.
struct Group {
    owner: ObjectRef,
    roots: Vec<usize>,
    /// Steps to the nearest root, and the finding; nearest first.
    symptoms: Vec<(usize, usize)>,
}

/// Roots of one rule, one topmost owner and the same words are one fault.
fn grouped(view: &View, findings: &[Arc<Finding>], graph: &Graph) -> Vec<Group> {
    let mut alike: BTreeMap<(&'static str, ObjectRef, &str), Vec<usize>> = BTreeMap::new();
    for root in graph.roots() {
        let finding = &findings[root];
        let key = (finding.rule, finding.held_by(view), finding.same.as_str());
        alike.entry(key).or_default().push(root);
    }
    let groups = alike.into_iter().map(|((_, owner, _), roots)| Group { owner, roots, symptoms: Vec::new() });
    let mut groups: Vec<Group> = groups.collect();
    let group_of: HashMap<usize, usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(number, group)| group.roots.iter().map(move |&root| (root, number)))
        .collect();
    for (at, ends) in graph.ends(&group_of).into_iter().enumerate() {
        for (group, steps) in ends.into_iter().filter(|_| !group_of.contains_key(&at)) {
            groups[group].symptoms.push((steps, at));
        }
    }
    for group in &mut groups {
        group.symptoms.sort_by_key(|&(steps, at)| {
            let finding = &findings[at];
            (steps, stands_behind(&finding.object), finding.rule, &finding.object)
        });
    }
    groups
}

fn cause(group: Group, findings: &[Arc<Finding>], alike: &Alike) -> Option<Cause> {
    let Group { owner, roots, symptoms } = group;
    let mut roots = roots.into_iter().map(|at| Finding::clone(&findings[at]));
    let root = roots.next()?;
    let same = roots.collect();
    // What only a kind holds together has no owner.
    let owner = Some(owner).filter(|owner| *owner != root.object && !owner.name.is_empty());
    let chain = links(symptoms.iter().map(|&(steps, at)| (steps, alike.0[at], &*findings[at])), &root.object);
    let (steps, symptoms) = symptoms.into_iter().map(|(steps, at)| (steps, findings[at].clone())).unzip();
    Some(Cause { root, same, owner, chain, symptoms, steps })
}

/// Of objects at one distance those that run pods come first, what merely reaches them after: a Service
/// is without endpoints because its StatefulSet has no ready pod, not the other way round.
fn stands_behind(object: &ObjectRef) -> bool {
    const BEHIND: [&str; 9] = [
        "Service",
        "Ingress",
        "Gateway",
        "HTTPRoute",
        "HorizontalPodAutoscaler",
        "PodDisruptionBudget",
        "Application",
        "Kustomization",
        "HelmRelease",
    ];
    BEHIND.contains(&object.kind.as_str())
}

/// For each finding a number that is equal for findings of one rule with the same brief, names and counts
/// aside.
struct Alike(Vec<usize>);

impl Alike {
    fn new(findings: &[Arc<Finding>]) -> Alike {
        let mut known: HashMap<(&str, String), usize> = HashMap::new();
        let numbers = findings.iter().map(|finding| {
            let next = known.len();
            *known
                .entry((finding.rule, words::without_names(&finding.brief, &finding.object)))
                .or_insert(next)
        });
        Alike(numbers.collect())
    }
}

/// Counts alike symptoms at one distance together. Each comes with its steps to the root and its number of
/// likeness.
fn links<'a>(symptoms: impl Iterator<Item = (usize, usize, &'a Finding)>, root: &ObjectRef) -> Vec<Link> {
    let mut chain: Vec<(&Finding, HashSet<&ObjectRef>)> = Vec::new();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    for (steps, alike, finding) in symptoms.filter(|(_, _, finding)| finding.object != *root) {
        let at = *known.entry((steps, alike)).or_insert(chain.len());
        if at == chain.len() {
            chain.push((finding, HashSet::new()));
        }
        chain[at].1.insert(&finding.object);
    }
    let closed = chain.into_iter().map(|(first, objects)| Link {
        object: first.object.clone(),
        brief: first.brief.clone(),
        rule: first.rule,
        count: objects.len(),
    });
    closed.collect()
}
