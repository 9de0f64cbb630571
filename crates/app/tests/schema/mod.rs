//! Judges JSON by the schemas of the API's document: as strictly as it is meant, not as leniently as it reads. What is
//! not described is not there.
#![allow(dead_code, reason = "each suite takes what it needs")]

pub mod answers;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

/// All that the value has against its schema, each with its place.
pub fn problems(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Judge { document, found: &mut found }.whole("", schema, value);
    found
}

struct Judge<'a> {
    document: &'a Value,
    found: &'a mut Vec<String>,
}

impl Judge<'_> {
    fn resolve<'b>(&self, schema: &'b Value) -> &'b Value
    where
        Self: 'b,
    {
        // The document outlives this judge; a reference leads into it.
        let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#')) else {
            return schema;
        };
        let target = self.document.pointer(pointer).unwrap_or_else(|| panic!("{pointer} leads nowhere"));
        self.resolve(target)
    }

    /// By all of its rules, and with nothing in it that they do not name.
    fn whole(&mut self, at: &str, schema: &Value, value: &Value) {
        self.part(at, schema, value);
        let (mut known, mut is_open) = (BTreeSet::new(), false);
        self.names(schema, &mut known, &mut is_open);
        if let (Value::Object(object), false, false) = (value, is_open, known.is_empty()) {
            let strangers = object.keys().filter(|name| !known.contains(*name));
            self.found.extend(strangers.map(|name| format!("{at}.{name} is not described")));
        }
    }

    /// What an object may hold; open where a part of the schema says nothing about it, or leaves a choice.
    fn names(&self, schema: &Value, known: &mut BTreeSet<String>, is_open: &mut bool) {
        let schema = self.resolve(schema);
        *is_open |= ["additionalProperties", "oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some());
        known.extend(entries(schema, "properties").map(|(name, _)| name.clone()));
        for part in list(schema, "allOf") {
            self.names(part, known, is_open);
        }
    }

    fn part(&mut self, at: &str, schema: &Value, value: &Value) {
        let schema = self.resolve(schema);
        let kinds = kinds(schema);
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(kind, value)) {
            self.found.push(format!("{at} is no {}: {value}", kinds.join(" or ")));
            return;
        }
        if schema.get("enum").and_then(Value::as_array).is_some_and(|words| !words.contains(value)) {
            self.found.push(format!("{at} is none of {}: {value}", schema["enum"]));
        }
        if let Some(rule) = broken_limit(schema, value) {
            self.found.push(format!("{at} breaks {rule} {}: {value}", schema[rule]));
        }
        if let Value::Object(object) = value {
            self.properties(at, schema, object);
        }
        if let (Value::Array(elements), Some(items)) = (value, schema.get("items")) {
            for (place, element) in elements.iter().enumerate() {
                self.whole(&format!("{at}[{place}]"), items, element);
            }
        }
        for part in list(schema, "allOf") {
            self.part(at, part, value);
        }
        let choices: Vec<_> = list(schema, "oneOf").chain(list(schema, "anyOf")).collect();
        if !choices.is_empty() && !choices.iter().any(|choice| problems(self.document, choice, value).is_empty()) {
            let first = choices.iter().rev().map(|choice| problems(self.document, choice, value).join(", "));
            self.found
                .push(format!("{at} is none of its alternatives: {value} ({})", first.collect::<Vec<_>>().join("; ")));
        }
    }

    fn properties(&mut self, at: &str, schema: &Value, object: &Map<String, Value>) {
        for name in list(schema, "required").filter_map(Value::as_str) {
            if !object.contains_key(name) {
                self.found.push(format!("{at}.{name} is missing"));
            }
        }
        for (name, described) in entries(schema, "properties") {
            if let Some(value) = object.get(name) {
                self.whole(&format!("{at}.{name}"), described, value);
            }
        }
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn entries<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    schema.get(key).and_then(Value::as_object).into_iter().flatten()
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

/// The name of a limit or a format that the value does not keep to.
fn broken_limit(schema: &Value, value: &Value) -> Option<&'static str> {
    let limit = |name: &str| schema.get(name).and_then(Value::as_f64);
    let size = match value {
        Value::Number(number) => number.as_f64().map(|number| (number, "minimum", "maximum")),
        Value::String(text) => count(text.chars().count()).map(|count| (count, "minLength", "maxLength")),
        Value::Array(elements) => count(elements.len()).map(|count| (count, "minItems", "maxItems")),
        _ => None,
    };
    if let Some((size, floor, ceiling)) = size {
        if limit(floor).is_some_and(|floor| size < floor) {
            return Some(floor);
        }
        if limit(ceiling).is_some_and(|ceiling| size > ceiling) {
            return Some(ceiling);
        }
    }
    let text = value.as_str()?;
    let is_good = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => DateTime::parse_from_rfc3339(text).is_ok(),
        Some("date") => NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(),
        Some("email") => text.contains('@'),
        _ => true,
    };
    (!is_good).then_some("format")
}

fn count(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}
