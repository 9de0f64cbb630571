//! A property of a JSON body that may be anything, so that every wrong one can be named and not only the first.

use ef_domain::shared::{FieldErrors, required_text};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// A property as it came. `null` counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// It was not there.
    #[default]
    Missing,
    /// It was of another type; this is the rule that it breaks.
    Wrong(&'static str),
    /// It was of the right type.
    Given(T),
}

/// A type that a property can have.
pub trait FromJson: Sized {
    /// The value, or the rule that it breaks.
    fn from_json(value: Value) -> Result<Self, &'static str>;
}

const MISSING: &str = "필수 입력 항목입니다.";

impl<T> Field<T> {
    /// The value of a property that must be there.
    pub fn required(self) -> Result<T, &'static str> {
        match self {
            Self::Given(value) => Ok(value),
            Self::Missing => Err(MISSING),
            Self::Wrong(rule) => Err(rule),
        }
    }

    /// The value of a property that may be absent.
    pub fn optional(self) -> Result<Option<T>, &'static str> {
        match self {
            Self::Given(value) => Ok(Some(value)),
            Self::Missing => Ok(None),
            Self::Wrong(rule) => Err(rule),
        }
    }
}

impl Field<String> {
    /// A text of 1 to `max` characters.
    pub fn text(self, max: usize) -> Result<String, String> {
        required_text(&self.required().map_err(str::to_owned)?, max)
    }

    /// A text of up to `max` characters; one of blanks counts as absent.
    pub fn optional_text(self, max: usize) -> Result<Option<String>, String> {
        match self.optional().map_err(str::to_owned)? {
            Some(text) if !text.trim().is_empty() => required_text(&text, max).map(Some),
            Some(_) | None => Ok(None),
        }
    }
}

impl Field<i64> {
    /// An id: a positive number.
    pub fn id<T>(self, new: fn(i64) -> T) -> Result<T, &'static str> {
        match self.required()? {
            id @ 1.. => Ok(new(id)),
            _ => Err("1 이상의 숫자여야 합니다."),
        }
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Missing,
            value => T::from_json(value).map_or_else(Self::Wrong, Self::Given),
        })
    }
}

impl FromJson for String {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::String(text) => Ok(text),
            _ => Err("문자열이어야 합니다."),
        }
    }
}

impl FromJson for i64 {
    /// A whole number, however it is spelled: `8500` and `8500.00` are the same to a browser.
    fn from_json(value: Value) -> Result<Self, &'static str> {
        const RULE: &str = "정수여야 합니다.";
        let Value::Number(number) = value else { return Err(RULE) };
        if let Some(whole) = number.as_i64() {
            return Ok(whole);
        }
        match number.as_f64() {
            Some(decimal) if decimal.fract() == 0.0 => {
                format!("{decimal:.0}").parse().map_err(|_| "숫자가 너무 큽니다.")
            }
            _ => Err(RULE),
        }
    }
}

impl FromJson for f64 {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        value.as_f64().filter(|number| number.is_finite()).ok_or("숫자여야 합니다.")
    }
}

impl FromJson for bool {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        value.as_bool().ok_or("true 또는 false여야 합니다.")
    }
}

impl<T: FromJson> FromJson for Vec<Field<T>> {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        let Value::Array(values) = value else { return Err("배열이어야 합니다.") };
        let field = |value| T::from_json(value).map_or_else(Field::Wrong, Field::Given);
        Ok(values.into_iter().map(field).collect())
    }
}

/// The text with every letter in one piece. Some keyboards and file systems send Hangul in its parts (`ㅎ`, `ㅏ`, `ㄴ`), which
/// looks the same and is found by no comparison.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The rule that anything but an object breaks where an object belongs.
pub const NO_OBJECT: &str = "객체여야 합니다.";

/// The value of a form whose every field parsed, or all that is wrong with it.
pub fn finish<T>(form: Option<T>, errors: FieldErrors) -> Result<T, FieldErrors> {
    match form {
        Some(form) if errors.is_empty() => Ok(form),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field<T: FromJson>(value: Value) -> Field<T> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn whole_numbers_may_be_spelled_as_decimals() {
        for value in [json!(8500), json!(8500.0), json!(8.5e3)] {
            assert_eq!(field::<i64>(value).required(), Ok(8500));
        }
        for value in [json!("8500"), json!(1.5), json!(true), json!([1]), json!(1e300), json!(u64::MAX)] {
            assert!(field::<i64>(value.clone()).required().is_err(), "{value}");
        }
    }

    #[test]
    fn letters_come_in_one_piece() {
        assert_eq!(composed("\u{1112}\u{1161}\u{11ab}글 cafe\u{301}"), "한글 café");
    }

    #[test]
    fn null_is_absent() {
        assert_eq!(field::<String>(Value::Null).optional(), Ok(None));
        assert_eq!(field::<String>(Value::Null).required(), Err(MISSING));
        assert!(field::<String>(json!(1)).optional().is_err());
    }

    #[test]
    fn an_id_is_positive() {
        assert_eq!(field::<i64>(json!(7)).id(|id| id), Ok(7));
        assert!(field::<i64>(json!(0)).id(|id| id).is_err());
        assert!(field::<i64>(json!(-1)).id(|id| id).is_err());
    }

    #[test]
    fn elements_of_a_list_are_judged_one_by_one() {
        let list = field::<Vec<Field<i64>>>(json!([1, "2", null])).required().unwrap();
        assert_eq!(list.iter().filter(|field| matches!(field, Field::Given(_))).count(), 1);
        assert!(field::<Vec<Field<i64>>>(json!({})).required().is_err());
    }
}
