//! From when on faults are of interest: an age or a moment.

use view::Time;

/// What is accepted.
const FORMS: &str = "give an age such as 90s, 30m, 12h, 7d, 1d12h, a date such as 2026-01-31, or a time such as 2026-01-31T08:00:00Z";

/// An age, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// Seconds before the moment of the analysis.
    Age(i64),
    /// This moment.
    Moment(Time),
}

impl Since {
    /// Reads what somebody wrote.
    pub fn parse(text: &str) -> Result<Since, &'static str> {
        let text = text.trim();
        let moment = Time::parse(text).or_else(|| date(text));
        match moment {
            Some(moment) => Ok(Since::Moment(moment)),
            None => age(text).map(Since::Age).ok_or(FORMS),
        }
    }

    /// The moment that is meant.
    pub fn from(self, now: Time) -> Time {
        match self {
            Since::Age(seconds) => Time::from_unix(now.unix().saturating_sub(seconds)),
            Since::Moment(moment) => moment,
        }
    }
}

/// The start of a day in UTC.
pub(crate) fn date(text: &str) -> Option<Time> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if plain { Time::parse(&format!("{text}T00:00:00Z")) } else { None }
}

/// Numbers with units, the larger units first or not: `1d12h`.
fn age(text: &str) -> Option<i64> {
    let mut seconds: i64 = 0;
    let mut number = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        let count: i64 = number.parse().ok()?;
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        number.clear();
    }
    (number.is_empty() && !text.is_empty()).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_moments() {
        let now = Time::from_unix(1_000_000);
        for (text, seconds) in [("90s", 90), ("30m", 1800), ("1d12h", 129_600), (" 2w ", 1_209_600)] {
            assert_eq!(Since::parse(text).unwrap().from(now), Time::from_unix(1_000_000 - seconds), "{text}");
        }
        for (text, unix) in [("1970-01-02", 86_400), ("1970-01-01T01:00:00+01:00", 0)] {
            assert_eq!(Since::parse(text).unwrap().from(now), Time::from_unix(unix), "{text}");
        }
        for text in ["", "5", "h", "1y", "-1h", "2026-13-01", "yesterday", "99999999999999999999d"] {
            assert!(Since::parse(text).is_err(), "{text}");
        }
    }
}
