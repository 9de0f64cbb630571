//! Examples of everything, made from the schemas, so that none can say what its schema does not.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

/// What stands in an example under that name, if its schema allows for it.
const SPEAKING: [(&str, &str); 4] = [
    ("recipientName", "김하늘"),
    ("phoneNumber", "010-1234-5678"),
    ("postalCode", "04524"),
    ("productName", "구운 아몬드"),
];

/// Makes examples of the schemas of one document.
pub struct Examples(Value);

impl Examples {
    /// With these components.
    pub(super) fn of(schemas: &BTreeMap<String, RefOr<Schema>>) -> Self {
        Self(json!(schemas))
    }

    /// Something that has that schema.
    pub(super) fn of_schema(&self, schema: &RefOr<Schema>) -> Value {
        self.example("", &json!(schema))
    }

    fn example(&self, name: &str, schema: &Value) -> Value {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.rsplit('/').next().and_then(|target| self.0.get(target));
            return target.map_or(Value::Null, |target| self.example(name, target));
        }
        let given =
            schema.get("example").or_else(|| schema.pointer("/examples/0")).or_else(|| schema.pointer("/enum/0"));
        if let Some(given) = given {
            return given.clone();
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let merged: Map<String, Value> =
                parts.iter().filter_map(|part| self.example(name, part).as_object().cloned()).flatten().collect();
            return Value::Object(merged);
        }
        if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
            let choice = choices.iter().find(|choice| choice.get("type") != Some(&json!("null")));
            return choice.map_or(Value::Null, |choice| self.example(name, choice));
        }
        match kind(schema) {
            "object" => self.object(schema),
            "array" => schema.get("items").map_or(json!([]), |items| json!([self.example(name, items)])),
            "string" => text(name, schema),
            "integer" => schema.get("minimum").filter(|minimum| **minimum != json!(0)).cloned().unwrap_or(json!(1)),
            "number" => json!(1.5),
            "boolean" => json!(true),
            _ => Value::Null,
        }
    }

    fn object(&self, schema: &Value) -> Value {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        Value::Object(properties.map(|(name, schema)| (name.clone(), self.example(name, schema))).collect())
    }
}

/// The type, or the first of several that is not `null`.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ => "null",
    }
}

fn text(name: &str, schema: &Value) -> Value {
    if let Some((_, speaking)) = SPEAKING.iter().find(|(speaking, _)| *speaking == name) {
        return json!(speaking);
    }
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => json!("2025-11-07T05:31:52.000Z"),
        Some("date") => json!("2025-11-07"),
        Some("uri") => json!("http://localhost:8080/images/products/almond.svg"),
        _ => json!("text"),
    }
}
