//! What a product says of itself, in columns.

use ef_domain::catalogue::{GoalScores, ProductFields, ProductStatus, WeightUnit};
use ef_domain::shared::{PortFailure, Won};
use sea_orm::{FromQueryResult, Value};

use crate::failure::corrupt;
use crate::sql::won;

/// The columns that hold it, in the order of [`values`].
pub(super) const COLUMNS: [&str; 20] = [
    "name",
    "brand",
    "category",
    "base_price",
    "original_price",
    "discount_rate",
    "weight",
    "weight_unit",
    "status",
    "image_url",
    "description",
    "storage",
    "shipping_fee",
    "free_shipping_threshold",
    "estimated_delivery_days",
    "score_muscle_gain",
    "score_weight_loss",
    "score_energy",
    "score_recovery",
    "score_health",
];

/// What stands in them.
pub(super) fn values(fields: &ProductFields) -> [Value; 20] {
    [
        fields.name.as_str().into(),
        fields.brand.clone().into(),
        fields.category.as_str().into(),
        fields.price.get().into(),
        fields.original_price.map(Won::get).into(),
        fields.discount.into(),
        fields.weight.into(),
        fields.weight_unit.name().into(),
        fields.status.name().into(),
        fields.image.clone().into(),
        fields.description.clone().into(),
        fields.storage.clone().into(),
        fields.shipping_fee.map(Won::get).into(),
        fields.free_from.map(Won::get).into(),
        fields.estimated_days.clone().into(),
        fields.goals.muscle_gain.into(),
        fields.goals.weight_loss.into(),
        fields.goals.energy.into(),
        fields.goals.recovery.into(),
        fields.goals.health.into(),
    ]
}

/// A row of `product`.
#[derive(FromQueryResult)]
pub(super) struct ProductRow {
    pub(super) version: i64,
    pub(super) is_retired: bool,
    name: String,
    brand: Option<String>,
    category: String,
    base_price: i64,
    original_price: Option<i64>,
    discount_rate: Option<i32>,
    weight: f64,
    weight_unit: String,
    status: String,
    image_url: Option<String>,
    description: Option<String>,
    storage: Option<String>,
    shipping_fee: Option<i64>,
    free_shipping_threshold: Option<i64>,
    estimated_delivery_days: Option<String>,
    score_muscle_gain: Option<f64>,
    score_weight_loss: Option<f64>,
    score_energy: Option<f64>,
    score_recovery: Option<f64>,
    score_health: Option<f64>,
}

impl ProductRow {
    /// What the product says of itself.
    pub(super) fn fields(self, during: &'static str) -> Result<ProductFields, PortFailure> {
        let amount = |price: Option<i64>| price.map(|price| won(price, during)).transpose();
        Ok(ProductFields {
            name: self.name,
            brand: self.brand,
            category: self.category,
            price: won(self.base_price, during)?,
            original_price: amount(self.original_price)?,
            discount: self.discount_rate,
            weight: self.weight,
            weight_unit: WeightUnit::parse(&self.weight_unit)
                .ok_or_else(|| corrupt(during, "an unknown unit of weight"))?,
            status: ProductStatus::parse(&self.status).ok_or_else(|| corrupt(during, "an unknown product status"))?,
            image: self.image_url,
            description: self.description,
            storage: self.storage,
            shipping_fee: amount(self.shipping_fee)?,
            free_from: amount(self.free_shipping_threshold)?,
            estimated_days: self.estimated_delivery_days,
            goals: GoalScores {
                muscle_gain: self.score_muscle_gain,
                weight_loss: self.score_weight_loss,
                energy: self.score_energy,
                recovery: self.score_recovery,
                health: self.score_health,
            },
        })
    }
}
