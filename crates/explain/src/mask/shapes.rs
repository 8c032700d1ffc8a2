//! Words that identify something by their shape, whether an object has that name or not.

use super::atoms::{atom_end, before, is_word_at};
use super::domains::{is_api_group, is_cluster_suffix, is_file, is_host};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Longest word (bytes) that is looked at: a host has at most 253.
const WORD_MAX: usize = 300;
/// Longest name of an AWS resource (bytes).
const ARN_MAX: usize = 2_048;

/// What a word is by its shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// One identifier up to here.
    Whole(usize),
    /// Labels with dots between them up to here, each a name of its own: `web.prod.svc`.
    Labels(usize),
}

/// What begins at this position; `is_name` tells which words are names of objects.
pub(super) fn shape(text: &str, at: usize, is_name: impl Fn(&str) -> bool) -> Option<Shape> {
    if let Some(end) = ipv6(text, at) {
        return Some(Shape::Whole(end));
    }
    if !is_word_at(text, at) {
        return None;
    }
    let whole = arn(text, at).into_iter().chain(identifier(text, at)).chain(mail(text, at)).max();
    match (whole, host(text, at, is_name)) {
        (Some(whole), Some(Shape::Whole(host))) => Some(Shape::Whole(whole.max(host))),
        (Some(whole), _) => Some(Shape::Whole(whole)),
        (None, host) => host,
    }
}

/// What masks of a text begin with: told by the text alone, so that one text has one mask.
pub(super) fn flavour(text: &str) -> &'static str {
    match text {
        t if IpAddr::from_str(t).is_ok() => "ip",
        t if t.starts_with("arn:") => "arn",
        t if t.contains('@') => "mail",
        t if identifier(t, 0) == Some(t.len()) && !t.starts_with("ip-") => "id",
        t if is_host(t) || t.starts_with("ip-") => "host",
        _ => "name",
    }
}

/// Where a run of such characters ends, at most [`WORD_MAX`] bytes on.
fn run(text: &str, at: usize, most: usize, allowed: impl Fn(u8) -> bool) -> usize {
    let bytes = text.as_bytes()[at..].iter().take(most);
    at + bytes.take_while(|byte| allowed(**byte)).count()
}

fn ipv6(text: &str, at: usize) -> Option<usize> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '.';
    if before(text, at).is_some_and(part) {
        return None;
    }
    let end = run(text, at, 48, |b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
    let word = text[at..end].trim_end_matches('.');
    let word = if word.ends_with("::") { word } else { word.trim_end_matches(':') };
    let cut = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    if cut || word.matches(':').count() < 2 {
        return None;
    }
    let mac = || word.len() == 17 && word.split(':').all(|pair| pair.len() == 2);
    let address = Ipv6Addr::from_str(word).ok();
    let plain = address.is_some_and(|address| address.is_loopback() || address.is_unspecified());
    ((address.is_some() && !plain) || (address.is_none() && mac())).then_some(at + word.len())
}

/// The name of a resource of AWS: `arn:aws:iam::123456789012:role/x`.
fn arn(text: &str, at: usize) -> Option<usize> {
    if !text[at..].starts_with("arn:aws") {
        return None;
    }
    let end = run(text, at, ARN_MAX, |b| b.is_ascii_graphic() && !b"\"'`,;()[]{}<>|\\".contains(&b));
    Some(at + text[at..end].trim_end_matches(['.', ':', '/']).len())
}

/// Identifiers that machines make: UUIDs, digests, account numbers and resources of AWS.
fn identifier(text: &str, at: usize) -> Option<usize> {
    let first = atom_end(text, at);
    let atom = &text[at..first];
    let hex = |word: &str| word.bytes().all(|b| b.is_ascii_hexdigit());
    if atom.len() >= 32 && hex(atom) {
        return Some(first);
    }
    let fraction = before(text, at) == Some('.');
    if atom.len() == 12 && !fraction && atom.bytes().all(|b| b.is_ascii_digit()) {
        return Some(first);
    }
    let end = run(text, at, WORD_MAX, |b| b.is_ascii_alphanumeric() || b == b'-');
    let word = &text[at..end];
    let parts = || word.split('-');
    if word.len() >= 36 && atom.len() == 8 {
        let lengths = parts().map(str::len).take(5);
        let uuid = lengths.eq([8, 4, 4, 4, 12]) && parts().take(5).all(hex);
        return uuid.then_some(at + 36);
    }
    if atom == "ip" && parts().count() >= 5 && parts().skip(1).take(4).all(|part| part.parse::<u8>().is_ok())
    {
        let length: usize = parts().take(5).map(|part| part.len() + 1).sum();
        return Some(at + length - 1);
    }
    const AWS: &[&str] =
        &["i", "vpc", "subnet", "sg", "eni", "ami", "vol", "snap", "rtb", "igw", "nat", "lt", "acl", "tgw"];
    let (kind, rest) = word.split_once('-')?;
    let resource = AWS.contains(&kind) && matches!(rest.len(), 8 | 17) && hex(rest);
    (resource && rest.bytes().any(|b| b.is_ascii_digit())).then_some(end)
}

fn mail(text: &str, at: usize) -> Option<usize> {
    let local = run(text, at, 64, |b| b.is_ascii_alphanumeric() || b"._%+-".contains(&b));
    let domain = text[local..].strip_prefix('@').map(|_| local + 1)?;
    let end = word_end(text, domain);
    is_host(&text[domain..end]).then_some(end)
}

/// Where a word of hosts ends: letters, digits, hyphens, dots, neither of the latter last.
fn word_end(text: &str, at: usize) -> usize {
    let end = run(text, at, WORD_MAX, |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    at + text[at..end].trim_end_matches(['-', '.']).len()
}

fn host(text: &str, at: usize, is_name: impl Fn(&str) -> bool) -> Option<Shape> {
    if before(text, at).is_some_and(|c| c.is_ascii_alphanumeric() || c == '-') {
        return None;
    }
    let end = word_end(text, at);
    let word = &text[at..end];
    if word.is_empty() || word.contains("..") {
        return None;
    }
    let labels = || word.split('.');
    if Ipv4Addr::from_str(word).is_ok() {
        return Some(Shape::Whole(end));
    }
    if !word.bytes().any(|b| b.is_ascii_alphabetic()) || is_api_group(word) {
        return None;
    }
    if is_cluster_suffix(word) {
        return Some(Shape::Labels(end));
    }
    let dotted = word.contains('.');
    if dotted && (is_host(word) || labels().count() > 1 && follows_host_word(text, at)) {
        return Some(Shape::Whole(end));
    }
    let last = labels().next_back().unwrap_or_default();
    if dotted && labels().count() <= 4 && is_name(last) {
        return Some(Shape::Labels(end));
    }
    let told = follows_host_word(text, at)
        || (has_port(text, end) && !is_file(word) && before(text, at) != Some('.'));
    told.then_some(if dotted { Shape::Labels(end) } else { Shape::Whole(end) })
}

/// A port stands behind the word, and it is no time, ratio or place in a file.
fn has_port(text: &str, end: usize) -> bool {
    let Some(rest) = text[end..].strip_prefix(':') else { return false };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = rest[digits..].chars().next();
    let ends = after.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '-' && c != '.');
    (2..=5).contains(&digits) && ends && rest[..digits].parse::<u16>().is_ok_and(|port| port >= 22)
}

/// What stands before the word says that a host follows.
fn follows_host_word(text: &str, at: usize) -> bool {
    const TELLING: &[&str] = &[
        "://",
        "@",
        "lookup ",
        "lookup: ",
        "getaddrinfo ENOTFOUND ",
        "getaddrinfo EAI_AGAIN ",
        "resolve host ",
        "host=",
        "hostname=",
        "server=",
        "addr=",
        "upstream: ",
        "host: ",
    ];
    let before = &text[..at];
    TELLING.iter().any(|word| before.ends_with(word))
}
