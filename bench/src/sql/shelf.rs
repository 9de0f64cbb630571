//! Reading the shelf: the statements behind the product list and the product page.

use super::{marks, wholes};
use crate::Outcome;
use crate::store::{Store, Value, row};

const COLUMNS: &str = "p.id, p.name, p.description, p.base_price, p.original_price, p.discount_rate, p.image_url, \
    p.category, p.brand, p.weight, p.weight_unit, p.status, p.storage, p.average_rating, p.review_count, \
    p.score_muscle_gain, p.score_weight_loss, p.score_energy, p.score_recovery, p.score_health, p.shipping_fee, \
    p.free_shipping_threshold, p.estimated_delivery_days";

row! {
    /// A product.
    ProductRow {
        id: i64, name: String, description: Option<String>, base_price: i64, original_price: Option<i64>,
        discount_rate: Option<i32>, image_url: Option<String>, category: String, brand: Option<String>, weight: f64,
        weight_unit: String, status: String, storage: Option<String>, average_rating: f64, review_count: i64,
        score_muscle_gain: Option<f64>, score_weight_loss: Option<f64>, score_energy: Option<f64>,
        score_recovery: Option<f64>, score_health: Option<f64>, shipping_fee: Option<i64>,
        free_shipping_threshold: Option<i64>, estimated_delivery_days: Option<String>,
    }
}

row! {
    /// A pack size.
    VariantRow { id: i64, product_id: i64, size: String, price: i64, stock: i64, reserved_stock: i64 }
}

row! {
    /// A tag of a product.
    TagRow { product_id: i64, id: i64, name: String }
}

row! { CountRow { rows_found: i64 } }

/// How many products there are, and the newest of them.
///
/// The limits of this file stand in the text. SQLite plans a statement anew each time a value is bound to its `LIMIT`,
/// and a ceiling does nothing that can be left out.
pub async fn newest(store: &Store, size: i64) -> Outcome<(i64, Vec<ProductRow>)> {
    let sql = "SELECT COUNT(*) AS rows_found FROM product p WHERE 1 = 1";
    let count: CountRow = store.one(sql, &[]).await?;
    let sql = format!(
        "SELECT {COLUMNS} FROM product p WHERE 1 = 1 ORDER BY p.created_at DESC, p.id DESC LIMIT {size} OFFSET ?"
    );
    let rows = store.all(&sql, &[Value::Whole(0)]).await?;
    Ok((count.rows_found, rows))
}

/// One product.
pub async fn product(store: &Store, id: i64) -> Outcome<ProductRow> {
    let sql = format!("SELECT {COLUMNS} FROM product p WHERE p.id = ?");
    store.one(&sql, &[Value::Whole(id)]).await
}

/// The pack sizes of those products.
pub async fn variants(store: &Store, products: &[i64]) -> Outcome<Vec<VariantRow>> {
    let sql = format!(
        "SELECT id, product_id, size, price, stock, reserved_stock FROM product_variant WHERE product_id IN ({}) \
         ORDER BY is_default DESC, id",
        marks(products.len())
    );
    store.all(&sql, &wholes(products)).await
}

/// The tags of those products.
pub async fn tags(store: &Store, products: &[i64]) -> Outcome<Vec<TagRow>> {
    let sql = format!(
        "SELECT pt.product_id, t.id, t.name FROM product_tags pt JOIN tags t ON t.id = pt.tag_id \
         WHERE pt.product_id IN ({}) ORDER BY pt.id",
        marks(products.len())
    );
    store.all(&sql, &wholes(products)).await
}
