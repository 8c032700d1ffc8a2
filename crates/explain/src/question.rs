//! What is known of one cause, as plain data for a model.

mod neighbours;

pub use neighbours::neighbours;

use analyzers::{Cause, entry};

/// Replicas that are named beside the first.
const REPLICAS_MAX: usize = 5;

/// What is known of one cause. All text is as the analysis has it: neither masked nor bounded in total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Id of the rule (`pod/image-pull`).
    pub rule: String,
    /// What the rule finds, in a few words.
    pub title: String,
    /// How bad it is (`error`).
    pub severity: String,
    /// Kind of the object at fault.
    pub kind: String,
    /// `namespace/name` of the object at fault, or its name alone.
    pub object: String,
    /// The finding in one sentence.
    pub sentence: String,
    /// Field at fault; empty when none is known.
    pub field: String,
    /// Proof.
    pub evidence: Vec<Proof>,
    /// The same fault on further objects, the first of them.
    pub replicas: Vec<String>,
    /// How many objects have the fault itself.
    pub roots: usize,
    /// How many objects the cause touches.
    pub reach: usize,
    /// What it explains, nearest first.
    pub chain: Vec<Step>,
    /// What the rule advises, with the finding's own names.
    pub fixes: Vec<String>,
    /// Commands that the rule advises.
    pub commands: Vec<String>,
    /// Why it matters, from the rule's manual page.
    pub why: String,
    /// What to do in general, from the rule's manual page.
    pub remedy: String,
    /// Objects around it.
    pub neighbours: Vec<Neighbour>,
}

/// A piece of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Where it comes from (`event`, `log`).
    pub source: String,
    /// What it says.
    pub text: String,
}

/// A step of the chain that a cause explains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The first object, with its kind.
    pub object: String,
    /// What is wrong with it.
    pub brief: String,
    /// How many objects stand here.
    pub count: usize,
}

/// An object near the one at fault, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbour {
    /// Kind, namespace and name.
    pub object: String,
    /// Short facts, one a line.
    pub facts: Vec<String>,
}

impl Question {
    /// The question about a cause.
    pub fn of(cause: &Cause, neighbours: &[Neighbour]) -> Question {
        let root = &cause.root;
        let manual = entry(root.rule);
        let section = |heading: &str| manual.map(|page| page.section(heading)).unwrap_or_default();
        let proof =
            root.evidence.iter().map(|e| Proof { source: e.source.to_string(), text: e.text.clone() });
        let steps = cause.chain.iter().map(|link| Step {
            object: link.object.to_string(),
            brief: link.brief.clone(),
            count: link.count,
        });
        Question {
            rule: root.rule.to_owned(),
            title: manual.map(|page| page.title().to_owned()).unwrap_or_default(),
            severity: format!("{:?}", cause.severity()).to_lowercase(),
            kind: root.object.kind.to_string(),
            object: root.object.path(),
            sentence: root.text.clone(),
            field: root.field.to_owned(),
            evidence: proof.collect(),
            replicas: cause.same.iter().take(REPLICAS_MAX).map(|f| f.object.to_string()).collect(),
            roots: cause.roots().count(),
            reach: cause.reach(),
            chain: steps.collect(),
            fixes: root.fix.clone(),
            commands: root.commands.clone(),
            why: section("Why it matters"),
            remedy: section("What to do"),
            neighbours: neighbours.to_vec(),
        }
    }
}
