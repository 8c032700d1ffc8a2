//! The rules, for those who want to know what there is: a list, and the manual page of one.

use analyzers::{Entry, Registered, Severity};
use serde::Serialize;

/// A rule in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleInfo {
    /// `kind/what`.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// How bad its findings are, unless one says otherwise.
    pub severity: Severity,
    /// The filter that selects it; empty for rules that speak only as the cause of others.
    pub filter: &'static str,
    /// When it speaks: `by default`, `with its filter`, or `as a cause`.
    pub speaks: &'static str,
    /// Runs without being asked for.
    pub default: bool,
    /// Kinds that it reads.
    pub needs: Vec<&'static str>,
    /// Version that brought it.
    pub since: &'static str,
}

/// The manual page of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulePage {
    /// As in a list.
    #[serde(flatten)]
    pub info: RuleInfo,
    /// Which faults it finds.
    pub what_it_finds: String,
    /// What follows from them.
    pub why_it_matters: String,
    /// What looks like them and is none.
    pub when_it_stays_silent: String,
    /// The remedy in general.
    pub what_to_do: String,
    /// The whole page as Markdown.
    #[serde(skip)]
    pub markdown: String,
}

/// A rule id that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {given:?} does not exist{}", hint(.given, .near))]
pub struct UnknownRule {
    /// What was given.
    pub given: String,
    /// Ids close to it.
    pub near: Vec<String>,
}

fn hint(given: &str, near: &[String]) -> String {
    match near {
        _ if given.eq_ignore_ascii_case(analyzers::CUSTOM) => {
            "; it marks what custom analyzers say, see `k8sgpt custom-analyzer list`".to_owned()
        }
        [] => "; `k8sgpt rules list` shows all".to_owned(),
        near => crate::error::DidYouMean(near).to_string(),
    }
}

/// Every rule, by id.
pub fn list() -> Vec<RuleInfo> {
    analyzers::entries().map(|(analyzer, entry)| info(analyzer, entry)).collect()
}

/// The page of a rule. Its id is found in any case and with `_` for `-`, and without its folder where no
/// other rule is called so.
pub fn find(given: &str) -> Result<RulePage, UnknownRule> {
    let wanted = given.trim().to_lowercase().replace('_', "-");
    let exact = analyzers::entries().find(|(_, entry)| entry.id == wanted);
    let mut bare = analyzers::entries().filter(|(_, entry)| entry.id.rsplit('/').next() == Some(&wanted));
    let only = bare.next().filter(|_| bare.next().is_none());
    match exact.or(only) {
        Some((analyzer, entry)) => Ok(page(analyzer, entry)),
        None => Err(UnknownRule { given: given.trim().to_owned(), near: near(&wanted) }),
    }
}

/// Ids like it, or of the same last part, else all of its folder.
fn near(wanted: &str) -> Vec<String> {
    let ids: Vec<&str> = analyzers::entries().map(|(_, entry)| entry.id).collect();
    let mut near = analyzers::near(wanted, ids.iter().copied());
    let tail = wanted.rsplit('/').next().unwrap_or(wanted);
    let same_tail = ids.iter().copied().filter(|id| id.rsplit('/').next() == Some(tail));
    near.extend(same_tail.filter(|id| !near.contains(id)).collect::<Vec<_>>());
    if near.is_empty() {
        let folder = wanted.split('/').next().unwrap_or(wanted);
        near.extend(ids.iter().copied().filter(|id| id.split('/').next() == Some(folder)).take(8));
    }
    near.into_iter().map(str::to_owned).collect()
}

fn info(analyzer: &Registered, entry: &Entry) -> RuleInfo {
    let filter = analyzer.analyzer.filter;
    let default = analyzer.analyzer.default && entry.rule.default;
    let speaks = match (filter, default) {
        ("", _) => "as a cause",
        (_, true) => "by default",
        (_, false) => "with its filter",
    };
    RuleInfo {
        id: entry.id,
        title: entry.title(),
        severity: entry.rule.severity,
        filter,
        speaks,
        default: default && !filter.is_empty(),
        needs: entry.rule.needs.iter().map(|kind| kind.name()).collect(),
        since: entry.rule.since,
    }
}

fn page(analyzer: &Registered, entry: &Entry) -> RulePage {
    let markdown = crate::reference::page(analyzer, entry);
    let body = markdown.split_once('\n').map(|(_, body)| body.to_owned()).unwrap_or_default();
    RulePage {
        info: info(analyzer, entry),
        what_it_finds: entry.section("What it finds"),
        why_it_matters: entry.section("Why it matters"),
        when_it_stays_silent: entry.section("When it stays silent"),
        what_to_do: entry.section("What to do"),
        markdown: body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_found_in_any_spelling() {
        assert_eq!(list().len(), analyzers::entries().count());
        for given in ["pod/image-pull", "Pod/Image_Pull", " image-pull "] {
            assert_eq!(find(given).map(|page| page.info.id), Ok("pod/image-pull"), "{given}");
        }
        let page = find("pod/image-pull").unwrap();
        assert!(page.markdown.starts_with("# ") && page.markdown.contains("reads Pod"), "{}", page.markdown);
        assert!(!page.what_it_finds.is_empty());
        assert!(find("pod/image-pul").unwrap_err().to_string().contains("did you mean pod/image-pull"));
        assert!(find("custom/result").unwrap_err().to_string().contains("custom analyzers say"));
        assert!(find("missing").unwrap_err().near.len() > 1, "several folders have it");
        assert!(find("pod/x").unwrap_err().near.iter().all(|id| id.starts_with("pod/")));
    }
}
