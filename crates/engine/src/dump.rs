//! What a bug report may hold of the configuration: everything but keys.

use crate::config::{Config, Provider};
use crate::providers::{KeyState, shown_url};
use cluster::Version;
use serde::Serialize;
use serde_json::Value;
use view::{Sensitive, Time};

/// What stands for a key.
const HIDDEN: &str = "***";

/// Which program this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Build {
    /// Version number.
    pub version: String,
    /// Commit that it was built from.
    pub commit: String,
    /// When it was built.
    pub date: String,
}

/// Under the keys of the original, whose readers may expect each of them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dump {
    #[serde(rename = "AIConfiguration")]
    ai: Ai,
    active_filters: Vec<String>,
    // The original's own spelling.
    kubenetes_server_version: Value,
    #[serde(rename = "K8sGPTInfo")]
    build: Build,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ai {
    providers: Vec<Dumped>,
    default_provider: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dumped {
    name: String,
    model: String,
    password: &'static str,
    /// Where the key is: of this program.
    password_source: String,
    #[serde(rename = "BaseURL")]
    base_url: String,
    proxy_endpoint: String,
    endpoint_name: String,
    engine: String,
    temperature: Option<f64>,
    provider_region: String,
    provider_id: String,
    compartment_id: String,
    top_p: Option<f64>,
    top_k: Option<u32>,
    max_tokens: Option<u32>,
    stop_sequences: Vec<String>,
    organization_id: String,
    custom_headers: Vec<String>,
    #[serde(rename = "AzureAPIType")]
    azure_api_type: String,
    #[serde(rename = "AzureAPIVersion")]
    azure_api_version: String,
}

/// The dump as JSON. Of a key it says only where it is; URLs are without credentials, headers are left out. A
/// version that is not known says so.
pub fn dump(config: &Config, version: Option<&Version>, build: Build) -> String {
    let unknown = || serde_json::json!({ "major": "", "minor": "", "gitVersion": "unknown" });
    let dump = Dump {
        ai: Ai {
            providers: config.providers.iter().map(dumped).collect(),
            default_provider: config.default_provider.clone().unwrap_or_default(),
        },
        active_filters: crate::filters::effective(config).0.names().map(str::to_owned).collect(),
        kubenetes_server_version: version
            .and_then(|version| serde_json::to_value(version).ok())
            .unwrap_or_else(unknown),
        build,
    };
    serde_json::to_string_pretty(&dump).unwrap_or_default()
}

fn dumped(provider: &Provider) -> Dumped {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let url = |sealed: &Option<Sensitive>| {
        let url =
            sealed.as_ref().map(|url| String::from_utf8_lossy(url.expose_for_computation()).into_owned());
        url.map(|url| shown_url(&url)).unwrap_or_default()
    };
    let key = KeyState::of(provider);
    let numbers = &provider.parameters;
    Dumped {
        name: provider.name.clone(),
        model: text(&provider.model),
        password: if matches!(key, KeyState::Set | KeyState::In(_)) { HIDDEN } else { "" },
        password_source: key.text(),
        base_url: url(&provider.base_url),
        proxy_endpoint: url(&provider.proxy_endpoint),
        endpoint_name: text(&provider.endpoint_name),
        engine: text(&provider.engine),
        temperature: numbers.temperature.map(|number| number.get()),
        provider_region: text(&provider.provider_region),
        provider_id: text(&provider.provider_id),
        compartment_id: text(&provider.compartment_id),
        top_p: numbers.top_p.map(|number| number.get()),
        top_k: numbers.top_k,
        max_tokens: numbers.max_tokens,
        stop_sequences: numbers.stop_sequences.clone(),
        organization_id: text(&provider.organization_id),
        custom_headers: Vec::new(),
        azure_api_type: text(&provider.azure_api_type),
        azure_api_version: text(&provider.azure_api_version),
    }
}

/// `dump_20261124180000.json`, in UTC, as the original names it.
pub fn file_name(seconds_since_1970: i64) -> String {
    let time = Time::from_unix(seconds_since_1970).to_string();
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    format!("dump_{digits}.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ConfigFile;

    #[test]
    fn no_character_of_a_key_is_dumped() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("k8sgpt.yaml");
        let text = "active_filters: [pods]\nai: {defaultprovider: openai, providers: [{name: openai, password: Qz9Xw, baseurl: 'https://Qz9:Xw@h/v1?k=Qz9', proxyEndpoint: 'http://Qz9Xw@p', customheaders: [{A: [Qz9Xw]}]}, {name: ollama}]}\n";
        std::fs::write(&path, text).unwrap();
        let build = Build { version: "1".to_owned(), commit: "c".to_owned(), date: "d".to_owned() };
        let dumped = dump(&ConfigFile::new(path).load().unwrap(), None, build);
        assert!(!dumped.contains("Qz9") && !dumped.contains("Xw"), "{dumped}");
        let json: Value = serde_json::from_str(&dumped).unwrap();
        let provider = &json["AIConfiguration"]["Providers"][0];
        assert_eq!((&provider["Password"], &provider["BaseURL"]), (&"***".into(), &"https://h/v1".into()));
        assert_eq!(json["AIConfiguration"]["Providers"][1]["Password"], "");
        assert_eq!(json["AIConfiguration"]["DefaultProvider"], "openai");
        assert_eq!(json["ActiveFilters"], serde_json::json!(["Pod"]));
        assert_eq!(json["KubenetesServerVersion"]["gitVersion"], "unknown");
        assert_eq!(json["K8sGPTInfo"]["Commit"], "c");
        assert_eq!(file_name(0), "dump_19700101000000.json");
    }
}
