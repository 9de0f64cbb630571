//! The rules of the domain's own values: what `parse` of each takes.

use ef_domain::account::Password;
use ef_domain::catalogue::{NUTRIENT_CODES, StockAdjustment};
use serde_json::json;
use utoipa::openapi::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};

use super::{number, or_null, texts, whole};

const EMAIL: &str = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\
                     @([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$";

/// An e-mail address.
pub fn email() -> Schema {
    of_format("email").max_length(Some(254)).pattern(Some(EMAIL)).examples([json!("shopper@example.com")]).into()
}

/// A mobile number.
pub fn mobile() -> Schema {
    texts().pattern(Some("^010-[0-9]{4}-[0-9]{4}$")).examples([json!("010-1234-5678")]).into()
}

/// A postal code.
pub fn postal_code() -> Schema {
    texts().pattern(Some("^[0-9]{5}$")).examples([json!("04524")]).into()
}

/// A day of birth, not in the future.
pub fn birth_date() -> Schema {
    of_format("date").examples([json!("1991-03-04")]).into()
}

/// A password that is compared and not judged.
pub fn password() -> Schema {
    of_format("password").examples([json!("Sunny-Walnut-2025!")]).into()
}

/// A password that is set.
pub fn new_password() -> Schema {
    let about = "With an upper-case and a lower-case letter of the alphabet, a digit, and a character that is none of \
                 these and no blank.";
    let schema = of_format("password").min_length(Some(8)).max_length(Some(Password::MAX_CHARS));
    schema.description(Some(about)).examples([json!("Rainy-Night-2025@")]).into()
}

/// A code that came by mail.
pub fn one_time_code() -> Schema {
    texts().pattern(Some("^[0-9]{6}$")).examples([json!("123456")]).into()
}

/// A code of an authenticator, or a recovery code.
pub fn second_factor_code() -> Schema {
    texts().examples([json!("123456")]).into()
}

/// A token out of another answer.
pub fn secret() -> Schema {
    texts().pattern(Some("\\S")).examples([json!("0123456789abcdef".repeat(4))]).into()
}

/// The key that the payment window gives out.
pub fn payment_key() -> Schema {
    let schema = texts().max_length(Some(200)).pattern(Some("^[A-Za-z0-9_=~-][A-Za-z0-9_=.~-]*$"));
    schema.examples([json!("tgen_20251107143152AbCd1")]).into()
}

/// An order's number, as text.
pub fn order_number_text() -> Schema {
    texts().pattern(Some("^[0-9]{1,16}$")).examples([json!("4178230915526417")]).into()
}

/// An order's number.
pub fn order_number() -> Schema {
    whole(1, 9_007_199_254_740_991).examples([json!(4_178_230_915_526_417_i64)]).into()
}

/// The name of a session.
pub fn session_id() -> Schema {
    texts().pattern(Some("^[0-9a-f]{32}$")).examples([json!("0123456789abcdef0123456789abcdef")]).into()
}

/// A version of something that is edited.
pub fn version() -> Schema {
    texts().examples([json!("\"7\"")]).into()
}

/// A share of a price, or `null`.
pub fn optional_percent() -> Schema {
    or_null(whole(0, 100).build())
}

/// A share of what a person needs in a day, in percent, or `null`.
pub fn optional_share_of_a_day() -> Schema {
    or_null(whole(0, 10_000).build())
}

/// A weight, or `null`.
pub fn optional_weight() -> Schema {
    or_null(decimal(0.0, 1_000_000.0).examples([json!(250.0)]).build())
}

/// What a nutrient is called by programs.
pub fn nutrient_code<const MAX: usize>() -> Schema {
    let known = NUTRIENT_CODES.map(|(_, code, label, unit)| format!("`{code}` ({label}, {unit})")).join(", ");
    let about = format!(
        "The product page knows these by name: {known}. Capitals do not matter, and a row that bears one of these names \
         gets its code. Anything else is a vitamin or a mineral."
    );
    spoken::<MAX>("PROTEIN").description(Some(about)).into()
}

/// What a nutrient is called on the page.
pub fn nutrient_name<const MAX: usize>() -> Schema {
    spoken::<MAX>("단백질").into()
}

/// What a nutrient is measured in.
pub fn nutrient_unit<const MAX: usize>() -> Schema {
    let about = "Of a nutrient that the page knows by name, the unit that stands beside its code.";
    spoken::<MAX>("g").description(Some(about)).into()
}

/// How much of a nutrient.
pub fn nutrient_amount() -> Schema {
    decimal(0.0, 1_000_000.0).examples([json!(21.2)]).into()
}

/// A score, or `null`.
pub fn optional_score() -> Schema {
    or_null(decimal(0.0, 5.0).examples([json!(4.5)]).build())
}

/// Pieces to count in or out; not nought.
pub fn stock_delta() -> Schema {
    number(-StockAdjustment::MOST, StockAdjustment::MOST)
}

/// A text of 1 to `MAX` characters that is not all blanks, such as that one.
fn spoken<const MAX: usize>(example: &str) -> ObjectBuilder {
    let schema = texts().min_length(Some(1)).max_length(Some(MAX)).pattern(Some("\\S"));
    schema.examples([json!(example)])
}

fn of_format(format: &str) -> ObjectBuilder {
    texts().format(Some(SchemaFormat::Custom(format.to_owned())))
}

fn decimal(minimum: f64, maximum: f64) -> ObjectBuilder {
    let number = ObjectBuilder::new().schema_type(Type::Number);
    let number = number.format(Some(SchemaFormat::KnownFormat(KnownFormat::Double)));
    number.minimum(Some(minimum)).maximum(Some(maximum))
}
