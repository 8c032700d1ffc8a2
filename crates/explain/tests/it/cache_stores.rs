//! Real stores.
