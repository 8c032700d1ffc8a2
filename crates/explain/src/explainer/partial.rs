//! Readable words out of an answer in JSON while it still arrives.

/// Reads an answer as it comes and gives what a person may see of it: the texts of the known fields, each
/// with its mark. An answer that is no JSON is given as it is. Nothing is checked here: that happens once the
/// answer is whole.
#[derive(Debug, Default)]
pub(crate) struct Partial {
    form: Form,
    at: At,
    key: String,
    /// A colon came: the next text is a value.
    value: bool,
    list: bool,
    item: usize,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Unknown,
    Json,
    Prose,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    Between,
    Text,
    Escape,
    /// The digits of a `\u` escape that have come.
    Code(String),
}

impl Partial {
    /// The words that these characters complete.
    pub(crate) fn read(&mut self, piece: &str) -> String {
        let mut out = String::new();
        for c in piece.chars() {
            if self.form == Form::Unknown && !c.is_whitespace() {
                // An object, or one inside a fence; anything else is prose.
                self.form = if matches!(c, '{' | '`') { Form::Json } else { Form::Prose };
            }
            match self.form {
                Form::Prose => out.push(c),
                _ => self.step(c, &mut out),
            }
        }
        out
    }

    fn step(&mut self, c: char, out: &mut String) {
        match &mut self.at {
            At::Between => self.between(c, out),
            At::Text => match c {
                '\\' => self.at = At::Escape,
                '"' => self.ended(out),
                c => self.take(c, out),
            },
            At::Escape => {
                self.at = if c == 'u' { At::Code(String::new()) } else { At::Text };
                match c {
                    'u' => {}
                    'n' | 't' | 'r' | 'b' | 'f' => self.take(' ', out),
                    c => self.take(c, out),
                }
            }
            At::Code(digits) => {
                digits.push(c);
                if digits.len() == 4 {
                    let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                    self.at = At::Text;
                    self.take(code.unwrap_or('\u{fffd}'), out);
                }
            }
        }
    }

    fn between(&mut self, c: char, out: &mut String) {
        match c {
            '"' => {
                self.at = At::Text;
                if self.value {
                    self.item += 1;
                    out.push_str(&self.mark());
                } else {
                    self.key.clear();
                }
            }
            ':' => (self.value, self.item) = (true, 0),
            '[' => self.list = self.value,
            ']' => (self.list, self.value) = (false, false),
            ',' if !self.list => self.value = false,
            '{' | '}' => (self.list, self.value) = (false, false),
            _ => {}
        }
    }

    fn ended(&mut self, out: &mut String) {
        self.at = At::Between;
        if self.value && self.shown() {
            out.push('\n');
        }
    }

    fn take(&mut self, c: char, out: &mut String) {
        match self.value {
            true if self.shown() => out.push(c),
            true => {}
            // Longer than any key of ours.
            false if self.key.len() < 64 => self.key.push(c),
            false => {}
        }
    }

    fn shown(&self) -> bool {
        matches!(self.key.as_str(), "cause" | "steps" | "commands")
    }

    fn mark(&self) -> String {
        match self.key.as_str() {
            "steps" => format!("{}. ", self.item),
            "commands" => "$ ".to_owned(),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"cause": "the \"tag\" is \u0067one: web:1", "steps": ["set it, then", "wait"], "commands": ["kubectl get po"], "confidence": "high"}"#;
    const SHOWN: &str = "the \"tag\" is gone: web:1\n1. set it, then\n2. wait\n$ kubectl get po\n";

    #[test]
    fn however_it_is_cut_the_same_is_shown() {
        for size in 1..ANSWER.len() {
            let characters: Vec<char> = ANSWER.chars().collect();
            let mut partial = Partial::default();
            let shown: String = characters
                .chunks(size)
                .map(|piece| partial.read(&piece.iter().collect::<String>()))
                .collect();
            assert_eq!(shown, SHOWN, "in pieces of {size}");
        }
    }

    #[test]
    fn prose_is_shown_and_looks_are_not() {
        assert_eq!(Partial::default().read("\n It is the tag: \"web\"."), "It is the tag: \"web\".");
        let look = r#"{"look": [{"tool": "logs", "args": {"name": "web"}}], "cause": "x"}"#;
        assert_eq!(Partial::default().read(look), "x\n");
        assert_eq!(Partial::default().read(&format!("```json\n{ANSWER}\n```")), SHOWN);
    }
}
