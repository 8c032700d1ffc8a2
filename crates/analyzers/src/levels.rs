//! Lines of a log that tell of errors, by their level where they have one.

use crate::logs::{below_traceback, is_harmless, newest};

/// Words for levels of errors, and for all other levels.
const ERRORS: &[&str] =
    &["ERROR", "ERR", "FATAL", "CRITICAL", "CRIT", "SEVERE", "EMERG", "ALERT", "PANIC", "DPANIC", "FAILURE"];
const OTHERS: &[&str] = &[
    "INFO",
    "INFORMATION",
    "DEBUG",
    "DBG",
    "TRACE",
    "NOTICE",
    "WARN",
    "WARNING",
    "VERBOSE",
    "FINE",
    "CONFIG",
    "LOG",
    "STATEMENT",
    "DETAIL",
    "HINT",
    "OK",
];
/// Keys under which structured logs carry their level.
const KEYS: &[&str] = &["level", "lvl", "severity", "log.level", "levelname", "loglevel", "log_level"];
/// Words of a line before which its level stands.
const HEAD: usize = 8;

/// Beginnings of lines without a level that tell of an error.
const BEGINNINGS: &[&str] = &[
    "panic:",
    "fatal error:",
    "fatal:",
    "error:",
    "traceback (most recent call last)",
    "exception in thread",
    "unhandled exception",
    "unhandled rejection",
    "uncaught exception",
    "caused by:",
    "segmentation fault",
];
/// What lines without a level say of an error wherever it stands.
const ANYWHERE: &[&str] = &[
    "connection refused",
    "no such host",
    "no space left on device",
    "too many open files",
    "permission denied",
    "out of memory",
    "i/o timeout",
    "certificate has expired",
    "certificate signed by unknown authority",
    "authentication failed",
    "access denied",
];

/// The newest lines that tell of errors, at most three, oldest first; none where all is well.
pub(crate) fn error_lines(log: &str) -> Vec<&str> {
    let raw: Vec<&str> = log.lines().collect();
    let lines = log.lines().filter(|line| !line.trim().is_empty());
    let telling = lines.filter(|line| is_error(line)).map(|line| below_traceback(&raw, line.trim()));
    newest(telling.collect())
}

fn is_error(line: &str) -> bool {
    match level(line.trim()) {
        Some(error) => error,
        None => {
            let lower = line.trim().to_lowercase();
            let begins = BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning));
            let says = || ANYWHERE.iter().any(|words| lower.contains(words));
            (begins || says() || is_exception(line)) && !is_harmless(&lower)
        }
    }
}

/// Whether the level of a line is that of an error; `None` for lines without one.
fn level(line: &str) -> Option<bool> {
    by_letter(line).or_else(|| by_key(line)).or_else(|| by_word(line))
}

/// `E0101 12:00:00.000000`: the form of Kubernetes' own components.
fn by_letter(line: &str) -> Option<bool> {
    let (letter, rest) = line.split_at_checked(1)?;
    let dated =
        rest.len() > 5 && rest.as_bytes()[..4].iter().all(u8::is_ascii_digit) && rest.as_bytes()[4] == b' ';
    match letter {
        "E" | "F" if dated => Some(true),
        "I" | "W" if dated => Some(false),
        _ => None,
    }
}

/// `"level":"error"`, `level=error`, `"level":50`.
fn by_key(line: &str) -> Option<bool> {
    let lower = line.to_lowercase();
    KEYS.iter().find_map(|key| {
        let quoted =
            lower.split_once(&format!("\"{key}\"")).and_then(|(_, rest)| rest.trim_start().strip_prefix(':'));
        let plain = || {
            let at = lower.find(&format!("{key}="))?;
            let free = at == 0 || lower[..at].ends_with([' ', ',', '\t', '{']);
            free.then(|| &lower[at + key.len() + 1..])
        };
        let value = quoted.or_else(plain)?.trim_start_matches([' ', '"', '\'']);
        let value = value.split([' ', '"', '\'', ',', '}']).next().unwrap_or_default();
        if let Ok(number) = value.parse::<u32>() {
            // Numbers grow with severity from ten on; below, they are verbosity.
            return Some(number >= 50);
        }
        of_word(&value.to_uppercase())
    })
}

/// `2026-01-01 12:00:00 ERROR …`, `[error]`, `ERROR:root:…`.
fn by_word(line: &str) -> Option<bool> {
    line.split_whitespace().take(HEAD).find_map(|word| {
        let bare = word.trim_matches(['[', ']', '<', '>', '(', ')', '|', '*', ',', ':', '-', '"']);
        let bare = bare.split([':', ']', '|']).next().unwrap_or(bare);
        let marked = word.starts_with(['[', '<']) || bare.chars().all(|c| c.is_ascii_uppercase());
        if marked { of_word(&bare.to_uppercase()) } else { None }
    })
}

fn of_word(word: &str) -> Option<bool> {
    if ERRORS.contains(&word) { Some(true) } else { OTHERS.contains(&word).then_some(false) }
}

/// `java.lang.IllegalStateException: …`, `ValueError: …`: a type and what it says, at the beginning.
fn is_exception(line: &str) -> bool {
    let Some((kind, rest)) = line.split_once(": ") else { return false };
    let named = kind.ends_with("Exception") || kind.ends_with("Error");
    named && !kind.contains(char::is_whitespace) && !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_by_level() {
        for line in [
            "2026-01-01T00:00:00Z ERROR [main] cannot reach db",
            "2026-01-01 00:00:00.000 UTC [71] FATAL:  password authentication failed for user \"app\"",
            "E0101 00:00:00.000000       1 reflector.go:204] failed to list *v1.Pod",
            r#"{"time":"2026-01-01T00:00:00Z","level":"error","msg":"lost the queue"}"#,
            r#"{"level":50,"msg":"boom"}"#,
            "time=\"2026-01-01\" level=error msg=\"lost the queue\"",
            "2026/01/01 00:00:00 [error] 7#7: *1 connect() failed",
            "ERROR:root:cannot open file",
            "panic: runtime error: index out of range",
            "java.lang.IllegalStateException: no pool",
            "dial tcp 10.0.0.7:5432: connect: connection refused",
            "Error: Cannot find module 'express'",
        ] {
            assert_eq!(error_lines(line), [line], "{line}");
        }
    }

    #[test]
    fn words_that_merely_look_like_errors_do_not_count() {
        for line in [
            "checked 12 files, 0 errors",
            "GET /error/failed HTTP/1.1 200",
            "failover to standby completed",
            r#"{"level":"info","error":null,"msg":"request failed over to eu"}"#,
            "level=info msg=\"reconnected after connection refused\" error=<nil>",
            "level=warn msg=\"retrying\" err=\"connection refused\"",
            "I0101 00:00:00.000000       1 leader.go:1] error count is zero",
            "2026-01-01 00:00:00 INFO ErrorHandler registered",
            "[notice] 1#1: signal process started",
            "LOG:  database system is ready to accept connections",
            "Loading exception handlers",
        ] {
            assert!(error_lines(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn a_traceback_gives_its_last_line_and_repeats_count_once() {
        let log = "Traceback (most recent call last):\n  File \"a.py\", line 1\nValueError: bad port\n";
        assert_eq!(error_lines(log), ["ValueError: bad port"]);
        assert_eq!(error_lines("ERROR a\nERROR b\nERROR b\n"), ["ERROR a", "ERROR b"]);
    }
}
