//! Instances of custom types: the definitions first, then every type that can tell of its state.

use std::collections::BTreeMap;

use futures::StreamExt;
use view::{
    CustomResourceDefinition, CustomResourceSchema, CustomType, Kind, Rows, Status, called, condition,
};

use crate::cluster::Cluster;
use crate::error::Error;
use crate::names;
use crate::read::{KindRead, List, Lists};
use crate::resource::{self, Resource};
use crate::serving::is_built_in;

/// Types whose instances are listed at the same time.
const CONCURRENT: usize = 6;
/// Most types that are listed. Some providers bring hundreds, nearly all without instances.
const TYPES_MAX: usize = 60;
/// Most pages of one type.
const PAGES_MAX: usize = 10;

/// Groups whose instances rules follow by name, before all others.
const FIRST: &[&str] = &["cert-manager.io", "acme.cert-manager.io", "source.toolkit.fluxcd.io"];
/// Types with an instance for every pod or node, which tell nothing that those do not.
const SHADOWS: &[(&str, &str)] = &[
    ("cilium.io", "CiliumEndpoint"),
    ("cilium.io", "CiliumIdentity"),
    ("cilium.io", "CiliumNode"),
    ("kyverno.io", "UpdateRequest"),
];

/// Definitions and instances.
pub(crate) struct CustomRead {
    pub(crate) definitions: KindRead,
    pub(crate) instances: KindRead,
    /// Every custom type, with the outcome of its list.
    pub(crate) types: Vec<(CustomType, Status)>,
}

/// A custom type, and whether its instances are worth a list.
struct Candidate {
    resource: Resource,
    tells: bool,
    /// The lower, the earlier: named groups, what declares conditions, groups with few types.
    rank: (bool, bool, usize),
}

impl Cluster {
    /// Reads the definitions, then the instances of the types that they define. With `alone`, a failure of
    /// every kind's concern is the read's.
    pub(crate) async fn read_custom(&self, lists: &Lists<'_>, alone: bool) -> Result<CustomRead, Error> {
        let (definitions, error) = self.read_kind(Kind::CustomResourceDefinition, lists).await;
        if let Some(error) = error.filter(|_| alone) {
            return Err(error);
        }
        let mut candidates = self.candidates(&definitions, lists).await;
        candidates.sort_by(|a, b| {
            let named = |c: &Candidate| (c.resource.group.clone(), c.resource.plural.clone());
            (!a.tells, a.rank, named(a)).cmp(&(!b.tells, b.rank, named(b)))
        });
        let mut instances = KindRead {
            rows: Rows::empty(Kind::CustomResource),
            status: definitions.status.clone(),
            skipped: 0,
        };
        let told = candidates.iter().filter(|candidate| candidate.tells).count();
        if told > TYPES_MAX && instances.status == Status::Complete {
            instances.status = Status::Truncated;
        }
        let rest = candidates.split_off(told.min(TYPES_MAX));
        let mut types: Vec<(CustomType, Status)> =
            rest.into_iter().map(|candidate| (custom_type(&candidate.resource), Status::NotRead)).collect();
        let mut reads = futures::stream::iter(candidates)
            .map(|candidate| self.read_type(candidate.resource, lists))
            .buffer_unordered(CONCURRENT);
        while let Some((of, read)) = reads.next().await {
            instances.skipped += read.skipped;
            instances.rows.extend(read.rows);
            types.push((of, read.status));
        }
        types.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(CustomRead { definitions, instances, types })
    }

    async fn read_type(&self, resource: Resource, lists: &Lists<'_>) -> (CustomType, KindRead) {
        let list = List { resource: &resource, limit: u32::MAX, pages: PAGES_MAX };
        let (mut read, _) = self.read_list(Kind::CustomResource, &list, lists).await;
        read.rows.stamp(&resource.api_version(), &resource.kind);
        (custom_type(&resource), read)
    }

    /// Every type that the definitions bring and that is no kind of the View. A recording without
    /// definitions tells its types itself.
    async fn candidates(&self, definitions: &KindRead, lists: &Lists<'_>) -> Vec<Candidate> {
        let served = lists.served.clone().await;
        let mut found: Vec<(Resource, bool, bool)> = Vec::new();
        if let Rows::CustomResourceDefinition(rows) = &definitions.rows {
            found.extend(rows.iter().filter_map(|definition| of_definition(definition)));
        }
        if definitions.status == Status::NotCaptured {
            let all = served.iter().flat_map(|served| served.preferred.iter());
            let custom = all.filter(|r| {
                r.group.contains('.') && !is_built_in(&r.group) && r.verbs.iter().any(|verb| verb == "list")
            });
            found.extend(custom.map(|resource| (resource.clone(), true, true)));
        }
        found.retain(|(r, ..)| {
            let sound = [&r.group, &r.version, &r.plural].iter().all(|word| names::type_word(word).is_ok());
            sound && Kind::parse(&called(&r.api_version(), &r.kind)).is_none()
        });
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for (resource, ..) in &found {
            *sizes.entry(resource.group.clone()).or_default() += 1;
        }
        let candidates = found.into_iter().map(|(mut resource, tells, conditions)| {
            // A recording holds each type in one version, which need not be the stored one.
            if let Some(version) = served.as_ref().and_then(|served| served.version_of(&resource)) {
                resource.version = version;
            }
            let shadow = SHADOWS.contains(&(resource.group.as_str(), resource.kind.as_str()));
            let size = sizes.get(&resource.group).copied().unwrap_or_default();
            let rank = (!FIRST.contains(&resource.group.as_str()), !conditions, size);
            Candidate { resource, tells: tells && !shadow, rank }
        });
        candidates.collect()
    }
}

/// The type of a definition in the version to list: the stored one, which costs no conversion; whether its
/// instances tell of their state, and whether by conditions. None for what is not served.
fn of_definition(definition: &CustomResourceDefinition) -> Option<(Resource, bool, bool)> {
    let established = condition(&definition.status.conditions, "Established");
    if established.is_some_and(|established| !established.is_true()) {
        return None;
    }
    let spec = &definition.spec;
    let served = || spec.versions.iter().filter(|version| version.served);
    let version = served().find(|version| version.storage).or_else(|| served().next())?;
    let resource = resource::of_definition(
        &spec.group,
        &version.name,
        &spec.names.kind,
        &spec.names.plural,
        spec.scope == "Namespaced",
    );
    let CustomResourceSchema { conditions, phase, open } = version.schema;
    Some((resource, conditions || phase || open, conditions))
}

fn custom_type(resource: &Resource) -> CustomType {
    CustomType {
        group: resource.group.as_str().into(),
        kind: resource.kind.as_str().into(),
        plural: resource.plural.as_str().into(),
        namespaced: resource.namespaced,
    }
}
