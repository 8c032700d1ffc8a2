//! Which words with dots are hosts, and which are groups of APIs, files, fields or versions.

/// Last labels of hosts.
const TOP: &str = " com net org edu gov mil int io dev app cloud info biz co ai me tv us uk de fr nl eu ch at be it es \
    pl ru cn jp kr au ca br se no fi dk cz sg hk tw nz za mx ar il tr ua ie pt gr hu ro in online site tech store \
    shop xyz systems services solutions digital network internal local lan corp home intranet private localdomain \
    test example invalid arpa azure zone run page link live pro world company group team agency studio host space \
    website bank finance ";

/// Endings of files that are also endings of hosts, or look like them.
const FILES: &str = " sh py rs pl md cc so ps go js ts rb java kt cs cpp yaml yml json toml conf cfg ini log txt xml \
    html css sql lock pem crt key pid sock tmp gz tar zip ";

/// Domains below which groups of public APIs, label keys and drivers stand.
const GROUPS: &[&str] = &[
    "k8s.io",
    "kubernetes.io",
    "cert-manager.io",
    "argoproj.io",
    "fluxcd.io",
    "keda.sh",
    "coreos.com",
    "operatorframework.io",
    "openshift.io",
    "istio.io",
    "knative.dev",
    "helm.sh",
    "kyverno.io",
    "wgpolicyk8s.io",
    "openreports.io",
    "csi.aws.com",
    "csi.azure.com",
    "csi.storage.gke.io",
    "eks.amazonaws.com",
    "cloud.google.com",
    "kubernetes.azure.com",
    "karpenter.sh",
    "k8sgpt.ai",
    "projectcalico.org",
    "cilium.io",
    "linkerd.io",
    "crossplane.io",
    "external-secrets.io",
    "projectcontour.io",
    "traefik.io",
    "velero.io",
    "rancher.io",
    "nvidia.com",
    "x-k8s.io",
];

fn among(list: &str, word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    !word.contains(' ') && list.contains(&format!(" {word} "))
}

/// Whether a word of letters, digits, hyphens and dots is the name of a host beyond doubt.
pub(super) fn is_host(word: &str) -> bool {
    let mut labels = word.rsplit('.');
    let last = labels.next().unwrap_or_default();
    let rest: Vec<&str> = labels.collect();
    let label = |label: &&str| {
        let bytes = label.as_bytes();
        !bytes.is_empty()
            && bytes.len() <= 63
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
    };
    let letters = rest.iter().any(|label| label.bytes().any(|b| b.is_ascii_alphabetic()));
    !rest.is_empty() && letters && rest.iter().all(label) && among(TOP, last) && !is_api_group(word)
}

/// Whether a word is a group of a public API, or stands below one.
pub(super) fn is_api_group(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    GROUPS
        .iter()
        .any(|group| word.strip_suffix(group).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// Whether a word is a name that the cluster's own DNS answers: `web.prod.svc`, also with the cluster's domain.
pub(super) fn is_cluster_suffix(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.ends_with(".cluster.local") || word.ends_with(".svc") || word.contains(".svc.")
}

/// Whether a word is the name of a file by its ending.
pub(super) fn is_file(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(_, ending)| among(FILES, ending))
}

/// Whether images come from a host: any host, or one of the public registries.
pub(super) fn is_registry(word: &str) -> bool {
    const PUBLIC: &[&str] = &["registry.k8s.io", "k8s.gcr.io"];
    is_host(word) || PUBLIC.contains(&word)
}
