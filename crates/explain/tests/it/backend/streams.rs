//! What is made of answers, piece by piece and whole.

use explain::Reply as Answer;
use serde_json::{Value, json};

use super::server::{self, Reply};
use super::{asked, backend, question};

/// The events of a stream whose pieces are "It ", "waits" and ".".
fn stream_of(name: &str) -> Reply {
    let data = |pieces: &[Value]| -> String { pieces.iter().map(|p| format!("data: {p}\n\n")).collect() };
    match name {
        "anthropic" => server::events(&data(&[
            json!({"type":"message_start","message":{"usage":{"input_tokens":5,"output_tokens":1}}}),
            json!({"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}),
            json!({"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}),
            json!({"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}),
            json!({"type":"ping"}),
            json!({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"It "}}),
            json!({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"waits"}}),
            json!({"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"."}}),
            json!({"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":4}}),
            json!({"type":"message_stop"}),
        ])),
        "google" | "googlevertexai" => {
            let part = |text: &str| json!({"candidates":[{"content":{"parts":[{"text":text}]}}]});
            let last = json!({"candidates":[{"content":{"parts":[{"text":"."}]},"finishReason":"MAX_TOKENS"}],
                "usageMetadata":{"totalTokenCount":9}});
            let thought = json!({"candidates":[{"content":{"parts":[{"text":"hm","thought":true}]}}]});
            server::events(&data(&[thought, part("It "), part("waits"), last]))
        }
        "ollama" => lines_of_ollama(),
        "cohere" => {
            let delta =
                |text: &str| json!({"type":"content-delta","delta":{"message":{"content":{"text":text}}}});
            server::events(&data(&[
                json!({"type":"message-start"}),
                delta("It "),
                delta("waits"),
                delta("."),
                json!({"type":"message-end","delta":{"finish_reason":"MAX_TOKENS",
                    "usage":{"tokens":{"input_tokens":5,"output_tokens":4}}}}),
            ]))
        }
        "amazonbedrock" | "amazonbedrockconverse" => {
            let piece = |text: &str| message("contentBlockDelta", &json!({"delta":{"text":text}}));
            let mut body = message("messageStart", &json!({"role":"assistant"}));
            body.extend(["It ", "waits", "."].iter().flat_map(|text| piece(text)));
            body.extend(message("messageStop", &json!({"stopReason":"max_tokens"})));
            body.extend(message("metadata", &json!({"usage":{"totalTokens":9}})));
            Reply::Answer(200, "application/vnd.amazon.eventstream", String::new(), body)
        }
        _ => {
            let delta = |text: &str| json!({"choices":[{"delta":{"content":text},"finish_reason":null}]});
            let events = data(&[
                json!({"choices":[{"delta":{"role":"assistant","content":""}}]}),
                delta("It "),
                delta("waits"),
                json!({"choices":[{"delta":{"content":"."},"finish_reason":"length"}]}),
                json!({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":4,"total_tokens":9}}),
            ]);
            server::events(&format!(": a comment\n\n{events}data: [DONE]\n\n"))
        }
    }
}

fn lines_of_ollama() -> Reply {
    let lines = [
        json!({"message":{"role":"assistant","content":"It "},"done":false}),
        json!({"message":{"role":"assistant","content":"waits"},"done":false}),
        json!({"message":{"content":"."},"done":true,"done_reason":"length","prompt_eval_count":5,"eval_count":4}),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Reply::Answer(200, "application/x-ndjson", String::new(), text.into_bytes())
}

/// A message of AWS's event stream; nobody checks its checksums.
fn message(event: &str, payload: &Value) -> Vec<u8> {
    let payload = payload.to_string();
    let mut headers = Vec::new();
    for (name, value) in [(":message-type", "event"), (":event-type", event)] {
        headers.push(u8::try_from(name.len()).unwrap());
        headers.extend(name.as_bytes());
        headers.push(7);
        headers.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let total = u32::try_from(16 + headers.len() + payload.len()).unwrap();
    let mut out = total.to_be_bytes().to_vec();
    out.extend(u32::try_from(headers.len()).unwrap().to_be_bytes());
    out.extend([0; 4]);
    out.extend(headers);
    out.extend(payload.as_bytes());
    out.extend([0; 4]);
    out
}

fn token(request: &server::Request) -> Option<Reply> {
    let token = json!({ "access_token": "t", "expires_in": 3600 });
    (request.target == "/identity/token").then(|| server::json(200, &token))
}

#[tokio::test]
async fn answers_come_in_pieces() {
    for info in explain::BACKENDS.iter().filter(|info| info.streams && info.name != "noopai") {
        let name = info.name;
        let (url, _) = server::start(move |r, _| token(r).unwrap_or_else(|| stream_of(name))).await;
        let (reply, pieces) = asked(&backend(name, &url), &question(false)).await;
        let reply = reply.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(reply, Answer { text: "It waits.".to_owned(), tokens: 9, cut: true }, "{name}");
        assert_eq!(pieces, ["It ", "waits", "."], "{name}");
    }
}

fn whole_of(name: &str) -> Value {
    match name {
        "anthropic" => json!({"content":[{"type":"text","text":"It waits."}],"stop_reason":"end_turn",
            "usage":{"input_tokens":5,"output_tokens":4}}),
        "google" | "googlevertexai" => {
            json!({"candidates":[{"content":{"parts":[{"text":"It "},{"text":"waits."}]},
            "finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":9}})
        }
        "ollama" => {
            json!({"message":{"content":"It waits."},"done":true,"prompt_eval_count":5,"eval_count":4})
        }
        "cohere" => {
            json!({"message":{"content":[{"type":"text","text":"It waits."}]},"finish_reason":"COMPLETE",
            "usage":{"tokens":{"input_tokens":5,"output_tokens":4}}})
        }
        "amazonbedrock" | "amazonbedrockconverse" => {
            json!({"output":{"message":{"content":[{"text":"It waits."}]}},
            "stopReason":"end_turn","usage":{"totalTokens":9}})
        }
        "amazonsagemaker" => json!([{"generation":{"role":"assistant","content":"It waits."}}]),
        "oci" => json!({"chatResponse":{"apiFormat":"GENERIC","choices":[{"message":{"role":"ASSISTANT",
            "content":[{"type":"TEXT","text":"It waits."}]},"finishReason":"stop"}],"usage":{"totalTokens":9}}}),
        "customrest" => json!({"response":"It waits."}),
        _ => json!({"choices":[{"message":{"content":"It waits."},"finish_reason":"stop"}],
            "usage":{"total_tokens":9}}),
    }
}

#[tokio::test]
async fn answers_come_whole() {
    for info in explain::BACKENDS.iter().filter(|info| info.name != "noopai") {
        let name = info.name;
        let script =
            move |r: &server::Request, _| token(r).unwrap_or_else(|| server::json(200, &whole_of(name)));
        let (url, _) = server::start(script).await;
        let (reply, pieces) = asked(&backend(name, &url), &question(false)).await;
        let reply = reply.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((reply.text.as_str(), reply.cut), ("It waits.", false), "{name}");
        assert_eq!(pieces.concat(), "It waits.", "{name}");
        let tells = !matches!(name, "amazonsagemaker" | "customrest");
        assert!(!tells || reply.tokens == 9, "{name}: {}", reply.tokens);
    }
}

#[tokio::test]
async fn nothing_is_sent_by_noopai() {
    let backend = backend("noopai", "http://localhost");
    let (reply, pieces) = asked(&backend, &question(false)).await;
    assert_eq!(reply.unwrap().text, "I am a noop response to the prompt Why is pod web pending?");
    assert_eq!(pieces.len(), 1);
    assert!(backend.is_near());
}

#[tokio::test]
async fn a_custom_service_gets_what_the_original_sends() {
    let (url, seen) = server::start(|_, _| server::json(200, &json!({ "response": "ok" }))).await;
    let mut provider = super::provider("customrest", &format!("{url}/ask"));
    provider.parameters = super::parameters();
    let backend = explain::Backend::new(&provider, &super::surroundings(&url), &[]).unwrap();
    backend.check().await.unwrap();
    let request = seen.lock().unwrap()[0].clone();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/ask"));
    assert_eq!(request.header("authorization"), format!("Bearer {}", super::KEY));
    let prompt = "Answer with the single word: ok";
    assert_eq!(
        super::body(&request),
        json!({ "model": "model", "prompt": prompt, "options": { "temperature": 0.25, "top_p": 0.5, "top_k": 40,
            "max_tokens": 64, "stop_sequences": ["END"], "message": prompt } })
    );
}
