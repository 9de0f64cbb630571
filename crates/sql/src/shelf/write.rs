//! The transactions that put a product on the shelf and change it.

use std::collections::HashMap;

use async_trait::async_trait;
use ef_domain::catalogue::{Editor, NewProduct, NutrientAmount, ShelfChange, VariantChange, VariantFields};
use ef_domain::shared::{AuditAction, AuditEntry, AuditSubject, ProductId, Timestamp};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::audit;
use crate::failure::{is_duplicate_of, is_referenced};
use crate::sql::{all, execute, marks, moment};
use crate::tx::{Stop, Work};

use super::fields::{COLUMNS, values};

/// Why a change was not stored.
pub(super) enum Refusal {
    /// Somebody else was quicker.
    Stale,
    /// The store takes two names for one.
    NameTaken,
    /// Something refers to what was to go.
    InUse,
}

/// A product on its way onto the shelf.
pub(super) struct Creating<'a> {
    pub(super) product: &'a NewProduct,
    pub(super) by: Editor,
}

#[async_trait]
impl Work for Creating<'_> {
    type Output = ProductId;
    /// It never refuses.
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<ProductId, Stop<()>> {
        let (product, at) = (self.product, self.by.at);
        let sql = format!(
            "INSERT INTO product ({}, created_at, updated_at) VALUES ({})",
            COLUMNS.join(", "),
            marks(COLUMNS.len() + 2)
        );
        let row = values(&product.fields).into_iter().chain([moment(at), moment(at)]);
        let id = execute(tx, &sql, row).await?.last_insert_id();
        let id = i64::try_from(id).map_err(|error| Stop::Corrupt(error.to_string()))?;
        add_variant(tx, id, &product.variant(), at).await?;
        link_tags(tx, id, &product.tags, at).await?;
        let entry = AuditEntry {
            actor: self.by.user,
            action: AuditAction::ProductCreated,
            subject: AuditSubject::Product(ProductId::new(id)),
            changes: product.changes(),
            reason: None,
            at,
        };
        audit::write(tx, &entry).await?;
        Ok(ProductId::new(id))
    }
}

/// A decided change.
pub(super) struct Changing<'a>(pub(super) &'a ShelfChange);

#[async_trait]
impl Work for Changing<'_> {
    type Output = ();
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Refusal>> {
        let change = self.0;
        let (product, at) = (change.product().get(), change.entry().at);
        // The version stands in the statement that raises it: of two changes that were decided on one, one wins, and
        // everything below is the winner's alone.
        let sql = format!(
            "UPDATE product SET {} = ?, retired_at = CASE WHEN ? THEN COALESCE(retired_at, ?) ELSE NULL END, \
             version = version + 1, updated_at = ? WHERE id = ? AND version = ?",
            COLUMNS.join(" = ?, ")
        );
        let guard: [Value; 5] =
            [change.is_retired().into(), moment(at), moment(at), product.into(), change.version().get().into()];
        let row = values(change.fields()).into_iter().chain(guard);
        if execute(tx, &sql, row).await?.rows_affected() == 0 {
            return Err(Stop::Refused(Refusal::Stale));
        }
        for variant in change.variants() {
            change_variant(tx, product, variant, at).await.map_err(refused)?;
        }
        if let Some(tags) = change.tags() {
            execute(tx, "DELETE FROM product_tags WHERE product_id = ?", [product.into()]).await?;
            link_tags(tx, product, tags, at).await?;
        }
        if let Some(nutrients) = change.nutrients() {
            execute(tx, "DELETE FROM product_nutrients WHERE product_id = ?", [product.into()]).await?;
            insert_nutrients(tx, product, nutrients, at).await?;
        }
        audit::write(tx, change.entry()).await?;
        Ok(())
    }
}

/// What the databases' own rules say to a statement.
pub(super) fn refused(error: DbErr) -> Stop<Refusal> {
    if is_duplicate_of(&error, "size") {
        Stop::Refused(Refusal::NameTaken)
    } else if is_referenced(&error) {
        Stop::Refused(Refusal::InUse)
    } else {
        Stop::Failed(error)
    }
}

async fn change_variant(
    tx: &DatabaseTransaction,
    product: i64,
    change: &VariantChange,
    at: Timestamp,
) -> Result<(), DbErr> {
    match change {
        VariantChange::Add(variant) => add_variant(tx, product, variant, at).await,
        VariantChange::Set(id, variant) => {
            // Stock is not among what is written: it moves meanwhile.
            let sql = "UPDATE product_variant SET size = ?, price = ?, weight_grams = ?, is_default = ?, updated_at = ? \
                 WHERE id = ? AND product_id = ?";
            let [size, price, grams, is_default] = variant_values(variant);
            let values = [size, price, grams, is_default, moment(at), id.get().into(), product.into()];
            execute(tx, sql, values).await.map(|_| ())
        }
        VariantChange::Erase(id) => {
            // The foreign keys of orders, carts and the ledger are the guard: a look at them beforehand would miss what
            // comes a moment later.
            let sql = "DELETE FROM product_variant WHERE id = ? AND product_id = ?";
            execute(tx, sql, [id.get().into(), product.into()]).await.map(|_| ())
        }
    }
}

async fn add_variant(
    tx: &DatabaseTransaction,
    product: i64,
    variant: &VariantFields,
    at: Timestamp,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO product_variant (product_id, size, price, weight_grams, is_default, stock, reserved_stock, \
         created_at, updated_at) VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?)";
    let [size, price, grams, is_default] = variant_values(variant);
    execute(tx, sql, [product.into(), size, price, grams, is_default, moment(at), moment(at)]).await.map(|_| ())
}

fn variant_values(variant: &VariantFields) -> [Value; 4] {
    [variant.name.as_str().into(), variant.price.get().into(), variant.grams.into(), variant.is_default.into()]
}

#[derive(FromQueryResult)]
struct TagRow {
    id: i64,
    name: String,
}

/// Gives a product that has no tags these ones, in their order.
async fn link_tags(tx: &DatabaseTransaction, product: i64, names: &[String], at: Timestamp) -> Result<(), DbErr> {
    if names.is_empty() {
        return Ok(());
    }
    // One statement that inserts or leaves be: a tag that two administrators make at once is made once. It also takes
    // the tags' rows, so that nobody erases one before it is linked.
    let on_conflict = match tx.get_database_backend() {
        DatabaseBackend::MySql => "ON DUPLICATE KEY UPDATE updated_at = updated_at",
        _ => "ON CONFLICT (name) DO NOTHING",
    };
    let rows = vec!["(?, ?, ?)"; names.len()].join(", ");
    let sql = format!("INSERT INTO tags (name, created_at, updated_at) VALUES {rows} {on_conflict}");
    let values = names.iter().flat_map(|name| [name.as_str().into(), moment(at), moment(at)]);
    execute(tx, &sql, values).await?;
    let sql = format!("SELECT id, name FROM tags WHERE name IN ({})", marks(names.len()));
    let known: Vec<TagRow> = all(tx, &sql, names.iter().map(|name| Value::from(name.as_str()))).await?;
    let known: HashMap<String, i64> = known.into_iter().map(|tag| (tag.name, tag.id)).collect();
    let ids: Vec<i64> = names.iter().filter_map(|name| known.get(name).copied()).collect();
    let rows = vec!["(?, ?, ?, ?)"; ids.len()].join(", ");
    let sql = format!("INSERT INTO product_tags (product_id, tag_id, created_at, updated_at) VALUES {rows}");
    let values = ids.into_iter().flat_map(|tag| [product.into(), tag.into(), moment(at), moment(at)]);
    execute(tx, &sql, values).await.map(|_| ())
}

async fn insert_nutrients(
    tx: &DatabaseTransaction,
    product: i64,
    nutrients: &[NutrientAmount],
    at: Timestamp,
) -> Result<(), DbErr> {
    if nutrients.is_empty() {
        return Ok(());
    }
    let row = format!("({})", marks(8));
    let rows = vec![row.as_str(); nutrients.len()].join(", ");
    let sql = format!(
        "INSERT INTO product_nutrients (product_id, code, name, value, unit, daily_percentage, created_at, updated_at) \
         VALUES {rows}"
    );
    let values = nutrients.iter().flat_map(|nutrient| -> [Value; 8] {
        [
            product.into(),
            nutrient.code.as_str().into(),
            nutrient.name.as_str().into(),
            nutrient.amount.into(),
            nutrient.unit.as_str().into(),
            nutrient.daily_percent.into(),
            moment(at),
            moment(at),
        ]
    });
    execute(tx, &sql, values).await.map(|_| ())
}
