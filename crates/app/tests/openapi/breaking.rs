//! What of one document breaks callers who know another.
//!
//! A request that was good must stay good, so what a request may be can only widen; an answer must stay readable, so what
//! an answer may be can only narrow. Both are one comparison with the roles of old and new exchanged.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::merged::merged;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];
/// A document, for looking up what it refers to.
#[derive(Clone, Copy)]
struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    /// What stands there, or where it refers to.
    fn resolve(self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#')) {
            Some(pointer) => self.resolve(self.0.pointer(pointer).unwrap_or(&Value::Null)),
            None => value,
        }
    }
}

/// Where two documents are compared, and what was found.
struct Comparison<'a> {
    old: Document<'a>,
    new: Document<'a>,
    found: BTreeSet<String>,
}

/// Every change that a caller may stumble over, as a line for people.
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    let (old, new) = (&merged(old), &merged(new));
    let mut comparison = Comparison { old: Document(old), new: Document(new), found: BTreeSet::new() };
    for (path, item) in entries(old.get("paths")) {
        for method in METHODS {
            let Some(before) = item.get(method) else { continue };
            let place = format!("{} {path}", method.to_ascii_uppercase());
            match new.get("paths").and_then(|paths| paths.get(path)?.get(method)) {
                Some(after) => comparison.operation(&place, before, after),
                None => comparison.note(&place, "is gone"),
            }
        }
    }
    comparison.found.into_iter().collect()
}

impl<'a> Comparison<'a> {
    fn note(&mut self, place: &str, what: &str) {
        self.found.insert(format!("{place} {what}"));
    }

    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        if old.get("operationId") != new.get("operationId") {
            self.note(place, "has another operationId: functions of generated clients change their names");
        }
        if self.is_open(old) && !self.is_open(new) {
            self.note(place, "asks for a session now");
        }
        self.parameters(place, old, new);
        self.body(place, old, new);
        self.answers(place, old, new);
    }

    #[expect(clippy::unused_self, reason = "reads like the others")]
    fn is_open(&self, operation: &Value) -> bool {
        operation.get("security").is_none_or(|security| security.as_array().is_none_or(Vec::is_empty))
    }

    fn parameters(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let (old, new) = (parameters(self.old, old), parameters(self.new, new));
        for (name, before) in &old {
            let place = format!("{place}: parameter {name}");
            match new.iter().find(|(other, _)| other == name) {
                None => self.note(&place, "is gone"),
                Some((_, after)) => {
                    if !is_required(before) && is_required(after) {
                        self.note(&place, "must be there now");
                    }
                    self.request(&place, &before["schema"], &after["schema"]);
                }
            }
        }
        for (name, after) in new.iter().filter(|(name, _)| !old.iter().any(|(other, _)| other == name)) {
            if is_required(after) {
                self.note(&format!("{place}: parameter {name}"), "is new and must be there");
            }
        }
    }

    fn body(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let before = old.get("requestBody").map(|body| self.old.resolve(body));
        let after = new.get("requestBody").map(|body| self.new.resolve(body));
        let place = format!("{place}: body");
        match (before, after) {
            (None, Some(after)) if is_required(after) => self.note(&place, "is new and must be there"),
            (Some(_), None) => self.note(&place, "is not read any more"),
            (Some(before), Some(after)) => {
                if !is_required(before) && is_required(after) {
                    self.note(&place, "must be there now");
                }
                for (content_type, content) in entries(before.get("content")) {
                    match after["content"].get(content_type) {
                        Some(other) => self.request(&place, &content["schema"], &other["schema"]),
                        None => self.note(&place, &format!("is not taken as {content_type} any more")),
                    }
                }
            }
            (None, _) => {}
        }
    }

    /// Failures may come and go: a caller reads any status. Successes may not, and what is in them stays readable.
    fn answers(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        for (status, answer) in entries(old.get("responses")) {
            let place = format!("{place}: {status}");
            let Some(other) = new["responses"].get(status) else {
                if status.starts_with('2') || status.starts_with('3') {
                    self.note(&place, "is gone");
                }
                continue;
            };
            let (before, after) = (self.old.resolve(answer), self.new.resolve(other));
            for (content_type, content) in entries(before.get("content")) {
                match after["content"].get(content_type) {
                    Some(other) => self.answer(&place, &content["schema"], &other["schema"]),
                    None => self.note(&place, &format!("is not {content_type} any more")),
                }
            }
            for (header, _) in entries(before.get("headers")) {
                if after["headers"].get(header).is_none() {
                    self.note(&place, &format!("lost its header {header}"));
                }
            }
        }
        for (status, _) in entries(new.get("responses")).filter(|(status, _)| status.starts_with('2')) {
            if old["responses"].get(status).is_none() {
                self.note(&format!("{place}: {status}"), "is a new way to succeed");
            }
        }
    }

    /// What a caller sends: whatever was allowed stays allowed.
    fn request(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let mut narrowed = Vec::new();
        Widening { inner: (self.old, old), outer: (self.new, new), is_answer: false, trail: Vec::new() }
            .check("", &mut narrowed);
        self.found.extend(narrowed.into_iter().map(|what| format!("{place}{what}")));
    }

    /// What a caller reads: whatever comes now was allowed before. Codes and properties may be added.
    fn answer(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let mut widened = Vec::new();
        Widening { inner: (self.new, new), outer: (self.old, old), is_answer: true, trail: Vec::new() }
            .check("", &mut widened);
        self.found.extend(widened.into_iter().map(|what| format!("{place}{what}")));
    }
}

/// Whether everything that the inner schema allows is allowed by the outer one.
struct Widening<'a> {
    inner: (Document<'a>, &'a Value),
    outer: (Document<'a>, &'a Value),
    /// For the words: the outer schema is the old one.
    is_answer: bool,
    /// The pairs of names by which this place was reached: schemas may hold each other.
    trail: Vec<(&'a str, &'a str)>,
}

impl<'a> Widening<'a> {
    fn part(&self, inner: &'a Value, outer: &'a Value) -> Self {
        let (trail, is_answer) = (self.trail.clone(), self.is_answer);
        Self { inner: (self.inner.0, inner), outer: (self.outer.0, outer), is_answer, trail }
    }

    fn check(mut self, at: &str, found: &mut Vec<String>) {
        let name = |schema: &'a Value| schema.get("$ref").and_then(Value::as_str);
        if let Some(names) = name(self.inner.1).zip(name(self.outer.1)) {
            if self.trail.contains(&names) {
                return;
            }
            self.trail.push(names);
        }
        let (inner, outer) = (self.inner.0.resolve(self.inner.1), self.outer.0.resolve(self.outer.1));
        self.types(at, inner, outer, found);
        self.words(at, inner, outer, found);
        self.limits(at, inner, outer, found);
        self.properties(at, inner, outer, found);
        if let (Some(inner), Some(outer)) = (inner.get("items"), outer.get("items")) {
            self.part(inner, outer).check(&format!("{at}[]"), found);
        }
        for union in ["oneOf", "anyOf"] {
            self.alternatives(at, union, inner, outer, found);
        }
    }

    fn types(&self, at: &str, inner: &Value, outer: &Value, found: &mut Vec<String>) {
        let (inner, outer) = (types(inner), types(outer));
        if outer.is_empty() {
            return;
        }
        let fits = |kind: &&String| outer.contains(kind.as_str()) || *kind == "integer" && outer.contains("number");
        for kind in inner.iter().filter(|kind| !fits(kind)) {
            let what =
                if self.is_answer { format!("may be {kind} now") } else { format!("may not be {kind} any more") };
            found.push(format!(" {at} {what}"));
        }
        if inner.is_empty() {
            found.push(format!(" {at} has lost its type"));
        }
    }

    /// Closed lists. In an answer a new word is no more than a reader has to expect of codes, statuses and names.
    fn words(&self, at: &str, inner: &Value, outer: &Value, found: &mut Vec<String>) {
        let Some(allowed) = outer.get("enum").and_then(Value::as_array) else { return };
        let Some(words) = inner.get("enum").and_then(Value::as_array) else {
            let what = if self.is_answer { "may be anything now" } else { "is one of a closed list now" };
            found.push(format!(" {at} {what}"));
            return;
        };
        let strangers = words.iter().filter(|word| !allowed.contains(word));
        if self.is_answer {
            return;
        }
        found.extend(strangers.map(|word| format!(" {at} may not be {word} any more")));
    }

    /// Limits of requests. A reader does not check the limits of answers.
    fn limits(&self, at: &str, inner: &Value, outer: &Value, found: &mut Vec<String>) {
        if self.is_answer {
            return;
        }
        for (limit, is_floor) in [
            ("minimum", true),
            ("minLength", true),
            ("minItems", true),
            ("maximum", false),
            ("maxLength", false),
            ("maxItems", false),
        ] {
            let Some(wall) = outer.get(limit).and_then(Value::as_f64) else { continue };
            let held = inner.get(limit).and_then(Value::as_f64);
            if held.is_none_or(|held| if is_floor { held < wall } else { held > wall }) {
                found.push(format!(" {at} has a tighter {limit}: {wall}"));
            }
        }
        for rule in ["pattern", "format"] {
            if outer.get(rule).is_some() && outer.get(rule) != inner.get(rule) {
                found.push(format!(" {at} has another {rule}"));
            }
        }
    }

    fn properties(&self, at: &str, inner: &'a Value, outer: &'a Value, found: &mut Vec<String>) {
        for name in required(outer).difference(&required(inner)) {
            let what = if self.is_answer { "may be absent now" } else { "must be there now" };
            found.push(format!(" {at}.{name} {what}"));
        }
        for (name, wanted) in entries(outer.get("properties")) {
            match inner.get("properties").and_then(|properties| properties.get(name)) {
                Some(given) => self.part(given, wanted).check(&format!("{at}.{name}"), found),
                None if self.is_answer => found.push(format!(" {at}.{name} is gone")),
                None => {}
            }
        }
        if !self.is_answer {
            let outer = outer.get("properties");
            let dropped =
                entries(inner.get("properties")).filter(|(name, _)| outer.is_none_or(|o| o.get(*name).is_none()));
            found.extend(dropped.map(|(name, _)| format!(" {at}.{name} is not read any more")));
        }
    }

    /// Unions are compared in their order, which is that of the types that they are made from.
    fn alternatives(&self, at: &str, union: &str, inner: &'a Value, outer: &'a Value, found: &mut Vec<String>) {
        let list = |schema: &'a Value| schema.get(union).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let (inner, outer) = (list(inner), list(outer));
        if inner.len() != outer.len() {
            found.push(format!(" {at} is put together otherwise ({union})"));
            return;
        }
        for (inner, outer) in inner.iter().zip(outer) {
            self.part(inner, outer).check(at, found);
        }
    }
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

/// Names with their places, and the parameters themselves.
fn parameters<'a>(document: Document<'a>, operation: &'a Value) -> Vec<(String, &'a Value)> {
    let list = operation.get("parameters").and_then(Value::as_array);
    let named = |parameter: &'a Value| {
        let parameter = document.resolve(parameter);
        let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
        (format!("{} ({})", text("name"), text("in")), parameter)
    };
    list.into_iter().flatten().map(named).collect()
}

fn is_required(value: &Value) -> bool {
    value.get("required") == Some(&Value::Bool(true))
}

fn texts(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::String(text)) => BTreeSet::from([text.clone()]),
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}

fn types(schema: &Value) -> BTreeSet<String> {
    texts(schema.get("type"))
}

fn required(schema: &Value) -> BTreeSet<String> {
    texts(schema.get("required"))
}
