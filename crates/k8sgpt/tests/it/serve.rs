use crate::{home, k8sgpt, run};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
const ANALYZE: &str =
    r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"analyze","arguments":{}}}"#;

#[test]
fn a_mode_is_needed() {
    let home = home();
    let ran = run(home.path(), &["serve", "--demo"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("--mcp-http"), "{}", ran.err);
}

#[test]
fn stdio_carries_nothing_but_messages_and_ends_with_its_input() {
    let home = home();
    let mut child = k8sgpt(home.path())
        .args(["serve", "--mcp", "--demo", "-vv", "--backend", "nope", "-p", "1", "--http"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{LIST}\nnot json\n{ANALYZE}").unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let errors = child.stderr.take().unwrap();
    let errors = std::thread::spawn(move || std::io::read_to_string(errors).unwrap());
    let mut answers = Vec::new();
    while answers.len() < 3 {
        answers.push(serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap());
    }
    drop(stdin);
    assert!(lines.next().is_none(), "nothing after the answers");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let answer = |id: u64| answers.iter().find(|answer| answer["id"] == id).unwrap();
    assert_eq!(answer(1)["result"]["tools"].as_array().unwrap().len(), 12);
    assert!(answer(2)["result"]["content"][0]["text"].as_str().unwrap().contains("root cause"));
    let errors = errors.join().unwrap();
    assert!(errors.contains("AI backend \"nope\" does not exist"), "{errors}");
    assert!(errors.contains("no effect with --mcp: --port, --http"), "{errors}");
}

#[test]
fn http_shows_the_causes_and_answers_the_curl_it_prints() {
    let home = home();
    let mut child = k8sgpt(home.path())
        .args(["serve", "--mcp", "--mcp-http", "--demo", "--mcp-port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    while !said.contains("curl ") {
        assert_ne!(errors.read_line(&mut said).unwrap(), 0, "{said}");
    }
    assert!(said.contains("root cause"), "{said}");
    let port = said.split("http://localhost:").nth(1).unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let head = "POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\nAccept: */*";
    write!(stream, "{head}\r\nHost: localhost:{port}\r\nContent-Length: {}\r\n\r\n{LIST}", LIST.len())
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    child.kill().unwrap();
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.wait().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("list-resources"), "{answer}");
    assert_eq!(out, "", "standard output stays empty");
}

#[test]
fn listening_for_others_needs_a_token() {
    let home = home();
    let serve = ["serve", "--mcp", "--mcp-http", "--demo"];
    let with = |more: &[&str]| run(home.path(), &[&serve[..], more].concat());
    let open = with(&["--listen", "0.0.0.0"]);
    assert_eq!((open.code, open.out.as_str()), (1, ""));
    assert!(open.err.contains("token"), "{}", open.err);
    assert_eq!(with(&["--listen", "here"]).code, 2);
    std::fs::write(home.path().join("token"), "short").unwrap();
    let short = with(&["--token-file", "token"]);
    assert_eq!(short.code, 1);
    assert!(!short.err.contains("short\n"), "{}", short.err);
    assert_eq!(with(&["--token-file", "missing"]).code, 1);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_both_transports() {
    let home = home();
    for transport in
        [&["serve", "--mcp", "--demo"][..], &["serve", "--mcp-http", "--mcp-port", "0", "--demo"]]
    {
        let mut child = k8sgpt(home.path())
            .args(transport)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // An answer or the URL shows that it runs.
        let mut line = String::new();
        if transport.contains(&"--mcp") {
            writeln!(child.stdin.as_mut().unwrap(), "{LIST}").unwrap();
            BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        } else {
            let mut errors = BufReader::new(child.stderr.as_mut().unwrap());
            while !line.contains("curl ") {
                assert_ne!(errors.read_line(&mut line).unwrap(), 0, "{line}");
            }
        }
        let killed = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{transport:?}");
    }
}
