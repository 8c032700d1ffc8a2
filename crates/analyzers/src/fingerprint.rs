//! A name for a fault that stays the same from one analysis to the next.

use crate::{Cause, words};
use view::ObjectRef;

/// Characters that Kubernetes makes generated names of.
const GENERATED: &str = "bcdfghjklmnpqrstvwxz2456789";

impl Cause {
    /// 16 hexadecimal digits from the rule, the topmost owner of the object at fault, and what makes the fault
    /// this one: no counts, no times, no generated names. A fault keeps it while its pods are replaced and
    /// its replicas come and go.
    pub fn fingerprint(&self) -> String {
        let root = &self.root;
        let ObjectRef { kind, namespace, name } = self.owner.as_ref().unwrap_or(&root.object);
        let key = if root.keyed { &root.same } else { &root.brief };
        let key = stable(&words::without_names(key, &root.object));
        // Runs of a CronJob whose Jobs were not read are numbered by time.
        let name = match name.rsplit_once('-') {
            Some((name, run)) if kind == "Job" && is_number(run) => name,
            _ => name.as_str(),
        };
        let parts = [root.rule, kind.as_str(), namespace.as_str(), name, key.as_str()];
        format!("{:016x}", fnv(parts.join("\0").as_bytes()))
    }
}

fn is_number(text: &str) -> bool {
    text.len() >= 8 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A text without the generated ends of names (`web-7d8b49557c-2xk8p`) and without the plural of counts.
fn stable(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(without_generated).collect();
    words.join(" ").replace("pods", "pod").replace("nodes", "node").replace("replicas", "replica")
}

fn without_generated(word: &str) -> String {
    let mut kept: Vec<&str> = word.split('-').collect();
    // `without_names` has made every number a `#`.
    let generated = |part: &str| {
        let part = part.trim_end_matches(|c: char| c.is_ascii_punctuation() && c != '#');
        let numbered = part.contains('#') && part.chars().all(|c| c == '#' || GENERATED.contains(c));
        (part.len() == 5 && part.chars().all(|c| GENERATED.contains(c))) || (numbered && part.len() > 1)
    };
    while kept.len() > 1 && kept.last().is_some_and(|part| generated(part)) {
        kept.pop();
    }
    kept.join("-")
}

/// FNV-1a: small, and the same on every machine and in every version.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_and_counts_fade() {
        for (text, kept) in [
            ("#/# ready", "#/# ready"),
            ("# pods CrashLoopBackOff", "# pod CrashLoopBackOff"),
            ("waits for web-#d#b#c-bxvdg", "waits for web"),
            ("has no key tls.key", "has no key tls.key"),
            ("KernelDeadlock=True", "KernelDeadlock=True"),
        ] {
            assert_eq!(stable(text), kept);
        }
        assert_eq!(fnv(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
