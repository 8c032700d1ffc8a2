//! JSON-RPC on the wire: what a client sent, checked and brought into the form the protocol layer reads,
//! or the answer that says what is wrong with it. Both transports read their input through here.

use serde_json::{Map, Value, json};

/// Not JSON.
pub const PARSE_ERROR: i64 = -32700;
/// JSON, but not a request.
pub const INVALID_REQUEST: i64 = -32600;
/// A request whose `params` cannot be used.
pub const INVALID_PARAMS: i64 = -32602;

/// Most bytes of a message.
pub const MAX_BYTES: usize = 4 << 20;

/// Methods with the members of `params` that they need.
const METHODS: &[(&str, &[(&str, &str)])] = &[
    ("initialize", &[]),
    ("ping", &[]),
    ("server/discover", &[]),
    ("tools/list", &[]),
    ("tools/call", &[("name", "the name of a tool, see tools/list")]),
    ("resources/list", &[]),
    ("resources/templates/list", &[]),
    ("resources/read", &[("uri", "the URI of a resource, see resources/list")]),
    ("prompts/list", &[]),
    ("prompts/get", &[("name", "the name of a prompt, see prompts/list")]),
];

/// Whether this is a method of this server.
pub fn is_known(method: &str) -> bool {
    METHODS.iter().any(|(name, _)| *name == method)
}

/// A message that cannot be handled: the answer to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// JSON-RPC error code.
    pub code: i64,
    /// What is wrong.
    pub message: String,
    /// Id of the request, `null` when it has none that can be used.
    pub id: Value,
}

impl Refusal {
    /// A refusal without a usable id.
    pub fn new(code: i64, message: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), id: Value::Null }
    }

    /// The JSON-RPC error response.
    pub fn body(&self) -> Value {
        error_body(&self.id, self.code, &self.message)
    }
}

/// A JSON-RPC error response.
pub fn error_body(id: &Value, code: i64, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } })
}

/// Reads one message.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub fn read(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > MAX_BYTES {
        return Err(too_long());
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Refusal::new(PARSE_ERROR, format!("not UTF-8 at byte {}", error.valid_up_to())))?;
    let value: Value = serde_json::from_str(text).map_err(|error| {
        Refusal::new(PARSE_ERROR, format!("not JSON at line {} column {}", error.line(), error.column()))
    })?;
    match value {
        Value::Object(message) => normal(message),
        Value::Array(_) => Err(Refusal::new(
            INVALID_REQUEST,
            "batches are not served: send each request as a message of its own",
        )),
        _ => Err(Refusal::new(INVALID_REQUEST, "a message is a JSON object with jsonrpc, id and method")),
    }
}

/// The refusal of a message that is too long.
pub fn too_long() -> Refusal {
    Refusal::new(INVALID_REQUEST, format!("the message is longer than {MAX_BYTES} bytes"))
}

fn normal(mut message: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let id = usable_id(message.get("id"));
    let refuse = |code, text: String| Refusal {
        code,
        message: text,
        id: id.clone().ok().flatten().unwrap_or(Value::Null),
    };
    if message.get("jsonrpc") != Some(&json!("2.0")) {
        return Err(refuse(INVALID_REQUEST, "jsonrpc: must be \"2.0\"".to_owned()));
    }
    match &id {
        Ok(Some(id)) => {
            message.insert("id".to_owned(), id.clone());
        }
        Ok(None) => {}
        Err(()) => {
            let text = "id: must be a string or a whole number; leave it out for a notification";
            return Err(Refusal::new(INVALID_REQUEST, text));
        }
    }
    let method = match message.get("method") {
        Some(Value::String(method)) => method.clone(),
        None if message.contains_key("result") || message.contains_key("error") => return Ok(message),
        _ => return Err(refuse(INVALID_REQUEST, "method: must be a string".to_owned())),
    };
    let params = match message.remove("params") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Array(items)) if items.is_empty() => Map::new(),
        Some(Value::Object(params)) => params,
        Some(_) => return Err(refuse(INVALID_PARAMS, "params: must be an object".to_owned())),
    };
    let params = if id.as_ref().is_ok_and(Option::is_some) {
        normal_params(&method, params).map_err(|text| refuse(INVALID_PARAMS, text))?
    } else {
        params
    };
    if !params.is_empty() {
        message.insert("params".to_owned(), Value::Object(params));
    }
    Ok(message)
}

/// The id of a message: none when absent, an error when it is nothing that an answer could carry.
fn usable_id(id: Option<&Value>) -> Result<Option<Value>, ()> {
    match id {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= 1024 => Ok(Some(json!(text))),
        Some(Value::Number(number)) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Ok(Some(json!(whole))),
            // Clients in languages without integers write 1.0.
            (None, Some(float)) if float.fract() == 0.0 && float.abs() < 9e15 => {
                Ok(Some(json!(float as i64)))
            }
            _ => Err(()),
        },
        Some(_) => Err(()),
    }
}

fn normal_params(method: &str, mut params: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let needed = METHODS.iter().find(|(name, _)| *name == method).map_or(&[][..], |(_, needed)| needed);
    for (member, what) in needed {
        if !params.get(*member).is_some_and(Value::is_string) {
            return Err(format!("params.{member}: required, a string: {what}"));
        }
    }
    if let Some(meta) = params.get("_meta")
        && !meta.is_object()
    {
        params.remove("_meta");
    }
    match method {
        "initialize" => initialize(params),
        "tools/call" | "prompts/get" => arguments(params),
        _ => Ok(params),
    }
}

/// Fills what a careless client leaves out of the handshake. The stateless era has no handshake: there
/// the method stays what it is, unknown.
fn initialize(mut params: Map<String, Value>) -> Result<Map<String, Value>, String> {
    if params.get("_meta").is_some_and(|meta| meta.get("io.modelcontextprotocol/protocolVersion").is_some()) {
        return Ok(params);
    }
    match params.get("protocolVersion") {
        Some(Value::String(_)) => {}
        None | Some(Value::Null) => {
            params.insert("protocolVersion".to_owned(), json!("2025-03-26"));
        }
        Some(_) => return Err("params.protocolVersion: must be a string such as 2025-11-25".to_owned()),
    }
    if !params.get("capabilities").is_some_and(Value::is_object) {
        params.insert("capabilities".to_owned(), json!({}));
    }
    let mut client = match params.remove("clientInfo") {
        Some(Value::Object(client)) => client,
        _ => Map::new(),
    };
    for (member, default) in [("name", "unknown"), ("version", "unknown")] {
        if !client.get(member).is_some_and(Value::is_string) {
            client.insert(member.to_owned(), json!(default));
        }
    }
    params.insert("clientInfo".to_owned(), Value::Object(client));
    Ok(params)
}

/// `arguments` as an object: absent, `null` and `[]` are none, an object in a text is that object.
fn arguments(mut params: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let given = params.remove("arguments").unwrap_or_default();
    let object = match given {
        Value::Null => Map::new(),
        Value::Object(object) => object,
        Value::Array(items) if items.is_empty() => Map::new(),
        Value::String(text) if text.trim().is_empty() => Map::new(),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => object,
            _ => return Err("params.arguments: must be an object".to_owned()),
        },
        _ => return Err("params.arguments: must be an object".to_owned()),
    };
    params.insert("arguments".to_owned(), Value::Object(object));
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_request_is_refused_by_its_code() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let cases: &[(&[u8], i64, Value)] = &[
            (b"", PARSE_ERROR, Value::Null),
            (b"{", PARSE_ERROR, Value::Null),
            (b"\xff\xfe", PARSE_ERROR, Value::Null),
            (b"{\"a\":\"\\ud800\"}", PARSE_ERROR, Value::Null),
            (b"{\"a\":1e400}", PARSE_ERROR, Value::Null),
            (deep.as_bytes(), PARSE_ERROR, Value::Null),
            (b"[]", INVALID_REQUEST, Value::Null),
            (b"1", INVALID_REQUEST, Value::Null),
            (b"{}", INVALID_REQUEST, Value::Null),
            (br#"{"id":7,"method":"ping"}"#, INVALID_REQUEST, json!(7)),
            (br#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, INVALID_REQUEST, json!("a")),
            (br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, INVALID_REQUEST, Value::Null),
            (br#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, INVALID_REQUEST, Value::Null),
            (br#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, INVALID_REQUEST, Value::Null),
            (br#"{"jsonrpc":"2.0","id":1}"#, INVALID_REQUEST, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":2}"#, INVALID_REQUEST, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"ping","params":3}"#, INVALID_PARAMS, json!(1)),
            (br#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, INVALID_PARAMS, json!(1)),
            (
                br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":1}}"#,
                INVALID_PARAMS,
                json!(1),
            ),
            (br#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{}}"#, INVALID_PARAMS, json!(1)),
            (
                br#"{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"a","arguments":"b"}}"#,
                INVALID_PARAMS,
                json!(1),
            ),
        ];
        for (given, code, id) in cases {
            let refusal = read(given).unwrap_err();
            assert_eq!((refusal.code, &refusal.id), (*code, id), "{}", String::from_utf8_lossy(given));
        }
    }

    #[test]
    fn careless_requests_are_put_right() {
        let read = |text: &str| Value::Object(super::read(text.as_bytes()).unwrap());
        let call = read(
            r#"{"jsonrpc":"2.0","id":1.0,"method":"tools/call","params":{"name":"x","arguments":null}}"#,
        );
        assert_eq!(call["id"], json!(1));
        assert_eq!(call["params"]["arguments"], json!({}));
        let call = read(
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":"{\"a\":1}"}}"#,
        );
        assert_eq!(call["params"]["arguments"], json!({ "a": 1 }));
        let hello = read(r#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#);
        assert_eq!(hello["params"]["protocolVersion"], json!("2025-03-26"));
        assert_eq!(hello["params"]["clientInfo"]["name"], json!("unknown"));
        let list = read(r#"{"jsonrpc":"2.0","id":"é","method":"tools/list","params":null}"#);
        assert_eq!(list.get("params"), None);
        assert!(read("\u{feff}{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").is_object());
    }
}
