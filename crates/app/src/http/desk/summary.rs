//! How the shop does, as its owner gets it.

use ef_domain::order::{LITTLE_STOCK, LowStock, ShopFigures};
use ef_domain::shared::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// How the shop does.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ShopSummaryView {
    today: TodayView,
    /// Paid orders whose parcel has not left.
    to_ship: u64,
    /// When the longest waiting of them was placed.
    #[schema(required, format = DateTime)]
    oldest_to_ship: Option<String>,
    /// Orders whose money is on the way back.
    refunding: u64,
    low_stock: LowStockView,
}

/// What was ordered today, as days are counted in Korea.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TodayView {
    /// When the day began.
    #[schema(format = DateTime)]
    since: String,
    orders: u64,
    /// Of them, those whose money is there.
    paid_orders: u64,
    /// What those were charged.
    revenue: i64,
}

/// Variants of which little is left.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LowStockView {
    /// How few pieces are little.
    at_most: i64,
    /// The scarcest first, at most twenty.
    variants: Vec<LowStockLineView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LowStockLineView {
    product_id: i64,
    product_name: String,
    variant_id: i64,
    variant_name: String,
    available_stock: i64,
}

impl ShopSummaryView {
    /// The figures since that moment.
    pub fn new(since: Timestamp, figures: ShopFigures) -> Self {
        let line = |low: LowStock| LowStockLineView {
            product_id: low.product.get(),
            product_name: low.product_name,
            variant_id: low.variant.get(),
            variant_name: low.variant_name,
            available_stock: low.available,
        };
        Self {
            today: TodayView {
                since: since.to_string(),
                orders: figures.placed,
                paid_orders: figures.paid,
                revenue: figures.revenue.get(),
            },
            to_ship: figures.to_ship,
            oldest_to_ship: figures.oldest_to_ship.map(|at| at.to_string()),
            refunding: figures.refunding,
            low_stock: LowStockView {
                at_most: LITTLE_STOCK,
                variants: figures.low_stock.into_iter().map(line).collect(),
            },
        }
    }
}
