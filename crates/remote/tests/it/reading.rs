//! Clusters and node groups as rows.

use remote::eks::{Context, read};
use serde_json::{Value, json};
use view::{Kind, Object, Status};

use crate::server::{Reply, Request, keys, limits, ok, settings, start};

pub fn context() -> Context {
    Context { name: "arn:aws:eks:eu-west-1:123456789012:cluster/prod".to_owned(), ..Context::default() }
}

fn cluster(name: &str, endpoint: &str) -> Value {
    json!({"cluster": {
        "name": name, "arn": format!("arn:aws:eks:eu-west-1:123456789012:cluster/{name}"),
        "createdAt": 1_750_000_000.123, "version": "1.33", "endpoint": endpoint, "status": "ACTIVE",
        "encryptionConfig": null, "resourcesVpcConfig": {"subnetIds": ["subnet-0a"]},
        "certificateAuthority": {"data": "LS0t"},
        "health": {"issues": [{"code": "Ec2SubnetNotFound", "message": "gone", "resourceIds": ["subnet-0a"]}]},
    }})
}

fn nodegroup(name: &str) -> Value {
    json!({"nodegroup": {
        "nodegroupName": name, "clusterName": "prod", "status": "DEGRADED", "version": null, "labels": {"tier": "a"},
        "scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 2}, "taints": null, "launchTemplate": null,
        "health": {"issues": [{"code": "AccessDenied", "message": "no", "resourceIds": null}]},
    }})
}

/// The API of a cluster `prod` whose node groups come in two pages.
pub fn answer(request: &Request) -> Reply {
    match request.target.as_str() {
        "/clusters/prod" => ok(cluster("prod", "https://0a1b.gr7.eu-west-1.eks.amazonaws.com").to_string()),
        "/clusters/prod/node-groups?maxResults=100" => ok(r#"{"nodegroups":["b"],"nextToken":"to/ken=="}"#),
        "/clusters/prod/node-groups?maxResults=100&nextToken=to%2Fken%3D%3D" => {
            ok(r#"{"nodegroups":["a","gone"],"nextToken":null}"#)
        }
        "/clusters/prod/node-groups/gone" => {
            crate::server::error(404, "ResourceNotFoundException", "No node group")
        }
        path => match path.strip_prefix("/clusters/prod/node-groups/") {
            Some(name) => ok(nodegroup(name).to_string()),
            None => crate::server::error(404, "ResourceNotFoundException", &format!("{path} is not there")),
        },
    }
}

#[tokio::test]
async fn a_cluster_with_its_node_groups() {
    let (url, seen) = start(|request, _| answer(request)).await;
    let reading = read(&context(), &keys(&url), &limits()).await;
    assert_eq!(reading.gap, None);
    let cluster = &reading.clusters[0];
    assert_eq!(cluster.reference().to_string(), "EKSCluster prod");
    assert_eq!(cluster.metadata.creation_timestamp.unwrap().unix(), 1_750_000_000);
    assert_eq!((cluster.status.as_str(), cluster.version.as_str()), ("ACTIVE", "1.33"));
    assert_eq!(cluster.issues()[0].resource_ids[0], "subnet-0a");
    let names: Vec<&str> = reading.nodegroups.iter().map(|group| group.metadata.name.as_str()).collect();
    assert_eq!(names, ["b", "a"], "those of both pages, without the one that was deleted meanwhile");
    let group = &reading.nodegroups[0];
    assert_eq!((group.desired_size(), group.issues()[0].code.as_str()), (Some(2), "AccessDenied"));
    assert_eq!(group.metadata.owner_references[0].name, "prod");
    let rows = reading.into_rows();
    assert_eq!(
        rows.map(|(rows, status)| (rows.kind(), rows.len(), status)),
        [(Kind::EKSCluster, 1, Status::Complete), (Kind::EKSNodegroup, 2, Status::Complete)]
    );
    assert_eq!(seen.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn requests_are_signed_reads() {
    let (url, seen) = start(|request, _| answer(request)).await;
    read(&context(), &keys(&url), &limits()).await;
    for request in seen.lock().unwrap().iter() {
        assert_eq!(request.method, "GET");
        assert_eq!(format!("http://{}", request.header("host")), url);
        assert_eq!(request.header("x-amz-security-token"), "canary-token");
        let date = request.header("x-amz-date");
        assert!(date.len() == 16 && date.ends_with('Z'), "{date}");
        let authorization = request.header("authorization");
        let scope =
            format!("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{}/eu-west-1/eks/aws4_request, ", &date[..8]);
        let rest = authorization.strip_prefix(&scope).unwrap_or_else(|| panic!("{authorization}"));
        let (signed, signature) = rest.split_once(", Signature=").unwrap();
        let signed = signed.strip_prefix("SignedHeaders=").unwrap();
        for header in ["host", "x-amz-date", "x-amz-security-token"] {
            assert!(signed.split(';').any(|name| name == header), "{signed}");
        }
        // Every header that was signed arrived.
        assert!(signed.split(';').all(|name| !request.header(name).is_empty()), "{signed}");
        assert!(signature.len() == 64 && signature.bytes().all(|b| b.is_ascii_hexdigit()), "{signature}");
        assert!(!format!("{request:?}").contains("canary-secret"));
    }
}

#[tokio::test]
async fn a_cluster_without_a_name_is_found_by_its_server() {
    let script = |request: &Request, _: usize| match request.target.as_str() {
        "/clusters?maxResults=100" => ok(r#"{"clusters":["other","prod"]}"#),
        "/clusters/other" => ok(cluster("other", "https://ffff.gr7.eu-west-1.eks.amazonaws.com").to_string()),
        _ => answer(request),
    };
    let (url, _) = start(script).await;
    let context = |id: &str| Context {
        name: "mine".to_owned(),
        server: format!("https://{id}.gr7.eu-west-1.eks.amazonaws.com"),
        ..Context::default()
    };
    let reading = read(&context("0A1B"), &keys(&url), &limits()).await;
    assert_eq!((reading.clusters[0].metadata.name.as_str(), reading.gap), ("prod", None));
    let gap = read(&context("9999"), &keys(&url), &limits()).await.gap.unwrap();
    assert!(gap.starts_with("none of the 2 clusters in eu-west-1 has the API server 9999."), "{gap}");
}

#[tokio::test]
async fn another_cluster_of_the_same_name_is_not_taken_for_this_one() {
    let (url, _) = start(|request, _| answer(request)).await;
    let server = "https://ffff.gr7.eu-west-1.eks.amazonaws.com".to_owned();
    let reading = read(&Context { server, ..context() }, &keys(&url), &limits()).await;
    assert!(reading.clusters.is_empty() && reading.nodegroups.is_empty());
    let gap = reading.gap.unwrap();
    assert!(gap.contains("not the same cluster") && gap.contains("K8SGPT_EKS_CLUSTER"), "{gap}");
}

#[tokio::test]
async fn without_eks_nothing_is_asked() {
    let (url, seen) = start(|request, _| answer(request)).await;
    let kind = Context {
        name: "kind".to_owned(),
        server: "https://127.0.0.1:6443".to_owned(),
        ..Context::default()
    };
    let reading = read(&kind, &keys(&url), &limits()).await;
    assert!(reading.gap.as_deref().unwrap().contains("is not an EKS cluster"));
    let [(rows, status), _] = reading.into_rows();
    assert!(rows.is_empty() && matches!(status, Status::Failed(_)));
    let pod = Context { name: "in-cluster".to_owned(), ..Context::default() };
    assert!(read(&pod, &keys(&url), &limits()).await.gap.unwrap().contains("K8SGPT_EKS_CLUSTER"));
    assert!(seen.lock().unwrap().is_empty());
    let told = settings(&[
        ("K8SGPT_EKS_CLUSTER", "prod"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "A"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_ENDPOINT_URL", url.as_str()),
    ]);
    assert_eq!(read(&pod, &told, &limits()).await.clusters.len(), 1);
}
