//! Adding to a cart: what may be bought, the one write, and the line as it is then.

use super::{nutrients, standing};
use crate::Outcome;
use crate::moment::now;
use crate::store::{Store, Value, row};

/// What the server lets a line hold at most.
const MOST: i64 = 999;

const FREE_FOR_BUYER: &str = "v.stock - v.reserved_stock + COALESCE((SELECT SUM(i.quantity) FROM orders o \
    JOIN order_items i ON i.order_id = o.id WHERE o.user_id = ? AND o.hold_expires_at IS NOT NULL \
    AND o.payment_key IS NULL AND i.variant_id = v.id), 0)";

row! {
    BuyableRow {
        named_product: Option<i64>, variant_id: Option<i64>, owner: Option<i64>, status: Option<String>,
        in_cart: Option<i64>, available: Option<i64>,
    }
}

row! {
    LineRow {
        id: i64, quantity: i64, product_id: i64, product_name: String, image_url: Option<String>, category: String,
        status: String, weight: f64, weight_unit: String, variant_id: i64, size: String, price: i64,
        weight_grams: Option<f64>, available: i64,
    }
}

/// Puts one piece of the variant into the user's cart.
pub async fn add(store: &Store, user: i64, product: i64, variant: i64) -> Outcome {
    standing(store, user).await?;
    let whole = Value::Whole;
    let sql = format!(
        "SELECT p.id AS named_product, v.id AS variant_id, v.product_id AS owner, vp.status, c.quantity AS in_cart, \
         CAST({FREE_FOR_BUYER} AS SIGNED) AS available \
         FROM (SELECT 1 AS one) source LEFT JOIN product p ON p.id = ? LEFT JOIN product_variant v ON v.id = ? \
         LEFT JOIN product vp ON vp.id = v.product_id \
         LEFT JOIN cart_items c ON c.user_id = ? AND c.variant_id = v.id"
    );
    let buyable: BuyableRow = store.one(&sql, &[whole(user), whole(product), whole(variant), whole(user)]).await?;
    if buyable.available.unwrap_or_default() <= buyable.in_cart.unwrap_or_default() {
        return Err("the shelf is empty".into());
    }
    write(store, user, product, variant).await?;
    let sql = format!(
        "SELECT c.id, c.quantity, p.id AS product_id, p.name AS product_name, p.image_url, p.category, p.status, \
         p.weight, p.weight_unit, v.id AS variant_id, v.size, v.price, v.weight_grams, \
         CAST({FREE_FOR_BUYER} AS SIGNED) AS available \
         FROM cart_items c JOIN product_variant v ON v.id = c.variant_id JOIN product p ON p.id = v.product_id \
         WHERE c.user_id = ? AND c.variant_id = ? ORDER BY c.id DESC"
    );
    let line: LineRow = store.one(&sql, &[whole(user), whole(user), whole(variant)]).await?;
    nutrients(store, &[line.product_id]).await.map(drop)
}

async fn write(store: &Store, user: i64, product: i64, variant: i64) -> Outcome {
    let on_conflict = match store {
        Store::MySql(_) => "ON DUPLICATE KEY UPDATE",
        Store::Sqlite { .. } => "ON CONFLICT (user_id, variant_id) DO UPDATE SET",
    };
    let sql = format!(
        "INSERT INTO cart_items (user_id, product_id, variant_id, quantity, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?) {on_conflict} quantity = CASE WHEN cart_items.quantity + ? > ? THEN ? \
         ELSE cart_items.quantity + ? END, updated_at = ?"
    );
    let (at, one, most) = (Value::At(now()), Value::Whole(1), Value::Whole(MOST));
    let values = [
        Value::Whole(user),
        Value::Whole(product),
        Value::Whole(variant),
        one.clone(),
        at.clone(),
        at.clone(),
        one.clone(),
        most.clone(),
        most,
        one,
        at,
    ];
    store.execute(&sql, &values).await.map(drop)
}
