//! The shelf in SQL: one statement for the rows, one each for what belongs to all of them.

use std::collections::HashMap;

use async_trait::async_trait;
use ef_domain::catalogue::{
    CatalogueQueries, GoalScores, ProductDetail, ProductFilter, ProductOrder, ProductPlace, ProductStatus,
    ProductSummary, Shelf, ShippingTerms, SortDirection, SortKey, SortValue, Tag, VariantView, WeightUnit,
};
use ef_domain::shared::{
    Page, PageRequest, PortFailure, ProductId, Stretch, TagId, Timestamp, VariantId, Version, Won,
};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::order::nutrition_of;
use crate::sql::{all, marks, moment, one, won};

const READING: &str = "reading the catalogue";

/// The shelf in MySQL or SQLite.
pub struct SqlCatalogueQueries {
    database: Database,
}

impl SqlCatalogueQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

/// How many words of a text are looked for: each costs a look at the name, the tags and the nutrients of every product.
const MAX_WORDS: usize = 8;
/// That product `p` has a word in its name, its brand, a tag or a nutrient.
const SAYS_IT: &str = "(LOWER(p.name) LIKE LOWER(?) ESCAPE '!' OR LOWER(p.brand) LIKE LOWER(?) ESCAPE '!' \
    OR EXISTS (SELECT 1 FROM product_tags pt JOIN tags t ON t.id = pt.tag_id \
    WHERE pt.product_id = p.id AND LOWER(t.name) LIKE LOWER(?) ESCAPE '!') \
    OR EXISTS (SELECT 1 FROM product_nutrients n WHERE n.product_id = p.id AND LOWER(n.name) LIKE LOWER(?) ESCAPE '!'))";

/// What lists and pages show of a product. Columns that nobody shows are not read: decoding them costs as much as
/// finding the row.
const COLUMNS: &str = "p.id, p.name, p.description, p.base_price, p.original_price, p.discount_rate, p.image_url, \
    p.category, p.brand, p.weight, p.weight_unit, p.status, p.storage, p.average_rating, p.review_count, \
    p.score_muscle_gain, p.score_weight_loss, p.score_energy, p.score_recovery, p.score_health, p.shipping_fee, \
    p.free_shipping_threshold, p.estimated_delivery_days, p.version, p.created_at";

#[derive(FromQueryResult)]
struct ProductRow {
    id: i64,
    name: String,
    description: Option<String>,
    base_price: i64,
    original_price: Option<i64>,
    discount_rate: Option<i32>,
    image_url: Option<String>,
    category: String,
    brand: Option<String>,
    weight: f64,
    weight_unit: String,
    status: String,
    storage: Option<String>,
    average_rating: f64,
    review_count: i64,
    score_muscle_gain: Option<f64>,
    score_weight_loss: Option<f64>,
    score_energy: Option<f64>,
    score_recovery: Option<f64>,
    score_health: Option<f64>,
    shipping_fee: Option<i64>,
    free_shipping_threshold: Option<i64>,
    estimated_delivery_days: Option<String>,
    version: i64,
    created_at: DateTimeUtc,
}

#[derive(FromQueryResult)]
struct VariantRow {
    id: i64,
    product_id: i64,
    size: String,
    price: i64,
    stock: i64,
    reserved_stock: i64,
}

#[derive(FromQueryResult)]
struct Count {
    rows_found: i64,
}

#[derive(FromQueryResult)]
struct CategoryRow {
    category: String,
}

#[derive(FromQueryResult)]
struct TagRow {
    product_id: i64,
    id: i64,
    name: String,
}

#[async_trait]
impl CatalogueQueries for SqlCatalogueQueries {
    async fn list(
        &self,
        filter: &ProductFilter,
        order: ProductOrder,
        page: PageRequest,
    ) -> Result<Page<ProductSummary>, PortFailure> {
        let reader = self.database.reader();
        let (condition, mut values) = condition(filter);
        let total = count(reader, &condition, values.clone()).await?;
        // The limit, at most a hundred, stands in the text: SQLite plans a statement anew for each value bound to its
        // `LIMIT`.
        let sql = format!(
            "SELECT {COLUMNS} FROM product p WHERE {condition} ORDER BY {} LIMIT {} OFFSET ?",
            ordering(order),
            page.size()
        );
        values.push(Value::from(page.offset()));
        let rows: Vec<ProductRow> = bounded(READING, all(reader, &sql, values)).await?;
        let rows = with_belongings(reader, rows).await?.into_iter().map(|(_, summary)| summary).collect();
        Ok(Page { rows, request: page, total })
    }

    async fn after(
        &self,
        filter: &ProductFilter,
        direction: SortDirection,
        place: &ProductPlace,
        size: u32,
    ) -> Result<Stretch<ProductSummary>, PortFailure> {
        let reader = self.database.reader();
        let (condition, mut values) = condition(filter);
        let total = count(reader, &condition, values.clone()).await?;
        let (behind, place_values) = behind(place, direction);
        let order = ProductOrder { key: place.value.key(), direction };
        // One more than asked for tells whether anything comes behind.
        let sql = format!(
            "SELECT {COLUMNS} FROM product p WHERE {condition} AND {behind} ORDER BY {} LIMIT {}",
            ordering(order),
            u64::from(size) + 1
        );
        values.extend(place_values);
        let mut rows: Vec<ProductRow> = bounded(READING, all(reader, &sql, values)).await?;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let is_last = rows.len() <= size;
        rows.truncate(size);
        let rows = with_belongings(reader, rows).await?.into_iter().map(|(_, summary)| summary).collect();
        Ok(Stretch { rows, is_last, total })
    }

    async fn find(&self, id: ProductId) -> Result<Option<ProductDetail>, PortFailure> {
        let reader = self.database.reader();
        let sql = format!("SELECT {COLUMNS} FROM product p WHERE p.id = ?");
        let row: Option<ProductRow> = bounded(READING, one(reader, &sql, [id.get().into()])).await?;
        let Some(row) = row else { return Ok(None) };
        let nutrition = nutrition_of(reader, [row.id], READING).await?.remove(&row.id).unwrap_or_default();
        let Some((row, summary)) = with_belongings(reader, vec![row]).await?.pop() else {
            return Ok(None);
        };
        Ok(Some(ProductDetail {
            goals: goals(&row),
            version: Version::new(row.version),
            shipping: shipping(&row)?,
            description: row.description,
            storage: row.storage,
            nutrition,
            summary,
        }))
    }

    async fn categories(&self) -> Result<Vec<String>, PortFailure> {
        let sql = "SELECT DISTINCT category FROM product WHERE retired_at IS NULL ORDER BY category";
        let rows: Vec<CategoryRow> = bounded(READING, all(self.database.reader(), sql, [])).await?;
        Ok(rows.into_iter().map(|row| row.category).collect())
    }
}

/// The filter as a condition on product `p`.
fn condition(filter: &ProductFilter) -> (String, Vec<Value>) {
    let mut parts = vec![match filter.shelf {
        Shelf::Front => "p.retired_at IS NULL",
        Shelf::Whole => "1 = 1",
    }];
    let mut values = Vec::<Value>::new();
    if let Some(category) = &filter.category {
        parts.push("p.category = ?");
        values.push(category.as_str().into());
    }
    if let Some(status) = filter.status {
        parts.push("p.status = ?");
        values.push(status.name().into());
    }
    if let Some(price) = filter.min_price {
        parts.push("p.base_price >= ?");
        values.push(price.get().into());
    }
    if let Some(price) = filter.max_price {
        parts.push("p.base_price <= ?");
        values.push(price.get().into());
    }
    for word in filter.keyword.iter().flat_map(|keyword| keyword.split_whitespace()).take(MAX_WORDS) {
        parts.push(SAYS_IT);
        let pattern = format!("%{}%", escaped(word));
        values.extend((0..4).map(|_| Value::from(pattern.as_str())));
    }
    (parts.join(" AND "), values)
}

/// The text with the wildcards of `LIKE` standing for themselves. The escape character is one that no database treats
/// specially inside a literal, as MySQL does the backslash.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// How many products pass the condition.
async fn count(reader: &impl ConnectionTrait, condition: &str, values: Vec<Value>) -> Result<u64, PortFailure> {
    let sql = format!("SELECT COUNT(*) AS rows_found FROM product p WHERE {condition}");
    let count: Option<Count> = bounded(READING, one(reader, &sql, values)).await?;
    Ok(count.and_then(|count| u64::try_from(count.rows_found).ok()).unwrap_or_default())
}

/// That product `p` comes behind the place. The first comparison alone says too little; it is there because an index can
/// begin with it, which it cannot with an `OR`.
fn behind(place: &ProductPlace, direction: SortDirection) -> (String, Vec<Value>) {
    let than = match direction {
        SortDirection::Ascending => '>',
        SortDirection::Descending => '<',
    };
    let id = Value::from(place.id.get());
    let value: Value = match &place.value {
        SortValue::CreatedAt(at) => moment(*at),
        SortValue::Price(price) => price.get().into(),
        SortValue::Name(name) => name.as_str().into(),
        SortValue::Rating(rating) => (*rating).into(),
        SortValue::Id => return (format!("p.id {than} ?"), vec![id]),
    };
    let column = column(place.value.key());
    (format!("{column} {than}= ? AND ({column} {than} ? OR p.id {than} ?)"), vec![value.clone(), value, id])
}

fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::CreatedAt => "p.created_at",
        SortKey::Price => "p.base_price",
        SortKey::Name => "p.name",
        SortKey::Rating => "p.average_rating",
        SortKey::Id => "p.id",
    }
}

fn ordering(order: ProductOrder) -> String {
    let column = column(order.key);
    let direction = match order.direction {
        SortDirection::Ascending => "ASC",
        SortDirection::Descending => "DESC",
    };
    format!("{column} {direction}, p.id {direction}")
}

/// Variants and tags of all the products, with one statement each.
async fn with_belongings(
    reader: &impl ConnectionTrait,
    rows: Vec<ProductRow>,
) -> Result<Vec<(ProductRow, ProductSummary)>, PortFailure> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| Value::from(row.id));
    let sql = format!(
        "SELECT id, product_id, size, price, stock, reserved_stock FROM product_variant WHERE product_id IN ({}) \
         ORDER BY is_default DESC, id",
        marks(rows.len())
    );
    let variants: Vec<VariantRow> = bounded(READING, all(reader, &sql, ids())).await?;
    let mut by_product = HashMap::<i64, Vec<VariantView>>::new();
    for row in variants {
        by_product.entry(row.product_id).or_default().push(variant(row)?);
    }
    let sql = format!(
        "SELECT pt.product_id, t.id, t.name FROM product_tags pt JOIN tags t ON t.id = pt.tag_id \
         WHERE pt.product_id IN ({}) ORDER BY pt.id",
        marks(rows.len())
    );
    let tag_rows: Vec<TagRow> = bounded(READING, all(reader, &sql, ids())).await?;
    let mut tags = HashMap::<i64, Vec<Tag>>::new();
    for row in tag_rows {
        tags.entry(row.product_id).or_default().push(Tag { id: TagId::new(row.id), name: row.name });
    }
    rows.into_iter()
        .map(|row| {
            let variants = by_product.remove(&row.id).unwrap_or_default();
            let tags = tags.remove(&row.id).unwrap_or_default();
            let summary = summary(&row, variants, tags)?;
            Ok((row, summary))
        })
        .collect()
}

fn variant(row: VariantRow) -> Result<VariantView, PortFailure> {
    Ok(VariantView {
        id: VariantId::new(row.id),
        name: row.size,
        price: won(row.price, READING)?,
        stock: row.stock,
        reserved: row.reserved_stock,
    })
}

fn summary(row: &ProductRow, variants: Vec<VariantView>, tags: Vec<Tag>) -> Result<ProductSummary, PortFailure> {
    Ok(ProductSummary {
        id: ProductId::new(row.id),
        name: row.name.clone(),
        price: won(row.base_price, READING)?,
        category: row.category.clone(),
        image: row.image_url.clone(),
        brand: row.brand.clone(),
        weight: row.weight,
        weight_unit: WeightUnit::parse(&row.weight_unit)
            .ok_or_else(|| corrupt(READING, "an unknown unit of weight"))?,
        status: ProductStatus::parse(&row.status).ok_or_else(|| corrupt(READING, "an unknown product status"))?,
        average_rating: row.average_rating,
        review_count: row.review_count,
        tags,
        original_price: row.original_price.map(|price| won(price, READING)).transpose()?,
        discount: row.discount_rate,
        variants,
        created_at: Timestamp::new(row.created_at),
    })
}

fn goals(row: &ProductRow) -> Option<GoalScores> {
    let scores = GoalScores {
        muscle_gain: row.score_muscle_gain,
        weight_loss: row.score_weight_loss,
        energy: row.score_energy,
        recovery: row.score_recovery,
        health: row.score_health,
    };
    (scores != GoalScores::default()).then_some(scores)
}

fn shipping(row: &ProductRow) -> Result<Option<ShippingTerms>, PortFailure> {
    if row.shipping_fee.is_none() && row.free_shipping_threshold.is_none() && row.estimated_delivery_days.is_none() {
        return Ok(None);
    }
    Ok(Some(ShippingTerms {
        // The product page needs a number here as soon as it shows anything about delivery.
        fee: row.shipping_fee.map_or(Ok(Won::ZERO), |fee| won(fee, READING))?,
        free_from: row.free_shipping_threshold.map(|from| won(from, READING)).transpose()?,
        estimated_days: row.estimated_delivery_days.clone(),
    }))
}
