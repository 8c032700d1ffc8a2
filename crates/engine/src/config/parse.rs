//! Text to [`Config`]. Keys are matched in any case at every level, as the original does.

use super::outline::outline;
use super::{CachePlace, Config, CustomAnalyzer, KeyPlace, Parameters, Provider};
use explain::Decimal;
use serde_json::{Map, Value};
use view::Sensitive;

/// What is wrong with a text, without the text itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: Option<u64>,
    pub(super) text: String,
}

/// The document as plain values; empty for a text without content.
pub(super) fn document(text: &str) -> Result<Map<String, Value>, Problem> {
    let options = serde_saphyr::options! { with_snippet: false, emit_comments: false };
    match serde_saphyr::from_str_with_options::<Value>(text, options) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(Problem { line: None, text: "holds no keys at its top level".to_owned() }),
        Err(error) => Err(Problem {
            line: error.location().map(|location| location.line()),
            text: cause(error.without_snippet()).to_owned(),
        }),
    }
}

/// The cause in our own words: the library's may quote the text, and the text may be a password.
fn cause(error: &serde_saphyr::Error) -> &'static str {
    match error {
        serde_saphyr::Error::DuplicateMappingKey { .. } => "a key is written twice",
        serde_saphyr::Error::MultipleDocuments { .. } => "holds more than one document",
        serde_saphyr::Error::Eof { .. } => "ends too early",
        _ => "is not valid YAML",
    }
}

/// Reads a text.
pub(super) fn config(text: &str) -> Result<Config, Problem> {
    let root = document(text)?;
    read(&root)
        .map_err(|(key, problem)| Problem { line: line_of(text, key), text: format!("{key}: {problem}") })
}

type Wrong = (&'static str, String);

fn read(root: &Map<String, Value>) -> Result<Config, Wrong> {
    let filters = get(root, "active_filters").and_then(|value| value.map_or(Ok(Vec::new()), names));
    let ai = get(root, "ai").and_then(|value| value.map_or(Ok(None), |v| object(v).map(Some)));
    let ai = ai.map_err(|problem| ("ai", problem))?;
    let cache = get(root, "cache").and_then(|value| value.map_or(Ok(None), |v| cache(v).map(Some)));
    let custom =
        get(root, "custom_analyzers").and_then(|value| value.map_or(Ok(Vec::new()), custom_analyzers));
    Ok(Config {
        active_filters: filters.map_err(|problem| ("active_filters", problem))?,
        default_provider: ai
            .map_or(Ok(None), |ai| text(ai, "defaultprovider"))
            .map_err(|problem| ("ai", problem))?,
        providers: ai.map_or(Ok(Vec::new()), providers).map_err(|problem| ("ai", problem))?,
        cache: cache.map_err(|problem| ("cache", problem))?,
        custom_analyzers: custom.map_err(|problem| ("custom_analyzers", problem))?,
        ignore_file: text(root, "ignore_file").map_err(|problem| ("ignore_file", problem))?,
    })
}

fn line_of(text: &str, key: &str) -> Option<u64> {
    let outline = outline(text)?;
    outline.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| entry.line)
}

/// Names out of one text, as an environment variable has them.
pub(super) fn split_names(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c == ',' || c.is_whitespace());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn names(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(split_names(text)),
        Value::Array(items) => items
            .iter()
            .map(|item| {
                item.as_str().map(str::to_owned).ok_or_else(|| "every item must be a name".to_owned())
            })
            .collect(),
        _ => Err("must be a list of names".to_owned()),
    }
}

fn providers(ai: &Map<String, Value>) -> Result<Vec<Provider>, String> {
    let list = get(ai, "providers")?.map_or(Ok(&[][..]), list)?;
    list.iter()
        .map(|item| {
            let item = object(item).map_err(|problem| format!("providers: {problem}"))?;
            let name = text(item, "name")?.ok_or("providers: an entry has no name")?;
            provider(name.clone(), item).map_err(|problem| format!("provider {name}: {problem}"))
        })
        .collect()
}

fn provider(name: String, item: &Map<String, Value>) -> Result<Provider, String> {
    let text = |key| text(item, key);
    let sealed = |key| text(key).map(|t| t.map(|t| Sensitive::new(t.into_bytes())));
    let stop = get(item, "stopsequences")?.map_or(Ok(&[][..]), list)?;
    Ok(Provider {
        name,
        model: text("model")?,
        password: sealed("password")?,
        key_place: key_place(item)?,
        base_url: sealed("baseurl")?,
        proxy_endpoint: sealed("proxyendpoint")?,
        endpoint_name: text("endpointname")?,
        engine: text("engine")?,
        provider_region: text("providerregion")?,
        provider_id: text("providerid")?,
        compartment_id: text("compartmentid")?,
        organization_id: text("organizationid")?,
        azure_api_type: text("azureapitype")?,
        azure_api_version: text("azureapiversion")?,
        custom_headers: headers(item)?,
        parameters: Parameters {
            temperature: decimal(text("temperature")?, "temperature")?,
            top_p: decimal(text("topp")?, "topp")?,
            top_k: whole(text("topk")?, "topk")?,
            max_tokens: whole(text("maxtokens")?, "maxtokens")?,
            stop_sequences: stop.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        },
        timeout_seconds: whole(text("timeoutseconds")?, "timeoutseconds")?,
    })
}

/// Where the key is when the file does not hold it.
fn key_place(item: &Map<String, Value>) -> Result<Option<KeyPlace>, String> {
    let keyring = text(item, "passwordkeyring")?.is_some_and(|flag| flag == "true");
    let places = [
        text(item, "passwordenv")?.map(KeyPlace::Variable),
        text(item, "passwordfile")?.map(|path| KeyPlace::File(path.into())),
        keyring.then_some(KeyPlace::Keyring),
    ];
    let mut places = places.into_iter().flatten();
    let first = places.next();
    if places.next().is_some() || (first.is_some() && text(item, "password")?.is_some()) {
        return Err("only one of password, passwordenv, passwordfile, passwordkeyring can be used".to_owned());
    }
    Ok(first)
}

fn decimal(text: Option<String>, key: &str) -> Result<Option<Decimal>, String> {
    let parsed = text.map(|text| text.parse().ok().and_then(Decimal::new).ok_or(text)).transpose();
    parsed.map_err(|text| format!("{key}: {text} is no number"))
}

fn whole<N: std::str::FromStr>(text: Option<String>, key: &str) -> Result<Option<N>, String> {
    let parsed = text.map(|text| text.parse().map_err(|_| text)).transpose();
    parsed.map_err(|text| format!("{key}: {text} is no whole number from 0 on"))
}

/// A list of maps from a header to its values, as the original writes it; values may also be plain.
fn headers(item: &Map<String, Value>) -> Result<Vec<(String, Sensitive)>, String> {
    let list = get(item, "customheaders")?.map_or(Ok(&[][..]), list)?;
    let mut headers = Vec::new();
    for entry in list {
        for (name, values) in object(entry).map_err(|problem| format!("customheaders: {problem}"))? {
            let values = values.as_array().map_or_else(|| vec![values], |values| values.iter().collect());
            let texts = values.into_iter().filter_map(Value::as_str);
            headers.extend(texts.map(|text| (name.clone(), Sensitive::new(text.as_bytes()))));
        }
    }
    Ok(headers)
}

fn cache(value: &Value) -> Result<CachePlace, String> {
    let cache = object(value)?;
    let kind = text(cache, "currentcachetype")?.unwrap_or_default().to_ascii_lowercase();
    let empty = Map::new();
    let place = get(cache, &kind)?.map_or(Ok(&empty), object)?;
    let string = |key| text(place, key).map(Option::unwrap_or_default);
    Ok(match kind.as_str() {
        "gcs" => CachePlace::Gcs {
            project_id: string("projectid")?,
            region: string("region")?,
            bucket_name: string("bucketname")?,
        },
        "azure" => {
            CachePlace::Azure { storage_account: string("storageaccount")?, container: string("container")? }
        }
        "s3" => CachePlace::S3 {
            region: string("region")?,
            bucket_name: string("bucketname")?,
            endpoint: string("endpoint")?,
            insecure: matches!(get(place, "insecure")?, Some(Value::Bool(true))),
        },
        "interplex" => CachePlace::Interplex { connection_string: string("connectionstring")? },
        _ => CachePlace::File,
    })
}

fn custom_analyzers(value: &Value) -> Result<Vec<CustomAnalyzer>, String> {
    list(value)?
        .iter()
        .map(|item| {
            let analyzer = object(item)?;
            let name = text(analyzer, "name")?.ok_or("an entry has no name")?;
            let connection =
                get(analyzer, "connection")?.ok_or_else(|| format!("{name}: has no connection"))?;
            let connection = object(connection)?;
            let port = text(connection, "port")?.unwrap_or_default();
            let port =
                port.trim().parse().map_err(|_| format!("{name}: connection.port is no port (1-65535)"))?;
            Ok(CustomAnalyzer {
                name,
                url: text(connection, "url")?.unwrap_or_default(),
                port,
                token_file: text(analyzer, "token_file")?,
                token_env: text(analyzer, "token_env")?,
                ca_file: text(analyzer, "ca_file")?,
            })
        })
        .collect()
}

/// The value of a key in any case; `None` for a missing or empty one.
fn get<'a>(map: &'a Map<String, Value>, key: &str) -> Result<Option<&'a Value>, String> {
    let mut found = map.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value);
    let first = found.next();
    if found.next().is_some() {
        return Err(format!("the key {key} is written twice, in different case"));
    }
    Ok(first.filter(|value| !value.is_null()))
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| "must hold keys with values".to_owned())
}

fn list(value: &Value) -> Result<&[Value], String> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| "must be a list".to_owned())
}

/// A text; numbers and booleans as they are written. `None` when missing or empty.
fn text(map: &Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match get(map, key)? {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(flag)) => Ok(Some(flag.to_string())),
        Some(_) => Err(format!("{key} must be a text")),
    }
}
