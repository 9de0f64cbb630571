//! What the forms of the administration send, and all that can be wrong with it.

mod nutrients;

use std::collections::BTreeSet;

use ef_domain::catalogue::{
    FieldEdit, NewProduct, ProductEdit, StockAdjustment, VariantEdit, VariantFields, WeightUnit,
};
use ef_domain::shared::{FieldErrors, VariantId, Won, required_text};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::catalogue::parse_status;
use super::super::field::{Field, composed, finish};
use super::super::openapi::{form, words};
use super::super::view::Pictures;
pub use nutrients::NutrientsBody;

const MISSING: &str = "필수 입력 항목입니다.";
/// Longest texts, in characters: what the columns hold.
const NAME: usize = 255;
const SHORT: usize = 100;
const IMAGE: usize = 1_000;
const DESCRIPTION: usize = 5_000;
const STORAGE: usize = 200;
const DAYS: usize = 20;
const REASON: usize = 200;
/// The heaviest product, in its unit.
const WEIGHT: f64 = 1_000_000.0;
/// The best score.
const SCORE: f64 = 5.0;
/// The most tags and nutrients of a product.
const MOST: usize = 50;

/// A product, or what is to be different about it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ProductBody {
    #[schema(schema_with = form::optional_text::<NAME>)]
    name: Field<String>,
    #[schema(schema_with = form::optional_text::<SHORT>)]
    brand: Field<String>,
    #[schema(schema_with = form::optional_text::<SHORT>)]
    category: Field<String>,
    #[schema(schema_with = form::optional_won)]
    price: Field<i64>,
    #[schema(schema_with = form::optional_won)]
    original_price: Field<i64>,
    #[schema(schema_with = form::optional_percent)]
    discount: Field<i64>,
    #[schema(schema_with = form::optional_weight)]
    weight: Field<f64>,
    #[schema(schema_with = form::optional::<words::WeightUnit>)]
    weight_unit: Field<String>,
    #[schema(schema_with = form::optional::<words::ProductStatus>)]
    status: Field<String>,
    #[schema(schema_with = form::optional_text::<IMAGE>)]
    image_url: Field<String>,
    #[schema(schema_with = form::optional_text::<DESCRIPTION>)]
    description: Field<String>,
    #[schema(schema_with = form::optional_text::<STORAGE>)]
    storage: Field<String>,
    #[schema(schema_with = form::optional_won)]
    shipping_fee: Field<i64>,
    #[schema(schema_with = form::optional_won)]
    free_shipping_threshold: Field<i64>,
    #[schema(schema_with = form::optional_text::<DAYS>)]
    estimated_delivery_days: Field<String>,
    #[schema(schema_with = form::optional_texts::<SHORT, MOST>)]
    tags: Field<Vec<Field<String>>>,
    #[schema(schema_with = form::optional_score)]
    score_muscle_gain: Field<f64>,
    #[schema(schema_with = form::optional_score)]
    score_weight_loss: Field<f64>,
    #[schema(schema_with = form::optional_score)]
    score_energy: Field<f64>,
    #[schema(schema_with = form::optional_score)]
    score_recovery: Field<f64>,
    #[schema(schema_with = form::optional_score)]
    score_health: Field<f64>,
}

/// Collects what a form names, and what is wrong with it.
#[derive(Default)]
struct Form {
    edits: Vec<FieldEdit>,
    errors: FieldErrors,
}

impl Form {
    /// Notes what `parse` makes of a field that is there.
    fn take<T, V, E: ToString>(
        &mut self,
        name: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, E>,
        edit: impl FnOnce(V) -> FieldEdit,
    ) {
        let value = match field {
            Field::Missing => return,
            Field::Wrong(rule) => Err(rule.to_owned()),
            Field::Given(value) => parse(value).map_err(|rule| rule.to_string()),
        };
        self.edits.extend(self.errors.keep(name, value).map(edit));
    }

    /// A text that may be taken away: an empty one is none.
    fn take_text(&mut self, name: &str, field: Field<String>, max: usize, edit: fn(Option<String>) -> FieldEdit) {
        self.take(name, field, |text| optional_text(&text, max), edit);
    }

    fn take_score(&mut self, name: &str, field: Field<f64>, edit: fn(f64) -> FieldEdit) {
        self.take(name, field, score, edit);
    }
}

impl ProductBody {
    /// A product on its way into the shop, or all that is wrong with it.
    pub fn into_product(self) -> Result<NewProduct, FieldErrors> {
        let mut form = Form::default();
        for (name, is_missing) in [
            ("name", self.name == Field::Missing),
            ("category", self.category == Field::Missing),
            ("price", self.price == Field::Missing),
            ("weightUnit", self.weight_unit == Field::Missing),
        ] {
            if is_missing {
                form.errors.add(name, MISSING);
            }
        }
        let edit = self.fill(&mut form);
        finish(NewProduct::of(edit), form.errors)
    }

    /// The same, with a picture of this server's named by its path: so it is found under whatever host it is asked for.
    #[must_use]
    pub fn with_own_picture(mut self, pictures: &Pictures) -> Self {
        if let Field::Given(address) = &self.image_url {
            self.image_url = Field::Given(pictures.relative(address).to_owned());
        }
        self
    }

    /// What is to be different, or all that is wrong with it. What is absent or `null` stays.
    pub fn into_edit(self) -> Result<ProductEdit, FieldErrors> {
        let mut form = Form::default();
        let edit = self.fill(&mut form);
        finish(Some(edit), form.errors)
    }

    fn fill(self, form: &mut Form) -> ProductEdit {
        form.take("name", self.name, |text| required_text(&composed(&text), NAME), FieldEdit::Name);
        form.take_text("brand", self.brand, SHORT, FieldEdit::Brand);
        form.take("category", self.category, |text| required_text(&composed(&text), SHORT), FieldEdit::Category);
        form.take("price", self.price, Won::try_new, FieldEdit::Price);
        // Nothing was crossed out at nought won.
        let crossed_out = |won| Won::try_new(won).map(|price| Some(price).filter(|price| *price > Won::ZERO));
        form.take("originalPrice", self.original_price, crossed_out, FieldEdit::OriginalPrice);
        form.take("discount", self.discount, percent, FieldEdit::Discount);
        // A form that was not filled in sends nought.
        let weight = if self.weight == Field::Given(0.0) { Field::Missing } else { self.weight };
        form.take("weight", weight, weighing, FieldEdit::Weight);
        form.take("weightUnit", self.weight_unit, |text| unit(&text), FieldEdit::WeightUnit);
        form.take("status", self.status, |text| parse_status(text.trim()), FieldEdit::Status);
        form.take("imageUrl", self.image_url, |text| image(&text), FieldEdit::Image);
        form.take("description", self.description, |text| paragraphs(&text), FieldEdit::Description);
        form.take_text("storage", self.storage, STORAGE, FieldEdit::Storage);
        form.take("shippingFee", self.shipping_fee, Won::try_new, FieldEdit::ShippingFee);
        form.take("freeShippingThreshold", self.free_shipping_threshold, Won::try_new, FieldEdit::FreeFrom);
        form.take_text("estimatedDeliveryDays", self.estimated_delivery_days, DAYS, FieldEdit::EstimatedDays);
        form.take_score("scoreMuscleGain", self.score_muscle_gain, FieldEdit::MuscleGain);
        form.take_score("scoreWeightLoss", self.score_weight_loss, FieldEdit::WeightLoss);
        form.take_score("scoreEnergy", self.score_energy, FieldEdit::Energy);
        form.take_score("scoreRecovery", self.score_recovery, FieldEdit::Recovery);
        form.take_score("scoreHealth", self.score_health, FieldEdit::Health);
        let tags = tags(self.tags, &mut form.errors);
        ProductEdit { fields: std::mem::take(&mut form.edits), tags }
    }
}

/// Names of tags in their order, each once; `None` where there is no list.
fn tags(field: Field<Vec<Field<String>>>, errors: &mut FieldErrors) -> Option<Vec<String>> {
    let names = errors.keep("tags", field.optional())??;
    if names.len() > MOST {
        errors.add("tags", format!("{MOST}개를 넘을 수 없습니다."));
        return None;
    }
    let mut seen = BTreeSet::new();
    let names = names.into_iter().enumerate();
    let names = names.filter_map(|(place, name)| errors.keep(format!("tags[{place}]"), name.text(SHORT)));
    Some(names.map(|name| composed(&name)).filter(|name| seen.insert(name.clone())).collect())
}

fn optional_text(text: &str, max: usize) -> Result<Option<String>, String> {
    if text.trim().is_empty() { Ok(None) } else { required_text(&composed(text), max).map(Some) }
}

/// Text of several lines.
fn paragraphs(text: &str) -> Result<Option<String>, String> {
    let lines: Vec<&str> = text.trim().lines().collect();
    if text.chars().count() > DESCRIPTION {
        return Err(format!("{DESCRIPTION}자를 넘을 수 없습니다."));
    }
    if lines.iter().any(|line| line.chars().any(|letter| letter.is_control() && letter != '\t')) {
        return Err("사용할 수 없는 문자가 들어 있습니다.".to_owned());
    }
    Ok(Some(lines.join("\n")).filter(|text| !text.is_empty()))
}

/// An address that a browser may load a picture from, and nothing that it would run.
fn image(text: &str) -> Result<Option<String>, String> {
    let Some(address) = optional_text(text, IMAGE)? else { return Ok(None) };
    let is_path = address.starts_with('/') && !address.starts_with("//");
    if is_path || address.starts_with("https://") || address.starts_with("http://") {
        Ok(Some(address))
    } else {
        Err("http(s):// 또는 /로 시작하는 주소여야 합니다.".to_owned())
    }
}

fn unit(text: &str) -> Result<WeightUnit, &'static str> {
    WeightUnit::parse(text.trim()).ok_or("g, kg, ml, l 중 하나여야 합니다.")
}

fn percent(number: i64) -> Result<i32, &'static str> {
    i32::try_from(number).ok().filter(|percent| (0..=100).contains(percent)).ok_or("0에서 100 사이의 정수여야 합니다.")
}

fn weighing(weight: f64) -> Result<f64, &'static str> {
    if weight > 0.0 && weight <= WEIGHT {
        Ok(weight)
    } else {
        Err("0보다 크고 1,000,000 이하인 숫자여야 합니다.")
    }
}

fn score(score: f64) -> Result<f64, &'static str> {
    if (0.0..=SCORE).contains(&score) { Ok(score) } else { Err("0에서 5 사이의 숫자여야 합니다.") }
}

/// A variant, or what is to be different about it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct VariantBody {
    #[schema(schema_with = form::optional_text::<SHORT>)]
    name: Field<String>,
    #[schema(schema_with = form::optional_won)]
    price: Field<i64>,
    #[schema(schema_with = form::optional_weight)]
    weight_grams: Field<f64>,
    #[schema(schema_with = form::optional_flag)]
    is_default: Field<bool>,
}

impl VariantBody {
    /// A variant on its way into its product, or all that is wrong with it.
    pub fn into_variant(self) -> Result<VariantFields, FieldErrors> {
        let mut errors = FieldErrors::new();
        for (name, is_missing) in [
            ("name", self.name == Field::Missing),
            ("price", self.price == Field::Missing),
            ("weightGrams", self.weight_grams == Field::Missing),
        ] {
            if is_missing {
                errors.add(name, MISSING);
            }
        }
        let VariantEdit { name, price, grams, is_default } = self.fill(&mut errors);
        let variant = name.zip(price).zip(grams).map(|((name, price), grams)| {
            let is_default = is_default.unwrap_or_default();
            VariantFields { name, price, grams, is_default }
        });
        finish(variant, errors)
    }

    /// What is to be different, or all that is wrong with it.
    pub fn into_edit(self) -> Result<VariantEdit, FieldErrors> {
        let mut errors = FieldErrors::new();
        let edit = self.fill(&mut errors);
        finish(Some(edit), errors)
    }

    fn fill(self, errors: &mut FieldErrors) -> VariantEdit {
        VariantEdit {
            name: kept(errors, "name", self.name, |text| required_text(&text, SHORT)),
            price: kept(errors, "price", self.price, Won::try_new),
            grams: kept(errors, "weightGrams", self.weight_grams, weighing),
            is_default: kept(errors, "isDefault", self.is_default, Ok::<_, &str>),
        }
    }
}

/// What `parse` makes of a field that is there.
fn kept<T, V, E: ToString>(
    errors: &mut FieldErrors,
    name: &str,
    field: Field<T>,
    parse: impl FnOnce(T) -> Result<V, E>,
) -> Option<V> {
    let parsed = match field.optional() {
        Ok(None) => return None,
        Ok(Some(value)) => parse(value).map_err(|rule| rule.to_string()),
        Err(rule) => Err(rule.to_owned()),
    };
    errors.keep(name, parsed)
}

/// Pieces to count in or out, and why.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct StockBody {
    #[schema(required, schema_with = form::stock_delta)]
    delta: Field<i64>,
    #[schema(required, schema_with = form::text::<REASON>)]
    reason: Field<String>,
}

impl StockBody {
    /// The adjustment of that variant, or all that is wrong with it.
    pub fn into_adjustment(self, variant: VariantId) -> Result<StockAdjustment, FieldErrors> {
        const MOST: i64 = StockAdjustment::MOST;
        let mut errors = FieldErrors::new();
        let delta = self.delta.required().map_err(str::to_owned).and_then(|delta| {
            let is_move = delta != 0 && (-MOST..=MOST).contains(&delta);
            if is_move {
                Ok(delta)
            } else {
                Err(format!("0이 아닌 -{MOST}에서 {MOST} 사이의 정수여야 합니다."))
            }
        });
        let delta = errors.keep("delta", delta);
        let reason = errors.keep("reason", self.reason.text(REASON));
        finish(delta.zip(reason).map(|(delta, reason)| StockAdjustment { variant, delta, reason }), errors)
    }
}

/// The name of a tag.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct TagBody {
    #[schema(required, schema_with = form::text::<SHORT>)]
    name: Field<String>,
}

impl TagBody {
    /// The name, or what is wrong with it.
    pub fn into_name(self) -> Result<String, FieldErrors> {
        let mut errors = FieldErrors::new();
        let name = errors.keep("name", self.name.text(SHORT));
        finish(name, errors)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fields(errors: &FieldErrors) -> Vec<&str> {
        errors.iter().map(|error| error.field.as_str()).collect()
    }

    fn product(body: Value) -> Result<NewProduct, FieldErrors> {
        serde_json::from_value::<ProductBody>(body).unwrap().into_product()
    }

    #[test]
    fn what_the_form_sends_is_a_product() {
        let form = json!({"name": " 아몬드 ", "brand": "들판", "category": "견과", "price": 8500.00, "weight": 300,
            "weightUnit": "g", "status": "AVAILABLE", "imageUrl": "https://a/b.png", "tags": ["비건", "비건", " 고단백 "]});
        let NewProduct { fields, tags } = product(form).unwrap();
        assert_eq!(
            (fields.name.as_str(), fields.price.get(), fields.variant_name().as_str()),
            ("아몬드", 8500, "300g")
        );
        assert_eq!(tags, ["비건", "고단백"]);
    }

    #[test]
    fn every_broken_field_is_named_at_once() {
        assert_eq!(fields(&product(json!({})).unwrap_err()), ["name", "category", "price", "weightUnit"]);
        let broken = json!({"name": " ", "brand": 1, "category": "견과", "price": -1, "originalPrice": 1.5, "discount": 101,
            "weight": -3, "weightUnit": "oz", "status": "GONE", "imageUrl": "javascript:alert(1)", "description": "\u{0}",
            "storage": "가".repeat(201), "shippingFee": "x", "freeShippingThreshold": -1, "estimatedDeliveryDays": {},
            "tags": ["", 3], "scoreMuscleGain": 5.1, "scoreHealth": -0.1});
        let errors = product(broken).unwrap_err();
        let expected = [
            "name",
            "brand",
            "price",
            "originalPrice",
            "discount",
            "weight",
            "weightUnit",
            "status",
            "imageUrl",
            "description",
            "storage",
            "shippingFee",
            "freeShippingThreshold",
            "estimatedDeliveryDays",
            "scoreMuscleGain",
            "scoreHealth",
            "tags[0]",
            "tags[1]",
        ];
        assert_eq!(fields(&errors), expected);
    }

    #[test]
    fn absent_and_null_stay_and_an_empty_text_goes() {
        let edit = |body: Value| serde_json::from_value::<ProductBody>(body).unwrap().into_edit().unwrap();
        assert_eq!(edit(json!({"name": null, "weight": 0, "other": 1})), ProductEdit::default());
        let emptied = edit(json!({"brand": "", "originalPrice": 0, "tags": []}));
        assert_eq!(emptied.fields, [FieldEdit::Brand(None), FieldEdit::OriginalPrice(None)]);
        assert_eq!(emptied.tags, Some(Vec::new()));
    }

    #[test]
    fn stock_moves_by_a_bounded_number_and_for_a_reason() {
        let body = |body: Value| serde_json::from_value::<StockBody>(body).unwrap();
        let adjustment = |given: Value| body(given).into_adjustment(VariantId::new(5));
        assert_eq!(adjustment(json!({"delta": -3, "reason": "파손"})).unwrap().delta, -3);
        for delta in [json!(0), json!(1_000_001), json!(-1_000_001), json!("3"), Value::Null] {
            assert_eq!(fields(&adjustment(json!({"delta": delta, "reason": " "})).unwrap_err()), ["delta", "reason"]);
        }
    }
}
