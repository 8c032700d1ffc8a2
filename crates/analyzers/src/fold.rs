//! Findings to root causes: follow `because`, merge replicas, order by severity and reach.

use crate::graph::Graph;
use crate::{Finding, words};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// Every finding behind the chain.
    pub symptoms: Vec<Finding>,
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
        self.roots().chain(&self.symptoms)
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
        self.roots().fold(None, first).or_else(|| self.symptoms.iter().fold(None, first))
    }
    /// What is left of it without the findings that `hides` picks; `None` when no root is left.
    pub(crate) fn without(&self, hides: impl Fn(&Finding) -> bool) -> Option<Cause> {
        let mut roots = self.roots().filter(|finding| !hides(finding)).cloned();
        let root = roots.next()?;
        let left = self.symptoms.iter().zip(&self.steps).filter(|(finding, _)| !hides(finding));
        let (symptoms, steps): (Vec<Finding>, Vec<usize>) =
            left.map(|(finding, &steps)| (finding.clone(), steps)).unzip();
        let owner = match &self.owner {
            Some(owner) => Some(owner.clone()).filter(|owner| *owner != root.object),
            None => None,
        };
        let chain = links(&symptoms, &steps, &root.object);
        Some(Cause { same: roots.collect(), owner, chain, symptoms, steps, root })
    }
}

/// Folds findings into causes. Pure: the same View and findings give the same causes in the same order.
pub fn fold(view: &View, mut findings: Vec<Finding>) -> Vec<Cause> {
    findings.sort_by(|a, b| (&a.object, a.rule, &a.text).cmp(&(&b.object, b.rule, &b.text)));
    let graph = Graph::new(&findings);
    let groups = grouped(view, &findings, &graph);
    let mut pool = Pool::new(findings, &groups);
    let mut causes: Vec<Cause> = groups.into_iter().filter_map(|group| cause(group, &mut pool)).collect();
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
fn grouped(view: &View, findings: &[Finding], graph: &Graph) -> Vec<Group> {
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

/// Hands findings out by position: a copy while further groups need it, then the finding itself.
struct Pool {
    findings: Vec<Option<Finding>>,
    needed: Vec<usize>,
}

impl Pool {
    fn new(findings: Vec<Finding>, groups: &[Group]) -> Pool {
        let mut needed = vec![0; findings.len()];
        for group in groups {
            let symptoms = group.symptoms.iter().map(|(_, at)| at);
            group.roots.iter().chain(symptoms).for_each(|&at| needed[at] += 1);
        }
        Pool { findings: findings.into_iter().map(Some).collect(), needed }
    }

    fn take(&mut self, at: usize) -> Option<Finding> {
        self.needed[at] -= 1;
        if self.needed[at] == 0 { self.findings[at].take() } else { self.findings[at].clone() }
    }
}

fn cause(group: Group, pool: &mut Pool) -> Option<Cause> {
    let Group { owner, roots, symptoms } = group;
    let mut roots = roots.into_iter().filter_map(|at| pool.take(at)).collect::<Vec<_>>().into_iter();
    let root = roots.next()?;
    // What only a kind holds together has no owner.
    let owner = Some(owner).filter(|owner| *owner != root.object && !owner.name.is_empty());
    let (steps, symptoms): (Vec<usize>, Vec<Finding>) =
        symptoms.into_iter().filter_map(|(steps, at)| Some((steps, pool.take(at)?))).unzip();
    let chain = links(&symptoms, &steps, &root.object);
    Some(Cause { root, same: roots.collect(), owner, chain, symptoms, steps })
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

/// A link while it is being counted.
struct OpenLink<'a> {
    first: &'a Finding,
    objects: HashSet<&'a ObjectRef>,
}

fn links(symptoms: &[Finding], steps: &[usize], root: &ObjectRef) -> Vec<Link> {
    let mut chain: Vec<OpenLink<'_>> = Vec::new();
    let mut known: HashMap<(usize, &str, String), usize> = HashMap::new();
    for (finding, &steps) in symptoms.iter().zip(steps).filter(|(finding, _)| finding.object != *root) {
        let alike = (steps, finding.rule, words::without_names(&finding.brief, &finding.object));
        let at = *known.entry(alike).or_insert(chain.len());
        if at == chain.len() {
            chain.push(OpenLink { first: finding, objects: HashSet::new() });
        }
        chain[at].objects.insert(&finding.object);
    }
    let closed = chain.into_iter().map(|open| Link {
        object: open.first.object.clone(),
        brief: open.first.brief.clone(),
        rule: open.first.rule,
        count: open.objects.len(),
    });
    closed.collect()
}
