//! Cron schedules, as the CronJob controller reads them.

/// A field: its name, its least and greatest value, and names that stand for values from the least on.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", min: 0, max: 59, names: &[] },
    Field { name: "hour", min: 0, max: 23, names: &[] },
    Field { name: "day of month", min: 1, max: 31, names: &[] },
    Field {
        name: "month",
        min: 1,
        max: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Field { name: "day of week", min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const DESCRIPTORS: &[&str] =
    &["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// What is wrong with a schedule; `None` when it is valid: five fields, a descriptor (`@daily`,
/// `@every 1h30m`), either after `TZ=…` or `CRON_TZ=…`.
pub(crate) fn fault(schedule: &str) -> Option<String> {
    let text = without_zone(schedule);
    if text.is_empty() {
        return Some("it is empty".to_owned());
    }
    if text.starts_with('@') {
        return descriptor_fault(text);
    }
    let given: Vec<&str> = text.split_whitespace().collect();
    if given.len() != FIELDS.len() {
        return Some(format!("it has {} fields instead of 5", given.len()));
    }
    given.iter().zip(&FIELDS).find_map(|(text, field)| field.fault(text))
}

/// A schedule without the time zone that may stand before it.
fn without_zone(schedule: &str) -> &str {
    let text = schedule.trim();
    let zoned = text.starts_with("TZ=") || text.starts_with("CRON_TZ=");
    if zoned { text.split_once(' ').map_or("", |(_, rest)| rest.trim()) } else { text }
}

fn descriptor_fault(text: &str) -> Option<String> {
    if let Some(duration) = text.strip_prefix("@every ") {
        return (!is_duration(duration.trim()))
            .then(|| format!("{duration:?} is not a duration such as 1h30m"));
    }
    (!DESCRIPTORS.contains(&text)).then(|| format!("{text} is not one of {}, @every", DESCRIPTORS.join(", ")))
}

/// Numbers each followed by a unit: `1h30m`, `90s`, `1.5h`.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let unit = ["ns", "us", "µs", "ms", "s", "m", "h"].into_iter().find(|unit| {
            rest[digits..]
                .strip_prefix(unit)
                .is_some_and(|after| after.is_empty() || after.starts_with(|c: char| c.is_ascii_digit()))
        });
        let Some(unit) = unit.filter(|_| rest[..digits].parse::<f64>().is_ok()) else { return false };
        rest = &rest[digits + unit.len()..];
        parts += 1;
    }
    parts > 0
}

impl Field {
    fn fault(&self, text: &str) -> Option<String> {
        text.split(',').find_map(|part| self.part_fault(part))
    }

    /// `*`, `?`, `5`, `1-5`, `*/10`, `10-40/5`, and names for months and days.
    fn part_fault(&self, part: &str) -> Option<String> {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        if step.is_some_and(|step| step.parse::<u32>().is_ok_and(|n| n == 0) || step.parse::<u32>().is_err())
        {
            return Some(format!(
                "{}: step {:?} is not a positive number",
                self.name,
                step.unwrap_or_default()
            ));
        }
        if range == "*" || range == "?" {
            return None;
        }
        let (from, to) = range.split_once('-').map_or((range, None), |(from, to)| (from, Some(to)));
        let limits = || format!("{} {part:?} is not within {}-{}", self.name, self.min, self.max);
        let Some(first) = self.value(from) else { return Some(limits()) };
        match to.map(|to| self.value(to)) {
            Some(None) => Some(limits()),
            Some(Some(last)) if last < first => Some(format!("{} {part:?} ends before it begins", self.name)),
            _ => None,
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        let lower = text.to_ascii_lowercase();
        if let Some(at) = self.names.iter().position(|name| *name == lower) {
            return u32::try_from(at).ok().map(|at| at + self.min);
        }
        text.parse().ok().filter(|n| (self.min..=self.max).contains(n))
    }

    /// The values that a valid field takes, as bits, and whether it takes all without saying so.
    fn values(&self, text: &str) -> (u64, bool) {
        let (mut bits, mut star) = (0, false);
        for part in text.split(',') {
            let (range, step) = part.split_once('/').unwrap_or((part, "1"));
            let step = step.parse::<u32>().unwrap_or(1).max(1);
            let all = range == "*" || range == "?";
            star |= all && step == 1;
            let (from, to) = match range.split_once('-') {
                _ if all => (Some(self.min), Some(self.max)),
                Some((from, to)) => (self.value(from), self.value(to)),
                // `5/10` goes on to the greatest value.
                None if part.contains('/') => (self.value(range), Some(self.max)),
                None => (self.value(range), self.value(range)),
            };
            let values = from.zip(to).map(|(from, to)| (from..=to).step_by(step as usize));
            bits |= values.into_iter().flatten().fold(0, |bits, value| bits | 1 << value);
        }
        (bits, star)
    }
}

/// When a valid schedule is due, in the time of its own zone.
pub(crate) enum Schedule {
    /// Every so many seconds after the last run.
    Every(i64),
    At(Times),
}

/// Minutes, hours, days of the month, months and days of the week, as bits.
pub(crate) struct Times {
    values: [u64; 5],
    any_day: bool,
    any_weekday: bool,
}

const DAY: i64 = 86_400;

impl Schedule {
    /// Reads a schedule; `None` when it is not valid.
    pub(crate) fn parse(schedule: &str) -> Option<Schedule> {
        if fault(schedule).is_some() {
            return None;
        }
        let text = without_zone(schedule);
        if let Some(duration) = text.strip_prefix("@every ") {
            return seconds(duration.trim()).filter(|s| *s > 0).map(Schedule::Every);
        }
        let fields = match text {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            fields => fields,
        };
        let mut times = Times { values: [0; 5], any_day: false, any_weekday: false };
        for (at, (text, field)) in fields.split_whitespace().zip(&FIELDS).enumerate() {
            let (bits, star) = field.values(text);
            times.values[at] = bits;
            times.any_day |= at == 2 && star;
            times.any_weekday |= at == 4 && star;
        }
        Some(Schedule::At(times))
    }

    /// Moments after `from` and not after `until` at which it is due, at most `most`; all in seconds of its zone.
    pub(crate) fn due(&self, from: i64, until: i64, most: usize) -> usize {
        let times = match self {
            Schedule::Every(seconds) => {
                let count = until.saturating_sub(from).max(0) / seconds;
                return usize::try_from(count).unwrap_or(most).min(most);
            }
            Schedule::At(times) => times,
        };
        let minutes: Vec<i64> = (0..24 * 60).filter(|minute| times.has_minute(*minute)).collect();
        let mut count = 0;
        for day in from.div_euclid(DAY)..=until.div_euclid(DAY) {
            if !times.has_day(day) {
                continue;
            }
            for minute in &minutes {
                let at = day * DAY + minute * 60;
                count += usize::from(at > from && at <= until);
                if count >= most {
                    return count;
                }
            }
        }
        count
    }

    /// True when it is due at this very moment.
    pub(crate) fn is_due_at(&self, at: i64) -> bool {
        match self {
            Schedule::Every(_) => true,
            Schedule::At(times) => {
                times.has_day(at.div_euclid(DAY)) && times.has_minute(at.rem_euclid(DAY) / 60)
            }
        }
    }

    /// True when no calendar has such a day: the 30th of February.
    pub(crate) fn is_never(&self) -> bool {
        // Weekdays and the 29th of February repeat after 28 years at most in this century.
        matches!(self, Schedule::At(times) if !(0..28 * 366).any(|day| times.has_day(day)))
    }
}

impl Times {
    fn has(&self, field: usize, value: i64) -> bool {
        u32::try_from(value).is_ok_and(|value| value < 64 && self.values[field] & (1 << value) != 0)
    }

    fn has_minute(&self, minute_of_day: i64) -> bool {
        self.has(1, minute_of_day / 60) && self.has(0, minute_of_day % 60)
    }

    /// Days since 1970-01-01, a Thursday. Where both days are given, either will do.
    fn has_day(&self, day: i64) -> bool {
        let (month, of_month) = date(day);
        let (by_day, by_weekday) = (self.has(2, of_month), self.has(4, (day + 4).rem_euclid(7)));
        let fits = if self.any_day || self.any_weekday { by_day && by_weekday } else { by_day || by_weekday };
        self.has(3, month) && fits
    }
}

/// Month and day of the month of a day since 1970-01-01.
fn date(day: i64) -> (i64, i64) {
    // Years are counted from March, so that the day that leap years add is the last of the year.
    let since = day + 719_468;
    let of_era = since.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * from_march + 2) / 5 + 1;
    (if from_march < 10 { from_march + 3 } else { from_march - 9 }, of_month)
}

/// A duration such as `1h30m` in whole seconds.
fn seconds(text: &str) -> Option<i64> {
    let (mut total, mut rest) = (0.0, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let units = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        total += number
            * match &rest[digits..units] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 0.001,
                _ => 0.0,
            };
        rest = &rest[units..];
    }
    Some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        view::Time::parse(text).unwrap().unix()
    }

    fn due(schedule: &str, from: &str, until: &str) -> usize {
        Schedule::parse(schedule).unwrap().due(at(from), at(until), 1000)
    }

    #[test]
    fn runs_are_counted_as_the_controller_counts_them() {
        assert_eq!(due("*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"), 4);
        assert_eq!(due("30 3 * * 1-5", "2026-01-01T00:00:00Z", "2026-01-08T00:00:00Z"), 5);
        assert_eq!(due("0 0 1 * *", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), 12);
        assert_eq!(due("0 0 29 2 *", "2023-01-01T00:00:00Z", "2032-12-31T00:00:00Z"), 3);
        // Either day will do where both are given.
        assert_eq!(due("0 0 13 * fri", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"), 4);
        assert_eq!(due("@every 1h30m", "2026-01-01T00:00:00Z", "2026-01-01T05:00:00Z"), 3);
        assert_eq!(due("TZ=UTC @daily", "2026-01-01T12:00:00Z", "2026-01-03T12:00:00Z"), 2);
        assert_eq!(due("5/20 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"), 3);
    }

    #[test]
    fn some_days_never_come() {
        for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 feb ?"] {
            assert!(Schedule::parse(never).unwrap().is_never(), "{never}");
        }
        for some in ["0 0 29 2 *", "0 0 31 2,3 *", "0 0 30 2 mon", "@yearly", "@every 5m"] {
            assert!(!Schedule::parse(some).unwrap().is_never(), "{some}");
        }
    }
}
