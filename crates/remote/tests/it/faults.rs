//! AWS refuses, is slow, or answers nonsense: each is a gap with its reason, and no gap holds a secret.

use std::time::{Duration, Instant};

use remote::Limits;
use remote::eks::{Reading, read};

use crate::reading::{answer, context};
use crate::server::{Reply, Request, Seen, error, keys, limits, ok, start};

async fn ask(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> (Reading, Seen) {
    let (url, seen) = start(script).await;
    let reading = read(&context(), &keys(&url), &limits()).await;
    let printed = format!("{reading:?}");
    assert!(!printed.contains("canary"), "{printed}");
    (reading, seen)
}

/// The gap when every request gets this answer, and how many requests were made.
async fn gap(reply: Reply) -> (String, usize) {
    let (reading, seen) = ask(move |_, _| reply.clone()).await;
    assert!(reading.clusters.is_empty());
    let count = seen.lock().unwrap().len();
    (reading.gap.unwrap(), count)
}

#[tokio::test]
async fn refusals_name_the_permission_and_the_identity() {
    let message = "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: eks:DescribeCluster on \
                   resource: arn:aws:eks:eu-west-1:123456789012:cluster/prod";
    let (gap, requests) = gap(error(403, "AccessDeniedException", message)).await;
    assert_eq!(
        gap,
        format!(
            "DescribeCluster of prod was refused: {message}; allow the IAM action eks:DescribeCluster to the \
             identity of AWS_ACCESS_KEY_ID"
        )
    );
    assert_eq!(requests, 1, "a refusal is not asked again");
}

#[tokio::test]
async fn credentials_that_aws_does_not_accept() {
    let expired = gap(error(403, "ExpiredTokenException", "The security token included is expired")).await.0;
    assert!(expired.contains("AWS_ACCESS_KEY_ID (ExpiredTokenException): they have expired"), "{expired}");
    let unknown = gap(error(403, "UnrecognizedClientException", "invalid")).await.0;
    assert!(unknown.contains("does not know this key"), "{unknown}");
    // Quotes what was signed, the session token among it.
    let signature =
        "The Canonical String should have been 'GET\n/clusters/prod\n\nx-amz-security-token:canary-token'";
    let wrong = gap(error(403, "InvalidSignatureException", signature)).await.0;
    assert!(wrong.contains("the clock here is wrong") && !wrong.contains("Canonical"), "{wrong}");
    let body = r#"{"__type":"com.amazonaws#InvalidClientTokenId","message":"canary-token"}"#;
    let typed = gap(Reply::Answer(403, String::new(), body.to_owned())).await.0;
    assert!(typed.contains("InvalidClientTokenId"), "{typed}");
}

#[tokio::test]
async fn a_cluster_that_does_not_exist() {
    let (gap, _) = gap(error(404, "ResourceNotFoundException", "No cluster found for name: prod.")).await;
    assert_eq!(gap, "DescribeCluster of prod failed: No cluster found for name: prod");
}

#[tokio::test]
async fn throttling_is_waited_out_a_few_times() {
    let script = |request: &Request, number: usize| match number {
        0 => Reply::Answer(429, "retry-after: 0\r\n".to_owned(), r#"{"message":"Rate exceeded"}"#.to_owned()),
        1 => error(500, "ServerException", "oops"),
        _ => answer(request),
    };
    let (reading, _) = ask(script).await;
    assert_eq!((reading.gap, reading.clusters.len(), reading.nodegroups.len()), (None, 1, 2));
    let (told, requests) = gap(error(429, "TooManyRequestsException", "Rate exceeded")).await;
    assert_eq!(requests, 3);
    assert!(told.contains("HTTP 429") && told.contains("throttles"), "{told}");
    let (told, requests) = gap(Reply::Drop).await;
    assert_eq!(requests, 3);
    assert!(told.starts_with("127.0.0.1:") && told.contains("cannot be reached"), "{told}");
}

#[tokio::test]
async fn nonsense_and_floods() {
    for nonsense in ["", "<html>", "[]", "{}", r#"{"cluster": 1}"#, r#"{"cluster": {"name": 7}}"#] {
        let told = gap(ok(nonsense)).await.0;
        assert!(told.contains("is not what the AWS API answers"), "{nonsense:?}: {told}");
    }
    let told = gap(Reply::Flood(10 << 20)).await.0;
    assert!(told.contains("larger than 4 MiB"), "{told}");
    let told = gap(Reply::Answer(302, "location: http://127.0.0.1:1/\r\n".to_owned(), String::new())).await.0;
    assert!(told.contains("HTTP 302"), "{told}");
}

#[tokio::test]
async fn a_list_that_never_ends_is_given_up() {
    let endless = |request: &Request, _: usize| match request.target.contains("maxResults") {
        true => ok(r#"{"nodegroups":[],"nextToken":"again"}"#),
        false => answer(request),
    };
    let (reading, seen) = ask(endless).await;
    assert!(reading.gap.unwrap().contains("ListNodegroups of prod"));
    assert_eq!((reading.clusters.len(), seen.lock().unwrap().len()), (1, 3));
}

#[tokio::test]
async fn one_node_group_that_may_not_be_described_costs_no_other_one() {
    let script = |request: &Request, _: usize| match request.target.ends_with("/node-groups/b") {
        true => ok("garbage"),
        false => answer(request),
    };
    let (reading, _) = ask(script).await;
    assert_eq!(reading.nodegroups.len(), 1);
    assert!(reading.gap.as_deref().unwrap().contains("DescribeNodegroup of prod/b"));
    let [(_, cluster), (rows, groups)] = reading.into_rows();
    assert_eq!((cluster, rows.len()), (view::Status::Complete, 1));
    assert!(!groups.proves_absence());
}

#[tokio::test]
async fn a_server_that_hangs_is_left() {
    let (url, _) = start(|_, _| Reply::Hang).await;
    let limits = Limits { deadline: Duration::from_millis(300), ..limits() };
    let started = Instant::now();
    let gap = read(&context(), &keys(&url), &limits).await.gap.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(gap.contains("did not answer within"), "{gap}");
}

#[tokio::test]
async fn an_endpoint_that_is_none_or_not_there() {
    let gap = read(&context(), &keys("file:///etc/passwd"), &limits()).await.gap.unwrap();
    assert!(gap.contains("https://"), "{gap}");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gap = read(&context(), &keys(&url), &limits()).await.gap.unwrap();
    assert!(gap.contains("cannot be reached: ") && gap.to_lowercase().contains("refused"), "{gap}");
}
