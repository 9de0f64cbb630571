//! Carts in SQL.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::cart::{BuyableVariant, Cart, CartLine, CartRepository};
use ef_domain::catalogue::{ProductStatus, WeightUnit};
use ef_domain::shared::{CartItemId, Clock, PortFailure, ProductId, Quantity, UserId, VariantId};
use sea_orm::{FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::order::nutrition_of;
use crate::sql::{all, marks, moment, one, quantity, won};
use crate::tx;

const READING: &str = "reading a cart";
const CHANGING: &str = "changing a cart";

/// What a buyer can have of variant `v`: what nobody holds, and what his own unpaid orders hold, because a new order
/// of his takes their place.
const FREE_FOR_BUYER: &str = "v.stock - v.reserved_stock + COALESCE((SELECT SUM(i.quantity) FROM orders o \
    JOIN order_items i ON i.order_id = o.id WHERE o.user_id = ? AND o.hold_expires_at IS NOT NULL \
    AND o.payment_key IS NULL AND i.variant_id = v.id), 0)";

/// Carts in MySQL or SQLite.
pub struct SqlCartRepository {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl SqlCartRepository {
    /// A repository over the database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }

    /// The user's lines that meet one more condition, newest first.
    async fn lines(&self, user: UserId, condition: &str, value: Option<i64>) -> Result<Vec<CartLine>, PortFailure> {
        let sql = format!(
            "SELECT c.id, c.quantity, p.id AS product_id, p.name AS product_name, p.image_url, p.category, p.status, \
             p.weight, p.weight_unit, v.id AS variant_id, v.size, v.price, v.weight_grams, \
             CAST({FREE_FOR_BUYER} AS SIGNED) AS available \
             FROM cart_items c JOIN product_variant v ON v.id = c.variant_id JOIN product p ON p.id = v.product_id \
             WHERE c.user_id = ? {condition} ORDER BY c.id DESC"
        );
        let mut values: Vec<Value> = vec![user.get().into(), user.get().into()];
        values.extend(value.map(Value::from));
        let reader = self.database.reader();
        let rows: Vec<CartRow> = bounded(READING, all(reader, &sql, values)).await?;
        let facts = nutrition_of(reader, rows.iter().map(|row| row.product_id), READING).await?;
        rows.into_iter()
            .map(|row| {
                let nutrition = facts.get(&row.product_id).and_then(|facts| facts.macros);
                Ok(CartLine { nutrition, ..line(row)? })
            })
            .collect()
    }
}

#[derive(FromQueryResult)]
struct CartRow {
    id: i64,
    quantity: i64,
    product_id: i64,
    product_name: String,
    image_url: Option<String>,
    category: String,
    status: String,
    weight: f64,
    weight_unit: String,
    variant_id: i64,
    size: String,
    price: i64,
    weight_grams: Option<f64>,
    available: i64,
}

#[derive(FromQueryResult)]
struct BuyableRow {
    named_product: Option<i64>,
    variant_id: Option<i64>,
    owner: Option<i64>,
    status: Option<String>,
    in_cart: Option<i64>,
    available: Option<i64>,
}

#[async_trait]
impl CartRepository for SqlCartRepository {
    async fn cart(&self, user: UserId) -> Result<Cart, PortFailure> {
        Ok(Cart { lines: self.lines(user, "", None).await? })
    }

    async fn line(&self, user: UserId, item: CartItemId) -> Result<Option<CartLine>, PortFailure> {
        Ok(self.lines(user, "AND c.id = ?", Some(item.get())).await?.pop())
    }

    async fn line_of(&self, user: UserId, variant: VariantId) -> Result<Option<CartLine>, PortFailure> {
        Ok(self.lines(user, "AND c.variant_id = ?", Some(variant.get())).await?.pop())
    }

    async fn buyable(
        &self,
        user: UserId,
        product: ProductId,
        variant: VariantId,
    ) -> Result<(bool, Option<BuyableVariant>), PortFailure> {
        let sql = format!(
            "SELECT p.id AS named_product, v.id AS variant_id, v.product_id AS owner, vp.status, c.quantity AS in_cart, \
             CAST({FREE_FOR_BUYER} AS SIGNED) AS available \
             FROM (SELECT 1 AS one) source LEFT JOIN product p ON p.id = ? LEFT JOIN product_variant v ON v.id = ? \
             LEFT JOIN product vp ON vp.id = v.product_id \
             LEFT JOIN cart_items c ON c.user_id = ? AND c.variant_id = v.id"
        );
        let values = [user.get().into(), product.get().into(), variant.get().into(), user.get().into()];
        let row: Option<BuyableRow> = bounded(READING, one(self.database.reader(), &sql, values)).await?;
        let Some(row) = row else {
            return Err(corrupt(READING, "a query without a source of rows gave none"));
        };
        let product_exists = row.named_product.is_some();
        let (Some(_), Some(owner), Some(status)) = (row.variant_id, row.owner, row.status) else {
            return Ok((product_exists, None));
        };
        let buyable = BuyableVariant {
            product: ProductId::new(owner),
            status: ProductStatus::parse(&status).ok_or_else(|| corrupt(READING, "an unknown product status"))?,
            available: row.available.unwrap_or_default(),
            in_cart: row.in_cart.unwrap_or_default(),
        };
        Ok((product_exists, Some(buyable)))
    }

    async fn add(
        &self,
        user: UserId,
        product: ProductId,
        variant: VariantId,
        quantity: Quantity,
    ) -> Result<(), PortFailure> {
        // One statement that inserts or adds: of two taps at once neither fails and neither is lost.
        let on_conflict = match self.database.backend() {
            sea_orm::DatabaseBackend::MySql => "ON DUPLICATE KEY UPDATE",
            _ => "ON CONFLICT (user_id, variant_id) DO UPDATE SET",
        };
        let sql = format!(
            "INSERT INTO cart_items (user_id, product_id, variant_id, quantity, created_at, updated_at) \
             VALUES (?, ?, ?, ?, ?, ?) {on_conflict} quantity = CASE WHEN cart_items.quantity + ? > ? THEN ? \
             ELSE cart_items.quantity + ? END, updated_at = ?"
        );
        let now = self.clock.now();
        let pieces = Value::from(quantity.get());
        let most = Value::from(Quantity::MAX.get());
        let values = [
            user.get().into(),
            product.get().into(),
            variant.get().into(),
            pieces.clone(),
            moment(now),
            moment(now),
            pieces.clone(),
            most.clone(),
            most,
            pieces,
            moment(now),
        ];
        tx::write(&self.database, CHANGING, &sql, values).await?;
        Ok(())
    }

    async fn change(&self, user: UserId, item: CartItemId, quantity: Quantity) -> Result<bool, PortFailure> {
        let sql = "UPDATE cart_items SET quantity = ?, updated_at = ? WHERE id = ? AND user_id = ?";
        let values = [quantity.get().into(), moment(self.clock.now()), item.get().into(), user.get().into()];
        let touched = tx::write(&self.database, CHANGING, sql, values).await?;
        Ok(touched == 1)
    }

    async fn remove(&self, user: UserId, items: &[CartItemId]) -> Result<u64, PortFailure> {
        if items.is_empty() {
            return Ok(0);
        }
        let sql = format!("DELETE FROM cart_items WHERE user_id = ? AND id IN ({})", marks(items.len()));
        let mut values: Vec<Value> = vec![user.get().into()];
        values.extend(items.iter().map(|item| Value::from(item.get())));
        let touched = tx::write(&self.database, CHANGING, &sql, values).await?;
        Ok(touched)
    }

    async fn clear(&self, user: UserId) -> Result<(), PortFailure> {
        let sql = "DELETE FROM cart_items WHERE user_id = ?";
        tx::write(&self.database, CHANGING, sql, [user.get().into()]).await?;
        Ok(())
    }
}

fn line(row: CartRow) -> Result<CartLine, PortFailure> {
    let weight_unit =
        WeightUnit::parse(&row.weight_unit).ok_or_else(|| corrupt(READING, "an unknown unit of weight"))?;
    Ok(CartLine {
        id: CartItemId::new(row.id),
        product: ProductId::new(row.product_id),
        product_name: row.product_name,
        image: row.image_url,
        category: row.category,
        status: ProductStatus::parse(&row.status).ok_or_else(|| corrupt(READING, "an unknown product status"))?,
        variant: VariantId::new(row.variant_id),
        variant_name: row.size,
        price: won(row.price, READING)?,
        quantity: quantity(row.quantity, READING)?,
        available: row.available,
        grams: row.weight_grams.unwrap_or_else(|| weight_unit.grams(row.weight)),
        weight: row.weight,
        weight_unit,
        nutrition: None,
    })
}
