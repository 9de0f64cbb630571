//! Whether an answer of the server is one that the document promises.

use std::cmp::Reverse;

use serde_json::Value;

use super::problems;

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// What is wrong with an answer to that request, if anything is. Addresses and methods that the document does not know
/// promise nothing.
pub fn problem_with_answer(
    document: &Value,
    (method, path): (&str, &str),
    (status, content_type): (u16, Option<&str>),
    text: &str,
) -> Option<String> {
    let operation = operation(document, &method.to_ascii_lowercase(), path)?;
    let name = format!("{method} {path}: {status}");
    let Some(answer) = operation["responses"].get(status.to_string()) else {
        return Some(format!("{name} is no answer of {}: {text}", operation["operationId"]));
    };
    let answer = match answer["$ref"].as_str().and_then(|to| to.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer)?,
        None => answer,
    };
    let Some(contents) = answer.get("content").and_then(Value::as_object) else {
        return (!text.is_empty()).then(|| format!("{name} should have no body: {text}"));
    };
    let Some(content_type) = content_type else { return Some(format!("{name} has no content type: {text:?}")) };
    let essence = |text: &str| text.split(';').next().unwrap_or_default().trim().to_owned();
    let is_meant = |known: &str| match known.strip_suffix("/*") {
        Some(family) => content_type.split('/').next() == Some(family),
        None => essence(known) == essence(content_type),
    };
    let content = contents.iter().find(|(known, _)| is_meant(known));
    let Some((_, content)) = content else { return Some(format!("{name} is never {content_type}: {text}")) };
    if essence(content_type) != "application/json" {
        return None;
    }
    let Ok(value) = serde_json::from_str(text) else { return Some(format!("{name} is no JSON: {text}")) };
    let found = problems(document, &content["schema"], &value);
    (!found.is_empty()).then(|| format!("{name} of {}: {}", operation["operationId"], found.join(", ")))
}

/// The operation at that address: of several the one that leaves the least open, as the router decides.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    if !METHODS.contains(&method) {
        return None;
    }
    let path = path.split('?').next().unwrap_or_default();
    let paths = document["paths"].as_object()?.iter().filter(|(template, _)| fits(template, path));
    let openness = |template: &str| (template.matches('{').count(), Reverse(template.rsplit('}').next().map(str::len)));
    let (_, item) = paths.min_by_key(|(template, _)| openness(template))?;
    item.get(method)
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if segment_fits(wanted, given) => {}
            _ => return false,
        }
    }
}

fn segment_fits(wanted: &str, given: &str) -> bool {
    match wanted.split_once('{').zip(wanted.split_once('}')) {
        Some(((before, _), (_, after))) => {
            given.len() > before.len() + after.len() && given.starts_with(before) && given.ends_with(after)
        }
        None => wanted == given,
    }
}
