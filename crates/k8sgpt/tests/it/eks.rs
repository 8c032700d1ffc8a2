//! The filter EKS end to end: a stand-in for the API server and for AWS on loopback.

use crate::{home, k8sgpt, ran, run};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Targets of the requests that came in.
type Seen = Arc<Mutex<Vec<String>>>;

/// A server that answers as both, until the test ends.
fn start(refuse: bool) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let log = Arc::clone(&log);
            std::thread::spawn(move || serve(stream, &log, refuse));
        }
    });
    (url, seen)
}

fn serve(mut stream: TcpStream, log: &Seen, refuse: bool) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let text = String::from_utf8(head).unwrap();
    let target = text.split(' ').nth(1).unwrap().to_owned();
    log.lock().unwrap().push(target.clone());
    let of_aws = target.starts_with("/clusters");
    let (status, body) = if of_aws && refuse {
        (403, json!({"__type": "AccessDeniedException", "message": "User: arn:aws:iam::1:user/bob may not"}))
    } else {
        (200, answer(&target))
    };
    let body = body.to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\n");
    let _ = stream.write_all(format!("{head}content-length: {length}\r\n\r\n{body}").as_bytes());
}

fn answer(target: &str) -> Value {
    let path = target.split('?').next().unwrap();
    let issues = json!([{"code": "AsgInstanceLaunchFailures", "resourceIds": ["eks-workers"],
        "message": "Could not launch On-Demand Instances. VcpuLimitExceeded - too many."}]);
    match path {
        "/version" => json!({"major": "1", "minor": "33", "gitVersion": "v1.33.1-eks-1234567"}),
        "/clusters/prod" => {
            json!({"cluster": {"name": "prod", "status": "ACTIVE", "version": "1.33", "health": {"issues": []}}})
        }
        "/clusters/prod/node-groups" => json!({"nodegroups": ["workers"]}),
        "/clusters/prod/node-groups/workers" => {
            json!({"nodegroup": {"nodegroupName": "workers", "clusterName": "prod",
            "status": "DEGRADED", "version": "1.33", "scalingConfig": {"desiredSize": 2}, "health": {"issues": issues}}})
        }
        _ => json!({"kind": "List", "apiVersion": "v1", "metadata": {}, "items": []}),
    }
}

fn kubeconfig(home: &Path, context: &str, url: &str) -> String {
    let path = home.join("kubeconfig");
    let text = json!({"apiVersion": "v1", "kind": "Config", "current-context": context,
        "clusters": [{"name": "c", "cluster": {"server": url}}],
        "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u", "user": {"token": "t"}}]});
    std::fs::write(&path, text.to_string()).unwrap();
    path.to_string_lossy().into_owned()
}

const ARN: &str = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";

fn analyze(home: &Path, context: &str, url: &str) -> (Value, String) {
    let kubeconfig = kubeconfig(home, context, url);
    let mut command = k8sgpt(home);
    command.env("AWS_ENDPOINT_URL_EKS", url).env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    command.env("AWS_SECRET_ACCESS_KEY", "canary-secret").env("AWS_SESSION_TOKEN", "canary-token");
    command.args(["analyze", "-f", "EKS", "-o", "json", "-vv", "--kubeconfig", &kubeconfig]);
    let ran = ran(&command.output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!(ran.out.clone() + &ran.err).contains("canary"), "no key in an answer or a log: {}", ran.err);
    (serde_json::from_str(&ran.out).unwrap(), ran.out)
}

#[test]
fn a_node_group_that_cannot_launch_is_the_cause() {
    let home = home();
    let (url, seen) = start(false);
    let (report, text) = analyze(home.path(), ARN, &url);
    assert_eq!(report["results"][0]["kind"], "EKSNodegroup", "{text}");
    assert_eq!(report["results"][0]["parentObject"], "EKSCluster/prod");
    assert_eq!(report["causes"][0]["rule"], "eks/nodegroup-health");
    assert_eq!(report["not_checked"], json!([]), "{text}");
    let seen = seen.lock().unwrap();
    assert!(!seen.iter().any(|target| target.contains("EKS") || target.contains("apis/eks")), "{seen:?}");
}

#[test]
fn what_aws_refuses_is_a_gap_and_not_the_end() {
    let home = home();
    let (url, _) = start(true);
    let (report, text) = analyze(home.path(), ARN, &url);
    assert_eq!((&report["status"], &report["errors"]), (&json!("OK"), &Value::Null), "{text}");
    let gaps = report["not_checked"].as_array().unwrap();
    let said = gaps[0]["text"].as_str().unwrap();
    assert!(gaps.len() == 1 && said.starts_with("EKS (DescribeCluster of prod was refused: "), "{said}");
    assert!(said.contains("eks:DescribeCluster"), "{said}");
}

#[test]
fn where_there_is_no_eks_cluster_nothing_is_asked_of_aws() {
    let home = home();
    let (url, seen) = start(false);
    let (report, _) = analyze(home.path(), "kind-dev", &url);
    let said = report["not_checked"][0]["text"].as_str().unwrap();
    assert!(said.starts_with("EKS (the context \"kind-dev\" is not an EKS cluster"), "{said}");
    assert!(!seen.lock().unwrap().iter().any(|target| target.starts_with("/clusters")));
    let demo = run(home.path(), &["analyze", "--demo", "-f", "EKS,Node", "-o", "json"]);
    let demo: Value = serde_json::from_str(&demo.out).unwrap();
    assert_eq!(demo["not_checked"][0]["status"], "not captured");
    assert_eq!(demo["not_checked"].as_array().unwrap().len(), 1);
}
