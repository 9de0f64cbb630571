//! Schemas of single values, with the limits that the parsers enforce.
//!
//! For `#[schema(schema_with = form::..)]` on properties of bodies, and for parameters.

use ef_domain::shared::{Quantity, Won};
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, SchemaType};
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};

/// A text of 1 to `MAX` characters that is not all blanks.
pub fn text<const MAX: usize>() -> Schema {
    texts().min_length(Some(1)).max_length(Some(MAX)).pattern(Some("\\S")).into()
}

/// A text of up to `MAX` characters, or `null`; one of blanks counts as absent.
pub fn optional_text<const MAX: usize>() -> Schema {
    or_null(texts().max_length(Some(MAX)).build())
}

/// A text without a rule of its own.
pub fn any_text() -> Schema {
    texts().into()
}

/// A text without a rule of its own, or `null`.
pub fn optional_any_text() -> Schema {
    or_null(texts().build())
}

/// A number that names something.
pub fn id() -> Schema {
    number(1, i64::MAX)
}

/// A number that names something, or `null`.
pub fn optional_id() -> Schema {
    or_null(whole(1, i64::MAX).build())
}

/// 1 to `MAX` numbers that name something.
pub fn ids<const MAX: usize>() -> Schema {
    bounded_list(id(), 1, MAX)
}

/// How many pieces.
pub fn quantity() -> Schema {
    number(1, Quantity::MAX.get())
}

/// An amount of money in whole won.
pub fn won() -> Schema {
    number(0, Won::MAX.get())
}

/// Yes or no, or `null`.
pub fn optional_flag() -> Schema {
    or_null(ObjectBuilder::new().schema_type(Type::Boolean).build())
}

/// A text like that, and nothing else.
pub fn matching(pattern: &str) -> Schema {
    text_matching(pattern)
}

/// A text like that, and nothing else.
pub fn text_matching(pattern: &str) -> Schema {
    texts().pattern(Some(pattern)).into()
}

/// A text for people, of which nothing can be said but what it is about.
pub fn said(about: &str) -> Schema {
    texts().description(Some(about)).into()
}

/// A whole number from one to the other, both included.
pub fn number(minimum: i64, maximum: i64) -> Schema {
    whole(minimum, maximum).into()
}

/// That number.
pub fn one_number(number: u16) -> Schema {
    ObjectBuilder::new().schema_type(Type::Integer).enum_values(Some([number])).into()
}

/// One of these words.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> Schema {
    texts().enum_values(Some(words.into_iter().map(Value::from))).into()
}

/// A list of these.
pub fn list(items: impl Into<RefOr<Schema>>) -> RefOr<Schema> {
    RefOr::T(Schema::Array(ArrayBuilder::new().items(items.into()).build()))
}

/// A list of so many of these.
pub fn bounded_list(items: impl Into<RefOr<Schema>>, minimum: usize, maximum: usize) -> Schema {
    let items = ArrayBuilder::new().items(items.into());
    Schema::Array(items.min_items(Some(minimum)).max_items(Some(maximum)).build())
}

/// An object about which nothing is said.
pub fn any_object() -> Schema {
    ObjectBuilder::new().schema_type(Type::Object).into()
}

/// `null`.
pub fn nothing() -> Schema {
    ObjectBuilder::new().schema_type(Type::Null).into()
}

/// The same, or `null`, which counts as absent.
pub fn or_null(object: Object) -> Schema {
    let mut object = object;
    if let SchemaType::Type(kind) = object.schema_type {
        object.schema_type = SchemaType::from_iter([kind, Type::Null]);
    }
    Schema::Object(object)
}

fn texts() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn whole(minimum: i64, maximum: i64) -> ObjectBuilder {
    let number =
        ObjectBuilder::new().schema_type(Type::Integer).format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    number.minimum(Some(minimum)).maximum((maximum < i64::MAX).then_some(maximum))
}
