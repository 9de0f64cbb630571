//! Pieces that several answers are made of.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, FixedOffset};
use ef_domain::catalogue::{MacroNutrients, NutrientShare, NutritionSummary};
use ef_domain::shared::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::code::ErrorCode;
use super::error::ApiError;
use super::settings::HttpSettings;

const KOREA_SECONDS_EAST: i32 = 9 * 60 * 60;

/// A moment as clocks in Korea show it.
///
/// # Panics
/// Never: nine hours is a time zone.
pub fn korean_time(at: Timestamp) -> DateTime<FixedOffset> {
    let korea = FixedOffset::east_opt(KOREA_SECONDS_EAST).expect("nine hours is a time zone");
    at.to_utc().with_timezone(&korea)
}

/// A number that a page may do arithmetic on: never a NaN, which would travel as `null`.
pub fn number(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// The nearest whole number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "saturates, and NaN becomes 0: both are fine to show"
)]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// Makes the paths of pictures absolute: a relative one would resolve against the pages' origin, not this server's.
#[derive(Clone, Debug)]
pub struct Pictures(String);

impl Pictures {
    /// Pictures that are found under that origin.
    pub fn under(origin: impl Into<String>) -> Self {
        Self(origin.into())
    }

    /// The address of a picture.
    pub fn absolute(&self, image: Option<String>) -> Option<String> {
        image.map(|image| if image.starts_with('/') { format!("{}{image}", self.0) } else { image })
    }

    /// The path of a picture of this server's, given its address; other addresses stay.
    pub fn relative<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(self.0.as_str()).filter(|path| path.starts_with('/')).unwrap_or(address)
    }
}

impl FromRequest for Pictures {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let settings = request.app_data::<web::Data<HttpSettings>>();
        let pictures = settings.map(|settings| Self(settings.own_origin(host)));
        ready(pictures.ok_or_else(|| ApiError::new(ErrorCode::Internal)))
    }
}

/// What is in 100 g. Pages test the optional ones for being absent, so `null` would show as a bare unit.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NutritionView {
    calories: i64,
    protein: f64,
    carbs: f64,
    fat: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    saturated_fat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    trans_fat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cholesterol: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sodium: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fiber: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sugars: Option<f64>,
}

impl From<MacroNutrients> for NutritionView {
    fn from(macros: MacroNutrients) -> Self {
        Self {
            calories: whole(macros.calories),
            protein: number(macros.protein),
            carbs: number(macros.carbs),
            fat: number(macros.fat),
            saturated_fat: macros.saturated_fat.map(number),
            trans_fat: macros.trans_fat.map(number),
            cholesterol: macros.cholesterol.map(whole),
            sodium: macros.sodium.map(whole),
            fiber: macros.fiber.map(number),
            sugars: macros.sugars.map(number),
        }
    }
}

/// A vitamin or mineral in 100 g.
#[derive(Debug, Serialize, ToSchema)]
pub struct VitaminView {
    name: String,
    amount: String,
    daily: i32,
}

impl From<NutrientShare> for VitaminView {
    fn from(share: NutrientShare) -> Self {
        let amount = format!("{}{}", number(share.amount), share.unit);
        Self { name: share.name, amount, daily: share.daily_percent }
    }
}

/// What a cart or an order amounts to as food.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NutritionSummaryView {
    total_calories: f64,
    total_protein: f64,
    total_carbs: f64,
    total_fat: f64,
    protein_ratio: f64,
    carbs_ratio: f64,
    fat_ratio: f64,
}

impl From<NutritionSummary> for NutritionSummaryView {
    fn from(summary: NutritionSummary) -> Self {
        Self {
            total_calories: number(summary.calories),
            total_protein: number(summary.protein),
            total_carbs: number(summary.carbs),
            total_fat: number(summary.fat),
            protein_ratio: number(summary.protein_ratio),
            carbs_ratio: number(summary.carbs_ratio),
            fat_ratio: number(summary.fat_ratio),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nutrition_has_its_four_macros_and_leaves_unknown_ones_out() {
        let macros = MacroNutrients { calories: 164.6, protein: 31.0, sodium: Some(73.5), ..MacroNutrients::default() };
        let view = serde_json::to_value(NutritionView::from(macros)).unwrap();
        assert_eq!(view, json!({"calories": 165, "protein": 31.0, "carbs": 0.0, "fat": 0.0, "sodium": 74}));
    }

    #[test]
    fn no_number_is_ever_null() {
        let macros = MacroNutrients { calories: f64::NAN, protein: f64::INFINITY, ..MacroNutrients::default() };
        let view = serde_json::to_value(NutritionView::from(macros)).unwrap();
        assert_eq!(view, json!({"calories": 0, "protein": 0.0, "carbs": 0.0, "fat": 0.0}));
    }

    #[test]
    fn an_amount_reads_as_people_write_it() {
        let share = |amount| NutrientShare { name: "비타민E".into(), amount, unit: "mg".into(), daily_percent: 233 };
        assert_eq!(VitaminView::from(share(25.6)).amount, "25.6mg");
        assert_eq!(VitaminView::from(share(3.0)).amount, "3mg");
    }

    #[test]
    fn paths_of_pictures_become_absolute_and_addresses_stay() {
        let pictures = Pictures::under("http://localhost:8080");
        let absolute = |image: &str| pictures.absolute(Some(image.to_owned())).unwrap();
        assert_eq!(absolute("/images/products/a.svg"), "http://localhost:8080/images/products/a.svg");
        assert_eq!(absolute("https://cdn.example/a.png"), "https://cdn.example/a.png");
        assert_eq!(pictures.absolute(None), None);
    }

    #[test]
    fn only_addresses_of_this_server_become_paths() {
        let pictures = Pictures::under("http://localhost:8080");
        assert_eq!(pictures.relative("http://localhost:8080/images/products/a.svg"), "/images/products/a.svg");
        for foreign in ["https://cdn.example/a.png", "http://localhost:80801/a.png", "http://localhost:8080", "/a.png"]
        {
            assert_eq!(pictures.relative(foreign), foreign);
        }
    }
}
