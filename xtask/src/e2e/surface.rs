//! The whole MCP surface, over stdio and over HTTP; what is asked and what must be said are data.

use serde_json::{Value, json};

use super::checks::{self, Checks};
use super::program::Program;
use super::session::{Server, Session};
use crate::error::{Error, Result};

/// The documentation's own `curl` bodies, with a text that the answer holds.
const DOCUMENTED: &str = include_str!("data/documented.json");
/// Method, parameters, a text that the answer holds.
const SURFACE: &str = include_str!("data/surface.json");
/// Method, parameters, a text that the error holds.
const REFUSED: &str = include_str!("data/refused.json");

/// A way to ask: method and parameters to the answer's JSON-RPC message.
type Ask<'a> = &'a mut dyn FnMut(&str, &Value) -> Result<Value>;

/// All calls over both transports.
pub(crate) fn run(checks: &mut Checks, program: &Program) -> Result<()> {
    let server = Server::open(program)?;
    for case in cases(DOCUMENTED)? {
        let body = &case[0];
        let name = format!("documented curl: {} {}", word(&body["method"]), argument(&body["params"]));
        let answer = server.post(body).and_then(|answer| {
            checks::expect(answer.status == 200, || format!("status {}", answer.status))?;
            answered(&answer.json()?, word(&case[1]))
        });
        checks.report(&name, answer)?;
    }
    let mut over_http = |method: &str, params: &Value| {
        let body = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        server.post(&body)?.json()
    };
    every(checks, "http", &mut over_http)?;
    let mut session = Session::open(program)?;
    every(checks, "stdio", &mut |method, params| session.ask(method, params))?;
    checks.report("stdio: the session ends with its input", session.close().map(|took| format!("{took:.0?}")))
}

fn every(checks: &mut Checks, over: &str, ask: Ask<'_>) -> Result<()> {
    for (data, judge) in [(SURFACE, answered as Judge), (REFUSED, refused)] {
        for case in cases(data)? {
            let (method, params, says) = (word(&case[0]), &case[1], word(&case[2]));
            let outcome = ask(method, params).and_then(|answer| judge(&answer, says));
            checks.report(&format!("{over}: {method} {}", argument(params)), outcome)?;
        }
    }
    Ok(())
}

/// Judges an answer by the text that it must hold.
type Judge = fn(&Value, &str) -> Result<String>;

fn answered(answer: &Value, says: &str) -> Result<String> {
    let result = &answer["result"];
    let good = result.is_object() && result["isError"] != true && result.to_string().contains(says);
    checks::expect(good, || format!("no result that holds {says:?}: {:.400}", answer.to_string()))?;
    Ok(String::new())
}

/// An error that a client can show: of the tool, or of the protocol.
fn refused(answer: &Value, says: &str) -> Result<String> {
    let text = match answer["result"]["isError"] == true {
        true => answer["result"]["content"][0]["text"].as_str(),
        false => answer["error"]["message"].as_str(),
    };
    let good = text.is_some_and(|text| text.contains(says));
    checks::expect(good, || format!("no error that holds {says:?}: {:.400}", answer.to_string()))?;
    Ok(format!("{:.120}", text.unwrap_or_default()))
}

fn cases(data: &str) -> Result<Vec<Value>> {
    serde_json::from_str(data).map_err(Error::json("the list of calls"))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The parameters of a call in one short line.
fn argument(params: &Value) -> String {
    if params.is_null() { String::new() } else { format!("{:.160}", params.to_string()) }
}
