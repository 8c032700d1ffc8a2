//! Extensions of the API: aggregated servers and custom types.

use super::{Condition, WebhookClient};
use crate::lenient::{Scalar, scalars_read_as};
use crate::{List, Meta, Str};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIService {
    pub metadata: Meta,
    pub spec: APIServiceSpec,
    pub status: APIServiceStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIServiceSpec {
    pub group: Str,
    pub version: Str,
    /// None when the API server serves the group itself.
    pub service: Option<APIServiceTarget>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIServiceTarget {
    pub namespace: Str,
    pub name: Str,
    pub port: Option<i32>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIServiceStatus {
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinition {
    pub metadata: Meta,
    pub spec: CustomResourceDefinitionSpec,
    pub status: CustomResourceDefinitionStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinitionSpec {
    pub group: Str,
    pub scope: Str,
    pub names: CustomResourceNames,
    pub versions: List<CustomResourceVersion>,
    pub conversion: Option<CustomResourceConversion>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceNames {
    pub kind: Str,
    pub plural: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceVersion {
    pub name: Str,
    pub served: bool,
    pub storage: bool,
    pub schema: CustomResourceSchema,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceConversion {
    /// `None` or `Webhook`.
    pub strategy: Str,
    pub webhook: Option<ConversionWebhook>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversionWebhook {
    pub client_config: Option<WebhookClient>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinitionStatus {
    pub conditions: List<Condition>,
}

/// Of a schema only what its instances may say of their state: schemas are by far the largest part of a
/// definition.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct CustomResourceSchema {
    /// `status.conditions` is declared.
    pub conditions: bool,
    /// `status.phase`, `status.state` or `status.error` is declared.
    pub phase: bool,
    /// Fields that are not declared are kept, so that the status may hold anything.
    pub open: bool,
}

impl<'de> Deserialize<'de> for CustomResourceSchema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut schema = CustomResourceSchema::default();
        Seek { at: At::Schema, schema: &mut schema }.deserialize(deserializer)?;
        Ok(schema)
    }
}

/// A place on the way to the fields of the status.
#[derive(Clone, Copy)]
enum At {
    Schema,
    Object,
    Properties,
    Status,
    Fields,
}

/// Walks down to the fields of the status and skips everything else.
struct Seek<'a> {
    at: At,
    schema: &'a mut CustomResourceSchema,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();
    scalars_read_as!(());
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(key) = access.next_key::<Cow<'de, str>>()? {
            let deeper = match (self.at, &*key) {
                (At::Schema, "openAPIV3Schema") => At::Object,
                (At::Object, "properties") => At::Properties,
                (At::Properties, "status") => At::Status,
                (At::Status, "properties") => At::Fields,
                (At::Object | At::Status, "x-kubernetes-preserve-unknown-fields") => {
                    self.schema.open |= access.next_value::<Scalar>()?.is_true();
                    continue;
                }
                (At::Fields, field) => {
                    self.schema.conditions |= field == "conditions";
                    self.schema.phase |= matches!(field, "phase" | "state" | "error");
                    access.next_value::<IgnoredAny>()?;
                    continue;
                }
                _ => {
                    access.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            access.next_value_seed(Seek { at: deeper, schema: &mut *self.schema })?;
        }
        Ok(())
    }
}
