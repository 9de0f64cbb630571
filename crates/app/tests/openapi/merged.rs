//! A document in which an object that is put together from parts (`allOf`) is one object.

use serde_json::{Map, Value, json};

/// The same document, without `allOf`.
pub fn merged(document: &Value) -> Value {
    rewritten(document, document)
}

fn rewritten(document: &Value, value: &Value) -> Value {
    match value {
        Value::Object(object) => match object.get("allOf") {
            Some(Value::Array(parts)) => whole(document, parts),
            _ => object.iter().map(|(name, value)| (name.clone(), rewritten(document, value))).collect(),
        },
        Value::Array(elements) => elements.iter().map(|element| rewritten(document, element)).collect(),
        other => other.clone(),
    }
}

/// Of a property that several parts describe the last description counts, which is the narrowest one.
fn whole(document: &Value, parts: &[Value]) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let pointer = part.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        let part = rewritten(document, pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(part));
        properties.extend(part.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
        required.extend(part.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

#[test]
fn an_object_of_parts_has_the_properties_of_all_of_them() {
    let document = json!({
        "whole": { "allOf": [{ "$ref": "#/part" }, { "properties": { "b": { "enum": [1] } }, "required": ["b"] }] },
        "part": { "type": "object", "properties": { "a": {}, "b": {} }, "required": ["a"] }
    });
    let expected = json!({ "type": "object", "properties": { "a": {}, "b": { "enum": [1] } }, "required": ["a", "b"] });
    assert_eq!(merged(&document)["whole"], expected);
}
