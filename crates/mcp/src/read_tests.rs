use proptest::prelude::*;
use serde_json::json;

use super::*;

const MEMBERS: &[Arg] = &[
    Arg::required("url", Kind::Str, "where"),
    Arg::optional("port", Kind::Int { min: 1, max: 65535 }, "port"),
];

const ARGS: &[Arg] = &[
    Arg::optional("namespace", Kind::Str, "namespace"),
    Arg::optional("explain", Kind::Bool, "explain"),
    Arg::optional("filters", Kind::List, "filters").or(&["filter"]),
    Arg::optional("tail", Kind::Int { min: 0, max: 1000 }, "lines").or(&["tailLines"]),
    Arg::optional("output", Kind::Choice(&["text", "json"]), "form"),
    Arg::optional("cache", Kind::Object(MEMBERS), "cache"),
    Arg::optional("many", Kind::Objects(MEMBERS), "many"),
];

fn read(given: &Value) -> Result<Args, ArgError> {
    Args::read(ARGS, given.as_object().unwrap())
}

fn normal(given: &Value) -> Value {
    json!(read(given).unwrap().0)
}

#[test]
fn what_writers_mean_is_understood() {
    let cases = [
        (json!({ "explain": "true" }), json!({ "explain": true })),
        (json!({ "explain": "FALSE" }), json!({ "explain": false })),
        (json!({ "explain": 1 }), json!({ "explain": true })),
        (json!({ "tail": "100" }), json!({ "tail": 100 })),
        (json!({ "tail": 100.0 }), json!({ "tail": 100 })),
        (json!({ "tail": "100.0" }), json!({ "tail": 100 })),
        (json!({ "tailLines": 5 }), json!({ "tail": 5 })),
        (json!({ "tail_lines": 5 }), json!({ "tail": 5 })),
        (json!({ "Tail-Lines": 5 }), json!({ "tail": 5 })),
        (json!({ "tail": 5, "tailLines": 6 }), json!({ "tail": 5 })),
        (json!({ "tail": null, "tailLines": 6 }), json!({ "tail": 6 })),
        (json!({ "tail": 9_223_372_036_854_775_808_u64 }), json!({ "tail": 1000 })),
        (json!({ "tail": 1e300 }), json!({ "tail": 1000 })),
        (json!({ "filters": "Pod,Service" }), json!({ "filters": ["Pod", "Service"] })),
        (json!({ "filters": " Pod , ,Service," }), json!({ "filters": ["Pod", "Service"] })),
        (json!({ "filters": ["Pod", "Service,Node"] }), json!({ "filters": ["Pod", "Service", "Node"] })),
        (json!({ "filters": "[\"Pod\"]" }), json!({ "filters": ["Pod"] })),
        (json!({ "filter": "Pod" }), json!({ "filters": ["Pod"] })),
        (json!({ "filters": [] }), json!({})),
        (json!({ "filters": "" }), json!({})),
        (json!({ "namespace": null }), json!({})),
        (json!({ "namespace": "" }), json!({})),
        (json!({ "namespace": " prod " }), json!({ "namespace": "prod" })),
        (json!({ "namespace": 42 }), json!({ "namespace": "42" })),
        (json!({ "output": "JSON" }), json!({ "output": "json" })),
        (json!({ "unknown": { "deep": [1] } }), json!({})),
        (json!({ "cache": { "URL": "u", "port": "80" } }), json!({ "cache": { "url": "u", "port": 80 } })),
        (json!({ "cache": "{\"url\":\"u\"}" }), json!({ "cache": { "url": "u" } })),
        (json!({ "many": { "url": "u" } }), json!({ "many": [{ "url": "u" }] })),
        (
            json!({ "many": [{ "url": "u" }, { "url": "v" }] }),
            json!({ "many": [{ "url": "u" }, { "url": "v" }] }),
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(normal(&given), expected, "{given}");
    }
}

#[test]
fn what_cannot_be_understood_names_field_value_and_forms() {
    let cases = [
        (json!({ "explain": "maybe" }), "explain: \"maybe\" cannot be understood; accepted: true or false"),
        (json!({ "tail": -1 }), "tail: -1 cannot be understood; accepted: a whole number from 0 to 1000"),
        (json!({ "tail": 1.5 }), "tail: 1.5 cannot"),
        (json!({ "tail": "many" }), "tail: \"many\" cannot"),
        (json!({ "namespace": ["a", "b"] }), "namespace: [\"a\",\"b\"] cannot"),
        (json!({ "namespace": true }), "namespace: true cannot"),
        (json!({ "filters": { "a": 1 } }), "filters: {\"a\":1} cannot"),
        (json!({ "filters": [["Pod", "x"]] }), "filters: [[\"Pod\",\"x\"]] cannot"),
        (json!({ "output": "xml" }), "output: \"xml\" cannot be understood; accepted: one of text, json"),
        (json!({ "cache": 1 }), "cache: 1 cannot be understood; accepted: an object with url, port"),
        (json!({ "cache": {} }), "cache.url: required, but not given; accepted: a string"),
        (json!({ "many": [{ "url": "u", "port": 0 }] }), "many[0].port: 0 cannot"),
    ];
    for (given, expected) in cases {
        let message = read(&given).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{given}: {message}");
    }
    let long = read(&json!({ "explain": "x".repeat(10_000) })).unwrap_err().to_string();
    assert!(long.len() < 250, "{}", long.len());
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "(true|100|-1|Pod,Service|\\[1\\]|\\{\"url\":\"x\"\\}|1e400|NaN|inf)".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("(url|port|.{0,4})", inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn nothing_panics_and_the_normal_form_is_stable(
        given in prop::collection::btree_map("(namespace|explain|filters|tail_lines|output|cache|many)", any_value(), 0..5)
    ) {
        let given: Map<String, Value> = given.into_iter().collect();
        match Args::read(ARGS, &given) {
            Ok(args) => {
                let again: Map<String, Value> =
                    args.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
                prop_assert_eq!(Args::read(ARGS, &again).unwrap(), args);
            }
            Err(error) => prop_assert!(error.to_string().len() < 600 && !error.field.is_empty()),
        }
    }
}
