//! The fields of Prometheus' configuration, of all its versions since 2.0: it refuses any other.

use crate::words;

/// What a field holds.
pub(crate) enum Type {
    /// Anything: not looked at.
    Any,
    Text,
    Bool,
    Number,
    Duration,
    /// Bytes with a unit.
    Size,
    /// A mapping whose keys are free.
    Map,
    List(&'static Type),
    Object(&'static Object),
}

/// A mapping with known keys.
pub(crate) struct Object {
    /// What it is, in a sentence.
    pub title: &'static str,
    pub fields: &'static [(&'static str, Type)],
    /// Objects whose fields stand among its own.
    pub inline: &'static [&'static Object],
    /// Takes `*_sd_configs` too.
    pub discovers: bool,
}

use Type::{Any, Bool, Duration, List, Map, Number, Text};

pub(crate) static ROOT: Object = Object {
    title: "at the top level",
    fields: &[
        ("global", Type::Object(&GLOBAL)),
        ("runtime", Map),
        ("alerting", Type::Object(&ALERTING)),
        ("rule_files", List(&Text)),
        ("scrape_config_files", List(&Text)),
        ("scrape_configs", List(&Type::Object(&JOB))),
        ("storage", Map),
        ("tracing", Map),
        ("remote_write", List(&Type::Object(&REMOTE_WRITE))),
        ("remote_read", List(&Type::Object(&REMOTE_READ))),
        ("otlp", Map),
    ],
    inline: &[],
    discovers: false,
};

static GLOBAL: Object = Object {
    title: "in global",
    fields: &[
        ("evaluation_interval", Duration),
        ("rule_query_offset", Duration),
        ("query_log_file", Text),
        ("external_labels", Map),
    ],
    inline: &[&SCRAPING],
    discovers: false,
};

/// What stands in `global` and in a job.
static SCRAPING: Object = Object {
    title: "in global",
    fields: &[
        ("scrape_interval", Duration),
        ("scrape_timeout", Duration),
        ("scrape_protocols", List(&Text)),
        ("scrape_failure_log_file", Text),
        ("body_size_limit", Type::Size),
        ("sample_limit", Number),
        ("target_limit", Number),
        ("label_limit", Number),
        ("label_name_length_limit", Number),
        ("label_value_length_limit", Number),
        ("keep_dropped_targets", Number),
        ("metric_name_validation_scheme", Text),
        ("metric_name_escaping_scheme", Text),
        ("scrape_native_histograms", Bool),
        ("convert_classic_histograms_to_nhcb", Bool),
        ("always_scrape_classic_histograms", Bool),
        ("extra_scrape_metrics", Bool),
    ],
    inline: &[],
    discovers: false,
};

static JOB: Object = Object {
    title: "in a scrape config",
    fields: &[
        ("job_name", Text),
        ("honor_labels", Bool),
        ("honor_timestamps", Bool),
        ("track_timestamps_staleness", Bool),
        ("params", Map),
        ("fallback_scrape_protocol", Text),
        ("scrape_classic_histograms", Bool),
        ("metrics_path", Text),
        ("scheme", Text),
        ("enable_compression", Bool),
        ("native_histogram_bucket_limit", Number),
        ("native_histogram_min_bucket_factor", Number),
        ("relabel_configs", List(&RELABEL_RULE)),
        ("metric_relabel_configs", List(&RELABEL_RULE)),
    ],
    inline: &[&SCRAPING, &HTTP],
    discovers: true,
};

/// Fields of every HTTP client.
static HTTP: Object = Object {
    title: "in an HTTP client",
    fields: &[
        ("basic_auth", Type::Object(&BASIC_AUTH)),
        ("authorization", Type::Object(&AUTHORIZATION)),
        ("oauth2", Map),
        ("bearer_token", Text),
        ("bearer_token_file", Text),
        ("tls_config", Type::Object(&TLS)),
        ("follow_redirects", Bool),
        ("enable_http2", Bool),
        ("proxy_url", Text),
        ("no_proxy", Text),
        ("proxy_from_environment", Bool),
        ("proxy_connect_header", Map),
        ("http_headers", Map),
    ],
    inline: &[],
    discovers: false,
};

static BASIC_AUTH: Object = Object {
    title: "in basic_auth",
    fields: &[
        ("username", Text),
        ("username_file", Text),
        ("username_ref", Text),
        ("password", Text),
        ("password_file", Text),
        ("password_ref", Text),
    ],
    inline: &[],
    discovers: false,
};

static AUTHORIZATION: Object = Object {
    title: "in authorization",
    fields: &[("type", Text), ("credentials", Text), ("credentials_file", Text), ("credentials_ref", Text)],
    inline: &[],
    discovers: false,
};

static TLS: Object = Object {
    title: "in tls_config",
    fields: &[
        ("ca", Text),
        ("cert", Text),
        ("key", Text),
        ("ca_file", Text),
        ("cert_file", Text),
        ("key_file", Text),
        ("ca_ref", Text),
        ("cert_ref", Text),
        ("key_ref", Text),
        ("server_name", Text),
        ("insecure_skip_verify", Bool),
        ("min_version", Text),
        ("max_version", Text),
    ],
    inline: &[],
    discovers: false,
};

static RELABEL_RULE: Type = Type::Object(&RELABEL);

static RELABEL: Object = Object {
    title: "in a relabel rule",
    fields: &[
        ("source_labels", List(&Text)),
        ("separator", Text),
        ("regex", Text),
        ("modulus", Number),
        ("target_label", Text),
        ("replacement", Text),
        ("action", Text),
    ],
    inline: &[],
    discovers: false,
};

static STATIC: Object = Object {
    title: "in static_configs",
    fields: &[("targets", List(&Text)), ("labels", Map)],
    inline: &[],
    discovers: false,
};

static KUBERNETES: Object = Object {
    title: "in kubernetes_sd_configs",
    fields: &[
        ("api_server", Text),
        ("role", Text),
        ("kubeconfig_file", Text),
        ("namespaces", Map),
        ("selectors", List(&Map)),
        ("attach_metadata", Map),
    ],
    inline: &[&HTTP],
    discovers: false,
};

static ALERTING: Object = Object {
    title: "in alerting",
    fields: &[
        ("alert_relabel_configs", List(&RELABEL_RULE)),
        ("alertmanagers", List(&Type::Object(&ALERTMANAGER))),
    ],
    inline: &[],
    discovers: false,
};

static ALERTMANAGER: Object = Object {
    title: "in alertmanagers",
    fields: &[
        ("scheme", Text),
        ("path_prefix", Text),
        ("timeout", Duration),
        ("api_version", Text),
        ("sigv4", Map),
        ("relabel_configs", List(&RELABEL_RULE)),
        ("alert_relabel_configs", List(&RELABEL_RULE)),
    ],
    inline: &[&HTTP],
    discovers: true,
};

static REMOTE_WRITE: Object = Object {
    title: "in remote_write",
    fields: &[
        ("url", Text),
        ("remote_timeout", Duration),
        ("headers", Map),
        ("write_relabel_configs", List(&RELABEL_RULE)),
        ("name", Text),
        ("send_exemplars", Bool),
        ("send_native_histograms", Bool),
        ("round_robin_dns", Bool),
        ("protobuf_message", Text),
        ("queue_config", Type::Object(&QUEUE)),
        ("metadata_config", Map),
        ("sigv4", Map),
        ("azuread", Map),
        ("google_iam", Map),
    ],
    inline: &[&HTTP],
    discovers: false,
};

static QUEUE: Object = Object {
    title: "in queue_config",
    fields: &[
        ("capacity", Number),
        ("max_shards", Number),
        ("min_shards", Number),
        ("max_samples_per_send", Number),
        ("max_retries", Number),
        ("batch_send_deadline", Duration),
        ("min_backoff", Duration),
        ("max_backoff", Duration),
        ("retry_on_http_429", Bool),
        ("sample_age_limit", Duration),
    ],
    inline: &[],
    discovers: false,
};

static REMOTE_READ: Object = Object {
    title: "in remote_read",
    fields: &[
        ("url", Text),
        ("remote_timeout", Duration),
        ("chunked_read_limit", Number),
        ("headers", Map),
        ("read_recent", Bool),
        ("name", Text),
        ("required_matchers", Map),
        ("filter_external_labels", Bool),
    ],
    inline: &[&HTTP],
    discovers: false,
};

impl Object {
    fn all_fields(&self) -> impl Iterator<Item = &'static (&'static str, Type)> {
        let own: &'static [(&'static str, Type)] = self.fields;
        own.iter().chain(self.inline.iter().flat_map(|object| object.fields))
    }

    /// The names of its fields.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let discovery = self.discovers.then_some(["static_configs", "kubernetes_sd_configs"]);
        self.all_fields().map(|(name, _)| *name).chain(discovery.into_iter().flatten())
    }

    /// What a field holds; nothing for one that does not exist.
    pub fn field(&self, key: &str) -> Option<&'static Type> {
        static STATICS: Type = List(&Type::Object(&STATIC));
        static CLUSTERS: Type = List(&Type::Object(&KUBERNETES));
        match key {
            "static_configs" if self.discovers => Some(&STATICS),
            "kubernetes_sd_configs" if self.discovers => Some(&CLUSTERS),
            _ if self.discovers && key.ends_with("_sd_configs") => {
                words::misspelt(key, ["kubernetes_sd_configs"]).is_none().then_some(&Any)
            }
            _ => self.all_fields().find(|(name, _)| *name == key).map(|(_, kind)| kind),
        }
    }
}
