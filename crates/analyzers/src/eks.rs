//! What EKS says is wrong with a cluster or a node group, in words, and what that explains in Kubernetes.

use crate::containers::is_down;
use crate::{placement, scheduling};
use std::sync::Arc;
use view::{
    EKS_NODEGROUP_LABEL, EKSCluster, EKSIssue, EKSNodegroup, Kind, Node, Object, ObjectRef, Pod, Taint, View,
};

/// Issues of a node group by which nodes that have joined stop working.
const BREAKS_NODES: &[&str] = &[
    "AccessDenied",
    "ClusterUnreachable",
    "Ec2SecurityGroupNotFound",
    "IamInstanceProfileNotFound",
    "IamNodeRoleNotFound",
];

/// The code for instances that started and are no working nodes: it follows from other faults.
pub(crate) const NOT_JOINED: &str = "NodeCreationFailure";

/// The issue to name: the one that says most. The others are its company.
pub(crate) fn telling(issues: &[EKSIssue]) -> Option<&EKSIssue> {
    issues.iter().min_by_key(|issue| match issue.code.as_str() {
        "AsgInstanceLaunchFailures" => 1,
        NOT_JOINED => 2,
        "" | "InternalFailure" | "Other" | "Unknown" => 3,
        _ => 0,
    })
}

/// The resources that an issue names, when it is about some.
pub(crate) fn ids(issue: &EKSIssue) -> String {
    crate::words::join_some(issue.resource_ids.iter().filter(|id| !id.is_empty()), 4)
}

/// AWS's message without the advice at its end, which the fix gives in the reader's own names, and without
/// the code once more at its beginning.
pub(crate) fn core(message: &str) -> &str {
    const ENDS: [&str; 5] =
        [" Please ", " For more information", " Launching EC2 instance failed", " See ", " To learn more"];
    const STARTS: [&str; 2] = ["Could not launch On-Demand Instances. ", "Could not launch Spot Instances. "];
    let end = ENDS.iter().filter_map(|end| message.find(end)).min().unwrap_or(message.len());
    let text = &message[..end];
    let text = STARTS.iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text);
    text.trim().trim_end_matches('.')
}

/// Codes whose message says more than the code.
const OPEN: &[&str] = &[
    "AccessDenied",
    "AsgInstanceLaunchFailures",
    "AutoScalingGroupInvalidConfiguration",
    "ConfigurationConflict",
    "IamLimitExceeded",
    "LimitExceeded",
    NOT_JOINED,
    "ResourceLimitExceeded",
    "ResourceNotFound",
];

/// What an issue means: words that continue an object's name, and what to do. `{role}` is the role of the
/// nodes, `{ids}` the resources that it names. Codes are those of the EKS API for clusters and node groups.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "AccessDenied",
        "is not let into the API server or into AWS",
        "give {role} an access entry of type EC2_LINUX (or its line in the ConfigMap kube-system/aws-auth), and \
         restore the ClusterRole eks:node-manager if it is gone",
    ),
    ("AmiIdNotFound", "uses an image that does not exist", "name an existing AMI in the launch template"),
    ("AsgInstanceLaunchFailures", "cannot launch instances", ""),
    (
        "AutoScalingGroupInvalidConfiguration",
        "has an Auto Scaling group that was changed by hand",
        "undo the change of the Auto Scaling group: EKS manages it",
    ),
    (
        "AutoScalingGroupNotFound",
        "has lost its Auto Scaling group",
        "create the node group anew: its Auto Scaling group {ids} was deleted by hand",
    ),
    (
        "ClusterUnreachable",
        "cannot reach the API server",
        "check security groups, routes and the endpoint access of the cluster (public, private, allowed CIDRs)",
    ),
    ("ConfigurationConflict", "has settings that contradict each other", "correct what the message names"),
    (
        "Ec2InstanceTypeDoesNotExist",
        "asks for an instance type that does not exist",
        "choose an instance type that the region offers",
    ),
    (
        "Ec2LaunchTemplateNotFound",
        "uses a launch template that does not exist",
        "create the node group anew with a launch template that exists",
    ),
    (
        "Ec2LaunchTemplateVersionMismatch",
        "has a launch template that was changed by hand",
        "set the Auto Scaling group back to the template version that EKS made",
    ),
    (
        "Ec2SecurityGroupDeletionFailure",
        "cannot delete its security group for remote access",
        "remove what still uses the security group",
    ),
    (
        "Ec2SecurityGroupNotFound",
        "needs a security group that does not exist",
        "a deleted cluster security group cannot be restored: create the cluster anew, or ask AWS support",
    ),
    (
        "Ec2SubnetInvalidConfiguration",
        "has subnets in which nodes get no public address",
        "turn on auto-assignment of public IPv4 addresses in {ids}, or give the subnets a NAT gateway",
    ),
    (
        "Ec2SubnetMissingIpv6Assignment",
        "has subnets without auto-assigned IPv6 addresses",
        "turn on auto-assignment of IPv6 addresses in {ids}",
    ),
    (
        "Ec2SubnetNotFound",
        "uses a subnet that does not exist",
        "give it subnets that exist: update the cluster's VPC configuration, or create the node group anew",
    ),
    (
        "IamInstanceProfileNotFound",
        "needs an instance profile that does not exist",
        "create the node group anew",
    ),
    (
        "IamLimitExceeded",
        "meets a limit of IAM",
        "delete roles and profiles that are unused, or ask for more",
    ),
    (
        "IamNodeRoleNotFound",
        "needs a node role that does not exist",
        "create {role} anew under the same name, with AmazonEKSWorkerNodePolicy, AmazonEKS_CNI_Policy and \
         AmazonEC2ContainerRegistryPullOnly",
    ),
    (
        "IamRoleNotFound",
        "needs a cluster role that does not exist in IAM",
        "create the cluster's IAM role anew under the same name, with AmazonEKSClusterPolicy",
    ),
    (
        "InstanceLimitExceeded",
        "meets the limit of instances of its type",
        "ask for a higher quota of this instance type, or use another type",
    ),
    (
        "InsufficientFreeAddresses",
        "has too few free IP addresses in its subnets",
        "free addresses in the subnets {ids}, or add subnets with room",
    ),
    (
        "KmsGrantRevoked",
        "may no longer use the KMS key of its Secrets",
        "a revoked grant cannot be restored: ask AWS support",
    ),
    (
        "KmsKeyDisabled",
        "cannot read its Secrets, because the KMS key is disabled",
        "enable the key {ids} (`aws kms enable-key`)",
    ),
    (
        "KmsKeyMarkedForDeletion",
        "is about to lose the KMS key of its Secrets",
        "cancel the deletion of key {ids} now (`aws kms cancel-key-deletion`) and enable it: without it the cluster is lost",
    ),
    (
        "KmsKeyNotFound",
        "has lost the KMS key of its Secrets",
        "a deleted key cannot be restored: create the cluster anew",
    ),
    ("LimitExceeded", "meets a limit of the account", "delete what is unused, or ask for a higher quota"),
    (
        NOT_JOINED,
        "has instances that do not become nodes",
        "check that the instances reach the API server, ECR and S3 (NAT gateway or VPC endpoints), and that {role} \
         has its policies and its access entry; the system log of an instance tells more",
    ),
    (
        "NodeTerminationFailure",
        "cannot terminate a node",
        "look for a PodDisruptionBudget that allows no eviction, or force the update",
    ),
    (
        "PodEvictionFailure",
        "cannot drain a node",
        "look for a PodDisruptionBudget that allows no eviction, or force the update",
    ),
    (
        "ResourceLimitExceeded",
        "meets a limit of the account",
        "delete what is unused, or ask for a higher quota",
    ),
    ("ResourceNotFound", "needs a resource that does not exist", "create what the message names anew"),
    (
        "StsRegionalEndpointDisabled",
        "needs the STS endpoint of its region",
        "activate STS in this region, in the account settings of IAM",
    ),
    (
        "UnsupportedVersion",
        "runs a version that EKS no longer supports",
        "update the cluster to a supported version",
    ),
    ("VpcNotFound", "has lost its VPC", "create the cluster anew: its VPC was deleted"),
];

/// An issue in words that continue an object's name.
pub(crate) fn says(issue: &EKSIssue) -> String {
    let known = MEANINGS.iter().find(|(code, ..)| issue.code == *code);
    let says = known.map_or_else(|| format!("reports {}", name(issue)), |(_, says, _)| (*says).to_owned());
    let ids = ids(issue);
    let of = if ids.is_empty() { ids } else { format!(" ({ids})") };
    match core(&issue.message) {
        message if message.is_empty() || (known.is_some() && !OPEN.contains(&name(issue))) => {
            format!("{says}{of}")
        }
        message => format!("{says}{of}: {message}"),
    }
}

/// The code of an issue, which is never empty in AWS's documents.
pub(crate) fn name(issue: &EKSIssue) -> &str {
    if issue.code.is_empty() { "a health issue" } else { &issue.code }
}

/// What to do about an issue; `role` is the ARN of the nodes' role, if any.
pub(crate) fn fix(issue: &EKSIssue, role: &str) -> String {
    let role = if role.is_empty() { "the node role".to_owned() } else { format!("the node role {role}") };
    let ids = ids(issue);
    let named = if ids.is_empty() { ids } else { format!(" {ids}") };
    match MEANINGS.iter().find(|(code, ..)| issue.code == *code) {
        Some((_, _, "")) => launch_fix(&issue.message),
        Some((_, _, fix)) => fix.replace("{role}", &role).replace(" {ids}", &named),
        None => format!("correct what the message names; the EKS user guide explains {}", name(issue)),
    }
}

/// Why EC2 started no instance stands in the message, by EC2's own error codes.
fn launch_fix(message: &str) -> String {
    const CAUSES: &[(&str, &str)] = &[
        ("VcpuLimitExceeded", "ask for a higher EC2 vCPU quota (Service Quotas), or use smaller instances"),
        ("InstanceLimitExceeded", "ask for a higher quota of this instance type, or use another type"),
        ("MaxSpotInstanceCountExceeded", "ask for a higher quota of Spot instances, or use On-Demand ones"),
        (
            "InsufficientInstanceCapacity",
            "allow more instance types and zones: EC2 has none of this type there now",
        ),
        ("UnfulfillableCapacity", "allow more instance types and zones: EC2 has none of these there now"),
        ("InsufficientFreeAddresses", "free addresses in the subnets, or add subnets with room"),
        (
            "KMS",
            "let the role AWSServiceRoleForAutoScaling use the KMS key of the volumes, and enable the key",
        ),
        ("InvalidAMI", "name an existing AMI in the launch template"),
        ("UnauthorizedOperation", "allow what the message names to the service-linked role of Auto Scaling"),
        ("not supported", "choose an instance type that the zones offer"),
    ];
    let known = CAUSES.iter().find(|(sign, _)| message.contains(sign));
    let other = "correct what EC2 says; the activity of the Auto Scaling group tells more";
    known.map_or(other, |(_, fix)| fix).to_owned()
}

/// `aws eks describe-nodegroup` of a node group.
pub(crate) fn describe(group: &EKSNodegroup) -> String {
    let (cluster, name) = (&group.cluster_name, &group.metadata.name);
    format!("aws eks describe-nodegroup --cluster-name {cluster} --nodegroup-name {name}")
}

/// The nodes of a node group, when all nodes are known.
pub(crate) fn nodes_of<'v>(view: &'v View, group: &EKSNodegroup) -> Option<Vec<&'v Arc<Node>>> {
    let of_group = |node: &&Arc<Node>| {
        node.metadata.labels.get(EKS_NODEGROUP_LABEL).is_some_and(|name| *name == group.metadata.name)
    };
    view.proves_absence::<Node>("").then(|| view.nodes.iter().filter(of_group).collect())
}

/// True when it has fewer ready nodes than it should.
pub(crate) fn lacks_nodes(view: &View, group: &EKSNodegroup) -> bool {
    let ready = nodes_of(view, group).map(|nodes| nodes.iter().filter(|node| !is_down(node)).count());
    let ready = ready.and_then(|ready| i64::try_from(ready).ok());
    ready.zip(group.desired_size()).is_some_and(|(ready, desired)| ready < desired)
}

/// The node group whose issue explains that a node that has joined does not work.
pub(crate) fn behind(view: &View, node: &Node) -> Option<ObjectRef> {
    let name = node.metadata.labels.get(EKS_NODEGROUP_LABEL)?;
    let group = view.eks_nodegroups.get("", name)?;
    let explains =
        |issue: &EKSIssue| breaks_nodes(issue) || (issue.code != NOT_JOINED && names_machine(issue, node));
    group.issues().iter().any(explains).then(|| group.reference())
}

fn breaks_nodes(issue: &EKSIssue) -> bool {
    BREAKS_NODES.contains(&issue.code.as_str())
}

/// The nodes that are there and not ready, where EKS says of their machines that they do not become nodes:
/// what is wrong with them explains what it says.
pub(crate) fn unready(view: &View, group: &EKSNodegroup) -> Vec<ObjectRef> {
    if group.issues().iter().any(breaks_nodes) {
        return Vec::new();
    }
    let named = |node: &Arc<Node>| {
        group.issues().iter().any(|issue| issue.code == NOT_JOINED && names_machine(issue, node))
    };
    view.nodes.iter().filter(|node| is_down(node) && named(node)).map(|node| node.reference()).collect()
}

fn names_machine(issue: &EKSIssue, node: &Node) -> bool {
    let machine = node.spec.provider_id.rsplit('/').next().unwrap_or_default();
    !machine.is_empty() && issue.resource_ids.iter().any(|id| *id == machine)
}

/// The cluster's own issue of the same code about the same resource: one fault, told twice.
pub(crate) fn of_cluster(view: &View, group: &EKSNodegroup, issue: &EKSIssue) -> Option<ObjectRef> {
    let cluster: &EKSCluster = view.eks_clusters.get("", &group.cluster_name)?;
    let same = |other: &EKSIssue| {
        let shared = other.resource_ids.iter().any(|id| issue.resource_ids.contains(id));
        other.code == issue.code
            && (shared || (other.resource_ids.is_empty() && issue.resource_ids.is_empty()))
    };
    cluster
        .issues()
        .iter()
        .any(same)
        .then(|| ObjectRef::new(Kind::EKSCluster.name(), "", cluster.metadata.name.clone()))
}

/// The node groups that would take a pending pod if they had the nodes that they should have and that EKS
/// cannot bring up. `message` is the scheduler's.
pub(crate) fn short_for(view: &View, pod: &Pod, message: &str) -> Vec<ObjectRef> {
    // Reasons that another node does not remove, and constraints that cannot be judged without the node.
    const OTHER: [&str; 4] = ["olume", "affinity rules", "anti-affinity", "free ports"];
    if OTHER.iter().any(|sign| message.contains(sign)) || !placement::node_affinity(pod).is_empty() {
        return Vec::new();
    }
    let groups = view.eks_nodegroups.iter();
    let short = groups.filter(|group| !group.issues().is_empty() && lacks_nodes(view, group));
    short.filter(|group| would_take(view, group, pod)).map(|group| group.reference()).collect()
}

fn would_take(view: &View, group: &EKSNodegroup, pod: &Pod) -> bool {
    let nodes = nodes_of(view, group).unwrap_or_default();
    if let Some(node) = nodes.first() {
        // A node of the group tells what the missing ones would be like.
        return scheduling::could_take(node, pod) && tolerated(group, pod);
    }
    let labelled = |(key, value): (&view::Str, &view::Str)| {
        let own = *key == EKS_NODEGROUP_LABEL && *value == group.metadata.name;
        own || group.labels.get(key) == Some(value)
    };
    pod.spec.node_selector.iter().all(labelled) && tolerated(group, pod)
}

fn tolerated(group: &EKSNodegroup, pod: &Pod) -> bool {
    group.taints.iter().filter(|taint| taint.effect != "PREFER_NO_SCHEDULE").all(|taint| {
        let effect = if taint.effect == "NO_EXECUTE" { "NoExecute" } else { "NoSchedule" };
        let taint = Taint {
            key: taint.key.clone(),
            value: taint.value.clone(),
            effect: effect.into(),
            time_added: None,
        };
        pod.spec.tolerations.iter().any(|toleration| scheduling::tolerates(toleration, &taint))
    })
}
