//! Findings to root causes: follow `because`, merge replicas, order by severity and reach.

use crate::{Finding, registry, words};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use view::{ObjectRef, View};

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
        std::iter::once(&self.root).chain(&self.same).chain(&self.symptoms)
    }
    /// How bad it is: as bad as the worst of what it explains.
    pub fn severity(&self) -> crate::Severity {
        self.findings().map(|finding| finding.severity).max().unwrap_or(self.root.severity)
    }
    /// Every object that it touches, without repeats, sorted.
    pub fn objects(&self) -> BTreeSet<&ObjectRef> {
        self.findings().map(|finding| &finding.object).collect()
    }
}

/// Folds findings into causes. Pure: the same View and findings give the same causes in the same order.
pub fn fold(view: &View, mut findings: Vec<Finding>) -> Vec<Cause> {
    findings.sort_by(|a, b| (&a.object, a.rule, &a.text).cmp(&(&b.object, b.rule, &b.text)));
    let graph = Graph::new(findings);
    let findings = &graph.findings;
    let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
    let mut group_of_root: HashMap<usize, GroupKey> = HashMap::new();
    for at in 0..findings.len() {
        for root in graph.roots_of(at) {
            let key = group_of_root.entry(root).or_insert_with(|| group_key(view, &findings[root])).clone();
            let group = groups.entry(key).or_default();
            if root == at {
                group.roots.push(at);
            } else {
                let distance = graph.distance(at, root);
                group.symptoms.entry(at).and_modify(|d| *d = distance.min(*d)).or_insert(distance);
            }
        }
    }
    let mut causes: Vec<Cause> =
        groups.into_iter().map(|(key, group)| cause(findings, key.1, group)).collect();
    causes.sort_by_cached_key(|cause| {
        let reach = cause.objects().len();
        (
            Reverse(cause.severity()),
            Reverse(reach),
            cause.root.rule,
            cause.root.object.clone(),
            cause.root.text.clone(),
        )
    });
    causes
}

/// Roots with equal keys are one fault: one rule, one topmost owner, the same words.
type GroupKey = (&'static str, ObjectRef, String);

#[derive(Default)]
struct Group {
    roots: Vec<usize>,
    /// Position of a finding and its distance from the root.
    symptoms: BTreeMap<usize, usize>,
}

fn group_key(view: &View, finding: &Finding) -> GroupKey {
    (finding.rule, view.top_owner_of(&finding.object), finding.same.clone())
}

fn cause(findings: &[Finding], owner: ObjectRef, mut group: Group) -> Cause {
    group.roots.sort_by_key(|&at| (&findings[at].object, &findings[at].text));
    let mut roots = group.roots.iter().map(|&at| findings[at].clone());
    // A group is made by its first root or by a symptom that leads to one; either way the root is in it.
    let root = roots.next().unwrap_or_else(|| findings[*group.symptoms.keys().next().unwrap_or(&0)].clone());
    let same: Vec<Finding> = roots.collect();
    let owner = Some(owner).filter(|owner| *owner != root.object);
    let mut ordered: Vec<(usize, usize)> =
        group.symptoms.iter().map(|(&at, &distance)| (distance, at)).collect();
    ordered.sort_by_key(|&(distance, at)| {
        let finding = &findings[at];
        (distance, stands_behind(&finding.object), finding.rule, &finding.object)
    });
    let symptoms: Vec<Finding> = ordered.iter().map(|&(_, at)| findings[at].clone()).collect();
    let chain = links(&ordered, findings, &root.object);
    Cause { root, same, owner, chain, symptoms }
}

/// A link while it is being counted: what makes findings alike, and the objects so far.
struct OpenLink<'a> {
    alike: (usize, &'static str, String),
    first: &'a Finding,
    objects: BTreeSet<&'a ObjectRef>,
}

/// Of objects at one distance those that run pods come first, what merely reaches them after: a Service
/// is without endpoints because its StatefulSet has no ready pod, not the other way round.
fn stands_behind(object: &ObjectRef) -> bool {
    matches!(object.kind.as_str(), "Service" | "Ingress" | "HorizontalPodAutoscaler" | "PodDisruptionBudget")
}

fn links(ordered: &[(usize, usize)], findings: &[Finding], root: &ObjectRef) -> Vec<Link> {
    let mut chain: Vec<OpenLink<'_>> = Vec::new();
    for &(distance, at) in ordered {
        let finding = &findings[at];
        if finding.object == *root {
            continue;
        }
        let alike = (distance, finding.rule, words::without_names(&finding.brief, &finding.object));
        match chain.iter_mut().find(|open| open.alike == alike) {
            Some(open) => {
                open.objects.insert(&finding.object);
            }
            None => chain.push(OpenLink { alike, first: finding, objects: [&finding.object].into() }),
        }
    }
    let closed = chain.into_iter().map(|open| Link {
        object: open.first.object.clone(),
        brief: open.first.brief.clone(),
        rule: open.first.rule,
        count: open.objects.len(),
    });
    closed.collect()
}

/// The findings, and which of them explain which, by position.
struct Graph {
    findings: Vec<Finding>,
    explained_by: Vec<Vec<usize>>,
}

impl Graph {
    fn new(findings: Vec<Finding>) -> Graph {
        let mut at_object: HashMap<&ObjectRef, Vec<usize>> = HashMap::new();
        let mut risks: HashMap<&str, bool> = HashMap::new();
        for (at, finding) in findings.iter().enumerate() {
            let is_risk = || registry::entry(finding.rule).is_some_and(crate::Entry::is_risk);
            let risk = risks.entry(finding.rule).or_insert_with(is_risk);
            if !*risk {
                at_object.entry(&finding.object).or_default().push(at);
            }
        }
        let explained_by = findings.iter().enumerate().map(|(at, finding)| {
            let causes = finding.because.iter().filter_map(|object| at_object.get(object)).flatten().copied();
            let on_same = at_object.get(&finding.object).into_iter().flatten().copied();
            let stronger = on_same.filter(|&other| other != at && yields(finding, &findings[other]));
            causes.chain(stronger).collect()
        });
        let explained_by = explained_by.collect();
        Graph { findings, explained_by }
    }

    /// The findings at the ends of all paths from `at`; itself when nothing explains it. Where all paths
    /// run in a circle, the circle's first member.
    fn roots_of(&self, at: usize) -> BTreeSet<usize> {
        let seen = self.reach(at);
        let ends: BTreeSet<usize> =
            seen.iter().copied().filter(|n| self.further(*n).next().is_none()).collect();
        if !ends.is_empty() {
            return ends;
        }
        let circular = |n: &usize| self.further(*n).any(|next| self.reach(next).contains(n));
        seen.iter().copied().find(circular).into_iter().collect()
    }

    fn further(&self, at: usize) -> impl Iterator<Item = usize> {
        self.explained_by[at].iter().copied().filter(move |next| *next != at)
    }

    /// Everything on the paths from `at`, itself included.
    fn reach(&self, at: usize) -> BTreeSet<usize> {
        let mut seen = BTreeSet::from([at]);
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            open.extend(self.further(next).filter(|f| seen.insert(*f)));
        }
        seen
    }

    /// The least number of steps from a finding to its root.
    fn distance(&self, from: usize, to: usize) -> usize {
        let mut seen = BTreeSet::from([from]);
        let mut layer = vec![from];
        let mut steps = 0;
        while !layer.is_empty() && !layer.contains(&to) {
            steps += 1;
            let next = layer.iter().flat_map(|&at| self.explained_by[at].iter().copied());
            layer = next.filter(|f| seen.insert(*f)).collect();
        }
        steps
    }
}

/// True when a finding's rule gives way to another's on the same object.
fn yields(finding: &Finding, other: &Finding) -> bool {
    let Some(entry) = registry::entry(finding.rule) else { return false };
    entry.rule.yields_to.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(folder) => other.rule != finding.rule && other.rule.starts_with(folder),
        None => other.rule == *pattern,
    })
}
