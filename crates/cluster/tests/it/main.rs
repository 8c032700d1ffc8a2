//! The crate against its own snapshot service, without a network.

mod snapshot;
