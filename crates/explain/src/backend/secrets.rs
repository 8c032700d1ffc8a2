//! What must never be quoted back, and quoting without it.

use view::Sensitive;

/// Longest quotation of an endpoint, in characters.
const LONGEST: usize = 400;
/// Shorter values are no secrets: leaving them out would only garble the message.
const SHORTEST: usize = 4;
const MARK: &str = "<redacted>";

/// Values that an endpoint was given and might repeat.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<Sensitive>);

impl Secrets {
    /// One more; of a text of several lines (a key file) each long line too.
    pub(super) fn add(&mut self, value: &[u8]) {
        if value.len() >= SHORTEST {
            self.0.push(Sensitive::new(value));
        }
        if let Ok(text) = std::str::from_utf8(value) {
            let lines = text.split(['\n', '"']).flat_map(|line| line.split("\\n")).map(str::trim);
            for line in lines.filter(|line| line.len() >= 16 && line.len() < value.len()) {
                self.0.push(Sensitive::new(line.as_bytes()));
            }
        }
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.expose_for_computation().len()));
    }

    /// The text without them.
    pub(super) fn removed(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for secret in &self.0 {
            if let Ok(secret) = std::str::from_utf8(secret.expose_for_computation())
                && out.contains(secret)
            {
                out = out.replace(secret, MARK);
            }
        }
        out
    }

    /// A text from outside on one line, bounded, without control characters and credentials.
    pub(super) fn quoted(&self, text: &str) -> String {
        let text = self.removed(text);
        let clean = view::without_credentials(&text);
        let text = clean.as_deref().unwrap_or(&text);
        let visible = |c: &char| !c.is_control() && !view::is_invisible(*c);
        let words = text.split_whitespace().map(|word| word.chars().filter(visible).collect());
        let line = words.collect::<Vec<String>>().join(" ");
        match line.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line.trim_end_matches('.').to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_hold_no_secret_and_no_escape() {
        let mut secrets = Secrets::default();
        secrets.add(b"canary-key");
        secrets.add(b"{\"private_key\":\"-----BEGIN\\nMIIEvQIBADANBgkqhki\\n\"}");
        let said = "bad key \u{1b}[31mcanary-key\n MIIEvQIBADANBgkqhki.";
        assert_eq!(secrets.quoted(said), "bad key [31m<redacted> <redacted>");
        assert_eq!(secrets.quoted(&"x".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
