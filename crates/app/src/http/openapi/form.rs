//! Schemas of single values, with the limits that the parsers enforce.
//!
//! For `#[schema(schema_with = form::..)]` on properties of bodies, and for parameters.

mod rules;

use ef_domain::shared::{Quantity, Won};
use serde_json::Value;
use utoipa::PartialSchema;
use utoipa::openapi::schema::{ArrayBuilder, SchemaType};
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, Type};

pub use rules::*;

use super::super::query::MAX_TEXT;

/// A text of 1 to `MAX` characters that is not all blanks.
pub fn text<const MAX: usize>() -> Schema {
    texts().min_length(Some(1)).max_length(Some(MAX)).pattern(Some("\\S")).into()
}

/// A text of up to `MAX` characters, or `null`; one of blanks counts as absent.
pub fn optional_text<const MAX: usize>() -> Schema {
    or_null(texts().max_length(Some(MAX)).build())
}

/// Printable ASCII characters, up to `MAX` of them, as they travel in a header.
pub fn printable<const MAX: usize>() -> Schema {
    texts().min_length(Some(1)).max_length(Some(MAX)).pattern(Some("^[!-~]([ -~]*[!-~])?$")).into()
}

/// A text without a rule of its own.
pub fn any_text() -> Schema {
    texts().into()
}

/// A text without a rule of its own, or `null`.
pub fn optional_any_text() -> Schema {
    or_null(texts().build())
}

/// What a search looks for; an empty text is none.
pub fn search_text() -> Schema {
    texts().max_length(Some(MAX_TEXT)).examples([Value::from("아몬드")]).into()
}

/// Server-sent events.
pub fn event_stream() -> Schema {
    let example = "event: connect\ndata: connected\n\n";
    texts().examples([Value::from(example)]).into()
}

/// A number that names something.
pub fn id() -> Schema {
    number(1, i64::MAX)
}

/// A number that names something, or `null`.
pub fn optional_id() -> Schema {
    or_null(whole(1, i64::MAX).build())
}

/// A list of up to `MOST` texts of 1 to `MAX` characters, or `null`.
pub fn optional_texts<const MAX: usize, const MOST: usize>() -> Schema {
    let texts = ArrayBuilder::new().items(RefOr::T(text::<MAX>())).max_items(Some(MOST));
    Schema::Array(texts.schema_type(SchemaType::from_iter([Type::Array, Type::Null])).build())
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

/// An amount of money in whole won, or `null`.
pub fn optional_won() -> Schema {
    or_null(whole(0, Won::MAX.get()).build())
}

/// Yes or no, or `null`.
pub fn optional_flag() -> Schema {
    or_null(ObjectBuilder::new().schema_type(Type::Boolean).build())
}

/// A text like that, and nothing else.
pub fn matching(pattern: &str) -> Schema {
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

/// A list of `MIN` to `MAX` of these.
pub fn list_of<T: PartialSchema, const MIN: usize, const MAX: usize>() -> Schema {
    bounded_list(T::schema(), MIN, MAX)
}

/// One of these, or `null`, which counts as absent.
pub fn optional<T: PartialSchema>() -> Schema {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => or_null(object),
        other => OneOfBuilder::new().item(nothing()).item(other).into(),
    }
}

/// An object about which nothing is said.
pub fn any_object() -> Schema {
    ObjectBuilder::new().schema_type(Type::Object).into()
}

/// A value of any kind but an object; lists hold texts.
pub fn anything_but_an_object() -> Schema {
    let kinds = [Type::Null, Type::String, Type::Number, Type::Boolean, Type::Array];
    Schema::Array(ArrayBuilder::new().schema_type(SchemaType::from_iter(kinds)).items(RefOr::T(any_text())).build())
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
        // A list of words that does not name it would not allow it.
        object.enum_values.iter_mut().for_each(|words| words.push(Value::Null));
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
