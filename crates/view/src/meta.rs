//! Names of objects and the metadata that analyzers read.

use crate::{List, Map, Str, Time};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// `metadata` of an object, without managed fields and without annotations nobody reads.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    /// Name, unique within kind and namespace.
    pub name: Str,
    /// Namespace; empty for cluster-scoped kinds.
    pub namespace: Str,
    /// Identity over time: a recreated object has another uid.
    pub uid: Str,
    /// Labels.
    pub labels: Map,
    /// Annotations under the prefixes that analyzers read.
    #[serde(deserialize_with = "kept_annotations")]
    pub annotations: Map,
    /// Owners, the controller among them.
    pub owner_references: List<OwnerReference>,
    /// Creation time.
    pub creation_timestamp: Option<Time>,
    /// Set while the object is being deleted.
    pub deletion_timestamp: Option<Time>,
    /// What must be done before deletion ends.
    pub finalizers: List<Str>,
    /// Counts changes of the spec.
    pub generation: i64,
}

/// An entry of `metadata.ownerReferences`.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// `group/version` of the owner.
    pub api_version: Str,
    /// Kind of the owner.
    pub kind: Str,
    /// Name of the owner, in the same namespace or cluster-scoped.
    pub name: Str,
    /// uid of the owner.
    pub uid: Str,
    /// True for the one owner that manages this object.
    pub controller: Option<bool>,
}

/// Kind, namespace and name of an object that may or may not exist.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ObjectRef {
    /// Kind as Kubernetes spells it.
    pub kind: Str,
    /// Empty for cluster-scoped kinds.
    pub namespace: Str,
    /// Name.
    pub name: Str,
}

impl ObjectRef {
    /// A reference from its parts; an empty namespace means cluster-scoped.
    pub fn new(kind: impl Into<Str>, namespace: impl Into<Str>, name: impl Into<Str>) -> ObjectRef {
        ObjectRef { kind: kind.into(), namespace: namespace.into(), name: name.into() }
    }
    /// `namespace/name`, or `name` alone for cluster-scoped kinds; names as [`fmt::Display`] shows them.
    pub fn path(&self) -> String {
        if self.namespace.is_empty() {
            shown(&self.name).into_owned()
        } else {
            format!("{}/{}", shown(&self.namespace), shown(&self.name))
        }
    }
}

/// Longest name (characters) that is shown; Kubernetes' own end at 253.
const SHOWN_MAX: usize = 260;

/// A name as it may be shown. Names of objects that exist are plain; what refers to an object may say
/// anything, control characters and whole pages among it.
fn shown(name: &str) -> Cow<'_, str> {
    let plain = |c: char| !c.is_control() && !crate::is_invisible(c);
    if name.len() <= SHOWN_MAX && name.chars().all(plain) {
        return Cow::Borrowed(name);
    }
    let mut out: String = name.chars().filter(|c| plain(*c)).take(SHOWN_MAX).collect();
    if name.chars().count() > SHOWN_MAX {
        out.push('…');
    }
    Cow::Owned(out)
}

/// Names as they may be shown: on one line, bounded, without control characters.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", shown(&self.kind), self.path())
    }
}

impl fmt::Debug for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Annotation prefixes that analyzers read; all others are skipped unallocated, the last-applied
/// configuration (a copy of the whole object, Secret data included) above all.
const KEPT: &[&str] = &[
    "k8sgpt.ai/",
    "kubernetes.io/ingress.class",
    "nginx.ingress.kubernetes.io/canary",
    "control-plane.alpha.kubernetes.io/leader",
    "storageclass.kubernetes.io/",
    "storageclass.beta.kubernetes.io/",
    "ingressclass.kubernetes.io/",
    "deployment.kubernetes.io/revision",
    "volume.kubernetes.io/",
    "volume.beta.kubernetes.io/",
    "pv.kubernetes.io/",
    "kubernetes.io/config.",
    "kubernetes.io/description",
    "meta.helm.sh/",
    "autoscaling.keda.sh/",
];

fn is_kept(key: &str) -> bool {
    // Each controller has a prefix of its own for the annotation that makes it leave an object alone.
    let rests = || {
        let name = key.rsplit_once('/').map_or(key, |(_, name)| name);
        ["pause", "suspend", "hibernat"].iter().any(|word| name.contains(word)) || name == "reconcile"
    };
    KEPT.iter().any(|prefix| key.starts_with(prefix)) || rests()
}

fn kept_annotations<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
    struct V;
    impl<'de> Visitor<'de> for V {
        type Value = Map;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("annotations")
        }
        fn visit_unit<E>(self) -> Result<Map, E> {
            Ok(Map::default())
        }
        fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Map, A::Error> {
            let mut kept = Vec::new();
            while let Some(key) = access.next_key::<std::borrow::Cow<'de, str>>()? {
                if is_kept(&key) {
                    kept.push((Str::from(&*key), access.next_value::<Str>()?));
                } else {
                    access.next_value::<IgnoredAny>()?;
                }
            }
            Ok(kept.into_iter().collect())
        }
    }
    deserializer.deserialize_any(V)
}
