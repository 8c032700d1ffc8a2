//! The server from outside: over a loopback socket and over a pair of streams, on the demo cluster.

mod cluster;
mod http;
mod prompts;
mod schema;
mod stdio;
mod support;
mod tools;
