//! What is in a product, as the form sends it.

use std::collections::BTreeSet;

use ef_domain::catalogue::NutrientAmount;
use ef_domain::shared::FieldErrors;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::super::field::{Field, FromJson, NO_OBJECT, finish};
use super::super::super::openapi::form;
use super::{MOST, SHORT, WEIGHT};

const UNIT: usize = 20;

/// What is in 100 g of a product.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NutrientsBody {
    #[schema(required, schema_with = form::list_of::<NutrientBody, 0, MOST>)]
    nutrients: Field<Vec<Field<NutrientBody>>>,
}

/// One nutrient of it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct NutrientBody {
    #[schema(required, schema_with = form::text::<SHORT>)]
    code: Field<String>,
    #[schema(required, schema_with = form::text::<SHORT>)]
    name: Field<String>,
    #[schema(required, schema_with = form::nutrient_amount)]
    amount: Field<f64>,
    #[schema(required, schema_with = form::text::<UNIT>)]
    unit: Field<String>,
    #[schema(schema_with = form::optional_share_of_a_day)]
    daily_percent: Field<i64>,
}

impl FromJson for NutrientBody {
    fn from_json(value: Value) -> Result<Self, &'static str> {
        if !value.is_object() {
            return Err(NO_OBJECT);
        }
        Self::deserialize(value).map_err(|_| NO_OBJECT)
    }
}

impl NutrientsBody {
    /// The list, or all that is wrong with it.
    pub fn into_nutrients(self) -> Result<Vec<NutrientAmount>, FieldErrors> {
        let mut errors = FieldErrors::new();
        let list = errors.keep("nutrients", self.nutrients.required()).unwrap_or_default();
        if list.len() > MOST {
            errors.add("nutrients", format!("{MOST}개를 넘을 수 없습니다."));
            return Err(errors);
        }
        let mut seen = BTreeSet::new();
        let mut nutrients = Vec::new();
        for (place, field) in list.into_iter().enumerate() {
            let path = format!("nutrients[{place}]");
            let Some(nutrient) = nutrient(&path, field, &mut errors) else { continue };
            if seen.insert(nutrient.code.clone()) {
                nutrients.push(nutrient);
            } else {
                errors.add(format!("{path}.code"), "같은 영양소가 두 번 있습니다.");
            }
        }
        finish(Some(nutrients), errors)
    }
}

fn nutrient(path: &str, field: Field<NutrientBody>, errors: &mut FieldErrors) -> Option<NutrientAmount> {
    let body = errors.keep(path, field.required())?;
    let at = |name: &str| format!("{path}.{name}");
    let code = errors.keep(at("code"), body.code.text(SHORT));
    let name = errors.keep(at("name"), body.name.text(SHORT));
    let amount = errors.keep(at("amount"), body.amount.required().and_then(amount));
    let unit = errors.keep(at("unit"), body.unit.text(UNIT));
    let share = body.daily_percent.optional().map_err(str::to_owned);
    let share = share.and_then(|share| share.map(share_of_a_day).transpose());
    let daily_percent = errors.keep(at("dailyPercent"), share);
    let nutrient = code.zip(name).zip(amount).zip(unit).zip(daily_percent);
    nutrient.map(|((((code, name), amount), unit), daily_percent)| NutrientAmount {
        code,
        name,
        amount,
        unit,
        daily_percent,
    })
}

fn amount(amount: f64) -> Result<f64, &'static str> {
    if (0.0..=WEIGHT).contains(&amount) {
        Ok(amount)
    } else {
        Err("0에서 1,000,000 사이의 숫자여야 합니다.")
    }
}

fn share_of_a_day(percent: i64) -> Result<i32, String> {
    let percent = i32::try_from(percent).ok().filter(|percent| (0..=10_000).contains(percent));
    percent.ok_or_else(|| "0에서 10,000 사이의 정수여야 합니다.".to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nutrient_is_named_once() {
        let zinc = json!({"code": "ZINC", "name": "아연", "amount": 1.5, "unit": "mg", "dailyPercent": 18});
        let list = |list: Value| serde_json::from_value::<NutrientsBody>(list).unwrap().into_nutrients();
        assert_eq!(list(json!({"nutrients": [zinc]})).unwrap().len(), 1);
        assert_eq!(
            broken(&list(json!({"nutrients": [zinc, zinc, 7]})).unwrap_err()),
            ["nutrients[1].code", "nutrients[2]"]
        );
        assert_eq!(broken(&list(json!({})).unwrap_err()), ["nutrients"]);
    }

    fn broken(errors: &FieldErrors) -> Vec<&str> {
        errors.iter().map(|error| error.field.as_str()).collect()
    }
}
