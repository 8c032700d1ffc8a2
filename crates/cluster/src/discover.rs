//! Which types the API serves: aggregated discovery where the server offers it (two requests), the
//! plain form otherwise (one request a group).

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde::Deserialize;
use tokio::time::Instant;

use crate::cluster::{Cluster, malformed};
use crate::error::Error;
use crate::resource::Resource;
use crate::send::{Ask, Deadline, JSON};

/// How long a discovery is good for: a CRD just installed is seen soon.
const FRESH: Duration = Duration::from_secs(60);
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// The last discovery, if any.
#[derive(Default)]
pub(crate) struct Cache(Option<(Instant, Arc<Discovered>)>);

/// All types the API serves.
#[derive(Default)]
pub(crate) struct Discovered {
    /// Each type in each version, the preferred version first.
    pub(crate) all: Vec<Resource>,
    /// Each type once, in its preferred version.
    pub(crate) preferred: Arc<Vec<Resource>>,
    /// Groups whose own server did not say what it serves.
    pub(crate) down: Vec<String>,
}

impl Cluster {
    /// Every type the API serves, each in its preferred version, without subresources. Cached for a
    /// minute.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn resources(&self) -> Result<Arc<Vec<Resource>>, Error> {
        Ok(Arc::clone(&self.discover().await?.preferred))
    }

    pub(crate) async fn discover(&self) -> Result<Arc<Discovered>, Error> {
        // Held across the requests on purpose: concurrent callers share one discovery.
        let mut cache = self.0.discovery.lock().await;
        if let Some((at, found)) = &cache.0
            && at.elapsed() < FRESH
        {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(self.discover_now(self.deadline()).await?);
        cache.0 = Some((Instant::now(), Arc::clone(&found)));
        Ok(found)
    }

    async fn discover_now(&self, deadline: Deadline) -> Result<Discovered, Error> {
        let (core, named) = futures::join!(self.root("/api", deadline), self.root("/apis", deadline));
        let mut all = Vec::new();
        let mut plain = Vec::new();
        let mut down = Vec::new();
        for root in [core?, named?] {
            down.extend(root.items.iter().filter(|group| group.is_down()).map(|g| g.metadata.name.clone()));
            all.extend(root.items.into_iter().flat_map(Group::into_resources));
            plain.extend(root.versions.into_iter().map(|version| (String::new(), version)));
            for group in root.groups {
                let preferred = group.preferred_version.map(|v| v.version);
                let mut versions: Vec<String> = group.versions.into_iter().map(|v| v.version).collect();
                versions.sort_by_key(|version| Some(version) != preferred.as_ref());
                plain.extend(versions.into_iter().map(|version| (group.name.clone(), version)));
            }
        }
        let mut lists = futures::stream::iter(plain)
            .map(|(group, version)| self.plain_group(group, version, deadline))
            .buffered(8);
        while let Some(list) = lists.next().await {
            match list {
                Ok(list) => all.extend(list),
                Err(group) => down.push(group),
            }
        }
        let mut preferred: Vec<Resource> = Vec::new();
        for r in &all {
            if !preferred.iter().any(|p| p.group == r.group && p.plural == r.plural) {
                preferred.push(r.clone());
            }
        }
        Ok(Discovered { all, preferred: Arc::new(preferred), down })
    }

    async fn root(&self, path: &str, deadline: Deadline) -> Result<Root, Error> {
        self.ask_discovery(path.to_owned(), AGGREGATED, deadline).await
    }

    /// The types of one group version, or the group whose server is down: it is left out, and must not
    /// take the others with it.
    async fn plain_group(
        &self,
        group: String,
        version: String,
        deadline: Deadline,
    ) -> Result<Vec<Resource>, String> {
        let path =
            if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") };
        let list: Result<PlainList, Error> = self.ask_discovery(path, JSON, deadline).await;
        list.map(PlainList::into_resources).map_err(|error| {
            tracing::debug!(group, version, %error, "group left out of discovery");
            group
        })
    }

    async fn ask_discovery<T: serde::de::DeserializeOwned>(
        &self,
        path: String,
        accept: &str,
        deadline: Deadline,
    ) -> Result<T, Error> {
        let ask = Ask {
            path,
            accept,
            verb: "get",
            kind: "APIResourceList",
            resource: "the resource types of the API server".to_owned(),
            namespace: None,
            name: None,
            max_bytes: 64 << 20,
            cut: false,
            deadline,
        };
        let (body, _) = self.send(&ask).await?;
        serde_json::from_slice(&body).map_err(|problem| malformed(&ask, &problem))
    }
}

/// The answer of `/api` or `/apis` in any of its forms.
#[derive(Deserialize)]
struct Root {
    /// `APIGroupDiscoveryList`.
    #[serde(default)]
    items: Vec<Group>,
    /// `APIVersions`.
    #[serde(default)]
    versions: Vec<String>,
    /// `APIGroupList`.
    #[serde(default)]
    groups: Vec<PlainGroup>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: GroupMeta,
    #[serde(default)]
    versions: Vec<GroupVersion>,
}

#[derive(Default, Deserialize)]
struct GroupMeta {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct GroupVersion {
    version: String,
    #[serde(default)]
    resources: Vec<AggregatedResource>,
    /// `Stale` when the group's own server could not be asked.
    #[serde(default)]
    freshness: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregatedResource {
    resource: String,
    #[serde(default)]
    singular_resource: String,
    #[serde(default)]
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    short_names: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    #[serde(default)]
    kind: String,
}

impl Group {
    fn is_down(&self) -> bool {
        self.versions.iter().any(|version| version.freshness == "Stale" && version.resources.is_empty())
    }

    fn into_resources(self) -> Vec<Resource> {
        let group = self.metadata.name;
        let mut out = Vec::new();
        for version in self.versions {
            for r in version.resources {
                let kind = r.response_kind.map(|kind| kind.kind).unwrap_or_default();
                let singular =
                    if r.singular_resource.is_empty() { kind.to_lowercase() } else { r.singular_resource };
                out.push(Resource {
                    group: group.clone(),
                    version: version.version.clone(),
                    kind,
                    plural: r.resource,
                    singular,
                    short_names: r.short_names,
                    namespaced: r.scope == "Namespaced",
                    verbs: r.verbs,
                });
            }
        }
        out
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlainGroup {
    name: String,
    #[serde(default)]
    versions: Vec<PlainVersion>,
    #[serde(default)]
    preferred_version: Option<PlainVersion>,
}

#[derive(Deserialize)]
struct PlainVersion {
    version: String,
}

/// `APIResourceList`: the types of one group version.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlainList {
    #[serde(default)]
    group_version: String,
    #[serde(default)]
    resources: Vec<PlainResource>,
}

impl PlainList {
    /// Its types without subresources, by the group version it names.
    pub(crate) fn into_resources(self) -> Vec<Resource> {
        let (group, version) = self.group_version.rsplit_once('/').unwrap_or(("", &self.group_version));
        let served = self.resources.into_iter().filter(|r| !r.name.contains('/'));
        served.map(|r| r.into_resource(group, version)).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlainResource {
    name: String,
    #[serde(default)]
    singular_name: String,
    #[serde(default)]
    namespaced: bool,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    verbs: Vec<String>,
    #[serde(default)]
    short_names: Vec<String>,
}

impl PlainResource {
    fn into_resource(self, group: &str, version: &str) -> Resource {
        let singular =
            if self.singular_name.is_empty() { self.kind.to_lowercase() } else { self.singular_name };
        Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: self.kind,
            plural: self.name,
            singular,
            short_names: self.short_names,
            namespaced: self.namespaced,
            verbs: self.verbs,
        }
    }
}
