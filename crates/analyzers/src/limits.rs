//! What goes beyond a LimitRange, in the words of the API server's refusal.

use std::sync::Arc;
use view::{Container, LimitRange, LimitRangeItem, PodSpec, View, parse_quantity};

/// Which bound is broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bound {
    Max,
    Min,
    Ratio,
}

/// One bound of a LimitRange that is broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Breach<'a> {
    pub bound: Bound,
    /// `cpu`, `memory`, `storage`.
    pub resource: &'a str,
    /// What it holds for: `Container`, `Pod` or `PersistentVolumeClaim`.
    pub kind: &'a str,
    /// The bound.
    pub allowed: &'a str,
    /// `limit`, `request` or `ratio`, and what was given; empty when nothing was.
    pub given: (&'a str, &'a str),
}

/// Every breach in a message: `maximum cpu usage per Container is 1, but limit is 2`, several in brackets.
pub(crate) fn breaches(message: &str) -> Vec<Breach<'_>> {
    let text = message.trim().trim_start_matches('[').trim_end_matches(']');
    let mut starts: Vec<usize> = Vec::new();
    for mark in ["maximum ", "minimum "] {
        starts.extend(text.match_indices(mark).map(|(at, _)| at));
    }
    let ratios = text.match_indices(" max limit to request ratio per ");
    starts.extend(ratios.map(|(at, _)| text[..at].rfind([' ', '[']).map_or(0, |space| space + 1)));
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(&start, end)| breach(&text[start..end])).collect()
}

fn breach(text: &str) -> Option<Breach<'_>> {
    let text = text.trim().trim_end_matches(',');
    let (bound, resource, rest) =
        if let Some((resource, rest)) = text.split_once(" max limit to request ratio per ") {
            (Bound::Ratio, resource, rest)
        } else {
            let (resource, rest) = text.split_once(" usage per ")?;
            let maximum = resource.strip_prefix("maximum ").map(|resource| (Bound::Max, resource));
            let (bound, resource) = maximum
                .or_else(|| resource.strip_prefix("minimum ").map(|resource| (Bound::Min, resource)))?;
            (bound, resource, rest)
        };
    let (kind, rest) = rest.split_once(" is ")?;
    // Nothing was given where the message ends with `.  No limit is specified`.
    let allowed = rest.split(".  ").next().unwrap_or(rest);
    let (allowed, given) = allowed.split_once(", but ").unwrap_or((allowed, ""));
    let given = ["limit", "request", "ratio"].into_iter().find_map(|name| {
        let given = given.strip_prefix("provided ").unwrap_or(given);
        let value = given.strip_prefix(name)?.strip_prefix(" is ")?;
        let value = if name == "ratio" { value.trim_end_matches('0').trim_end_matches('.') } else { value };
        Some((name, value.trim()))
    });
    let unset = ("", "");
    Some(Breach { bound, resource, kind, allowed: allowed.trim(), given: given.unwrap_or(unset) })
}

impl Breach<'_> {
    /// `a container may have at most 512Mi memory, and the limit is 1Gi`.
    pub(crate) fn words(&self) -> String {
        let (name, value) = self.given;
        let has = if name.is_empty() {
            "and none is declared".to_owned()
        } else {
            format!("and the {name} is {value}")
        };
        format!("{}, {has}", self.rule())
    }

    /// The bound in words: `a container may have at most 512Mi memory`.
    pub(crate) fn rule(&self) -> String {
        let (resource, allowed) = (self.resource, self.allowed);
        let whose = match self.kind {
            "Container" => "a container",
            "Pod" => "a pod",
            "PersistentVolumeClaim" => "a claim",
            other => other,
        };
        match self.bound {
            Bound::Max => format!("{whose} may have at most {allowed} {resource}"),
            Bound::Min => format!("{whose} must have at least {allowed} {resource}"),
            Bound::Ratio => {
                format!("the {resource} limit of {whose} may be at most {allowed} times its request")
            }
        }
    }

    /// What a template has to do: `declare at most 512Mi memory`.
    pub(crate) fn demand(&self) -> String {
        match self.bound {
            Bound::Max => format!("declare at most {} {}", self.allowed, self.resource),
            Bound::Min => format!("declare at least {} {}", self.allowed, self.resource),
            Bound::Ratio => {
                format!("keep the limit of {} within {} times its request", self.resource, self.allowed)
            }
        }
    }

    /// The LimitRange that has this bound.
    pub(crate) fn range<'v>(&self, view: &'v View, namespace: &str) -> Option<&'v Arc<LimitRange>> {
        let mut ranges = view.limit_ranges.in_namespace(namespace).iter();
        ranges.find(|range| range.spec.limits.iter().any(|item| self.is_of(item)))
    }

    fn is_of(&self, item: &LimitRangeItem) -> bool {
        let bounds = match self.bound {
            Bound::Max => &item.max,
            Bound::Min => &item.min,
            Bound::Ratio => &item.max_limit_request_ratio,
        };
        let same = |bound: &str| parse_quantity(bound) == parse_quantity(self.allowed);
        item.kind == self.kind && bounds.get(self.resource).is_some_and(|bound| same(bound))
    }

    /// The container of a template that declares what was given; none where it came from elsewhere.
    pub(crate) fn container<'s>(&self, spec: &'s PodSpec) -> Option<&'s Container> {
        let (name, value) = self.given;
        let declares = |container: &&Container| {
            let resources = &container.resources;
            let amounts = if name == "limit" { &resources.limits } else { &resources.requests };
            amounts.get(self.resource).is_some_and(|amount| parse_quantity(amount) == parse_quantity(value))
        };
        let wanted = self.kind == "Container" && matches!(name, "limit" | "request");
        spec.init_containers.iter().chain(&spec.containers).find(declares).filter(|_| wanted)
    }
}
