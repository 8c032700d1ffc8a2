//! What a rule says about an object.

use crate::{Evidence, Said, Source, words};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};
use view::{Meta, ObjectRef, Str, Time, View};

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is broken.
    Info,
    /// Works now, or for some; will hurt.
    Warning,
    /// Broken.
    Error,
    /// Broken for many: a node, a fail-closed webhook.
    Critical,
}

/// A container's log that would prove a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogWant {
    /// Namespace of the pod.
    pub namespace: Str,
    /// Pod.
    pub pod: Str,
    /// Container.
    pub container: Str,
    /// The instance before the current one.
    pub previous: bool,
}

/// One fault of one object.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// Filter of the rule's analyzer; empty when it appears only as a cause.
    pub filter: &'static str,
    /// The object at fault; it may be one that does not exist.
    pub object: ObjectRef,
    /// How bad it is.
    pub severity: Severity,
    /// One sentence: the object first, the cause last.
    pub text: String,
    /// A few words for a chain of causes (`0/3 ready`).
    pub brief: String,
    /// Proof.
    pub evidence: Vec<Evidence>,
    /// Objects whose fault, if they have one, explains this finding.
    pub because: Vec<ObjectRef>,
    /// What to do, one step a line, with this finding's own names and values.
    pub fix: Vec<String>,
    /// Commands that look closer or repair; run by nobody but the reader.
    pub commands: Vec<String>,
    /// A log that would prove it.
    pub log: Option<LogWant>,
    /// Nothing is wrong unless that log tells so.
    pub needs_log: bool,
    /// Objects that explain it if the log tells that it was they who did not answer, with the names by which a log
    /// would call them.
    pub suspects: Vec<(String, ObjectRef)>,
    /// Findings of one rule and one owner with equal keys are the same fault on several replicas.
    pub same: String,
    /// Findings with equal keys are the same fault even where no owner holds their objects together.
    pub(crate) alike: bool,
    /// Dotted path of the field at fault (`spec.selector`), for documentation.
    pub field: &'static str,
    /// Kinds that are hurt by it without showing a fault of their own yet: a finding without a filter is
    /// reported under theirs.
    pub hurts: BTreeSet<Str>,
    /// When it began. A rule may know best; else it is read off the object's status and events, and where
    /// nothing tells it stays unknown.
    pub since: Option<Time>,
    /// The rule said itself what makes it the same fault.
    pub(crate) keyed: bool,
    /// A custom analyzer says it, not a rule.
    pub said: Option<Box<Said>>,
}

impl Finding {
    /// Words for its place in a chain.
    pub fn brief(&mut self, brief: impl Into<String>) -> &mut Self {
        self.brief = words::line(&brief.into());
        self
    }
    /// Adds proof; empty text is left out.
    pub fn proof(&mut self, source: Source, text: impl AsRef<str>) -> &mut Self {
        let text = words::bounded(text.as_ref());
        if !text.is_empty() && !self.evidence.iter().any(|e| e.text == text) {
            self.evidence.push(Evidence { source, text });
        }
        self
    }
    /// Names an object whose fault would explain this one.
    pub fn because(&mut self, object: ObjectRef) -> &mut Self {
        if object != self.object && !self.because.contains(&object) {
            self.because.push(object);
        }
        self
    }
    /// Names several such objects.
    pub fn because_all(&mut self, objects: impl IntoIterator<Item = ObjectRef>) -> &mut Self {
        let mut known: HashSet<ObjectRef> = self.because.iter().cloned().collect();
        known.insert(self.object.clone());
        self.because.extend(objects.into_iter().filter(|object| known.insert(object.clone())));
        self
    }
    /// Adds a step of the remedy.
    pub fn fix(&mut self, step: impl Into<String>) -> &mut Self {
        self.fix.push(words::line(&step.into()));
        self
    }
    /// Adds a command for the reader; one in which a name of the cluster would make a shell do something
    /// else is left out.
    pub fn command(&mut self, command: impl Into<String>) -> &mut Self {
        let command = command.into();
        let plain = words::line(&command) == command && !command.contains([';', '`', '$', '&', '<', '>']);
        if plain {
            self.commands.push(command);
        }
        self
    }
    /// Sets another severity than the rule's.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }
    /// Sets what makes it the same fault on several replicas, where the text holds more than that.
    pub fn same(&mut self, key: impl Into<String>) -> &mut Self {
        self.same = key.into();
        self.keyed = true;
        self
    }
    /// Says when it began, where the rule knows better than the object's conditions.
    pub fn since(&mut self, time: impl Into<Option<Time>>) -> &mut Self {
        self.since = time.into();
        self
    }
    /// Sets such a key for objects that no owner holds together: a thousand instances of a type that fail in
    /// the same way are one fault.
    pub fn same_everywhere(&mut self, key: impl Into<String>) -> &mut Self {
        self.alike = true;
        self.same(key)
    }
    /// What holds it together with the same fault of other objects: their topmost owner, or their kind.
    pub(crate) fn held_by(&self, view: &View) -> ObjectRef {
        match self.alike {
            true => ObjectRef::new(self.object.kind.clone(), "", ""),
            false => view.top_owner_of(&self.object),
        }
    }
    /// Names an object that explains it if the log tells that `host` did not answer.
    pub fn suspect(&mut self, host: impl Into<String>, object: ObjectRef) -> &mut Self {
        self.suspects.push((host.into(), object));
        self
    }
    /// Names the field at fault.
    pub fn field(&mut self, path: &'static str) -> &mut Self {
        self.field = path;
        self
    }
    /// Names the objects that it hurts, now or at their next start.
    pub fn hurts<'a>(&mut self, objects: impl IntoIterator<Item = &'a ObjectRef>) -> &mut Self {
        self.hurts.extend(objects.into_iter().map(|object| object.kind.clone()));
        self
    }
    /// Asks for a container's log.
    pub fn log(&mut self, pod: &Meta, container: &str, previous: bool) -> &mut Self {
        let (namespace, pod) = (pod.namespace.clone(), pod.name.clone());
        self.log = Some(LogWant { namespace, pod, container: container.into(), previous });
        self
    }
    /// Asks for a container's current log, without whose lines it is no finding at all.
    pub fn log_alone(&mut self, pod: &Meta, container: &str) -> &mut Self {
        self.needs_log = true;
        self.log(pod, container, false)
    }
}

/// Collects the findings of one rule.
#[derive(Debug)]
pub struct Findings {
    rule: &'static str,
    filter: &'static str,
    severity: Severity,
    pub(crate) list: Vec<Finding>,
}

impl Findings {
    /// For a rule of this id, filter and severity.
    pub fn new(rule: &'static str, filter: &'static str, severity: Severity) -> Findings {
        Findings { rule, filter, severity, list: Vec::new() }
    }

    /// Adds a finding. `says` continues the sentence that the object's kind and name begin:
    /// `on(pod, "cannot pull image …")` reads "Pod prod/web cannot pull image …".
    pub fn on(&mut self, object: ObjectRef, says: impl AsRef<str>) -> &mut Finding {
        let text = words::line(&format!("{object} {}", words::bounded(says.as_ref())));
        let same = words::without_names(&text, &object);
        let at = self.list.len();
        self.list.push(Finding {
            rule: self.rule,
            filter: self.filter,
            object,
            severity: self.severity,
            text,
            brief: String::new(),
            evidence: Vec::new(),
            because: Vec::new(),
            fix: Vec::new(),
            commands: Vec::new(),
            log: None,
            needs_log: false,
            suspects: Vec::new(),
            same,
            alike: false,
            field: "",
            hurts: BTreeSet::new(),
            since: None,
            keyed: false,
            said: None,
        });
        &mut self.list[at]
    }

    /// The finding that was added last.
    pub fn last(&mut self) -> Option<&mut Finding> {
        self.list.last_mut()
    }

    /// What was found so far.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.list.iter()
    }
}
