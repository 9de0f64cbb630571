//! Parts of a view that are there altogether or not at all: `#[serde(flatten)] end: Option<OrderEndView>`.
//!
//! The derivation says of such a view that it is an object and `null` at once, which nothing is. What is meant is that
//! the part's properties may be absent.

use std::collections::BTreeMap;

use utoipa::openapi::{RefOr, Schema};

/// Schemas by their names.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Puts the properties themselves, each of them optional, in place of such a part.
pub(super) fn spread_optional_parts(schemas: &mut Schemas) {
    let known = schemas.clone();
    for schema in schemas.values_mut() {
        let RefOr::T(Schema::AllOf(whole)) = schema else { continue };
        for part in &mut whole.items {
            if let Some(optional) = spread(part, &known) {
                *part = RefOr::T(optional);
            }
        }
    }
}

fn spread(part: &RefOr<Schema>, known: &Schemas) -> Option<Schema> {
    let RefOr::T(Schema::OneOf(choice)) = part else { return None };
    let named = choice.items.iter().find_map(|item| match item {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next().and_then(|name| known.get(name)),
        RefOr::T(_) => None,
    });
    let RefOr::T(Schema::Object(object)) = named? else { return None };
    let mut object = object.clone();
    object.required.clear();
    Some(Schema::Object(object))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use utoipa::ToSchema;

    use super::*;

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct End {
        at: String,
    }

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Whole {
        id: i64,
        #[serde(flatten)]
        end: Option<End>,
    }

    #[test]
    fn a_part_that_may_be_missing_leaves_its_properties_optional() {
        use utoipa::PartialSchema;
        let named = [("End".to_owned(), End::schema()), ("Whole".to_owned(), Whole::schema())];
        let mut schemas = BTreeMap::from(named);
        spread_optional_parts(&mut schemas);
        let whole = json!(schemas["Whole"]);
        let parts = whole["allOf"].as_array().unwrap();
        assert!(
            parts.iter().any(|part| part["properties"]["at"]["type"] == "string" && part.get("required").is_none())
        );
        assert!(parts.iter().any(|part| part["required"] == json!(["id"])));
    }
}
