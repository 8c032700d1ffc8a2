//! A hundred thousand names.

use crate::clusters::{object, view};
use explain::Masker;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const NAMES: usize = 100_000;

/// Names as people and controllers make them; each begins in a way of its own so that a search finds it.
fn name(number: usize) -> String {
    const WORDS: [&str; 8] = ["payments", "cart", "ledger", "auth", "search", "mail", "stock", "price"];
    let word = WORDS[number % 8];
    match number % 5 {
        0 => format!("{word}-xq{number}"),
        1 => format!("xq{number}.{word}.acme"),
        2 => format!("{word}-xq{number}-65c4567f84-dbmdh"),
        3 => format!("xq{number}"),
        _ => format!("team-xq{number}-{word}"),
    }
}

#[test]
fn none_of_many_names_is_left() {
    let names: Vec<String> = (0..NAMES).map(name).collect();
    let objects: Vec<_> = names.iter().map(|name| object("Pod", "space-of-all", name)).collect();
    let view = view(&objects);
    let start = Instant::now();
    let masker = Masker::new(&view, b"key");
    let built = start.elapsed();
    let (mut seen, mut spent, mut bytes) = (0, Duration::ZERO, 0);
    for (chunk, some) in names.chunks(200).enumerate() {
        let mut text = String::new();
        for (number, name) in some.iter().enumerate() {
            let _ = match (chunk + number) % 7 {
                0 => write!(text, "Pod space-of-all/{name} fails; "),
                1 => write!(text, "\"{name}\": dial tcp {name}:80 "),
                2 => writeln!(text, "host {name}.space-of-all.svc.cluster.local"),
                3 => write!(text, "{name}-suffix prefix-{name}, "),
                4 => write!(text, "https://{name}/x?y={name}#z "),
                5 => write!(text, "image registry.example.com/{name}:1 "),
                _ => write!(text, "{{\"pod\":\"{name}\"}} {}_y ", name.to_uppercase()),
            };
        }
        let start = Instant::now();
        let masked = masker.mask(&text);
        spent += start.elapsed();
        bytes += text.len();
        assert_eq!(masker.unmask(&masked), text);
        // Every planted name holds a number that nothing else holds.
        let masked = masked.to_lowercase();
        let atoms: std::collections::HashSet<&str> =
            masked.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for number in chunk * 200..chunk * 200 + some.len() {
            seen += usize::from(atoms.contains(format!("xq{number}").as_str()));
        }
        assert!(!masked.contains("space-of-all"));
    }
    assert_eq!(seen, 0, "names seen in masked text");
    println!("{NAMES} names: built in {built:?}, {:?} for 10 KB", spent / (bytes / 10_240) as u32);
}

#[test]
fn long_texts_take_time_in_proportion() {
    let masker = Masker::new(&view(&[object("Pod", "space", "a.a.a.a")]), b"");
    for pattern in ["a.", "a:", "a-", "::", "f", "a@", "1.1.", "name-", "ab/", "://a", "a.svc."] {
        let time = |repeat: usize| {
            let text = pattern.repeat(repeat / pattern.len());
            let start = Instant::now();
            let masked = masker.mask(&text);
            let taken = start.elapsed();
            assert_eq!(masker.unmask(&masked), text);
            taken
        };
        let (short, long) = (time(4_000), time(16_000));
        assert!(long < short * 40 + Duration::from_millis(200), "{pattern}: {short:?} then {long:?}");
    }
}
