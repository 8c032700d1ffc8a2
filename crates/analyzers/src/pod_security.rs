//! Taking apart what Pod Security refuses.

use view::ObjectRef;

/// Steps that make a pod template pass: one a violation, each in the words of the standard's check.
pub(crate) fn steps(violations: &str, object: &ObjectRef) -> Vec<String> {
    let single = violations.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut steps: Vec<String> =
        split(&single).into_iter().map(|violation| step(violation, object)).collect();
    steps.push(format!(
        "or let Namespace {} demand a lower level (label pod-security.kubernetes.io/enforce), if {object} is meant to have this",
        object.namespace
    ));
    steps
}

/// `hostPath volumes (volume "data")` says what is there, `runAsNonRoot != true (… must set …)` what to do.
fn step(violation: &str, object: &ObjectRef) -> String {
    let (what, detail) = match violation.split_once(" (") {
        Some((what, detail)) => (what, detail.strip_suffix(')').unwrap_or(detail)),
        None => (violation, ""),
    };
    match (detail.contains("must"), detail.is_empty()) {
        (true, _) => format!("in the pod template of {object}: {detail}"),
        (false, true) => format!("take out of the pod template of {object}: {what}"),
        (false, false) => format!("take out of the pod template of {object}: {what} ({detail})"),
    }
}

/// Splits at commas that stand outside of parentheses and quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut start, mut parts) = (0_i32, false, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
