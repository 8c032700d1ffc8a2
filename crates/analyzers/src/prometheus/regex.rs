//! Whether Go's regular expressions, which Prometheus uses, accept a pattern.
//!
//! No library of ours reads this dialect: others refuse what Go takes as it stands (`{`, `[` inside of
//! brackets, `\Q`) and take what it refuses (`a**`), and either would be a false alarm or a miss.

/// Deepest nesting of groups that is followed; beyond, the pattern counts as accepted.
const DEPTH_MAX: usize = 100;
/// Longest pattern (bytes) that is read; a longer one counts as accepted.
const PATTERN_MAX: usize = 16 << 10;

/// What is known of an accepted pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Pattern {
    /// It may match the empty text.
    pub matches_empty: bool,
}

/// Reads a pattern as Prometheus does, anchored at both ends. The error says what Go would not accept.
pub(crate) fn check(pattern: &str) -> Result<Pattern, String> {
    if pattern.len() > PATTERN_MAX {
        return Ok(Pattern { matches_empty: true });
    }
    let anchored = format!("^(?s:{pattern})$");
    let mut reader = Reader { rest: &anchored, names: Vec::new() };
    match reader.alternatives(0) {
        Ok(_) if reader.rest.starts_with(')') => Err("a ) too many".to_owned()),
        Ok(matches_empty) => Ok(Pattern { matches_empty }),
        Err(Refusal::Says(_)) if ends_with_escape(pattern) => Err("it ends with a \\".to_owned()),
        Err(Refusal::Says(says)) => Err(says),
        Err(Refusal::TooDeep) => Ok(Pattern { matches_empty: true }),
    }
}

/// A last backslash that escapes nothing of the pattern.
fn ends_with_escape(pattern: &str) -> bool {
    (pattern.len() - pattern.trim_end_matches('\\').len()) % 2 == 1
}

enum Refusal {
    Says(String),
    TooDeep,
}

fn refuse<T>(says: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Says(says.into()))
}

struct Reader<'a> {
    rest: &'a str,
    names: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, prefix: &str) -> bool {
        let after = self.rest.strip_prefix(prefix);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Alternatives up to a closing parenthesis or the end; true when one may match the empty text.
    fn alternatives(&mut self, depth: usize) -> Result<bool, Refusal> {
        if depth > DEPTH_MAX {
            return Err(Refusal::TooDeep);
        }
        let mut any = self.sequence(depth)?;
        while self.eat("|") {
            any |= self.sequence(depth)?;
        }
        Ok(any)
    }

    fn sequence(&mut self, depth: usize) -> Result<bool, Refusal> {
        let mut all = true;
        // What may be repeated stands before: nothing at the start, and not another repetition.
        let mut before: Option<bool> = None;
        let mut repeated = false;
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            let start = self.rest;
            if let Some(may_be_none) = self.repetition()? {
                let operator = &start[..start.len() - self.rest.len()];
                let Some(part) = before else {
                    return refuse(format!("{operator} has nothing before it to repeat"));
                };
                if repeated {
                    return refuse(format!("{operator} repeats a repetition"));
                }
                before = Some(part || may_be_none);
                repeated = true;
            } else {
                // `(?i)` is no part: what follows it still has the part before it.
                if let Some(part) = self.part(depth)? {
                    all &= before.unwrap_or(true);
                    before = Some(part);
                }
                repeated = false;
            }
        }
        Ok(all && before.unwrap_or(true))
    }

    /// A repetition operator: whether it allows for none. A brace that is none is an ordinary character.
    fn repetition(&mut self) -> Result<Option<bool>, Refusal> {
        let none = match self.rest.as_bytes().first() {
            Some(b'*' | b'?') => true,
            Some(b'+') => false,
            Some(b'{') => return self.counted(),
            _ => return Ok(None),
        };
        self.rest = &self.rest[1..];
        self.eat("?");
        Ok(Some(none))
    }

    fn counted(&mut self) -> Result<Option<bool>, Refusal> {
        let Some((inside, after)) = self.rest[1..].split_once('}') else { return Ok(None) };
        let (low, high) = inside.split_once(',').unwrap_or((inside, inside));
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            (digits && (text.len() == 1 || !text.starts_with('0'))).then(|| text.parse().unwrap_or(u64::MAX))
        };
        let Some(low) = number(low) else { return Ok(None) };
        let high = match high {
            "" => None,
            high => match number(high) {
                None => return Ok(None),
                number => number,
            },
        };
        if low > 1000 || high.is_some_and(|high| high > 1000 || high < low) {
            return refuse(format!("{{{inside}}} is no valid count (at most 1000)"));
        }
        self.rest = after;
        self.eat("?");
        Ok(Some(low == 0))
    }

    /// One part: true when it may match the empty text, nothing for mere flags.
    fn part(&mut self, depth: usize) -> Result<Option<bool>, Refusal> {
        if self.rest.starts_with("(?") {
            return self.flags(depth);
        }
        if self.rest.starts_with('[') {
            return self.class().map(|()| Some(false));
        }
        match self.take() {
            Some('(') => self.group(depth).map(Some),
            Some('^' | '$') => Ok(Some(true)),
            Some('\\') => self.escape(true).map(Some),
            _ => Ok(Some(false)),
        }
    }

    fn group(&mut self, depth: usize) -> Result<bool, Refusal> {
        let empty = self.alternatives(depth + 1)?;
        if self.eat(")") { Ok(empty) } else { refuse("a ( without its )") }
    }

    /// `(?P<name>…)`, `(?i:…)`, `(?i)`.
    fn flags(&mut self, depth: usize) -> Result<Option<bool>, Refusal> {
        let start = self.rest;
        for opening in ["(?P<", "(?<"] {
            let named = start.strip_prefix(opening).filter(|rest| !rest.starts_with(['=', '!']));
            let Some((name, after)) = named.and_then(|rest| rest.split_once('>')) else { continue };
            let valid = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if !valid || self.names.contains(&name) {
                return refuse(format!("({}{name}> is no valid name of a group", &opening[1..]));
            }
            self.names.push(name);
            self.rest = after;
            return self.group(depth).map(Some);
        }
        self.rest = &start[2..];
        let flags = self.rest.find(|c| !"imsU-".contains(c)).unwrap_or(self.rest.len());
        let valid = self.rest[..flags].matches('-').count() <= 1 && !self.rest[..flags].ends_with('-');
        self.rest = &self.rest[flags..];
        match self.take() {
            Some(':') if valid => self.group(depth).map(Some),
            Some(')') if valid => Ok(None),
            None => refuse("a ( without its )"),
            _ => {
                let shown: String =
                    start.chars().take(if start.starts_with("(?<") { 4 } else { 3 }).collect();
                refuse(format!("{shown} is not supported: Prometheus knows no lookaround"))
            }
        }
    }

    /// What follows a backslash: true when it matches the empty text (a boundary).
    fn escape(&mut self, outside: bool) -> Result<bool, Refusal> {
        let Some(c) = self.take() else { return refuse("it ends with a \\") };
        let octal = |c: char| ('0'..='7').contains(&c);
        let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit()) && !text.is_empty();
        match c {
            'A' | 'b' | 'B' | 'z' if outside => return Ok(true),
            'Q' if outside => {
                let end = self.rest.find("\\E");
                self.rest = end.map_or("", |end| &self.rest[end + 2..]);
                return Ok(true);
            }
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'a' | 'f' | 'n' | 'r' | 't' | 'v' => return Ok(false),
            '0'..='7' if c == '0' || self.rest.starts_with(octal) => {
                let digits = self.rest.bytes().take(2).take_while(|b| octal(char::from(*b))).count();
                self.rest = &self.rest[digits..];
                return Ok(false);
            }
            '1'..='9' => return refuse(format!("\\{c} refers back, which Prometheus does not support")),
            'p' | 'P' => {
                let end =
                    if self.rest.starts_with('{') { self.rest.find('}').map(|end| end + 1) } else { None };
                let letter = self.rest.chars().next().filter(|c| *c != '{').map(char::len_utf8);
                let Some(end) = end.or(letter) else { return refuse(format!("\\{c} names no class")) };
                self.rest = &self.rest[end..];
                return Ok(false);
            }
            'x' => {
                let braced = self.rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
                let bare = self.rest.get(..2).map(|code| (code, &self.rest[2..]));
                if let Some((_, after)) = braced.or(bare).filter(|(code, _)| hex(code)) {
                    self.rest = after;
                    return Ok(false);
                }
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => return Ok(false),
            _ => {}
        }
        refuse(format!("\\{c} is no escape that Prometheus knows"))
    }

    /// `[…]`.
    fn class(&mut self) -> Result<(), Refusal> {
        self.rest = &self.rest[1..];
        self.eat("^");
        let mut first = true;
        while first || !self.rest.starts_with(']') {
            first = false;
            if let Some((_, after)) = self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]")) {
                self.rest = after;
                continue;
            }
            let low = self.class_char()?;
            if self.rest.starts_with('-') && !self.rest.starts_with("-]") && self.rest.len() > 1 {
                self.rest = &self.rest[1..];
                let high = self.class_char()?;
                if let (Some(low), Some(high)) = (low, high)
                    && high < low
                {
                    return refuse(format!("{low}-{high} is an empty range"));
                }
            }
        }
        self.rest = &self.rest[1..];
        Ok(())
    }

    /// One character of a class; nothing when it is written as an escape.
    fn class_char(&mut self) -> Result<Option<char>, Refusal> {
        match self.take() {
            None => refuse("a [ without its ]"),
            Some('\\') => self.escape(false).map(|_| None),
            Some(c) => Ok(Some(c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn what_go_accepts() {
        let accepted = [
            ("", true),
            ("(.*)", true),
            (".+", false),
            ("true", false),
            ("a|", true),
            ("([^:]+)(?::\\d+)?;(\\d+)", false),
            ("(?i)foo.*", false),
            ("(?P<name>a)|(?<other>b)", false),
            ("__meta_kubernetes_pod_label_(.+)", false),
            ("{foo}", false),
            ("a{,5}", false),
            ("a{2,}?", false),
            ("a{0,3}", true),
            ("[^[]+", false),
            ("[]a]", false),
            ("[a-z-]*", true),
            ("[[:alpha:]_]", false),
            ("\\Q[\\E", true),
            ("\\pL\\p{Greek}", false),
            ("\\x{10FFFF}\\x7F\\012", false),
            ("^$", true),
            ("a)(b", false),
            ("\\/\\_\\-", false),
            ("(?i)", true),
            ("日本+", false),
            ("\\b", true),
            ("(?:a?|b)c?", true),
        ];
        for (pattern, empty) in accepted {
            let read = check(pattern).unwrap_or_else(|says| panic!("{pattern}: {says}"));
            assert_eq!(read.matches_empty, empty, "{pattern}");
        }
    }

    #[test]
    fn what_go_refuses() {
        let refused = [
            ("*", "nothing before"),
            ("a**", "repeats a repetition"),
            ("a|*", "nothing before"),
            ("(+)", "nothing before"),
            ("(foo", "without its )"),
            ("foo)", "too many"),
            ("[a", "without its ]"),
            ("foo\\", "ends with"),
            ("[z-a]", "empty range"),
            ("(?!foo).*", "lookaround"),
            ("(?<=foo)bar", "lookaround"),
            ("(a)\\1", "refers back"),
            ("\\Z", "no escape"),
            ("\\u0041", "no escape"),
            ("a{1001}", "no valid count"),
            ("a{3,2}", "no valid count"),
            ("(?P<a>x)(?P<a>y)", "name of a group"),
            ("(?P=a)", "not supported"),
            ("a++", "repeats a repetition"),
        ];
        for (pattern, says) in refused {
            let told = check(pattern).expect_err(pattern);
            assert!(told.contains(says), "{pattern}: {told}");
        }
    }
}
