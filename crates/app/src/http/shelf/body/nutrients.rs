//! What is in a product, as the form sends it.

use std::collections::BTreeSet;

use ef_domain::catalogue::{NutrientAmount, NutrientCode};
use ef_domain::shared::FieldErrors;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::super::field::{Field, FromJson, NO_OBJECT, composed, finish};
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
    #[schema(required, schema_with = form::nutrient_code::<SHORT>)]
    code: Field<String>,
    #[schema(required, schema_with = form::nutrient_name::<SHORT>)]
    name: Field<String>,
    #[schema(required, schema_with = form::nutrient_amount)]
    amount: Field<f64>,
    #[schema(required, schema_with = form::nutrient_unit::<UNIT>)]
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
    let name = name.map(|name| composed(&name));
    let code = errors.keep(at("code"), one_nutrient(&code?, name.as_deref()?))?;
    let unit = errors.keep(at("unit"), unit_of(&code, unit?))?;
    Some(NutrientAmount { code, name: name?, amount: amount?, unit, daily_percent: daily_percent? })
}

/// The code as it is stored: of a nutrient that the page knows by its Korean name, the one that goes with the name.
/// Otherwise the row would be stored, and shown nowhere.
fn one_nutrient(code: &str, name: &str) -> Result<String, &'static str> {
    let code = composed(code).to_ascii_uppercase();
    match (NutrientCode::parse(&code), NutrientCode::named(name)) {
        (Some(by_code), Some(by_name)) if by_code != by_name => Err("이름과 다른 영양소의 코드입니다."),
        (_, Some(known)) | (Some(known), None) => Ok(known.code_and_unit().map_or(code, |(code, _)| code.to_owned())),
        (None, None) => Ok(code),
    }
}

/// The unit as the page shows it. The page shows a number of such a nutrient behind a unit that it takes for granted.
fn unit_of(code: &str, unit: String) -> Result<String, String> {
    match NutrientCode::parse(code).and_then(NutrientCode::code_and_unit) {
        Some((_, known)) if known.eq_ignore_ascii_case(&unit) => Ok(known.to_owned()),
        Some((_, known)) => Err(format!("이 영양소의 단위는 {known}이어야 합니다.")),
        None => Ok(unit),
    }
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

    #[test]
    fn a_nutrient_of_the_page_is_found_however_it_is_written() {
        let list = |list: Value| {
            serde_json::from_value::<NutrientsBody>(json!({ "nutrients": list })).unwrap().into_nutrients()
        };
        let row =
            |code: &str, name: &str, unit: &str| json!({"code": code, "name": name, "amount": 20.5, "unit": unit});
        let stored = list(json!([
            row("protein", "Protein", "G"),
            row("kcal", "칼로리", "kcal"),
            row("Saturated_Fat", "포화지방", "g"),
            row("zinc", "아연", "mg"),
        ]));
        let stored: Vec<_> = stored.unwrap().into_iter().map(|nutrient| (nutrient.code, nutrient.unit)).collect();
        let expected = [("PROTEIN", "g"), ("CALORIES", "kcal"), ("SATURATED_FAT", "g"), ("ZINC", "mg")];
        assert_eq!(stored, expected.map(|(code, unit)| (code.to_owned(), unit.to_owned())));

        let twice =
            json!([row("CALORIES", "칼로리", "kcal"), row("calories", "열량", "kcal"), row("x", "칼로리", "kcal")]);
        assert_eq!(broken(&list(twice).unwrap_err()), ["nutrients[1].code", "nutrients[2].code"]);
        let wrong = json!([row("PROTEIN", "단백질", "mg"), row("SODIUM", "나트륨", "g"), row("FAT", "단백질", "g")]);
        assert_eq!(broken(&list(wrong).unwrap_err()), ["nutrients[0].unit", "nutrients[1].unit", "nutrients[2].code"]);
        assert_eq!(
            broken(&list(json!([row("ZINC", "아연", "mg"), row("zinc", "아연", "mg")])).unwrap_err()),
            ["nutrients[1].code"]
        );
    }

    fn broken(errors: &FieldErrors) -> Vec<&str> {
        errors.iter().map(|error| error.field.as_str()).collect()
    }
}
