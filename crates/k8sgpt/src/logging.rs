//! Logs go to standard error, never to standard output.

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings, with `-v` debug messages of this program, with `-vv` everything. The
/// variable `K8SGPT_LOG` (`debug`, `cluster=trace`) decides when it is set.
pub fn start(verbose: u8) {
    let by_flag = match verbose {
        // What kube logs as an error is answered, retried or reported by this program itself.
        0 => "warn,kube_client=off,rmcp=error",
        1 => "info,k8sgpt=debug,cluster=debug,engine=debug,mcp=debug,analyzers=debug",
        _ => "trace",
    };
    let filter = EnvFilter::try_from_env("K8SGPT_LOG").unwrap_or_else(|_| EnvFilter::new(by_flag));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(crate::print::color_err())
        .init();
}
