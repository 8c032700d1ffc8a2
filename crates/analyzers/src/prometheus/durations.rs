//! Durations as Prometheus writes them: `1h30m`, `15s`, `500ms`.

/// Units from long to short with their milliseconds: each may stand once, in this order.
const UNITS: &[(&str, u64)] = &[
    ("y", 31_536_000_000),
    ("w", 604_800_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Milliseconds of a duration; nothing when Prometheus would refuse it.
pub(crate) fn parse(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let mut rest = text;
    let mut next = 0;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let at = UNITS.iter().position(|(unit, _)| *unit == &rest[..letters]).filter(|at| *at >= next)?;
        total = total.saturating_add(number.saturating_mul(UNITS[at].1));
        next = at + 1;
        rest = &rest[letters..];
    }
    (next > 0).then_some(total)
}

/// The duration that was probably meant: `5 minutes` for `5m`, `90` for `90s`.
pub(crate) fn meant(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let digits = compact.find(|c: char| !c.is_ascii_digit()).unwrap_or(compact.len());
    let (number, unit) = compact.split_at(digits);
    let unit = match unit {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        "ms" | "msec" | "millis" | "milliseconds" => "ms",
        _ => return None,
    };
    (!number.is_empty()).then(|| format!("{number}{unit}"))
}

#[cfg(test)]
mod tests {
    use super::{meant, parse};

    #[test]
    fn units_stand_in_order_and_once() {
        for (text, expected) in [
            ("15s", 15_000),
            ("1h30m", 5_400_000),
            ("500ms", 500),
            ("0", 0),
            ("0s", 0),
            ("1d1ms", 86_400_001),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
        for text in
            ["", "15", "5 minutes", "1.5h", "30m1h", "1m1m", "s", "-5s", "15S", "15s ", "1ms1s", "five"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_was_meant_is_a_duration() {
        for (text, expected) in [("5 minutes", "5m"), ("15", "15s"), ("15S", "15s"), ("2 Hours", "2h")] {
            assert_eq!(meant(text).as_deref(), Some(expected));
        }
        assert_eq!(meant("soon"), None);
    }
}
