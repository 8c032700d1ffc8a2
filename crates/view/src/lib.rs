//! The cluster as a value: lean kinds, indexes, references, events, coverage, secrets
