//! Reading a product with all that can be edited of it.

use ef_domain::catalogue::{NutrientAmount, ProductSheet, VariantFields, VariantSheet};
use ef_domain::shared::{PortFailure, ProductId, VariantId, Version};
use sea_orm::{ConnectionTrait, FromQueryResult};

use crate::failure::bounded;
use crate::sql::{all, one, won};

use super::fields::{COLUMNS, ProductRow};

const READING: &str = "reading a product to edit";

#[derive(FromQueryResult)]
struct VariantRow {
    id: i64,
    size: String,
    price: i64,
    stock: i64,
    reserved_stock: i64,
    weight_grams: Option<f64>,
    is_default: bool,
}

#[derive(FromQueryResult)]
struct TagRow {
    name: String,
}

#[derive(FromQueryResult)]
struct NutrientRow {
    code: String,
    name: String,
    value: f64,
    unit: String,
    daily_percentage: Option<i32>,
}

/// The product, its row first: whoever changes it while the rest is read raises the version, and what is decided on this
/// sheet is stale.
pub(super) async fn read(reader: &impl ConnectionTrait, id: ProductId) -> Result<Option<ProductSheet>, PortFailure> {
    let key = || [id.get().into()];
    let columns = COLUMNS.join(", ");
    // A comparison is a number, which the databases disagree about how to call.
    let sql = format!(
        "SELECT version, CASE WHEN retired_at IS NULL THEN FALSE ELSE TRUE END AS is_retired, {columns} \
         FROM product WHERE id = ?"
    );
    let row: Option<ProductRow> = bounded(READING, one(reader, &sql, key())).await?;
    let Some(row) = row else { return Ok(None) };
    let (version, is_retired) = (Version::new(row.version), row.is_retired);
    let fields = row.fields(READING)?;
    let sql = "SELECT id, size, price, stock, reserved_stock, weight_grams, is_default FROM product_variant \
         WHERE product_id = ? ORDER BY id";
    let variants: Vec<VariantRow> = bounded(READING, all(reader, sql, key())).await?;
    let grams = fields.grams();
    let variants = variants.into_iter().map(|row| variant(row, grams)).collect::<Result<_, _>>()?;
    let sql =
        "SELECT t.name FROM product_tags pt JOIN tags t ON t.id = pt.tag_id WHERE pt.product_id = ? ORDER BY pt.id";
    let tags: Vec<TagRow> = bounded(READING, all(reader, sql, key())).await?;
    let sql =
        "SELECT code, name, value, unit, daily_percentage FROM product_nutrients WHERE product_id = ? ORDER BY id";
    let nutrients: Vec<NutrientRow> = bounded(READING, all(reader, sql, key())).await?;
    Ok(Some(ProductSheet {
        id,
        version,
        is_retired,
        fields,
        tags: tags.into_iter().map(|row| row.name).collect(),
        variants,
        nutrients: nutrients.into_iter().map(nutrient).collect(),
    }))
}

/// A variant that does not say what it weighs weighs what its product does.
fn variant(row: VariantRow, grams: f64) -> Result<VariantSheet, PortFailure> {
    let fields = VariantFields {
        name: row.size,
        price: won(row.price, READING)?,
        grams: row.weight_grams.unwrap_or(grams),
        is_default: row.is_default,
    };
    Ok(VariantSheet { id: VariantId::new(row.id), fields, stock: row.stock, reserved: row.reserved_stock })
}

fn nutrient(row: NutrientRow) -> NutrientAmount {
    NutrientAmount {
        code: row.code,
        name: row.name,
        amount: row.value,
        unit: row.unit,
        daily_percent: row.daily_percentage,
    }
}
