//! What counts as breaking, by example.

use serde_json::{Value, json};

use super::breaking::breaking_changes;

/// A small shop: a form that is sent, and what is answered.
fn shop() -> Value {
    json!({
        "paths": { "/things/{id}": { "put": {
            "operationId": "changeThing",
            "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "integer", "minimum": 1 } },
                { "name": "sort", "in": "query", "schema": { "type": "string", "enum": ["name", "price"] } }
            ],
            "requestBody": { "required": true, "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Body" } } } },
            "responses": {
                "200": {
                    "headers": { "ETag": {} },
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/View" } } }
                },
                "404": { "content": { "application/json": { "schema": { "type": "object" } } } }
            }
        } } },
        "components": { "schemas": {
            "Body": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": { "type": "string", "maxLength": 100 },
                    "note": { "type": ["string", "null"] },
                    "kind": { "type": "string", "enum": ["a", "b"] }
                }
            },
            "View": {
                "type": "object",
                "required": ["id", "parts"],
                "properties": {
                    "id": { "type": "integer" },
                    "status": { "type": "string", "enum": ["ON", "OFF"] },
                    "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Part" } }
                }
            },
            "Part": {
                "type": "object",
                "required": ["price"],
                "properties": { "price": { "type": "integer" }, "whole": { "$ref": "#/components/schemas/View" } }
            }
        } }
    })
}

const OPERATION: &str = "/paths/~1things~1{id}/put";
const BODY: &str = "/components/schemas/Body";
const VIEW: &str = "/components/schemas/View";
const PART: &str = "/components/schemas/Part";

/// What breaks when that place of the shop becomes that.
fn after(place: &str, value: Value) -> Vec<String> {
    let mut changed = shop();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/");
    match changed.pointer_mut(parent).unwrap() {
        Value::Object(object) => drop(object.insert(name, value)),
        Value::Array(elements) if name == "-" => elements.push(value),
        other => other[name.parse::<usize>().unwrap()] = value,
    }
    breaking_changes(&shop(), &changed)
}

/// What breaks when that place of the shop is gone.
fn without(place: &str) -> Vec<String> {
    let mut changed = shop();
    let (parent, name) = place.rsplit_once('/').unwrap();
    changed.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(&name.replace("~1", "/")).unwrap();
    breaking_changes(&shop(), &changed)
}

#[test]
fn nothing_breaks_where_nothing_changes() {
    assert_eq!(breaking_changes(&shop(), &shop()), Vec::<String>::new());
}

#[test]
fn what_is_gone_breaks() {
    for place in [
        "/paths/~1things~1{id}",
        OPERATION,
        &format!("{OPERATION}/requestBody"),
        &format!("{OPERATION}/responses/200"),
        &format!("{OPERATION}/responses/200/headers/ETag"),
        &format!("{OPERATION}/responses/200/content/application~1json"),
        &format!("{OPERATION}/requestBody/content/application~1json"),
        &format!("{VIEW}/properties/status"),
        &format!("{VIEW}/properties/status/enum"),
        &format!("{PART}/properties/price"),
        &format!("{BODY}/properties/note"),
    ] {
        assert!(!without(place).is_empty(), "{place}");
    }
}

#[test]
fn a_failure_that_does_not_happen_any_more_breaks_nobody() {
    assert_eq!(without(&format!("{OPERATION}/responses/404")), Vec::<String>::new());
}

#[test]
fn answers_must_not_promise_less() {
    assert_eq!(after(&format!("{VIEW}/required"), json!(["id"])), ["PUT /things/{id}: 200 .parts may be absent now"]);
    assert_eq!(
        after(&format!("{PART}/properties/price"), json!({ "type": ["integer", "null"] })),
        ["PUT /things/{id}: 200 .parts[].price may be null now"]
    );
    assert!(!after(&format!("{PART}/properties/price"), json!({ "type": "string" })).is_empty());
    assert!(!after(&format!("{OPERATION}/responses/201"), json!({})).is_empty());
}

#[test]
fn answers_may_promise_more() {
    assert!(after(&format!("{VIEW}/properties/extra"), json!({ "type": "string" })).is_empty());
    assert!(after(&format!("{VIEW}/required"), json!(["id", "parts", "status"])).is_empty());
    assert!(after(&format!("{VIEW}/properties/status/enum"), json!(["ON", "OFF", "BROKEN"])).is_empty());
    assert!(after(&format!("{OPERATION}/responses/409"), json!({})).is_empty());
}

#[test]
fn requests_must_not_ask_for_more() {
    for (place, value) in [
        (format!("{BODY}/required"), json!(["name", "kind"])),
        (format!("{BODY}/properties/name/maxLength"), json!(99)),
        (format!("{BODY}/properties/name/minLength"), json!(1)),
        (format!("{BODY}/properties/name/pattern"), json!("^a")),
        (format!("{BODY}/properties/note/type"), json!("string")),
        (format!("{BODY}/properties/kind/enum"), json!(["a"])),
        (format!("{OPERATION}/parameters/0/schema/minimum"), json!(2)),
        (format!("{OPERATION}/parameters/1/required"), json!(true)),
        (format!("{OPERATION}/parameters/1/schema/enum"), json!(["name"])),
        (format!("{OPERATION}/parameters/-"), json!({ "name": "key", "in": "header", "required": true })),
        (format!("{OPERATION}/security"), json!([{ "accessToken": [] }])),
        (format!("{OPERATION}/operationId"), json!("alterThing")),
    ] {
        assert!(!after(&place, value.clone()).is_empty(), "{place} {value}");
    }
}

#[test]
fn requests_may_ask_for_less() {
    for (place, value) in [
        (format!("{BODY}/required"), json!([])),
        (format!("{BODY}/properties/name/maxLength"), json!(101)),
        (format!("{BODY}/properties/name/type"), json!(["string", "null"])),
        (format!("{BODY}/properties/kind/enum"), json!(["a", "b", "c"])),
        (format!("{BODY}/properties/extra"), json!({ "type": "string" })),
        (format!("{OPERATION}/parameters/0/schema/minimum"), json!(0)),
        (format!("{OPERATION}/parameters/-"), json!({ "name": "page", "in": "query" })),
        (format!("{OPERATION}/requestBody/required"), json!(false)),
    ] {
        assert_eq!(after(&place, value.clone()), Vec::<String>::new(), "{place} {value}");
    }
}

#[test]
fn schemas_that_hold_each_other_are_compared_all_the_same() {
    assert!(!after(&format!("{PART}/required"), json!([])).is_empty());
}

#[test]
fn an_object_may_be_put_together_from_parts() {
    let whole = shop().pointer(PART).unwrap().clone();
    assert_eq!(after(PART, json!({ "allOf": [whole, { "properties": { "more": {} } }] })), Vec::<String>::new());
    assert!(!after(PART, json!({ "allOf": [{ "properties": { "more": {} } }] })).is_empty());
}
