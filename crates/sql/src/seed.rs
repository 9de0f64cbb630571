//! Filling an empty shelf, for demonstrations. Idempotent: a product whose slug is known is left as it is.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use ef_domain::catalogue::{GoalScores, ProductStatus, ShippingTerms};
use ef_domain::shared::{PortFailure, Timestamp, Won};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, Insert, QueryFilter,
    QuerySelect,
};

use crate::connect::Database;
use crate::entity::{product, product_nutrients, product_tags, product_variant, stock_ledger, tags};
use crate::tx::{self, Stop, TxFailure, Work};

const SEEDING: &str = "loading the demo catalogue";
/// Rows of one statement. Both databases limit the number of placeholders (SQLite: 32,766).
const ROWS: usize = 500;

/// A product to be put on the shelf.
#[derive(Clone, Debug)]
pub struct SeedProduct {
    /// What it is known by; a product with a known slug is left alone.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: String,
    /// Its category.
    pub category: String,
    /// About it.
    pub description: String,
    /// How to keep it.
    pub storage: String,
    /// Its picture.
    pub image: String,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// The price before the discount.
    pub original_price: Option<Won>,
    /// The discount in percent.
    pub discount: Option<i32>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What delivery costs.
    pub shipping: ShippingTerms,
    /// How well it serves goals.
    pub goals: GoalScores,
    /// What is in 100 g.
    pub nutrients: Vec<SeedNutrient>,
    /// Its pack sizes, exactly one of them the default.
    pub variants: Vec<SeedVariant>,
}

/// A nutrient of a product to be put on the shelf.
#[derive(Clone, Debug)]
pub struct SeedNutrient {
    /// Its code, or its name where it has none.
    pub code: String,
    /// Its Korean name.
    pub name: String,
    /// How much is in 100 g.
    pub amount: f64,
    /// Of which unit.
    pub unit: String,
    /// Percent of what an adult needs in a day.
    pub daily_percent: Option<i32>,
}

/// A pack size of a product to be put on the shelf.
#[derive(Clone, Debug)]
pub struct SeedVariant {
    /// Its name.
    pub name: String,
    /// Net weight.
    pub grams: f64,
    /// Its price.
    pub price: Won,
    /// Pieces on the shelf.
    pub stock: i64,
    /// Whether it is what a request without a variant means.
    pub is_default: bool,
}

/// Puts every product whose slug is not known yet on the shelf, all of them or none; how many there were.
///
/// # Errors
/// [`PortFailure`] if the database fails; nothing was stored then.
pub async fn seed_catalogue(
    database: &Database,
    products: &[SeedProduct],
    now: Timestamp,
) -> Result<usize, PortFailure> {
    match tx::run(database, SEEDING, &Seeding { products, now }).await {
        Ok(count) => Ok(count),
        Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        Err(TxFailure::Refused(never)) => match never {},
    }
}

/// A product and the id that its row got.
type Owned<'a> = (i64, &'a SeedProduct);

struct Seeding<'a> {
    products: &'a [SeedProduct],
    now: Timestamp,
}

#[async_trait]
impl Work for Seeding<'_> {
    type Output = usize;
    type Refusal = std::convert::Infallible;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<usize, Stop<Self::Refusal>> {
        let known = product::Entity::find().select_only().column(product::Column::Slug);
        let known: HashSet<String> =
            known.into_tuple::<Option<String>>().all(tx).await?.into_iter().flatten().collect();
        let fresh: Vec<_> = self.products.iter().filter(|product| !known.contains(&product.slug)).collect();
        if fresh.is_empty() {
            return Ok(0);
        }
        let rows = (0_i64..).zip(&fresh).map(|(place, product)| product_row(product, self.at(place))).collect();
        insert_all::<product::ActiveModel>(tx, rows).await?;
        let ids = self.ids(tx, &fresh).await?;
        let owned: Vec<Owned<'_>> =
            fresh.iter().filter_map(|product| Some((*ids.get(&product.slug)?, *product))).collect();
        insert_all(tx, owned.iter().flat_map(|(id, product)| self.variant_rows(*id, product)).collect()).await?;
        insert_all(tx, owned.iter().flat_map(|(id, product)| self.nutrient_rows(*id, product)).collect()).await?;
        self.insert_tags(tx, &owned).await?;
        self.insert_opening_stock(tx, ids.values().copied().collect()).await?;
        Ok(fresh.len())
    }
}

impl Seeding<'_> {
    /// One second apart, so that "newest first" is an order, and the first product of the file the newest.
    fn at(&self, place: i64) -> Timestamp {
        Timestamp::from_millis(self.now.millis().saturating_sub(place.saturating_mul(1000))).unwrap_or(self.now)
    }

    async fn ids(&self, tx: &DatabaseTransaction, fresh: &[&SeedProduct]) -> Result<HashMap<String, i64>, DbErr> {
        let rows = product::Entity::find()
            .select_only()
            .column(product::Column::Slug)
            .column(product::Column::Id)
            .filter(product::Column::Slug.is_in(fresh.iter().map(|product| product.slug.as_str())));
        let rows = rows.into_tuple::<(Option<String>, i64)>().all(tx).await?;
        Ok(rows.into_iter().filter_map(|(slug, id)| Some((slug?, id))).collect())
    }

    fn variant_rows(&self, product_id: i64, product: &SeedProduct) -> Vec<product_variant::ActiveModel> {
        let row = |variant: &SeedVariant| product_variant::ActiveModel {
            product_id: Set(product_id),
            size: Set(variant.name.clone()),
            price: Set(variant.price.get()),
            stock: Set(variant.stock),
            reserved_stock: Set(0),
            weight_grams: Set(Some(variant.grams)),
            is_default: Set(variant.is_default),
            created_at: Set(self.now.to_utc()),
            updated_at: Set(self.now.to_utc()),
            ..Default::default()
        };
        product.variants.iter().map(row).collect()
    }

    fn nutrient_rows(&self, product_id: i64, product: &SeedProduct) -> Vec<product_nutrients::ActiveModel> {
        let row = |nutrient: &SeedNutrient| product_nutrients::ActiveModel {
            product_id: Set(product_id),
            code: Set(nutrient.code.clone()),
            name: Set(nutrient.name.clone()),
            value: Set(nutrient.amount),
            unit: Set(nutrient.unit.clone()),
            daily_percentage: Set(nutrient.daily_percent),
            created_at: Set(self.now.to_utc()),
            updated_at: Set(self.now.to_utc()),
            ..Default::default()
        };
        product.nutrients.iter().map(row).collect()
    }

    async fn insert_tags(&self, tx: &DatabaseTransaction, owned: &[Owned<'_>]) -> Result<(), DbErr> {
        let known = tag_ids(tx).await?;
        insert_all(tx, self.tag_rows(owned, &known)).await?;
        let known = tag_ids(tx).await?;
        insert_all(tx, self.link_rows(owned, &known)).await
    }

    fn tag_rows(&self, owned: &[Owned<'_>], known: &HashMap<String, i64>) -> Vec<tags::ActiveModel> {
        let names: BTreeSet<&String> = owned.iter().flat_map(|(_, product)| &product.tags).collect();
        let fresh = names.into_iter().filter(|name| !known.contains_key(*name));
        let row = |name: &String| tags::ActiveModel {
            name: Set(name.clone()),
            created_at: Set(self.now.to_utc()),
            updated_at: Set(self.now.to_utc()),
            ..Default::default()
        };
        fresh.map(row).collect()
    }

    fn link_rows(&self, owned: &[Owned<'_>], known: &HashMap<String, i64>) -> Vec<product_tags::ActiveModel> {
        let mut rows = Vec::new();
        for (product_id, product) in owned {
            for tag_id in product.tags.iter().filter_map(|name| known.get(name)) {
                rows.push(product_tags::ActiveModel {
                    product_id: Set(*product_id),
                    tag_id: Set(*tag_id),
                    created_at: Set(self.now.to_utc()),
                    updated_at: Set(self.now.to_utc()),
                    ..Default::default()
                });
            }
        }
        rows
    }

    /// The ledger starts with what lies on the shelf, so that it proves the counters from the first day on.
    async fn insert_opening_stock(&self, tx: &DatabaseTransaction, products: Vec<i64>) -> Result<(), DbErr> {
        let variants = product_variant::Entity::find().filter(product_variant::Column::ProductId.is_in(products));
        let stocked = variants.all(tx).await?.into_iter().filter(|variant| variant.stock > 0);
        let rows = stocked.map(|variant| stock_ledger::ActiveModel {
            variant_id: Set(variant.id),
            order_id: Set(None),
            direction: Set("OPENING".to_owned()),
            stock_delta: Set(variant.stock),
            reserved_delta: Set(0),
            created_at: Set(self.now.to_utc()),
            updated_at: Set(self.now.to_utc()),
            ..Default::default()
        });
        insert_all(tx, rows.collect()).await
    }
}

async fn tag_ids(tx: &DatabaseTransaction) -> Result<HashMap<String, i64>, DbErr> {
    Ok(tags::Entity::find().all(tx).await?.into_iter().map(|tag| (tag.name, tag.id)).collect())
}

async fn insert_all<A: ActiveModelTrait>(tx: &DatabaseTransaction, rows: Vec<A>) -> Result<(), DbErr> {
    for chunk in rows.chunks(ROWS) {
        Insert::many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(())
}

fn product_row(product: &SeedProduct, at: Timestamp) -> product::ActiveModel {
    let default = product.variants.iter().find(|variant| variant.is_default);
    product::ActiveModel {
        slug: Set(Some(product.slug.clone())),
        name: Set(product.name.clone()),
        description: Set(Some(product.description.clone())),
        base_price: Set(default.map_or(0, |variant| variant.price.get())),
        original_price: Set(product.original_price.map(Won::get)),
        discount_rate: Set(product.discount),
        image_url: Set(Some(product.image.clone())),
        category: Set(product.category.clone()),
        brand: Set(Some(product.brand.clone())),
        weight: Set(default.map_or(100.0, |variant| variant.grams)),
        weight_unit: Set("g".to_owned()),
        status: Set(product.status.name().to_owned()),
        storage: Set(Some(product.storage.clone())),
        average_rating: Set(0.0),
        review_count: Set(0),
        score_muscle_gain: Set(product.goals.muscle_gain),
        score_weight_loss: Set(product.goals.weight_loss),
        score_energy: Set(product.goals.energy),
        score_recovery: Set(product.goals.recovery),
        score_health: Set(product.goals.health),
        shipping_fee: Set(Some(product.shipping.fee.get())),
        free_shipping_threshold: Set(product.shipping.free_from.map(Won::get)),
        estimated_delivery_days: Set(product.shipping.estimated_days.clone()),
        created_at: Set(at.to_utc()),
        updated_at: Set(at.to_utc()),
        ..Default::default()
    }
}
