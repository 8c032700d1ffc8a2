//! The server from outside: over a loopback socket and over a pair of streams, on the demo cluster.

mod http;
mod schema;
mod stdio;
mod support;
mod tools;
