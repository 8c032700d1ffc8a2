//! Which findings explain which, and where the explanations end.

use crate::{Finding, registry};
use std::collections::HashMap;
use std::sync::Arc;
use view::ObjectRef;

/// Not visited, or in no part yet.
const NONE: usize = usize::MAX;

/// Findings by position, with those that explain them.
pub(crate) struct Graph {
    explained_by: Vec<Vec<usize>>,
    /// Findings that explain each other in a circle, mostly one alone; what explains comes first.
    parts: Vec<Vec<usize>>,
    part_of: Vec<usize>,
}

impl Graph {
    pub fn new(findings: &[Arc<Finding>]) -> Graph {
        let mut at_object: HashMap<&ObjectRef, Vec<usize>> = HashMap::new();
        for (at, finding) in findings.iter().enumerate() {
            at_object.entry(&finding.object).or_default().push(at);
        }
        let explained_by = findings.iter().enumerate().map(|(at, finding)| {
            let causes = finding.because.iter().filter_map(|object| at_object.get(object)).flatten().copied();
            let causes = causes.filter(|&other| registry::can_explain(&findings[other], finding));
            let on_same = at_object.get(&finding.object).into_iter().flatten().copied();
            let stronger = on_same.filter(|&other| yields(finding, &findings[other]));
            let mut all: Vec<usize> = causes.chain(stronger).filter(|&other| other != at).collect();
            all.sort_unstable();
            all.dedup();
            all
        });
        let explained_by: Vec<Vec<usize>> = explained_by.collect();
        let (parts, part_of) = parts(&explained_by);
        Graph { explained_by, parts, part_of }
    }

    /// The findings that nothing else explains; of those that explain only each other, the first.
    pub fn roots(&self) -> Vec<usize> {
        let ends = self.parts.iter().enumerate().filter(|(number, part)| self.is_end(*number, part));
        let mut roots: Vec<usize> = ends.filter_map(|(_, part)| part.iter().min().copied()).collect();
        roots.sort_unstable();
        roots
    }

    fn is_end(&self, number: usize, part: &[usize]) -> bool {
        part.iter().flat_map(|&at| &self.explained_by[at]).all(|&to| self.part_of[to] == number)
    }

    /// For each finding the groups of roots that explain it, with the least number of steps to each.
    /// Linear in findings and explanations: what explains is done before what it explains.
    pub fn ends(&self, group_of: &HashMap<usize, usize>) -> Vec<Vec<(usize, usize)>> {
        let mut ends: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.explained_by.len()];
        for (number, part) in self.parts.iter().enumerate() {
            for &at in part {
                let outside = self.explained_by[at].iter().filter(|&&to| self.part_of[to] != number);
                let found = further(outside, &ends);
                ends[at] = nearest(found);
                if let Some(&group) = group_of.get(&at) {
                    ends[at] = vec![(group, 0)];
                }
            }
            while part.len() > 1 && self.pass_on(part, &mut ends) {}
        }
        ends
    }

    /// Passes what each member of a circle knows on to those that it explains; whether that was news.
    fn pass_on(&self, part: &[usize], ends: &mut [Vec<(usize, usize)>]) -> bool {
        let mut news = false;
        for &at in part {
            let mut found = further(self.explained_by[at].iter(), ends);
            found.extend(ends[at].iter().copied());
            let found = nearest(found);
            if found != ends[at] {
                ends[at] = found;
                news = true;
            }
        }
        news
    }
}

fn further<'a>(to: impl Iterator<Item = &'a usize>, ends: &[Vec<(usize, usize)>]) -> Vec<(usize, usize)> {
    to.flat_map(|&to| ends[to].iter().map(|&(group, steps)| (group, steps + 1))).collect()
}

/// Each group once, with its least distance.
fn nearest(mut ends: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    ends.sort_unstable();
    ends.dedup_by_key(|(group, _)| *group);
    ends
}

/// Tarjan's strongly connected components, without recursion: those that others lead to come first.
fn parts(edges: &[Vec<usize>]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut order = vec![NONE; edges.len()];
    let mut low = vec![NONE; edges.len()];
    let mut part_of = vec![NONE; edges.len()];
    let (mut parts, mut open, mut next) = (Vec::new(), Vec::new(), 0);
    let mut path: Vec<(usize, usize)> = Vec::new();
    for start in 0..edges.len() {
        if order[start] == NONE {
            path.push((start, 0));
        }
        while let Some((at, edge)) = path.pop() {
            if edge == 0 {
                (order[at], low[at]) = (next, next);
                next += 1;
                open.push(at);
            }
            if let Some(&to) = edges[at].get(edge) {
                path.push((at, edge + 1));
                if order[to] == NONE {
                    path.push((to, 0));
                } else if part_of[to] == NONE {
                    low[at] = low[at].min(order[to]);
                }
                continue;
            }
            if low[at] == order[at] {
                let from = open.iter().rposition(|&other| other == at).unwrap_or(0);
                let part = open.split_off(from);
                part.iter().for_each(|&member| part_of[member] = parts.len());
                parts.push(part);
            }
            if let Some(&(before, _)) = path.last() {
                low[before] = low[before].min(low[at]);
            }
        }
    }
    (parts, part_of)
}

/// True when a finding's rule gives way to another's on the same object.
fn yields(finding: &Finding, other: &Finding) -> bool {
    let Some(entry) = registry::entry(finding.rule) else { return false };
    entry.rule.yields_to.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(folder) => other.rule != finding.rule && other.rule.starts_with(folder),
        None => other.rule == *pattern,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[&[usize]]) -> Graph {
        let explained_by: Vec<Vec<usize>> = edges.iter().map(|to| to.to_vec()).collect();
        let (parts, part_of) = parts(&explained_by);
        Graph { explained_by, parts, part_of }
    }

    fn ends(graph: &Graph) -> Vec<Vec<(usize, usize)>> {
        graph.ends(&graph.roots().into_iter().map(|at| (at, at)).collect())
    }

    #[test]
    fn the_shortest_way_to_every_end_counts() {
        // 0 is explained by 1 and 3, 1 by 2, 2 by 3; 4 stands alone.
        let graph = graph(&[&[1, 3], &[2], &[3], &[], &[]]);
        assert_eq!(graph.roots(), [3, 4]);
        assert_eq!(ends(&graph), [vec![(3, 1)], vec![(3, 2)], vec![(3, 1)], vec![(3, 0)], vec![(4, 0)]]);
    }

    #[test]
    fn a_circle_ends_at_its_first_member_unless_a_way_leads_out() {
        let closed = graph(&[&[1], &[2], &[0], &[2]]);
        assert_eq!(closed.roots(), [0]);
        assert_eq!(ends(&closed), [vec![(0, 0)], vec![(0, 2)], vec![(0, 1)], vec![(0, 2)]]);
        let open = graph(&[&[1], &[2, 3], &[0], &[]]);
        assert_eq!(open.roots(), [3]);
        assert_eq!(ends(&open), [vec![(3, 2)], vec![(3, 1)], vec![(3, 3)], vec![(3, 0)]]);
    }
}
