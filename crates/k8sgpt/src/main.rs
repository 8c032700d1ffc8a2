//! Kubernetes diagnosis for people and for AI assistants
fn main() {}
