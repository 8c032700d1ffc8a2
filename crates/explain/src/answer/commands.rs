//! Command lines of an answer: one line each, and whether they only look.

use crate::{Masker, plain};

/// Longest command (characters).
const COMMAND_MAX: usize = 600;
/// What makes a shell do more than run one program.
const SHELL: [char; 7] = [';', '`', '$', '&', '<', '>', '|'];

/// A command for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The command on one line.
    pub text: String,
    /// False when it only looks; true when it changes something, or may.
    pub changes: bool,
}

impl Command {
    fn of(text: String) -> Command {
        let changes = !only_looks(&text);
        Command { text, changes }
    }

    /// The command with names in place of masks; nothing when a name brings what a shell would act on.
    pub(super) fn unmasked(&self, masker: &Masker) -> Option<Command> {
        let text = plain::line(&masker.unmask(&self.text), COMMAND_MAX * 4);
        let count = |text: &str, signs: &[char]| text.matches(signs).count();
        let grown = count(&text, &SHELL) > count(&self.text, &SHELL)
            || count(&text, &['"', '\'', '\\', '(', ')', '*', '?', ' '])
                > count(&self.text, &['"', '\'', '\\', '(', ')', '*', '?', ' ']);
        (!grown).then(|| Command::of(text))
    }
}

/// The commands in a text: its lines without prompts, fences and comments.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().map(|line| plain::line(line, COMMAND_MAX));
    let lines = lines.map(|line| line.trim_matches('`').trim().trim_start_matches("$ ").trim().to_owned());
    let told = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#') && !matches!(line.as_str(), "bash" | "sh"));
    told.map(Command::of).collect()
}

/// True when every program of a pipe is known to only look.
fn only_looks(command: &str) -> bool {
    let harmless = command.replace("2>/dev/null", "").replace("2>&1", "");
    let acts = harmless.contains(['`', '>', '<', '$', ';', '&']) || harmless.contains("||");
    !acts && harmless.split('|').all(program_looks)
}

fn program_looks(part: &str) -> bool {
    let words: Vec<&str> = part.split_whitespace().collect();
    let Some((program, rest)) = words.split_first() else { return false };
    let plain: Vec<&str> = rest.iter().copied().filter(|word| !word.starts_with('-')).collect();
    match *program {
        "kubectl" | "oc" => kubectl_looks(rest),
        "helm" => verb_among(
            &plain,
            &["list", "ls", "get", "status", "history", "show", "search", "template", "version"],
        ),
        "crictl" => verb_among(
            &plain,
            &["ps", "pods", "logs", "inspect", "inspectp", "images", "info", "stats", "version"],
        ),
        "aws" => plain
            .get(1)
            .is_some_and(|verb| ["describe-", "list-", "get-"].iter().any(|start| verb.starts_with(start))),
        "curl" => !rest.iter().any(|word| acts_of_curl(word)),
        "sed" | "awk" | "tee" | "xargs" => false,
        program => LOOKING.contains(&program),
    }
}

/// Programs that only look, whatever their arguments.
const LOOKING: &[&str] = &[
    "grep",
    "egrep",
    "jq",
    "yq",
    "head",
    "tail",
    "sort",
    "uniq",
    "wc",
    "cut",
    "cat",
    "column",
    "less",
    "dig",
    "nslookup",
    "host",
    "ping",
    "traceroute",
    "nc",
    "journalctl",
    "df",
    "free",
    "uptime",
    "ls",
    "k8sgpt",
    "date",
    "echo",
    "base64",
];

fn acts_of_curl(word: &str) -> bool {
    let method = word.starts_with("-X") || word.starts_with("--request");
    method
        || word.starts_with("-d")
        || word.starts_with("--data")
        || word.starts_with("-F")
        || word.starts_with("-T")
        || word.starts_with("-o")
        || word.starts_with("-O")
        || word.starts_with("--upload")
        || word.starts_with("--output")
}

fn verb_among(words: &[&str], verbs: &[&str]) -> bool {
    words.first().is_some_and(|verb| verbs.contains(verb))
}

/// Flags of kubectl that may stand before the verb and take a word of their own.
const VALUED: &[&str] = &["-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user"];

fn kubectl_looks(words: &[&str]) -> bool {
    const LOOK: &[&str] = &[
        "get",
        "describe",
        "logs",
        "top",
        "explain",
        "version",
        "api-resources",
        "api-versions",
        "cluster-info",
        "events",
        "diff",
        "wait",
    ];
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-')) {
        at += if VALUED.contains(word) { 2 } else { 1 };
    }
    let verb = words.get(at).copied().unwrap_or_default();
    let next = words.get(at + 1).copied().unwrap_or_default();
    match verb {
        "rollout" => matches!(next, "status" | "history"),
        "auth" => next == "can-i",
        "config" => matches!(next, "view" | "get-contexts" | "current-context"),
        verb => LOOK.contains(&verb),
    }
}
