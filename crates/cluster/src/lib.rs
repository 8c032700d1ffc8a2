//! The Kubernetes API: connect, read a View, read raw objects and logs, serve snapshots
