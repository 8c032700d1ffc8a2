//! The calls, and their answers as rows.

use serde_json::{Map, Value, json};
use view::{EKSCluster, EKSNodegroup, Time};

use crate::Limits;
use crate::aws::{Ask, Caller, Credentials, Failure};

/// Most pages of a list: one that never ends is no list.
const PAGES: usize = 100;

/// The EKS API of one region.
pub(crate) struct Api(Caller);

/// A cluster, and where its API server is.
pub(crate) struct Described {
    pub(crate) row: EKSCluster,
    pub(crate) endpoint: String,
}

impl Api {
    pub(crate) fn new(
        credentials: Credentials,
        region: &str,
        base: String,
        limits: &Limits,
    ) -> Result<Api, Failure> {
        Ok(Api(Caller::new(credentials, "eks", region, base, limits)?))
    }

    /// `ListClusters`.
    pub(crate) async fn clusters(&self) -> Result<Vec<String>, Failure> {
        self.names("/clusters?maxResults=100", "clusters", "ListClusters", "eks:ListClusters").await
    }

    /// `DescribeCluster`.
    pub(crate) async fn cluster(&self, name: &str) -> Result<Described, Failure> {
        let what = format!("DescribeCluster of {name}");
        let path = format!("/clusters/{}", encoded(name));
        let answer = self.0.get(&Ask { path, what: &what, action: "eks:DescribeCluster" }).await?;
        let cluster = answer.get("cluster").cloned().unwrap_or_default();
        let endpoint = cluster["endpoint"].as_str().unwrap_or_default().to_owned();
        let row = self.row(cluster, "name", Value::Null, &what)?;
        Ok(Described { row, endpoint })
    }

    /// `ListNodegroups`.
    pub(crate) async fn nodegroups(&self, cluster: &str) -> Result<Vec<String>, Failure> {
        let path = format!("/clusters/{}/node-groups?maxResults=100", encoded(cluster));
        let what = format!("ListNodegroups of {cluster}");
        self.names(&path, "nodegroups", &what, "eks:ListNodegroups").await
    }

    /// `DescribeNodegroup`.
    pub(crate) async fn nodegroup(&self, cluster: &str, name: &str) -> Result<EKSNodegroup, Failure> {
        let what = format!("DescribeNodegroup of {cluster}/{name}");
        let path = format!("/clusters/{}/node-groups/{}", encoded(cluster), encoded(name));
        let answer = self.0.get(&Ask { path, what: &what, action: "eks:DescribeNodegroup" }).await?;
        let nodegroup = answer.get("nodegroup").cloned().unwrap_or_default();
        let owner = json!([{"kind": "EKSCluster", "name": cluster, "uid": cluster, "controller": true}]);
        self.row(nodegroup, "nodegroupName", owner, &what)
    }

    async fn names(
        &self,
        path: &str,
        field: &str,
        what: &str,
        action: &'static str,
    ) -> Result<Vec<String>, Failure> {
        let mut names = Vec::new();
        let mut token = String::new();
        for _ in 0..PAGES {
            let next =
                if token.is_empty() { String::new() } else { format!("&nextToken={}", encoded(&token)) };
            let answer = self.0.get(&Ask { path: format!("{path}{next}"), what, action }).await?;
            let Some(page) = answer.get(field).and_then(Value::as_array) else {
                return Err(self.garbage(what));
            };
            names.extend(page.iter().filter_map(Value::as_str).map(str::to_owned));
            let next = answer.get("nextToken").and_then(Value::as_str).unwrap_or_default();
            if next.is_empty() {
                return Ok(names);
            }
            if next == token {
                break;
            }
            next.clone_into(&mut token);
        }
        Err(self.garbage(what))
    }

    /// An answer as a row: the metadata of a Kubernetes object is added, fields that are null are left out.
    fn row<T: serde::de::DeserializeOwned>(
        &self,
        answer: Value,
        name: &str,
        owners: Value,
        what: &str,
    ) -> Result<T, Failure> {
        let Value::Object(mut fields) = without_nulls(answer) else { return Err(self.garbage(what)) };
        let Some(name) = fields.get(name).cloned().filter(Value::is_string) else {
            return Err(self.garbage(what));
        };
        let mut metadata =
            Map::from_iter([("name".to_owned(), name), ("ownerReferences".to_owned(), owners)]);
        if let Some(created) = fields.get("createdAt").and_then(time) {
            metadata.insert("creationTimestamp".to_owned(), created.to_string().into());
        }
        fields.insert("metadata".to_owned(), metadata.into());
        serde_json::from_value(fields.into()).map_err(|_| self.garbage(what))
    }

    fn garbage(&self, what: &str) -> Failure {
        Failure::Garbage { host: self.0.host(), what: what.to_owned() }
    }
}

/// Times come as seconds since 1970, with a fraction; other services of AWS write them as text.
fn time(value: &Value) -> Option<Time> {
    match value {
        Value::String(text) => Time::parse(text),
        value => value.as_f64().map(|seconds| Time::from_unix(seconds as i64)),
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect::<Vec<_>>().into(),
        value => value,
    }
}

/// A text as a part of a path or a query.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
