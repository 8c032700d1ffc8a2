//! Reading fields whose shape nobody guarantees: what does not fit reads as nothing, and fails nothing.

use crate::{Condition, List, Str, Time};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Visits of everything that is neither a map nor a list: they all read as the same value. With
/// `except text`, strings are left to the visitor.
macro_rules! scalars_read_as {
    ($value:expr) => {
        $crate::lenient::scalars_read_as!($value, except text);
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
    ($value:expr, except text) => {
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("anything")
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}
pub(crate) use scalars_read_as;

/// Any value, reduced to what a rule may read of it.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Scalar {
    Text(Str),
    Number(i64),
    Bool(bool),
    /// Null, a map, a list, a number that is not whole.
    Other,
}

impl Scalar {
    /// The text; empty for anything else.
    pub(crate) fn text(self) -> Str {
        match self {
            Scalar::Text(text) => text,
            _ => Str::default(),
        }
    }
    pub(crate) fn number(self) -> Option<i64> {
        match self {
            Scalar::Number(number) => Some(number),
            _ => None,
        }
    }
    pub(crate) fn time(self) -> Option<Time> {
        Time::parse(&self.text())
    }
    /// True for the value true, written with quotes or without.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Scalar::Bool(value) => *value,
            Scalar::Text(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(Str::from(text)))
    }
    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Scalar, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Scalar, A::Error> {
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

/// Conditions as a list; an element that is none is left out, a field of the wrong type is empty.
pub(crate) struct Conditions(pub(crate) List<Condition>);

impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ConditionsVisitor).map(|all| Conditions(all.into_iter().collect()))
    }
}

struct ConditionsVisitor;

impl<'de> Visitor<'de> for ConditionsVisitor {
    type Value = Vec<Condition>;
    scalars_read_as!(Vec::new());
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Vec<Condition>, A::Error> {
        let mut all = Vec::new();
        while let Some(condition) = access.next_element_seed(OneCondition)? {
            all.extend(condition.filter(|c| !c.kind.is_empty()));
        }
        Ok(all)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Vec<Condition>, A::Error> {
        while access.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Vec::new())
    }
}

struct OneCondition;

impl<'de> DeserializeSeed<'de> for OneCondition {
    type Value = Option<Condition>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneCondition {
    type Value = Option<Condition>;
    scalars_read_as!(None);
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut condition = Condition::default();
        while let Some(key) = access.next_key::<Cow<'de, str>>()? {
            let value = access.next_value::<Scalar>()?;
            match &*key {
                "type" => condition.kind = value.text(),
                "status" => condition.status = value.text(),
                "reason" => condition.reason = value.text(),
                "message" => condition.message = value.text(),
                "severity" => condition.severity = value.text(),
                "lastTransitionTime" => condition.last_transition_time = value.time(),
                "lastUpdateTime" => condition.last_update_time = value.time(),
                "observedGeneration" => condition.observed_generation = value.number(),
                _ => {}
            }
        }
        Ok(Some(condition))
    }
}
