//! The document is complete in itself: everything that it refers to is there, and nothing contradicts anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use energy_factory::http::openapi;
use serde_json::Value;

use super::schema::problems;

fn document() -> Value {
    serde_json::from_str(openapi::text()).unwrap()
}

/// Name of the method with its address, and the operation.
fn operations(document: &Value) -> BTreeMap<String, &Value> {
    let items = document["paths"].as_object().unwrap();
    let of = |path: &String, item: &'_ Value| -> Vec<String> {
        item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())).collect()
    };
    let mut found = BTreeMap::new();
    for (path, item) in items {
        for name in of(path, item) {
            let method = name.split(' ').next().unwrap().to_lowercase();
            found.insert(name, &item[method]);
        }
    }
    found
}

fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a Value)) {
    visit(value);
    match value {
        Value::Object(object) => object.values().for_each(|value| walk(value, visit)),
        Value::Array(elements) => elements.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

#[test]
fn it_is_openapi_3_1_and_says_what_every_operation_is_for() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    for (name, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name} needs `.about(..)`");
        assert!(operation["tags"][0].is_string(), "{name}");
        let succeeds = |status: &String| status.starts_with('2') || status.starts_with('3');
        assert!(operation["responses"].as_object().unwrap().keys().any(succeeds), "{name} says no way to succeed");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document = document();
    let mut seen = BTreeSet::new();
    for (name, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(id.chars().all(|letter| letter.is_ascii_alphanumeric()), "{name}: {id}");
        assert!(seen.insert(id), "{id} is the name of two operations");
    }
}

#[test]
fn everything_that_is_referred_to_is_there() {
    let document = document();
    walk(&document, &mut |value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    });
}

#[test]
fn no_two_types_share_a_name() {
    assert_eq!(openapi::clashes(), Vec::<String>::new(), "rename one of the types, or say `#[schema(as = ..)]`");
}

#[test]
fn every_name_in_a_path_is_a_parameter_and_the_other_way_round() {
    let document = document();
    for (name, operation) in operations(&document) {
        let in_path: BTreeSet<&str> = name.split('{').skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let described: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(in_path, described, "{name}");
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    let document = document();
    let mut count = 0;
    walk(&document, &mut |value| {
        let Some(schema) = value.get("schema") else { return };
        let many = value.get("examples").and_then(Value::as_object).into_iter().flatten();
        let many = many.filter_map(|(_, example)| example.get("value"));
        for example in value.get("example").into_iter().chain(many) {
            count += 1;
            assert_eq!(problems(&document, schema, example), Vec::<String>::new(), "{example}");
        }
    });
    assert!(count > 150, "{count}");
}

#[test]
fn every_body_has_an_example() {
    let document = document();
    for (name, operation) in operations(&document) {
        let own = operation["responses"].as_object().unwrap().iter().filter(|(_, answer)| answer.get("$ref").is_none());
        let shared = document["components"]["responses"].as_object().unwrap().iter();
        let request = operation.get("requestBody").map(|body| (&name, body));
        for (place, answer) in own.chain(shared).chain(request) {
            for (content_type, content) in answer["content"].as_object().into_iter().flatten() {
                let has_one = content.get("example").or(content.get("examples")).is_some();
                assert!(has_one, "{name}: {place} has no example as {content_type}");
            }
        }
    }
}

#[test]
fn every_link_leads_to_an_operation_that_takes_what_it_brings() {
    let document = document();
    let operations = operations(&document);
    let mut count = 0;
    for (name, operation) in &operations {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            for (_, link) in answer["links"].as_object().into_iter().flatten() {
                count += 1;
                let target = operations.values().find(|other| other["operationId"] == link["operationId"]);
                let target = target.unwrap_or_else(|| panic!("{name}: {} is no operation", link["operationId"]));
                for (parameter, expression) in link["parameters"].as_object().unwrap() {
                    let takes = |known: &Value| known["name"] == parameter.as_str();
                    assert!(target["parameters"].as_array().unwrap().iter().any(takes), "{name}: {parameter}");
                    let example = &answer["content"]["application/json"]["example"];
                    if let Some(pointer) = expression.as_str().unwrap().strip_prefix("$response.body#") {
                        assert!(example.pointer(pointer).is_some(), "{name} {status}: {pointer} leads nowhere");
                    }
                }
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn whoever_needs_a_session_is_told_so_and_how() {
    let document = document();
    let operations = operations(&document);
    let secured = |name: &str| operations[name].get("security").is_some();
    for name in ["GET /api/cart", "POST /api/orders", "GET /api/admin/audit", "GET /api/users/me"] {
        assert!(secured(name) && operations[name]["responses"].get("401").is_some(), "{name}");
    }
    for name in ["GET /api/products", "POST /api/users/signup", "GET /healthz"] {
        assert!(!secured(name) && operations[name]["responses"].get("401").is_none(), "{name}");
    }
}

/// `null` and absent are two things, and `utoipa` takes every `Option` for the latter.
#[test]
fn an_option_of_a_view_says_whether_it_is_null_or_absent() {
    let mut wrong = Vec::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        for declared in code.split("#[derive(").skip(1) {
            let derives = declared.split(")]").next().unwrap();
            let is_view = derives.contains("ToSchema") && derives.split(", ").any(|name| name == "Serialize");
            let body = declared.split("\n}").next().unwrap();
            let mut is_said = false;
            for line in body.lines().filter(|_| is_view).map(str::trim_start) {
                if line.contains(": Option<") && !line.starts_with("//") && !is_said {
                    wrong.push(format!("{}: {line}", file.display()));
                }
                let words = ["required", "skip_serializing_if", "flatten"];
                is_said = line.starts_with("#[") && (is_said || words.iter().any(|word| line.contains(word)));
            }
        }
    }
    assert!(wrong.is_empty(), "`#[schema(required)]` or `skip_serializing_if` is missing:\n{}", wrong.join("\n"));
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}
