//! From what somebody typed to a resource type.

use crate::cluster::Cluster;
use crate::error::{self, Error};
use crate::names;
use crate::resource::{self, Resource};

/// A spelling, taken apart: `pods`, `deployments.apps`, `apps/v1/Deployment`, `v1/Pod`.
struct Spelling {
    group: Option<String>,
    version: Option<String>,
    word: String,
}

impl Cluster {
    /// The type somebody means by kind, plural, singular or short name, in any case, also with a
    /// plural s (`pvcs`), with its group (`deployments.apps`), or in full (`apps/v1/Deployment`).
    /// Built-in types cost no request.
    ///
    /// # Errors
    /// [`Error::UnknownResource`] with near misses, [`Error::BadName`], and those of discovery.
    pub async fn resolve(&self, spelled: &str) -> Result<Resource, Error> {
        let spelling = Spelling::parse(spelled)?;
        let built_in: Vec<Resource> = resource::built_in().collect();
        if let Some(found) = spelling.find(&built_in) {
            return Ok(found.clone());
        }
        let discovered = self.discover().await?;
        // Aggregated metrics share names with what they measure and are never what is meant first.
        let (metrics, other): (Vec<Resource>, Vec<Resource>) =
            discovered.all.iter().cloned().partition(|r| r.group.ends_with("metrics.k8s.io"));
        if let Some(found) = spelling.find(&other).or_else(|| spelling.find(&metrics)) {
            return Ok(found.clone());
        }
        let candidates: Vec<&str> =
            built_in.iter().chain(discovered.preferred.iter()).map(|r| r.plural.as_str()).collect();
        let near = error::near(&spelling.word, candidates);
        let mut known: Vec<String> = discovered.preferred.iter().map(Resource::qualified).collect();
        known.sort();
        known.dedup();
        Err(Error::UnknownResource { given: error::cut(spelled, 80), near, known })
    }
}

impl Spelling {
    fn parse(spelled: &str) -> Result<Spelling, Error> {
        let trimmed = spelled.trim();
        let parts: Vec<&str> = trimmed.split('/').collect();
        for part in &parts {
            names::type_word(part).map_err(|_| {
                Error::bad(
                    "resource type",
                    spelled,
                    "write a kind, a plural, plural.group, or group/version/kind",
                )
            })?;
        }
        let lower = |text: &str| text.to_lowercase();
        Ok(match parts.as_slice() {
            [group, version, word] => {
                Spelling { group: Some(lower(group)), version: Some(lower(version)), word: lower(word) }
            }
            // `v1/Pod` has a version, `apps/Deployment` a group.
            [first, word] if is_version(first) => {
                Spelling { group: Some(String::new()), version: Some(lower(first)), word: lower(word) }
            }
            [first, word] => Spelling { group: Some(lower(first)), version: None, word: lower(word) },
            [word] => match word.split_once('.') {
                None => Spelling { group: None, version: None, word: lower(word) },
                // `deployments.v1.apps`, `deployments.apps`
                Some((word, rest)) => match rest.split_once('.') {
                    Some((version, group)) if is_version(version) => Spelling {
                        group: Some(lower(group)),
                        version: Some(lower(version)),
                        word: lower(word),
                    },
                    _ if is_version(rest) => {
                        Spelling { group: Some(String::new()), version: Some(lower(rest)), word: lower(word) }
                    }
                    _ => Spelling { group: Some(lower(rest)), version: None, word: lower(word) },
                },
            },
            _ => {
                return Err(Error::bad("resource type", spelled, "it has more than group, version and kind"));
            }
        })
    }

    /// The first type that is called so; the core group goes first, as its types stand first.
    fn find<'a>(&self, among: &'a [Resource]) -> Option<&'a Resource> {
        among.iter().find(|r| {
            self.group.as_ref().is_none_or(|group| r.group == *group)
                && self.version.as_ref().is_none_or(|version| r.version == *version)
                && r.is_called(&self.word)
        })
    }
}

/// `v1`, `v2beta1`.
fn is_version(word: &str) -> bool {
    let mut rest = word.bytes();
    matches!(rest.next(), Some(b'v' | b'V')) && rest.next().is_some_and(|b| b.is_ascii_digit())
}
