//! Instances of any custom type: what all of them may be asked, whatever their controller makes of them.

use super::Condition;
use crate::lenient::{Conditions, Scalar, scalars_read_as};
use crate::{List, Meta, Str, Time, called, group_of};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;

/// References kept of one object.
const REFS_MAX: usize = 48;

/// An object of a type that a CustomResourceDefinition brought.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResource {
    pub api_version: Str,
    pub kind: Str,
    pub metadata: Meta,
    pub spec: CustomSpec,
    pub status: CustomStatus,
}

/// Of a spec whose shape only its controller knows: what it refers to, and whether it should rest.
#[derive(Clone, Default, Debug)]
pub struct CustomSpec {
    /// It is suspended, paused, stopped or scaled to zero.
    pub rests: bool,
    /// What it refers to, in the order of the spec.
    pub refs: List<SpecRef>,
}

/// A field of a spec that names another object.
#[derive(Clone, Default, Debug, PartialEq, Eq)]
pub struct SpecRef {
    /// Its name in the spec (`sourceRef`).
    pub field: Str,
    /// Group or `group/version`; empty when the field does not say.
    pub api_version: Str,
    /// Kind; empty when neither the field nor its name says.
    pub kind: Str,
    /// Empty: the namespace of the object itself.
    pub namespace: Str,
    pub name: Str,
}

/// Of a status whose shape only its controller knows: the fields that most of them share.
#[derive(Clone, Default, Debug)]
pub struct CustomStatus {
    pub conditions: List<Condition>,
    /// `phase`, or `state`.
    pub phase: Str,
    pub reason: Str,
    /// `message`, or what the controller calls its error.
    pub message: Str,
    /// `error` is set.
    pub error: bool,
    pub observed_generation: Option<i64>,
    /// When work that ends has ended.
    pub completion_time: Option<Time>,
}

impl CustomResource {
    /// API group of its type.
    pub fn group(&self) -> &str {
        group_of(&self.api_version)
    }
    /// True for an object of this type.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group() == group
    }
    /// The name of its kind in references: with the group where a kind of the View has that name.
    pub fn called(&self) -> Str {
        called(&self.api_version, &self.kind)
    }
}

impl SpecRef {
    /// It names what the controller writes, not what it reads.
    pub fn is_output(&self) -> bool {
        let field = self.field.to_ascii_lowercase();
        ["write", "target", "dest", "output", "publish", "generate"].iter().any(|p| field.starts_with(p))
    }
}

impl<'de> Deserialize<'de> for CustomSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut found = Found::default();
        Walk { found: &mut found, field: "", top: true }.deserialize(deserializer)?;
        Ok(CustomSpec { rests: found.rests, refs: found.refs.into_iter().collect() })
    }
}

#[derive(Default)]
struct Found {
    rests: bool,
    refs: Vec<SpecRef>,
}

impl Found {
    fn add(&mut self, found: SpecRef) {
        if self.refs.len() < REFS_MAX && !found.name.is_empty() && !self.refs.contains(&found) {
            self.refs.push(found);
        }
    }
}

/// Goes through a spec without keeping it.
struct Walk<'a> {
    found: &'a mut Found,
    field: &'a str,
    top: bool,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = Scalar;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = Scalar;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(number).map_or(Scalar::Other, Scalar::Number))
    }
    fn visit_f64<E>(self, _: f64) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }
    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }
    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        let kind = match self.field {
            "serviceAccountName" => "ServiceAccount",
            "secretName" => "Secret",
            _ => return Ok(Scalar::Text(Str::from(text))),
        };
        let (field, name) = (self.field.into(), Str::from(text));
        self.found.add(SpecRef { field, kind: kind.into(), name: name.clone(), ..SpecRef::default() });
        Ok(Scalar::Text(name))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Scalar, A::Error> {
        while access
            .next_element_seed(Walk { found: &mut *self.found, field: self.field, top: false })?
            .is_some()
        {}
        Ok(Scalar::Other)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Scalar, A::Error> {
        let mut here = SpecRef { field: self.field.into(), ..SpecRef::default() };
        while let Some(key) = access.next_key::<Cow<'de, str>>()? {
            let value = access.next_value_seed(Walk { found: &mut *self.found, field: &key, top: false })?;
            if self.top && rests(&key, &value) {
                self.found.rests = true;
            }
            match &*key {
                "name" => here.name = value.text(),
                "namespace" => here.namespace = value.text(),
                "kind" => here.kind = value.text(),
                "apiVersion" | "apiGroup" | "group" => here.api_version = value.text(),
                _ => {}
            }
        }
        if is_reference(self.field) {
            if here.kind.is_empty() {
                here.kind = implied(self.field).into();
            }
            self.found.add(here);
        }
        Ok(Scalar::Other)
    }
}

/// A field by which people put an object to rest.
fn rests(key: &str, value: &Scalar) -> bool {
    match key {
        "suspend" | "suspended" | "pause" | "paused" | "hibernate" | "stopped" | "disabled" => {
            value.is_true()
        }
        "running" | "enabled" => *value == Scalar::Bool(false),
        "replicas" | "size" | "instances" => *value == Scalar::Number(0),
        "runStrategy" => matches!(value, Scalar::Text(text) if *text == "Halted" || *text == "Manual"),
        "desiredState" => matches!(value, Scalar::Text(text) if *text == "Inactive" || *text == "Stopped"),
        _ => false,
    }
}

fn is_reference(field: &str) -> bool {
    let suffix = ["Ref", "Refs", "Reference", "References"].iter().any(|suffix| field.ends_with(suffix));
    suffix || matches!(field, "target" | "destination" | "dependsOn" | "configRef")
}

/// The kind that a field's own name tells.
fn implied(field: &str) -> &'static str {
    let field = field.to_ascii_lowercase();
    match field.as_str() {
        f if f.contains("secretstore") => "",
        f if f.contains("secret") => "Secret",
        f if f.contains("configmap") => "ConfigMap",
        f if f.contains("serviceaccount") => "ServiceAccount",
        _ => "",
    }
}

impl<'de> Deserialize<'de> for CustomStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StatusVisitor)
    }
}

struct StatusVisitor;

impl<'de> Visitor<'de> for StatusVisitor {
    type Value = CustomStatus;
    scalars_read_as!(CustomStatus::default());
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<CustomStatus, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(CustomStatus::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<CustomStatus, A::Error> {
        let mut status = CustomStatus::default();
        let mut state = Str::default();
        let mut error = Str::default();
        while let Some(key) = access.next_key::<Cow<'de, str>>()? {
            match &*key {
                "conditions" => status.conditions = access.next_value::<Conditions>()?.0,
                "phase" => status.phase = access.next_value::<Scalar>()?.text(),
                "state" => state = access.next_value::<Scalar>()?.text(),
                "reason" => status.reason = access.next_value::<Scalar>()?.text(),
                "message" => status.message = access.next_value::<Scalar>()?.text(),
                "error" | "errorMessage" | "failureMessage" | "lastError" => {
                    let told = access.next_value::<ErrorText>()?.0;
                    status.error |= key == "error" && !told.is_empty();
                    error = if told.is_empty() { error } else { told };
                }
                "observedGeneration" => status.observed_generation = access.next_value::<Scalar>()?.number(),
                "completionTime" | "completionTimestamp" | "finishedAt" => {
                    status.completion_time = access.next_value::<Scalar>()?.time();
                }
                _ => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        status.phase = if status.phase.is_empty() { state } else { status.phase };
        status.message = if status.message.is_empty() { error } else { status.message };
        Ok(status)
    }
}

/// An error given as text, or as an object with a message.
#[derive(Default)]
struct ErrorText(Str);

impl<'de> Deserialize<'de> for ErrorText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ErrorVisitor)
    }
}

struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = ErrorText;
    scalars_read_as!(ErrorText::default(), except text);
    fn visit_str<E>(self, text: &str) -> Result<ErrorText, E> {
        Ok(ErrorText(text.into()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<ErrorText, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ErrorText::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<ErrorText, A::Error> {
        let mut told = ErrorText::default();
        while let Some(key) = access.next_key::<Cow<'de, str>>()? {
            let value = access.next_value::<Scalar>()?;
            if key == "message" {
                told = ErrorText(value.text());
            }
        }
        Ok(told)
    }
}
