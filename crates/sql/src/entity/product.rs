//! Products.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub slug: Option<String>,
    pub name: String,
    pub description: Option<String>,
    pub base_price: i64,
    pub original_price: Option<i64>,
    pub discount_rate: Option<i32>,
    pub image_url: Option<String>,
    pub category: String,
    pub brand: Option<String>,
    pub weight: f64,
    pub weight_unit: String,
    pub status: String,
    pub storage: Option<String>,
    pub average_rating: f64,
    pub review_count: i64,
    pub score_muscle_gain: Option<f64>,
    pub score_weight_loss: Option<f64>,
    pub score_energy: Option<f64>,
    pub score_recovery: Option<f64>,
    pub score_health: Option<f64>,
    pub shipping_fee: Option<i64>,
    pub free_shipping_threshold: Option<i64>,
    pub estimated_delivery_days: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
