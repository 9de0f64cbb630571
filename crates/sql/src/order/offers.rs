//! What the shelf offers, for pricing an order.

use async_trait::async_trait;
use ef_domain::catalogue::ProductStatus;
use ef_domain::order::{Offer, OfferQueries, OfferedVariant, RequestedLine};
use ef_domain::shared::{PortFailure, ProductId, VariantId};
use sea_orm::{FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, marks, won};

const READING: &str = "reading offers";

/// Offers from MySQL or SQLite.
pub struct SqlOfferQueries {
    database: Database,
}

impl SqlOfferQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct OfferRow {
    product_id: i64,
    product_name: String,
    status: String,
    image_url: Option<String>,
    variant_id: Option<i64>,
    size: Option<String>,
    price: Option<i64>,
    is_default: Option<bool>,
}

#[async_trait]
impl OfferQueries for SqlOfferQueries {
    async fn offers(&self, lines: &[RequestedLine]) -> Result<Vec<Offer>, PortFailure> {
        let mut products: Vec<i64> = lines.iter().map(|line| line.product.get()).collect();
        let mut variants: Vec<i64> = lines.iter().filter_map(|line| line.variant).map(VariantId::get).collect();
        for ids in [&mut products, &mut variants] {
            ids.sort_unstable();
            ids.dedup();
        }
        // The join starts from the products that are named or that own a named variant: both sides by primary key.
        let owners = if variants.is_empty() {
            String::new()
        } else {
            format!(" OR p.id IN (SELECT product_id FROM product_variant WHERE id IN ({}))", marks(variants.len()))
        };
        let sql = format!(
            "SELECT p.id AS product_id, p.name AS product_name, p.status, p.image_url, v.id AS variant_id, v.size, \
             v.price, v.is_default FROM product p LEFT JOIN product_variant v ON v.product_id = p.id \
             WHERE p.id IN ({}){owners} ORDER BY p.id, v.id",
            marks(products.len())
        );
        let values = products.into_iter().chain(variants).map(Value::from);
        let rows: Vec<OfferRow> = bounded(READING, all(self.database.reader(), &sql, values)).await?;
        rows.into_iter().map(offer).collect()
    }
}

fn offer(row: OfferRow) -> Result<Offer, PortFailure> {
    let status = ProductStatus::parse(&row.status).ok_or_else(|| corrupt(READING, "an unknown product status"))?;
    let variant = match (row.variant_id, row.size, row.price) {
        (Some(id), Some(name), Some(price)) => Some(OfferedVariant {
            id: VariantId::new(id),
            name,
            price: won(price, READING)?,
            is_default: row.is_default.unwrap_or_default(),
        }),
        _ => None,
    };
    Ok(Offer {
        product: ProductId::new(row.product_id),
        product_name: row.product_name,
        status,
        image: row.image_url,
        variant,
    })
}
