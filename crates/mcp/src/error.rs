//! Why a server could not be started or had to end.

use std::net::SocketAddr;

/// A server that could not be started or had to end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port belongs to somebody else.
    #[error("port {} on {} is taken by another program; choose another one with --mcp-port {}", .addr.port(), .addr.ip(), next_port(.addr))]
    PortTaken {
        /// The address that could not be listened on.
        addr: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("cannot listen on {addr}: {cause}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Others could reach the server, and nothing would ask them who they are.
    #[error(
        "{addr} can be reached from other machines, and nothing asks callers who they are; \
         set a token in the environment variable K8SGPT_TOKEN (or with --token-file), \
         listen on 127.0.0.1 only, or accept the risk with --allow-unauthenticated"
    )]
    Exposed {
        /// The address that is open to others.
        addr: SocketAddr,
    },
    /// A token that would protect nothing.
    #[error("the MCP token is not usable: {reason}")]
    BadToken {
        /// What is wrong with it; never quotes it.
        reason: &'static str,
    },
    /// Nothing to listen on.
    #[error("no address to listen on was given, for example 127.0.0.1:8089")]
    NoAddress,
    /// The server's own task failed; a defect.
    #[error("the MCP server ended early: {0}")]
    Internal(String),
}

fn next_port(addr: &SocketAddr) -> u16 {
    addr.port().checked_add(1).unwrap_or(8089)
}
