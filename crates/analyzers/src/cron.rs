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
    let text = schedule.trim();
    let zoned = text.starts_with("TZ=") || text.starts_with("CRON_TZ=");
    let text = if zoned { text.split_once(' ').map_or("", |(_, rest)| rest.trim()) } else { text };
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
}
