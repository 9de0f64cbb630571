//! What the review form sends, and all that can be wrong with it.

use ef_domain::review::{Rating, ReviewText};
use ef_domain::shared::FieldErrors;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, Schema, Type};

use super::super::field::{Field, FromJson, composed, finish};
use super::super::openapi::form;

/// What somebody thinks of a product.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ReviewBody {
    /// 1 to 5 in half steps.
    #[schema(required, schema_with = rating)]
    rating: Field<Rating>,
    /// In words, of several lines if he likes.
    #[schema(schema_with = form::optional_text::<{ ReviewText::MOST }>)]
    text: Field<String>,
}

/// 1 to 5 in half steps.
pub fn rating() -> Schema {
    let number = ObjectBuilder::new().schema_type(Type::Number).multiple_of(Some(0.5));
    number.minimum(Some(1.0)).maximum(Some(5.0)).examples([json!(4.5)]).into()
}

/// The digits are read as they are written: `4.5` never becomes anything beside it.
impl FromJson for Rating {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        const RULE: &str = "1.0에서 5.0까지 0.5점 단위여야 합니다.";
        let Value::Number(number) = value else { return Err(RULE) };
        Self::parse(&number.to_string()).map_err(|_| RULE)
    }
}

impl ReviewBody {
    /// Rating and text, or all that is wrong with them.
    pub fn into_review(self) -> Result<(Rating, Option<ReviewText>), FieldErrors> {
        let mut errors = FieldErrors::new();
        let rating = errors.keep("rating", self.rating.required());
        let text = errors.keep("text", self.text.optional()).flatten();
        let text = errors.keep("text", text.map_or(Ok(None), |text| ReviewText::parse(&composed(&text))));
        finish(rating.zip(text), errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(body: Value) -> Result<(String, Option<String>), Vec<String>> {
        let body: ReviewBody = serde_json::from_value(body).unwrap();
        let review = body.into_review();
        let review = review.map(|(rating, text)| (rating.to_string(), text.map(|text| text.as_str().to_owned())));
        review.map_err(|errors| errors.iter().map(|error| error.field.clone()).collect())
    }

    #[test]
    fn half_steps_are_taken_however_they_are_spelled() {
        for (spelled, rating) in [(json!(4), "4.0"), (json!(4.0), "4.0"), (json!(4.5), "4.5"), (json!(1), "1.0")] {
            assert_eq!(review(json!({ "rating": spelled })), Ok((rating.to_owned(), None)), "{spelled}");
        }
        let said = review(json!({"rating": 5, "text": " 맛있어요\r\n또 살게요 "}));
        assert_eq!(said, Ok(("5.0".to_owned(), Some("맛있어요\n또 살게요".to_owned()))));
        assert_eq!(review(json!({"rating": 5, "text": "  "})), Ok(("5.0".to_owned(), None)));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        for rating in [json!(0), json!(5.5), json!(4.4), json!("4.5"), json!(null), json!(1e300), json!(-1), json!([])]
        {
            assert_eq!(review(json!({ "rating": rating })), Err(vec!["rating".to_owned()]), "{rating}");
        }
        let both = Err(vec!["rating".to_owned(), "text".to_owned()]);
        assert_eq!(review(json!({"text": "맛".repeat(1_001)})), both);
        assert_eq!(review(json!({"rating": "x", "text": 7})), both);
    }
}
