//! Findings to words: the built-in guidance of each rule
