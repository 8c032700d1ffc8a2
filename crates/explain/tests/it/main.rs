//! Tests of the crate from outside.

mod cache_faults;
mod cache_files;
mod cache_interplex;
mod cache_stores;
