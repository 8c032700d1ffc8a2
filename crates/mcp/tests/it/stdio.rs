//! stdio: any line is answered or ignored, only JSON-RPC comes out, and the end of the input ends it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use crate::support::engine;

/// Sends these bytes, ends the input, and gives back every line that came out.
async fn session(input: &[u8]) -> Vec<Value> {
    let (engine, _dir) = engine().await;
    let (mut to_server, reader) = tokio::io::duplex(1 << 16);
    let (writer, mut from_server) = tokio::io::duplex(1 << 16);
    let server = tokio::spawn(async move {
        mcp::serve_stream(engine, &Default::default(), reader, writer, CancellationToken::new())
            .await
            .unwrap();
    });
    let input = input.to_vec();
    let feed = tokio::spawn(async move {
        to_server.write_all(&input).await.unwrap();
        drop(to_server);
    });
    let mut out = String::new();
    from_server.read_to_string(&mut out).await.unwrap();
    feed.await.unwrap();
    server.await.unwrap();
    out.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Answers by id, in their JSON form.
fn by_id(answers: &[Value]) -> BTreeMap<String, Value> {
    answers
        .iter()
        .map(|answer| (answer.get("id").unwrap_or(&Value::Null).to_string(), answer.clone()))
        .collect()
}

#[tokio::test]
async fn requests_need_no_handshake_and_no_last_line_feed() {
    let answers = session(
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}\n\
          {\"jsonrpc\":\"2.0\",\"id\":\"two\",\"method\":\"tools/call\",\"params\":{\"name\":\"cluster-info\"}}\n\
          {\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n\
          {\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}",
    )
    .await;
    let answers = by_id(&answers);
    assert_eq!(answers.len(), 3, "{answers:?}");
    assert_eq!(answers["1"]["result"]["tools"].as_array().unwrap().len(), 12);
    assert_eq!(answers["\"two\""]["result"]["isError"], json!(false));
    assert!(answers["3"]["result"].is_object());
}

#[tokio::test]
async fn garbage_is_answered_and_survived() {
    let mut input =
        b"\n   \n\r\nnot json\n\xff\xfe\xfd\n[1,2]\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}\n\0\n"
            .to_vec();
    input.extend(b"\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}\r\n");
    input.extend([b"{\"a\":".as_slice(), &b"[".repeat(10_000), b"\n"].concat());
    input.extend(
        [b"{\"jsonrpc\":\"2.0\",\"id\":9,\"x\":\"".as_slice(), &vec![b'x'; 5 << 20], b"\"}\n"].concat(),
    );
    input.extend(b"{\"jsonrpc\":\"2.0\",\"id\":\"last\",\"method\":\"ping\"}\n");
    let answers = session(&input).await;
    let mut codes: Vec<i64> = answers.iter().filter_map(|answer| answer["error"]["code"].as_i64()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [-32700, -32700, -32700, -32700, -32600, -32600, -32600], "{answers:?}");
    let answers = by_id(&answers);
    assert!(answers["2"]["result"].is_object());
    assert!(answers["\"last\""]["result"].is_object());
    assert_eq!(answers["1"]["error"]["code"], json!(-32600));
}

#[tokio::test]
async fn the_agreed_revision_shapes_later_answers() {
    let answers = session(
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2026-07-28\",\"capabilities\":{}}}\n",
    )
    .await;
    assert_eq!(answers[0]["result"]["protocolVersion"], json!("2025-11-25"));
    assert!(answers[0]["result"]["instructions"].as_str().unwrap().contains("analyze"));
    let modern = session(
        br#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
    )
    .await;
    assert_eq!(modern[0]["result"]["resultType"], json!("complete"), "{modern:?}");
}

#[tokio::test]
async fn stopping_ends_it_while_the_input_stays_open() {
    let (engine, _dir) = engine().await;
    let (to_server, reader) = tokio::io::duplex(64);
    let (writer, _from_server) = tokio::io::duplex(64);
    let stop = CancellationToken::new();
    let server = tokio::spawn({
        let stop = stop.clone();
        async move { mcp::serve_stream(engine, &Default::default(), reader, writer, stop).await }
    });
    stop.cancel();
    server.await.unwrap().unwrap();
    drop(to_server);
}

#[tokio::test]
async fn an_id_in_use_is_refused() {
    let call = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"analyze\"}}\n";
    let answers = session(call.repeat(2).as_bytes()).await;
    // The second is refused, or came after the answer to the first: each has its answer.
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert!(answers.iter().any(|answer| answer["result"].is_object()));
}
