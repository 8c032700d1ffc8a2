//! Which EKS cluster a context of a kubeconfig means.

use crate::Settings;
use crate::aws::is_region;

/// What is known of the way to the API server. All of it may be empty.
#[derive(Clone, Default)]
pub struct Context {
    /// Name of the context, `in-cluster` for a pod's service account.
    pub name: String,
    /// URL of the API server.
    pub server: String,
    /// The context's entry under `clusters`.
    pub cluster: String,
    /// The context's entry under `users`.
    pub user: String,
    /// Arguments of the credential plugin (`eks get-token --cluster-name prod …`).
    pub args: Vec<String>,
    /// Variables that are set for the plugin.
    pub env: Vec<(String, String)>,
}

/// An EKS cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its name; none where only its API server is known.
    pub(crate) name: Option<String>,
    /// Its region; none where only the environment may tell.
    pub(crate) region: Option<String>,
    /// Host of its API server, where that is one of EKS: the cluster that is found must have it too.
    pub(crate) host: Option<String>,
}

/// The variable that names the cluster where no kubeconfig does, by name or ARN.
pub(crate) const VARIABLE: &str = "K8SGPT_EKS_CLUSTER";

/// A name and a region out of one source; either may be missing.
#[derive(Default, Debug, PartialEq, Eq)]
struct Told {
    name: Option<String>,
    region: Option<String>,
}

/// The cluster that a context means, or why it means none.
pub(crate) fn target(context: &Context, settings: &Settings) -> Result<Target, String> {
    let host = host(&context.server).filter(|host| region_of_host(host).is_some());
    let given = settings
        .get(VARIABLE)
        .map(|text| arn(text).unwrap_or_else(|| Told { name: Some(text.to_owned()), region: None }));
    let names = [&context.cluster, &context.name, &context.user];
    // The plugin's arguments decide what is logged into; names are only names.
    let sources = [given, plugin(&context.args)].into_iter().flatten();
    let sources: Vec<Told> =
        sources.chain(names.iter().filter_map(|name| arn(name).or_else(|| eksctl(name)))).collect();
    if sources.is_empty() && host.is_none() {
        return Err(not_eks(context));
    }
    let name = sources.iter().find_map(|told| told.name.clone());
    // A region belongs to the name beside it, not to that of another source.
    let of_name = sources.iter().filter(|told| told.region.is_some());
    let mut of_name = of_name.filter(|told| told.name.is_none() || told.name == name);
    let region = of_name.find_map(|told| told.region.clone());
    let region = region.or_else(|| host.as_deref().and_then(region_of_host).map(str::to_owned));
    let region =
        region.or_else(|| variable(context, &["AWS_REGION", "AWS_DEFAULT_REGION"]).map(str::to_owned));
    match name.as_deref().filter(|name| !is_name(name)) {
        Some(odd) => Err(format!("{odd:?} is no name that an EKS cluster can have")),
        None => Ok(Target { name, region, host }),
    }
}

fn not_eks(context: &Context) -> String {
    if context.server.is_empty() || context.name == "in-cluster" {
        return format!("nothing in a pod names its EKS cluster; set {VARIABLE} to its name, and AWS_REGION");
    }
    format!(
        "the context {:?} is not an EKS cluster: neither its names, its login nor its server {} say so; if it is \
         one, set {VARIABLE} to its name, and AWS_REGION",
        context.name, context.server
    )
}

/// A variable of the plugin.
pub(crate) fn variable<'a>(context: &'a Context, names: &[&str]) -> Option<&'a str> {
    let of = |name: &&str| context.env.iter().find(|(set, value)| set == name && !value.is_empty());
    names.iter().find_map(of).map(|(_, value)| value.as_str())
}

/// The value of an argument, in the forms `--name value` and `--name=value`.
pub(crate) fn argument<'a>(args: &'a [String], names: &[&str]) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(at, arg)| {
        let (name, value) = arg.split_once('=').map_or((arg.as_str(), None), |(n, v)| (n, Some(v)));
        names.contains(&name).then(|| value.or_else(|| args.get(at + 1).map(String::as_str))).flatten()
    })
}

/// What `aws eks get-token` and `aws-iam-authenticator token` are asked for.
fn plugin(args: &[String]) -> Option<Told> {
    let has = |word: &str| args.iter().any(|arg| arg == word);
    if !has("get-token") && !has("token") {
        return None;
    }
    let name = argument(args, &["--cluster-name", "--cluster-id", "-i"])?;
    let region = argument(args, &["--region"]).filter(|region| is_region(region)).map(str::to_owned);
    Some(Told { name: Some(name.to_owned()), region })
}

/// `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`.
fn arn(text: &str) -> Option<Told> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, "eks", region, _, resource] = parts[..] else { return None };
    let name = resource.strip_prefix("cluster/")?.to_owned();
    is_region(region).then(|| Told { name: Some(name), region: Some(region.to_owned()) })
}

/// `USER@NAME.REGION.eksctl.io`, the user in contexts only.
fn eksctl(text: &str) -> Option<Told> {
    let text = text.rsplit('@').next()?.strip_suffix(".eksctl.io")?;
    let (name, region) = text.rsplit_once('.')?;
    is_region(region).then(|| Told { name: Some(name.to_owned()), region: Some(region.to_owned()) })
}

/// The host of a URL, without a port.
pub(crate) fn host(url: &str) -> Option<String> {
    let url = reqwest::Url::parse(url).ok()?;
    url.host_str().map(str::to_lowercase)
}

/// `ID.xyz.REGION.eks.amazonaws.com`, and the domains of other partitions.
fn region_of_host(host: &str) -> Option<&str> {
    let (left, domain) = host.split_once(".eks.")?;
    let of_aws = domain.starts_with("amazonaws.") || ["c2s.ic.gov", "sc2s.sgov.gov"].contains(&domain);
    let region = left.rsplit('.').next()?;
    (of_aws && is_region(region)).then_some(region)
}

/// Whether a text can be a cluster's name: it becomes a part of a path.
fn is_name(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=100).contains(&text.len()) && text.chars().all(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn found(context: &Context) -> (String, String) {
        let target = target(context, &Settings::default()).unwrap();
        (target.name.unwrap_or_default(), target.region.unwrap_or_default())
    }

    #[test]
    fn every_form_in_which_a_context_names_its_cluster() {
        let expected = ("prod".to_owned(), "eu-west-1".to_owned());
        let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/prod";
        for text in [arn, "arn:aws-cn:eks:eu-west-1:1:cluster/prod", "me@prod.eu-west-1.eksctl.io"] {
            assert_eq!(found(&Context { name: text.to_owned(), ..Context::default() }), expected);
        }
        let renamed = Context { name: "mine".to_owned(), cluster: arn.to_owned(), ..Context::default() };
        assert_eq!(found(&renamed), expected);
        for args in [
            "--region eu-west-1 eks get-token --cluster-name prod --output json",
            "eks get-token --cluster-name=prod --region=eu-west-1",
            "token -i prod --region eu-west-1",
        ] {
            assert_eq!(found(&Context { args: words(args), ..Context::default() }), expected, "{args}");
        }
        let server = "https://0A1B.gr7.eu-west-1.eks.amazonaws.com".to_owned();
        let by_server = Context { args: words("token --cluster-id prod"), server, ..Context::default() };
        assert_eq!(found(&by_server), expected);
    }

    #[test]
    fn the_login_counts_more_than_names_and_keeps_its_region() {
        let context = Context {
            name: "arn:aws:eks:us-east-1:1:cluster/old".to_owned(),
            args: words("eks get-token --cluster-name prod"),
            env: vec![("AWS_REGION".to_owned(), "eu-west-1".to_owned())],
            ..Context::default()
        };
        assert_eq!(found(&context), ("prod".to_owned(), "eu-west-1".to_owned()));
    }

    #[test]
    fn clusters_without_a_name_and_without_eks() {
        let server = "https://0a1b.sk1.eu-west-1.eks.amazonaws.com:443/".to_owned();
        let nameless = target(&Context { server, ..Context::default() }, &Settings::default()).unwrap();
        assert_eq!((nameless.name, nameless.region.as_deref()), (None, Some("eu-west-1")));
        assert_eq!(nameless.host.as_deref(), Some("0a1b.sk1.eu-west-1.eks.amazonaws.com"));
        let kind = Context {
            name: "kind-eks".to_owned(),
            server: "https://127.0.0.1:6443".to_owned(),
            ..Context::default()
        };
        let error = target(&kind, &Settings::default()).unwrap_err();
        assert!(error.starts_with("the context \"kind-eks\" is not an EKS cluster"), "{error}");
        let evil = Context { server: "https://x.eu-west-1.eks.evil.com".to_owned(), ..kind };
        assert!(target(&evil, &Settings::default()).is_err());
    }

    #[test]
    fn a_pod_is_told_by_the_variable() {
        let pod = Context { name: "in-cluster".to_owned(), ..Context::default() };
        assert!(target(&pod, &Settings::default()).unwrap_err().contains(VARIABLE));
        let set = |value: &str| {
            let value = value.to_owned();
            Settings::new(move |name| (name == VARIABLE).then(|| value.clone()))
        };
        assert_eq!(target(&pod, &set("prod")).unwrap().name.as_deref(), Some("prod"));
        let by_arn = target(&pod, &set("arn:aws:eks:eu-west-1:1:cluster/prod")).unwrap();
        assert_eq!(by_arn.region.as_deref(), Some("eu-west-1"));
        assert!(target(&pod, &set("../x")).is_err());
    }
}
