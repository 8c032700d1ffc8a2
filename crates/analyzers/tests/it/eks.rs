//! What EKS says explains what Kubernetes shows. The filter is none of the default ones, so that this is no
//! story among the fixtures.

use crate::fixture::view_of;
use analyzers::{Cause, FilterSet, fold, rules_for, run};

const GROUP: &str = r#"
kind: EKSCluster
metadata: {name: prod}
status: ACTIVE
version: "1.33"
---
kind: EKSNodegroup
metadata: {name: gpu, ownerReferences: [{kind: EKSCluster, name: prod, uid: prod, controller: true}]}
clusterName: prod
status: DEGRADED
scalingConfig: {minSize: 0, maxSize: 4, desiredSize: 2}
labels: {pool: gpu}
taints: [{key: gpu, value: "true", effect: NO_SCHEDULE}]
health:
  issues: [{code: CODE, message: MESSAGE, resourceIds: [IDS]}]
---
"#;

fn causes(code: &str, message: &str, ids: &str, rest: &str) -> Vec<Cause> {
    let group = GROUP.replace("CODE", code).replace("MESSAGE", message).replace("IDS", ids);
    let view = view_of(&format!("{group}{rest}"), code);
    let (filters, unknown) = FilterSet::explicit(["EKS", "Pod", "Node"]);
    assert!(unknown.is_empty());
    fold(&view, run(&view, rules_for(&filters)).findings)
}

/// The rule of each cause with the objects that it explains.
fn told(causes: &[Cause]) -> Vec<String> {
    let told = causes.iter().map(|cause| {
        let chain: Vec<String> = cause.chain.iter().map(|link| link.object.to_string()).collect();
        format!("{} → {}", cause.root.rule, chain.join(", "))
    });
    told.collect()
}

const LAUNCH: (&str, &str) =
    ("AsgInstanceLaunchFailures", "Could not launch Spot Instances. UnfulfillableCapacity - no capacity.");

fn pod(selector: &str, toleration: &str, said: &str) -> String {
    format!(
        "kind: Pod\nmetadata: {{name: train, namespace: ml, uid: p1, creationTimestamp: 2026-01-01T00:00:00Z}}\n\
         spec: {{nodeSelector: {selector}, tolerations: [{toleration}], containers: [{{name: a}}]}}\n\
         status: {{phase: Pending, conditions: [{{type: PodScheduled, status: 'False', reason: Unschedulable, \
         message: '{said}'}}]}}\n---\nkind: Node\nmetadata: {{name: n1, labels: {{pool: web}}}}\n\
         status: {{conditions: [{{type: Ready, status: 'True'}}], allocatable: {{cpu: '4'}}}}\n"
    )
}

const TOLERATION: &str = "{key: gpu, operator: Exists}";
const SELECTOR: &str = "{pool: gpu}";
const NO_NODE: &str = "0/1 nodes are available: 1 node(s) didn''t match Pod''s node affinity/selector.";

#[test]
fn a_group_that_launches_nothing_explains_the_pods_that_wait_for_it() {
    let waits = causes(LAUNCH.0, LAUNCH.1, "eks-gpu", &pod(SELECTOR, TOLERATION, NO_NODE));
    assert_eq!(told(&waits), ["eks/nodegroup-health → Pod ml/train"]);
    let own = "{eks.amazonaws.com/nodegroup: gpu}";
    assert_eq!(told(&causes(LAUNCH.0, LAUNCH.1, "", &pod(own, TOLERATION, NO_NODE))).len(), 1);
}

#[test]
fn it_explains_no_pod_that_it_would_not_take() {
    let volumes = "0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims.";
    for (selector, toleration, said) in
        [("{pool: tpu}", TOLERATION, NO_NODE), (SELECTOR, "", NO_NODE), (SELECTOR, TOLERATION, volumes)]
    {
        let causes = causes(LAUNCH.0, LAUNCH.1, "", &pod(selector, toleration, said));
        assert_eq!(causes.len(), 2, "{selector} {toleration} {said}: {:?}", told(&causes));
    }
    let forbidden = format!("forbidden: [Node]\n---\n{}", pod(SELECTOR, TOLERATION, NO_NODE));
    assert_eq!(causes(LAUNCH.0, LAUNCH.1, "", &forbidden).len(), 2, "how many nodes there are is not known");
}

const DOWN: &str = "
kind: Node
metadata: {name: n2, labels: {eks.amazonaws.com/nodegroup: gpu}}
spec: {providerID: 'aws:///eu-west-1a/i-0a'}
status: {conditions: [{type: Ready, status: 'False', reason: KubeletNotReady, message: cni plugin not initialized}]}
";

#[test]
fn nodes_and_their_group_are_one_fault_whichever_breaks_the_other() {
    let role = causes("IamNodeRoleNotFound", "gone", "role/eks", DOWN);
    assert_eq!(told(&role), ["eks/nodegroup-health → Node n2"]);
    let joined = causes("NodeCreationFailure", "Unhealthy nodes in the kubernetes cluster", "i-0a", DOWN);
    assert_eq!(told(&joined), ["node/not-ready → EKSNodegroup gpu"]);
    // That the next instance finds no address says nothing of a node that is there.
    assert_eq!(causes("InsufficientFreeAddresses", "few", "subnet-0a", DOWN).len(), 2);
}

#[test]
fn groups_with_the_same_fault_are_one_cause() {
    let second = GROUP[GROUP.find("kind: EKSNodegroup").expect("a group")..].replace("gpu", "web");
    let second = second.replace("CODE", LAUNCH.0).replace("MESSAGE", LAUNCH.1).replace("IDS", "eks-web");
    let both = causes(LAUNCH.0, LAUNCH.1, "eks-gpu", second.trim_end_matches("---\n"));
    assert_eq!((both.len(), both[0].same.len()), (1, 1));
}

#[test]
fn aws_is_asked_only_when_the_filter_is_chosen() {
    let remote = |filters: &FilterSet| analyzers::kinds_needed(filters).iter().any(|kind| kind.info().remote);
    assert!(!remote(&FilterSet::defaults()));
    assert!(remote(&FilterSet::configured(["Pod", "eks"]).0));
    let others = analyzers::filter_names().into_iter().map(|(name, _)| name).filter(|name| *name != "EKS");
    assert!(!remote(&FilterSet::explicit(others).0));
}
