//! What the API server says about a field: its OpenAPI v3 documents, one a group version.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::cluster::{Cluster, malformed};
use crate::error::Error;
use crate::names;
use crate::send::{Ask, JSON};

/// Documents read so far, by group and version: they do not change while a server runs.
pub(crate) type Documents = HashMap<String, Arc<Document>>;

/// The part of an OpenAPI document that describes types.
#[derive(Default, Deserialize)]
pub(crate) struct Document {
    #[serde(default)]
    components: Components,
}

#[derive(Default, Deserialize)]
struct Components {
    #[serde(default)]
    schemas: HashMap<String, Value>,
}

impl Cluster {
    /// The server's description of a field, `spec.containers.image`; arrays need no mark. None when
    /// the server does not describe it.
    ///
    /// # Errors
    /// [`Error::NotServed`] when the server has no OpenAPI v3, [`Error::NotCaptured`] for a
    /// snapshot, and those of any call.
    pub async fn field_doc(
        &self,
        group: &str,
        version: &str,
        kind: &str,
        field: &str,
    ) -> Result<Option<String>, Error> {
        let document = self.document(group, version).await?;
        Ok(document.describe(group, version, kind, field))
    }

    async fn document(&self, group: &str, version: &str) -> Result<Arc<Document>, Error> {
        let place = if group.is_empty() {
            format!("api/{}", names::type_word(version)?)
        } else {
            format!("apis/{}/{}", names::type_word(group)?, names::type_word(version)?)
        };
        // Held across the request on purpose: concurrent callers share one document.
        let mut documents = self.0.documents.lock().await;
        if let Some(document) = documents.get(&place) {
            return Ok(Arc::clone(document));
        }
        let ask = Ask {
            path: format!("/openapi/v3/{place}"),
            accept: JSON,
            verb: "get",
            kind: "OpenAPI",
            resource: format!("the OpenAPI document of {place}"),
            namespace: None,
            name: None,
            max_bytes: 64 << 20,
            cut: false,
            deadline: self.deadline(),
        };
        let (body, _) = self.send(&ask).await?;
        let document: Document =
            serde_json::from_slice(&body).map_err(|problem| malformed(&ask, &problem))?;
        let document = Arc::new(document);
        documents.insert(place, Arc::clone(&document));
        Ok(document)
    }
}

impl Document {
    fn describe(&self, group: &str, version: &str, kind: &str, field: &str) -> Option<String> {
        let names = |schema: &Value| {
            let text = |gvk: &Value, key: &str| gvk.get(key).and_then(Value::as_str).map(str::to_owned);
            let list = schema.get("x-kubernetes-group-version-kind").and_then(Value::as_array);
            list.into_iter().flatten().any(|gvk| {
                text(gvk, "group").as_deref() == Some(group)
                    && text(gvk, "version").as_deref() == Some(version)
                    && text(gvk, "kind").as_deref() == Some(kind)
            })
        };
        let mut schema = self.components.schemas.values().find(|schema| names(schema))?;
        let mut description = None;
        for word in field.split('.').map(|word| word.trim_end_matches("[]")) {
            let property = self.property(schema, word)?;
            schema = self.element(property);
            let own = |schema: &Value| schema.get("description").and_then(Value::as_str).map(str::to_owned);
            description = own(property).or_else(|| own(schema));
        }
        description
    }

    fn property<'a>(&'a self, schema: &'a Value, word: &str) -> Option<&'a Value> {
        schema.get("properties")?.get(word)
    }

    /// The type behind references, arrays and maps.
    fn element<'a>(&'a self, mut schema: &'a Value) -> &'a Value {
        // Bounded: a document may refer to itself.
        for _ in 0..8 {
            let reference =
                schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
            let target = reference
                .and_then(|reference| reference.rsplit('/').next())
                .and_then(|name| self.components.schemas.get(name));
            let inner =
                schema.get("items").or_else(|| schema.get("additionalProperties")).filter(|s| s.is_object());
            match target.or(inner) {
                Some(next) => schema = next,
                None => break,
            }
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_described_through_references_and_arrays() {
        let document: Document = serde_json::from_value(json!({"components": {"schemas": {
            "io.k8s.Pod": {
                "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Pod"}],
                "properties": {"spec": {"allOf": [{"$ref": "#/components/schemas/io.k8s.PodSpec"}], "description": "S"}},
            },
            "io.k8s.PodSpec": {"properties": {"containers": {"type": "array", "description": "list",
                "items": {"allOf": [{"$ref": "#/components/schemas/io.k8s.Container"}], "default": {}}}}},
            "io.k8s.Container": {"properties": {"image": {"type": "string", "description": "Container image name."}}},
        }}}))
        .unwrap();
        let describe = |kind: &str, field: &str| document.describe("", "v1", kind, field);
        assert_eq!(describe("Pod", "spec.containers.image").as_deref(), Some("Container image name."));
        assert_eq!(describe("Pod", "spec.containers").as_deref(), Some("list"));
        assert_eq!(describe("Pod", "spec.nothing"), None);
        assert_eq!(describe("Node", "spec"), None);
    }
}
