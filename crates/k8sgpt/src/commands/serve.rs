//! `serve`: MCP over stdio or HTTP.

use crate::cli::{Global, ServeArgs};
use crate::failure::Failure;
use crate::{print, runtime, source};
use engine::config::Config;
use engine::providers;
use engine::render::{self, TextOptions};
use engine::{Engine, Request};
use mcp::{HttpOptions, ServerOptions, Token};
use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const MODES: &str = "serve needs a mode: `k8sgpt serve --mcp` speaks MCP over stdin and stdout, \
    `k8sgpt serve --mcp --mcp-http` over HTTP; there is no other one in this version";

/// Runs the command until its input ends or a signal comes.
pub fn run(global: &Global, args: &ServeArgs) -> Result<ExitCode, Failure> {
    if !args.mcp && !args.mcp_http {
        return Err(Failure::Usage(MODES.to_owned()));
    }
    tell_ineffective(args);
    let http = if args.mcp_http { Some(http_options(args)?) } else { None };
    let runtime = runtime::start()?;
    let served = runtime.block_on(serve(global, args, http));
    // Reading stdin blocks a thread for good; it must not hold up the exit.
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS)
}

async fn serve(global: &Global, args: &ServeArgs, http: Option<HttpOptions>) -> Result<(), Failure> {
    let engine = Arc::new(source::connect(global, args.ignore_file.clone()).await?);
    let config = engine.config().load()?;
    warn_backend(&config, args.backend.as_deref());
    let options = ServerOptions { backend: args.backend.clone(), ..ServerOptions::default() };
    let shutdown = CancellationToken::new();
    tokio::spawn(stop_on_signal(shutdown.clone()));
    let served = match http {
        None => {
            if std::io::stdin().is_terminal() {
                print::note(
                    "Waiting for MCP messages on stdin. An MCP client starts this; for HTTP add --mcp-http",
                );
            }
            mcp::serve_stdio(engine, &options, shutdown).await
        }
        Some(http) => {
            let recorded = global.demo || global.snapshot.is_some();
            let causes = if recorded { Some(causes(&engine).await?) } else { None };
            let protected = http.token.is_some();
            let hint = mcp::pod_hint(&http.listen);
            let identity = engine.cluster().identity().to_string();
            // After the ports are bound: a taken one is the only thing said then.
            let ready = move |addresses: &[SocketAddr]| {
                causes.iter().for_each(|causes| print::note(causes));
                announce(addresses, &identity, protected, hint.as_deref());
            };
            mcp::serve_http(engine, &options, http, shutdown, ready).await
        }
    };
    served.map_err(|error| Failure::Failed(error.to_string()))
}

/// Says that the provider which should explain will not, and why. It is the one that was asked for, that the
/// variables `K8SGPT_*` describe, or that is configured.
pub fn warn_backend(config: &Config, asked: Option<&str>) {
    let problem = match providers::ready(config, &providers::process_env, asked) {
        Ok(_) => return,
        Err(error) => error.to_string(),
    };
    print::note(&format!("Warning: {problem}; explanations are the built-in guidance of each rule"));
}

fn tell_ineffective(args: &ServeArgs) {
    let given = [
        ("--port", args.port.is_some()),
        ("--metrics-port", args.metrics_port.is_some()),
        ("--http", args.http),
        ("--filter", !args.filter.is_empty()),
    ];
    let given: Vec<&str> = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if !given.is_empty() {
        print::note(&format!(
            "Warning: no effect with --mcp: {}; no further port is opened",
            given.join(", ")
        ));
    }
}

fn http_options(args: &ServeArgs) -> Result<HttpOptions, Failure> {
    let given: Vec<&str> =
        args.listen.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let listen = match given[..] {
        [] => mcp::default_listen(args.mcp_port),
        _ => given.iter().map(|text| address(text, args.mcp_port)).collect::<Result<_, _>>()?,
    };
    let token = token(args)?;
    mcp::check_exposure(&listen, token.is_some(), args.allow_unauthenticated)
        .map_err(|error| Failure::Failed(error.to_string()))?;
    let hosts = args.allowed_hosts.iter().map(|host| host.trim().to_owned()).filter(|host| !host.is_empty());
    Ok(HttpOptions {
        listen,
        allowed_hosts: hosts.collect(),
        token,
        allow_unauthenticated: args.allow_unauthenticated,
    })
}

/// `address`, `address:port`, or `:port` for every address.
fn address(text: &str, port: u16) -> Result<SocketAddr, Failure> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let any = text
        .strip_prefix(':')
        .and_then(|port| port.parse().ok())
        .map(|port| SocketAddr::from(([0; 8], port)));
    let parsed =
        text.parse().ok().or_else(|| bare.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port)));
    parsed.or(any).ok_or_else(|| {
        Failure::Usage(format!(
            "--listen {text:?} is no address; forms are 0.0.0.0, 0.0.0.0:8089, [::]:8089, :8089"
        ))
    })
}

/// The token: from the file, else from the environment. Never an argument, which others could read.
fn token(args: &ServeArgs) -> Result<Option<Token>, Failure> {
    let text = match &args.token_file {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
            Failure::Failed(format!("token file {}: cannot be read: {error}", path.display()))
        })?),
        None => std::env::var("K8SGPT_TOKEN").ok().filter(|text| !text.trim().is_empty()),
    };
    text.map(|text| Token::new(&text)).transpose().map_err(|error| Failure::Failed(error.to_string()))
}

/// A first answer for somebody who tries it out.
async fn causes(engine: &Engine) -> Result<String, Failure> {
    let report = engine.analyze(&Request::default()).await.map_err(|error| source::failed(&error, false))?;
    Ok(render::text(&report, &TextOptions { color: print::color_err(), ..TextOptions::default() }))
}

fn announce(addresses: &[SocketAddr], identity: &str, protected: bool, hint: Option<&str>) {
    let Some(first) = addresses.first() else { return };
    let host = if first.ip().is_loopback() || first.ip().is_unspecified() {
        format!("localhost:{}", first.port())
    } else {
        first.to_string()
    };
    let token = if protected { " \\\n  -H \"Authorization: Bearer $K8SGPT_TOKEN\"" } else { "" };
    print::note(&format!("Serving MCP for {identity} at http://{host}/mcp (Ctrl-C ends it)"));
    print::note(&format!(
        "Try it:\n  curl -s http://{host}/mcp -H 'Content-Type: application/json'{token} \\\n  \
         -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"analyze\",\"arguments\":{{}}}}}}'"
    ));
    if let Some(hint) = hint {
        print::note(hint);
    }
}

/// The first signal ends what runs, the second one the process.
async fn stop_on_signal(shutdown: CancellationToken) {
    signal().await;
    shutdown.cancel();
    signal().await;
    std::process::exit(130);
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
