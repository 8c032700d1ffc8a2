//! The list of kinds that a View holds, and everything that follows from it.

use crate::kinds::*;
use crate::lazy::Lazy;
use crate::page::{self, Page, PageError};
use crate::{Coverage, CustomType, EventIndex, Meta, Object, ObjectRef, Status, Str, Table, Time};
use std::fmt;
use std::sync::Arc;

/// Where the Kubernetes API serves a kind.
#[derive(Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// Kind as Kubernetes spells it.
    pub name: &'static str,
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Version within the group.
    pub version: &'static str,
    /// Plural, as in URLs; empty for [`Kind::CustomResource`], whose lists the definitions tell.
    pub plural: &'static str,
    /// Lives in namespaces.
    pub namespaced: bool,
    /// No API server serves it: it is read from elsewhere (a cloud's API) and put into the View with
    /// [`View::with`]. Its `plural` is the name of that API, its `group` and `version` mean nothing.
    pub remote: bool,
}

// One declaration gives the enum, the View's tables, parsing and lookup by kind: written out, these
// would be six lists that must agree. A new kind is one line here and one struct in `kinds`.
macro_rules! kinds {
    ($($kind:ident in $table:ident: $group:literal $version:literal $plural:literal $scope:ident;)*) => {
        /// A kind that analyzers can read.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[allow(missing_docs, reason = "the names are Kubernetes' own")]
        pub enum Kind { $($kind),* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Kind] = &[$(Kind::$kind),*];

            /// Where the API serves it.
            pub fn info(self) -> &'static KindInfo {
                match self {
                    $(Kind::$kind => &KindInfo {
                        name: stringify!($kind), group: $group, version: $version, plural: $plural,
                        namespaced: kinds!(@namespaced $scope), remote: kinds!(@remote $scope),
                    },)*
                }
            }

            /// The kind of exactly this name.
            pub fn parse(name: &str) -> Option<Kind> {
                match name { $(stringify!($kind) => Some(Kind::$kind),)* _ => None }
            }
        }

        /// The cluster at one moment. Cloning costs the number of kinds.
        #[derive(Clone, Debug, Default)]
        #[allow(missing_docs, reason = "one table a kind, named by its plural")]
        pub struct View {
            /// The moment of reading: rules have no other clock.
            pub now: Time,
            /// The server's version (`v1.36.3`); empty when unknown.
            pub server_version: Str,
            /// What is not known.
            pub coverage: Coverage,
            $(pub $table: Arc<Table<$kind>>,)*
            pub(crate) event_index: Arc<EventIndex>,
            pub(crate) lazy: Lazy,
        }

        /// The rows of one kind while its list is being read.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "one variant a kind")]
        pub enum Rows { $($kind(Vec<Arc<$kind>>)),* }

        impl Rows {
            /// No rows yet.
            pub fn empty(kind: Kind) -> Rows {
                match kind { $(Kind::$kind => Rows::$kind(Vec::new()),)* }
            }
            /// Which kind they are.
            pub fn kind(&self) -> Kind {
                match self { $(Rows::$kind(_) => Kind::$kind,)* }
            }
            /// How many there are.
            pub fn len(&self) -> usize {
                match self { $(Rows::$kind(rows) => rows.len(),)* }
            }
            /// True when there is none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }
            /// Appends the items of one page of a list answer (JSON bytes).
            pub fn append_page(&mut self, body: &[u8]) -> Result<Page, PageError> {
                match self { $(Rows::$kind(rows) => page::append(rows, body),)* }
            }
        }

        impl Builder {
            /// Puts a kind's rows into the View with the outcome of its list; `only_namespace` when the
            /// list was narrowed to one namespace.
            pub fn set(&mut self, rows: Rows, status: Status, only_namespace: Option<&str>) {
                self.view.coverage.record(rows.kind(), status, only_namespace);
                self.view.lazy = Lazy::default();
                match rows { $(Rows::$kind(rows) => self.view.$table = Arc::new(Table::new(rows)),)* }
            }
        }

        impl View {
            /// Metadata of an object, when it is in the View.
            pub fn metadata_of(&self, object: &ObjectRef) -> Option<&Meta> {
                match Kind::parse(&object.kind) {
                    None => self.custom_meta(object),
                    $(Some(Kind::$kind) => {
                        self.$table.get(&object.namespace, &object.name).map(|o| o.metadata())
                    })*
                }
            }
            /// References to all objects of a kind, by namespace and name.
            pub fn objects(&self, kind: Kind) -> Vec<ObjectRef> {
                match kind { $(Kind::$kind => self.$table.iter().map(|object| object.reference()).collect(),)* }
            }
            /// Every object that is being deleted, in the order of kinds, namespaces and names.
            pub fn deleting(&self) -> Vec<(ObjectRef, &Meta)> {
                let mut all = Vec::new();
                $(
                    let gone = self.$table.iter().filter(|o| o.metadata().deletion_timestamp.is_some());
                    all.extend(gone.map(|object| (object.reference(), object.metadata())));
                )*
                all
            }
            /// Every object of a kind that names `uid` among its owners.
            pub fn owned_by(&self, uid: &str) -> Vec<ObjectRef> {
                let mut all = Vec::new();
                $(all.extend(self.$table.owned_by(uid).map(|object| object.reference()));)*
                all
            }
            /// How many objects it holds, events included.
            pub fn len(&self) -> usize {
                0 $(+ self.$table.len())*
            }
        }

        $(impl Object for $kind {
            const KIND: Kind = Kind::$kind;
            fn metadata(&self) -> &Meta { &self.metadata }
            fn table(view: &View) -> &Table<Self> { &view.$table }
            kinds!(@own $scope);
        })*
    };
    (@namespaced cluster) => { false };
    (@namespaced remote) => { false };
    (@namespaced $scope:ident) => { true };
    (@remote remote) => { true };
    (@remote $served:ident) => { false };
    // Instances of custom types share one table and keep the kind of their own type.
    (@own custom) => {
        fn family(&self) -> (&str, &str) { (self.group(), &self.kind) }
        fn reference(&self) -> ObjectRef {
            ObjectRef::new(self.called(), self.metadata.namespace.clone(), self.metadata.name.clone())
        }
    };
    (@own $scope:ident) => {};
}

kinds! {
    Pod in pods: "" "v1" "pods" namespaced;
    Deployment in deployments: "apps" "v1" "deployments" namespaced;
    ReplicaSet in replica_sets: "apps" "v1" "replicasets" namespaced;
    StatefulSet in stateful_sets: "apps" "v1" "statefulsets" namespaced;
    DaemonSet in daemon_sets: "apps" "v1" "daemonsets" namespaced;
    Job in jobs: "batch" "v1" "jobs" namespaced;
    CronJob in cron_jobs: "batch" "v1" "cronjobs" namespaced;
    Service in services: "" "v1" "services" namespaced;
    EndpointSlice in endpoint_slices: "discovery.k8s.io" "v1" "endpointslices" namespaced;
    Ingress in ingresses: "networking.k8s.io" "v1" "ingresses" namespaced;
    IngressClass in ingress_classes: "networking.k8s.io" "v1" "ingressclasses" cluster;
    PersistentVolumeClaim in persistent_volume_claims: "" "v1" "persistentvolumeclaims" namespaced;
    PersistentVolume in persistent_volumes: "" "v1" "persistentvolumes" cluster;
    StorageClass in storage_classes: "storage.k8s.io" "v1" "storageclasses" cluster;
    Node in nodes: "" "v1" "nodes" cluster;
    Namespace in namespaces: "" "v1" "namespaces" cluster;
    ConfigMap in config_maps: "" "v1" "configmaps" namespaced;
    Secret in secrets: "" "v1" "secrets" namespaced;
    ServiceAccount in service_accounts: "" "v1" "serviceaccounts" namespaced;
    ResourceQuota in resource_quotas: "" "v1" "resourcequotas" namespaced;
    ValidatingWebhookConfiguration in validating_webhook_configurations:
        "admissionregistration.k8s.io" "v1" "validatingwebhookconfigurations" cluster;
    MutatingWebhookConfiguration in mutating_webhook_configurations:
        "admissionregistration.k8s.io" "v1" "mutatingwebhookconfigurations" cluster;
    Event in events: "" "v1" "events" namespaced;

    ReplicationController in replication_controllers: "" "v1" "replicationcontrollers" namespaced;
    LimitRange in limit_ranges: "" "v1" "limitranges" namespaced;
    HorizontalPodAutoscaler in horizontal_pod_autoscalers:
        "autoscaling" "v2" "horizontalpodautoscalers" namespaced;
    PodDisruptionBudget in pod_disruption_budgets: "policy" "v1" "poddisruptionbudgets" namespaced;
    NetworkPolicy in network_policies: "networking.k8s.io" "v1" "networkpolicies" namespaced;
    VolumeAttachment in volume_attachments: "storage.k8s.io" "v1" "volumeattachments" cluster;
    CSIDriver in csi_drivers: "storage.k8s.io" "v1" "csidrivers" cluster;
    Role in roles: "rbac.authorization.k8s.io" "v1" "roles" namespaced;
    RoleBinding in role_bindings: "rbac.authorization.k8s.io" "v1" "rolebindings" namespaced;
    ClusterRole in cluster_roles: "rbac.authorization.k8s.io" "v1" "clusterroles" cluster;
    ClusterRoleBinding in cluster_role_bindings: "rbac.authorization.k8s.io" "v1" "clusterrolebindings" cluster;
    APIService in api_services: "apiregistration.k8s.io" "v1" "apiservices" cluster;
    CustomResourceDefinition in custom_resource_definitions:
        "apiextensions.k8s.io" "v1" "customresourcedefinitions" cluster;
    CustomResource in custom_resources: "" "" "" custom;

    GatewayClass in gateway_classes: "gateway.networking.k8s.io" "v1" "gatewayclasses" cluster;
    Gateway in gateways: "gateway.networking.k8s.io" "v1" "gateways" namespaced;
    HTTPRoute in http_routes: "gateway.networking.k8s.io" "v1" "httproutes" namespaced;
    ReferenceGrant in reference_grants: "gateway.networking.k8s.io" "v1beta1" "referencegrants" namespaced;
    ClusterCatalog in cluster_catalogs: "olm.operatorframework.io" "v1" "clustercatalogs" cluster;
    ClusterExtension in cluster_extensions: "olm.operatorframework.io" "v1" "clusterextensions" cluster;
    ClusterServiceVersion in cluster_service_versions:
        "operators.coreos.com" "v1alpha1" "clusterserviceversions" namespaced;
    Subscription in subscriptions: "operators.coreos.com" "v1alpha1" "subscriptions" namespaced;
    InstallPlan in install_plans: "operators.coreos.com" "v1alpha1" "installplans" namespaced;
    CatalogSource in catalog_sources: "operators.coreos.com" "v1alpha1" "catalogsources" namespaced;
    OperatorGroup in operator_groups: "operators.coreos.com" "v1" "operatorgroups" namespaced;
    ScaledObject in scaled_objects: "keda.sh" "v1alpha1" "scaledobjects" namespaced;
    PolicyReport in policy_reports: "wgpolicyk8s.io" "v1alpha2" "policyreports" namespaced;
    ClusterPolicyReport in cluster_policy_reports: "wgpolicyk8s.io" "v1alpha2" "clusterpolicyreports" cluster;
    Report in reports: "openreports.io" "v1alpha1" "reports" namespaced;
    ClusterReport in cluster_reports: "openreports.io" "v1alpha1" "clusterreports" cluster;
    Certificate in certificates: "cert-manager.io" "v1" "certificates" namespaced;
    Application in applications: "argoproj.io" "v1alpha1" "applications" namespaced;
    Kustomization in kustomizations: "kustomize.toolkit.fluxcd.io" "v1" "kustomizations" namespaced;
    HelmRelease in helm_releases: "helm.toolkit.fluxcd.io" "v2" "helmreleases" namespaced;

    EKSCluster in eks_clusters: "eks" "v1" "EKS" remote;
    EKSNodegroup in eks_nodegroups: "eks" "v1" "EKS" remote;
}

impl Kind {
    /// Kind as Kubernetes spells it.
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

/// Groups of kinds that every cluster serves and that tell how workloads fare.
const COMMON: &[&str] = &[
    "",
    "admissionregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "discovery.k8s.io",
    "networking.k8s.io",
    "policy",
    "storage.k8s.io",
];

impl KindInfo {
    /// True for kinds that every cluster serves and that tell how workloads fare: not custom resources, not
    /// access control, not the API's own extensions.
    pub fn is_common(&self) -> bool {
        COMMON.contains(&self.group)
    }
    /// `group/version`, or the version alone for the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
    /// The path of its list, narrowed to a namespace if one is given and the kind has namespaces.
    pub fn list_path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() { "/api" } else { "/apis" };
        let base = format!("{root}/{}", self.api_version());
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!("{base}/namespaces/{namespace}/{}", self.plural),
            None => format!("{base}/{}", self.plural),
        }
    }
}

impl Rows {
    /// Writes the type into instances that came without it, as items of lists may.
    pub fn stamp(&mut self, api_version: &str, kind: &str) {
        let Rows::CustomResource(rows) = self else { return };
        for row in rows.iter_mut().filter(|row| row.kind.is_empty()) {
            if let Some(row) = Arc::get_mut(row) {
                (row.api_version, row.kind) = (api_version.into(), kind.into());
            }
        }
    }

    /// Takes over the rows of another list of the same kind.
    pub fn extend(&mut self, other: Rows) {
        if let (Rows::CustomResource(rows), Rows::CustomResource(more)) = (self, other) {
            rows.extend(more);
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Puts a View together.
#[derive(Debug, Default)]
pub struct Builder {
    view: View,
}

impl Builder {
    /// Starts a View of this moment.
    pub fn new(now: Time, server_version: &str) -> Builder {
        let view = View { now, server_version: server_version.into(), ..View::default() };
        Builder { view }
    }

    /// Says of a custom type how its list ended; `only_namespace` when it was narrowed to one namespace.
    pub fn set_type(&mut self, custom: CustomType, status: Status, only_namespace: Option<&str>) {
        self.view.coverage.record_type(custom, status, only_namespace);
    }

    /// Indexes and hands out the View.
    pub fn finish(mut self) -> View {
        self.view.event_index = Arc::new(EventIndex::new(&self.view.events));
        self.view
    }
}

impl View {
    /// The View with the rows of one more kind, for what is not read from an API server.
    pub fn with(self, rows: Rows, status: Status) -> View {
        let mut builder = Builder { view: self };
        builder.set(rows, status, None);
        builder.view
    }

    /// True when it holds no object.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
