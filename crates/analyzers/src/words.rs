//! Words that several rules use.

use view::ObjectRef;

/// Longest text (characters) taken over from the cluster into a finding.
const TEXT_MAX: usize = 600;

/// Longest name (bytes) that others are compared with: comparing takes the square of it.
const NAME_MAX: usize = 256;
/// Longest line (characters) of our own words with names of the cluster in them.
const LINE_MAX: usize = 1_000;

/// Text of the cluster on one line, bounded, without credentials and without control or
/// direction-changing characters: it is data, never terminal control or markup of ours.
pub fn bounded(text: &str) -> String {
    let clean = view::without_credentials(text);
    one_line(clean.as_deref().unwrap_or(text), TEXT_MAX)
}

/// Our own words, with names of the cluster in them: one line, bounded, without control characters.
pub(crate) fn line(text: &str) -> String {
    one_line(text, LINE_MAX)
}

fn one_line(text: &str, most: usize) -> String {
    let text = text.trim();
    // Nearly every text is plain already: of those only the length is to be seen to.
    let plain = |b: u8| b.is_ascii_graphic() || b == b' ';
    if text.len() <= most && text.bytes().all(plain) && !text.contains("  ") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len().min(most));
    let mut count = 0;
    let mut space = false;
    for c in text.chars() {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if c.is_control() || view::is_invisible(c) {
            continue;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
            count += 1;
        }
        if count >= most {
            out.push('…');
            break;
        }
        out.push(c);
        count += 1;
    }
    out
}

/// A text with the object's own name, namespace-independent numbers and hashes taken out: equal for
/// the same fault on several replicas.
pub fn without_names(text: &str, object: &ObjectRef) -> String {
    let named = text.replace(object.name.as_str(), "{}");
    let mut out = String::with_capacity(named.len());
    let mut in_digits = false;
    for c in named.chars() {
        if c.is_ascii_digit() {
            if !in_digits {
                out.push('#');
            }
            in_digits = true;
        } else {
            in_digits = false;
            out.push(c);
        }
    }
    out
}

/// An exit code of a container in words, from the shell's and the kernel's conventions.
pub fn exit_code(code: i64, reason: &str) -> String {
    let meaning = match (code, reason) {
        (_, "OOMKilled") => "OOMKilled: it used more memory than its limit",
        (126, _) => "the command is not executable",
        (127, _) => "the command was not found in the image",
        (128, "ContainerCannotRun" | "StartError") => "the command could not be started",
        (130, _) => "interrupted by SIGINT",
        (134, _) => "aborted by SIGABRT",
        (137, _) => "killed by SIGKILL",
        (139, _) => "segmentation fault, SIGSEGV",
        (143, _) => "ended by SIGTERM",
        _ => "",
    };
    if meaning.is_empty() { format!("exit code {code}") } else { format!("exit code {code} ({meaning})") }
}

/// `1 pod`, `3 pods`.
pub fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// Up to `max` items joined by commas, with the number of those left out.
pub fn join_some<T: ToString>(items: impl IntoIterator<Item = T>, max: usize) -> String {
    let all: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    let shown = all.iter().take(max).cloned().collect::<Vec<_>>().join(", ");
    if all.len() > max { format!("{shown} and {} more", all.len() - max) } else { shown }
}

/// Names near to one that was not found, nearest first, at most three: equal but for case or a few
/// letters off; where there is none, those of which one is a part of the other.
pub fn near<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if wanted.len() > NAME_MAX {
        return Vec::new();
    }
    let lower = wanted.to_lowercase();
    let mut scored: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| *name != wanted && name.len() <= NAME_MAX)
        .filter_map(|name| {
            let other = name.to_lowercase();
            let distance = strsim::damerau_levenshtein(&lower, &other);
            let close = distance <= (wanted.chars().count() / 3).clamp(1, 3);
            let part =
                lower.len() >= 3 && other.len() >= 3 && (lower.contains(&other) || other.contains(&lower));
            (close || part).then_some((if close { distance } else { distance + 100 }, name))
        })
        .collect();
    scored.sort();
    scored.dedup();
    // Where a few letters are off, names that merely hold the word are noise.
    let typo = scored.first().is_some_and(|(distance, _)| *distance < 100);
    scored.retain(|(distance, _)| !typo || *distance < 100);
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The name that a misspelt one was meant to be: a letter or two off, never merely a part of it.
pub(crate) fn misspelt<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (wanted.chars().count() / 4).clamp(1, 2);
    let scored = names.into_iter().filter(|name| *name != wanted && name.len().abs_diff(wanted.len()) <= 8);
    let scored = scored.map(|name| (strsim::damerau_levenshtein(wanted, name), name));
    scored.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// An age in the largest unit that fits: `45s`, `12m`, `3h`, `9d`.
pub fn age(seconds: i64) -> String {
    match seconds.max(0) {
        s @ 0..=119 => format!("{s}s"),
        s @ 120..=7199 => format!("{}m", s / 60),
        s @ 7200..=172_799 => format!("{}h", s / 3600),
        s => format!("{}d", s / 86_400),
    }
}

/// Host and path of an Ingress as one writes them: `shop.example.com/cart`, `/cart`, or `everything else`.
pub fn route(host: &str, path: &str) -> String {
    match (host, path) {
        ("", "") => "everything else".to_owned(),
        (host, "") => format!("{host}/"),
        (host, path) => format!("{host}{path}"),
    }
}
