//! Limits of what a run may cost.

use super::*;

fn failures(report: &Report) -> Vec<&str> {
    let explanations = report.causes.iter().filter_map(|cause| cause.explanation.as_ref());
    explanations.filter_map(|explanation| explanation.failed.as_deref()).collect()
}

#[tokio::test]
async fn no_more_calls_than_allowed() {
    let (report, seen) = analyzed(Request { max_calls: Some(2), ..explained() }, explains).await;
    assert_eq!(seen.len(), 2);
    let failed = failures(&report);
    assert_eq!(failed.len(), report.causes.len() - 2);
    assert!(failed.iter().all(|reason| reason.contains("budget of 2 calls is used up")), "{failed:?}");
    let (report, seen) = analyzed(Request { max_calls: Some(0), ..explained() }, explains).await;
    assert_eq!((seen.len(), failures(&report).len()), (0, report.causes.len()));
}

#[tokio::test]
async fn no_call_after_the_last_token() {
    // An answer costs 9.
    let request = Request { max_tokens_total: Some(18), max_concurrency: Some(1), ..explained() };
    let (report, seen) = analyzed(request, explains).await;
    assert_eq!(seen.len(), 2);
    let failed = failures(&report);
    assert_eq!(failed.len(), report.causes.len() - 2);
    assert!(failed.iter().all(|reason| reason.contains("budget of 18 tokens is used up")), "{failed:?}");
}

/// What is in the cache costs nothing.
#[tokio::test]
async fn the_cache_is_outside_of_the_budget() {
    let (url, seen) = start(explains).await;
    let folder = folder();
    let engine = engine(folder.path(), &url).await;
    let count = engine.analyze(&explained()).await.expect("a report").causes.len();
    let request = Request { max_calls: Some(0), ..explained() };
    let report = engine.analyze(&request).await.expect("a report");
    assert_eq!((requests(&seen).len(), failures(&report).len()), (count, 0));
}
