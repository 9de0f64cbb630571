//! Nutrition: what is in 100 g, and what that makes of a cart or an order. All arithmetic on it lives here.

/// A nutrient that the product page knows by name. Everything else with a daily share is a vitamin or mineral.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NutrientCode {
    /// kcal.
    Calories,
    /// g.
    Protein,
    /// g.
    Carbs,
    /// g.
    Fat,
    /// g.
    SaturatedFat,
    /// g.
    TransFat,
    /// mg.
    Cholesterol,
    /// mg.
    Sodium,
    /// g.
    Fiber,
    /// g.
    Sugars,
}

/// Code, Korean label and unit of every nutrient that the product page knows by name.
pub const NUTRIENT_CODES: [(NutrientCode, &str, &str, &str); 10] = [
    (NutrientCode::Calories, "CALORIES", "칼로리", "kcal"),
    (NutrientCode::Protein, "PROTEIN", "단백질", "g"),
    (NutrientCode::Carbs, "CARBS", "탄수화물", "g"),
    (NutrientCode::Fat, "FAT", "지방", "g"),
    (NutrientCode::SaturatedFat, "SATURATED_FAT", "포화지방", "g"),
    (NutrientCode::TransFat, "TRANS_FAT", "트랜스지방", "g"),
    (NutrientCode::Cholesterol, "CHOLESTEROL", "콜레스테롤", "mg"),
    (NutrientCode::Sodium, "SODIUM", "나트륨", "mg"),
    (NutrientCode::Fiber, "FIBER", "식이섬유", "g"),
    (NutrientCode::Sugars, "SUGARS", "당류", "g"),
];

impl NutrientCode {
    /// The nutrient of that code, however it is capitalised.
    pub fn parse(code: &str) -> Option<Self> {
        NUTRIENT_CODES
            .into_iter()
            .find(|(_, known, ..)| known.eq_ignore_ascii_case(code))
            .map(|(nutrient, ..)| nutrient)
    }

    /// The nutrient that the page calls by that Korean name.
    pub fn named(name: &str) -> Option<Self> {
        NUTRIENT_CODES.into_iter().find(|(_, _, label, _)| *label == name).map(|(nutrient, ..)| nutrient)
    }

    /// Its code as it is stored, and the unit that the page shows it in.
    pub fn code_and_unit(self) -> Option<(&'static str, &'static str)> {
        NUTRIENT_CODES.into_iter().find(|(nutrient, ..)| *nutrient == self).map(|(_, code, _, unit)| (code, unit))
    }
}

/// Grams of the macros and kcal in 100 g.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MacroNutrients {
    /// kcal.
    pub calories: f64,
    /// g.
    pub protein: f64,
    /// g.
    pub carbs: f64,
    /// g.
    pub fat: f64,
    /// g.
    pub saturated_fat: Option<f64>,
    /// g.
    pub trans_fat: Option<f64>,
    /// mg.
    pub cholesterol: Option<f64>,
    /// mg.
    pub sodium: Option<f64>,
    /// g.
    pub fiber: Option<f64>,
    /// g.
    pub sugars: Option<f64>,
}

/// A vitamin or mineral in 100 g.
#[derive(Clone, Debug, PartialEq)]
pub struct NutrientShare {
    /// Its Korean name.
    pub name: String,
    /// How much.
    pub amount: f64,
    /// Of which unit.
    pub unit: String,
    /// Percent of what an adult needs in a day.
    pub daily_percent: i32,
}

/// One stored nutrient of a product.
#[derive(Clone, Debug, PartialEq)]
pub struct NutrientAmount {
    /// The code of a nutrient that the page knows by name; anything else otherwise.
    pub code: String,
    /// Its Korean name.
    pub name: String,
    /// How much.
    pub amount: f64,
    /// Of which unit.
    pub unit: String,
    /// Percent of what an adult needs in a day.
    pub daily_percent: Option<i32>,
}

/// What is in 100 g of a product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NutritionFacts {
    /// Macros and their relatives. `None` if nothing is known: the product page shows nothing rather than zeros.
    pub macros: Option<MacroNutrients>,
    /// Vitamins and minerals.
    pub vitamins: Vec<NutrientShare>,
}

impl NutritionFacts {
    /// Sorts the stored nutrients of one product. A missing macro counts as zero as soon as any nutrient is known,
    /// because the page does arithmetic on all four.
    pub fn collect(amounts: impl IntoIterator<Item = NutrientAmount>) -> Self {
        let mut facts = Self::default();
        for NutrientAmount { code, name, amount, unit, daily_percent } in amounts {
            let Some(code) = NutrientCode::parse(&code) else {
                if let Some(daily_percent) = daily_percent {
                    facts.vitamins.push(NutrientShare { name, amount, unit, daily_percent });
                }
                continue;
            };
            let macros = facts.macros.get_or_insert_default();
            match code {
                NutrientCode::Calories => macros.calories = amount,
                NutrientCode::Protein => macros.protein = amount,
                NutrientCode::Carbs => macros.carbs = amount,
                NutrientCode::Fat => macros.fat = amount,
                NutrientCode::SaturatedFat => macros.saturated_fat = Some(amount),
                NutrientCode::TransFat => macros.trans_fat = Some(amount),
                NutrientCode::Cholesterol => macros.cholesterol = Some(amount),
                NutrientCode::Sodium => macros.sodium = Some(amount),
                NutrientCode::Fiber => macros.fiber = Some(amount),
                NutrientCode::Sugars => macros.sugars = Some(amount),
            }
        }
        facts
    }
}

/// Some food: so many grams with such macros.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Eaten {
    /// Grams of one piece.
    pub grams: f64,
    /// Pieces.
    pub pieces: i64,
    /// Macros of 100 g; `None` counts as nothing.
    pub macros: Option<MacroNutrients>,
}

/// What a cart or an order amounts to. Every number is rounded half up to one decimal.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct NutritionSummary {
    /// kcal: 4 a gram of protein and of carbohydrates, 9 a gram of fat.
    pub calories: f64,
    /// g.
    pub protein: f64,
    /// g.
    pub carbs: f64,
    /// g.
    pub fat: f64,
    /// Percent of the calories that come from protein.
    pub protein_ratio: f64,
    /// Percent of the calories that come from carbohydrates.
    pub carbs_ratio: f64,
    /// Percent of the calories that come from fat.
    pub fat_ratio: f64,
}

impl NutritionSummary {
    /// Sums up.
    pub fn of(foods: impl IntoIterator<Item = Eaten>) -> Self {
        let (mut protein, mut carbs, mut fat) = (0.0, 0.0, 0.0);
        for food in foods {
            let Some(macros) = food.macros else { continue };
            let portions = round(food.grams / 100.0, 100.0) * pieces(food.pieces);
            protein += macros.protein * portions;
            carbs += macros.carbs * portions;
            fat += macros.fat * portions;
        }
        let (from_protein, from_carbs, from_fat) = (4.0 * protein, 4.0 * carbs, 9.0 * fat);
        let calories = from_protein + from_carbs + from_fat;
        let ratio = |part: f64| {
            if calories > 0.0 { round(round(part / calories, 10_000.0) * 100.0, 10.0) } else { 0.0 }
        };
        Self {
            calories: round(calories, 10.0),
            protein: round(protein, 10.0),
            carbs: round(carbs, 10.0),
            fat: round(fat, 10.0),
            protein_ratio: ratio(from_protein),
            carbs_ratio: ratio(from_carbs),
            fat_ratio: ratio(from_fat),
        }
    }
}

/// Rounds half up to steps of `1 / steps`. The tiny addition undoes binary noise such as 1.05 being 1.0499999.
fn round(value: f64, steps: f64) -> f64 {
    (value * steps + 1e-9).round() / steps
}

fn pieces(count: i64) -> f64 {
    i32::try_from(count).map_or(f64::from(i32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chicken() -> MacroNutrients {
        MacroNutrients { calories: 165.0, protein: 31.0, carbs: 0.0, fat: 3.6, ..MacroNutrients::default() }
    }

    #[test]
    fn a_summary_counts_grams_pieces_and_calories() {
        let summary = NutritionSummary::of([Eaten { grams: 300.0, pieces: 2, macros: Some(chicken()) }]);
        assert_eq!(summary.protein, 186.0);
        assert_eq!(summary.fat, 21.6);
        assert_eq!(summary.calories, 938.4);
        assert_eq!((summary.protein_ratio, summary.carbs_ratio, summary.fat_ratio), (79.3, 0.0, 20.7));
    }

    #[test]
    fn portions_are_rounded_to_hundredths_before_they_are_multiplied() {
        let macros = MacroNutrients { protein: 100.0, ..MacroNutrients::default() };
        let summary = NutritionSummary::of([Eaten { grams: 33.5, pieces: 3, macros: Some(macros) }]);
        assert_eq!(summary.protein, 102.0);
    }

    #[test]
    fn nothing_eaten_has_no_ratios() {
        assert_eq!(NutritionSummary::of([]), NutritionSummary::default());
        let unknown = Eaten { grams: 100.0, pieces: 1, macros: None };
        assert_eq!(NutritionSummary::of([unknown]), NutritionSummary::default());
    }

    #[test]
    fn known_nutrients_become_macros_and_the_rest_with_a_share_vitamins() {
        let amount = |code: &str, amount, daily_percent| NutrientAmount {
            code: code.to_owned(),
            name: code.to_owned(),
            amount,
            unit: "g".to_owned(),
            daily_percent,
        };
        let facts = NutritionFacts::collect([
            amount("PROTEIN", 21.2, Some(39)),
            amount("비타민E", 25.6, Some(233)),
            amount("타우린", 1.0, None),
        ]);
        let macros = facts.macros.unwrap();
        assert_eq!((macros.protein, macros.calories, macros.fiber), (21.2, 0.0, None));
        assert_eq!(facts.vitamins.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["비타민E"]);
        assert_eq!(NutritionFacts::collect([]).macros, None);
        assert_eq!(NutritionFacts::collect([amount("protein", 3.0, None)]).macros.unwrap().protein, 3.0);
    }

    #[test]
    fn a_nutrient_is_known_by_its_code_and_by_its_name() {
        for (nutrient, code, label, unit) in NUTRIENT_CODES {
            assert_eq!(NutrientCode::parse(&code.to_lowercase()), Some(nutrient));
            assert_eq!(NutrientCode::named(label), Some(nutrient));
            assert_eq!(nutrient.code_and_unit(), Some((code, unit)));
        }
        assert_eq!((NutrientCode::parse("ZINC"), NutrientCode::named("아연")), (None, None));
    }
}
