//! The JSON of the product list and the product page, written down once more: byte for byte what the server sends,
//! which `drive` checks before it measures.

use std::collections::HashMap;

use serde::Serialize;

use crate::sql::NutrientRow;
use crate::sql::shelf::{ProductRow, TagRow, VariantRow};

/// The envelope of a success.
#[derive(Serialize)]
pub struct Envelope<T> {
    status: u16,
    code: &'static str,
    desc: &'static str,
    data: T,
}

impl<T> Envelope<T> {
    /// Around that.
    pub fn new(data: T) -> Self {
        Self { status: 200, code: "20000000", desc: "요청을 처리했습니다.", data }
    }
}

/// The product list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Products {
    /// The products.
    pub products: Vec<ProductView>,
    /// Where they stand.
    pub page_info: PageInfo,
}

/// Where a page stands in its list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    current_page: i64,
    page_size: i64,
    total_elements: i64,
    total_pages: i64,
    first: bool,
    last: bool,
}

impl PageInfo {
    /// The first page of so many products.
    pub fn first(page_size: i64, total_elements: i64) -> Self {
        let total_pages = total_elements.saturating_add(page_size - 1) / page_size;
        Self { current_page: 0, page_size, total_elements, total_pages, first: true, last: total_pages <= 1 }
    }
}

/// A product in a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductView {
    id: i64,
    name: String,
    price: i64,
    category: String,
    image_url: Option<String>,
    brand: Option<String>,
    weight: f64,
    weight_unit: String,
    status: String,
    average_rating: f64,
    review_count: i64,
    original_price: Option<i64>,
    discount: Option<i32>,
    variants: Vec<VariantView>,
    tags: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VariantView {
    id: i64,
    name: String,
    price: i64,
    stock: i64,
    reserved_stock: i64,
    available_stock: i64,
}

impl From<VariantRow> for VariantView {
    fn from(row: VariantRow) -> Self {
        Self {
            id: row.id,
            name: row.size,
            price: row.price,
            stock: row.stock,
            reserved_stock: row.reserved_stock,
            available_stock: row.stock - row.reserved_stock,
        }
    }
}

impl ProductView {
    /// The products with what belongs to each.
    pub fn all(rows: Vec<ProductRow>, variants: Vec<VariantRow>, tags: Vec<TagRow>, origin: &str) -> Vec<Self> {
        let mut variants_of = HashMap::<i64, Vec<VariantView>>::new();
        for row in variants {
            variants_of.entry(row.product_id).or_default().push(row.into());
        }
        let mut tags_of = HashMap::<i64, Vec<String>>::new();
        for row in tags {
            tags_of.entry(row.product_id).or_default().push(row.name);
        }
        let view = |row: ProductRow| Self {
            variants: variants_of.remove(&row.id).unwrap_or_default(),
            tags: tags_of.remove(&row.id).unwrap_or_default(),
            id: row.id,
            name: row.name,
            price: row.base_price,
            category: row.category,
            image_url: absolute(row.image_url, origin),
            brand: row.brand,
            weight: row.weight,
            weight_unit: row.weight_unit,
            status: row.status,
            average_rating: row.average_rating,
            review_count: row.review_count,
            original_price: row.original_price,
            discount: row.discount_rate,
        };
        rows.into_iter().map(view).collect()
    }
}

/// The product page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductPage {
    id: i64,
    name: String,
    price: i64,
    category: String,
    image_url: Option<String>,
    brand: Option<String>,
    weight: f64,
    weight_unit: String,
    status: String,
    average_rating: f64,
    review_count: i64,
    original_price: Option<i64>,
    discount: Option<i32>,
    variants: Vec<VariantView>,
    tags: Vec<TagView>,
    images: Vec<String>,
    description: Option<String>,
    storage: Option<String>,
    nutrition: Option<Nutrition>,
    vitamins_and_minerals: Vec<Vitamin>,
    goal_scores: Goals,
    shipping: Shipping,
}

#[derive(Serialize)]
struct TagView {
    id: i64,
    name: String,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Nutrition {
    calories: i64,
    protein: f64,
    carbs: f64,
    fat: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    saturated_fat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trans_fat: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cholesterol: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sodium: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fiber: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sugars: Option<f64>,
}

#[derive(Serialize)]
struct Vitamin {
    name: String,
    amount: String,
    daily: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Goals {
    #[serde(skip_serializing_if = "Option::is_none")]
    muscle_gain: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    energy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shipping {
    fee: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_shipping_threshold: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_days: Option<String>,
}

impl ProductPage {
    /// The product with all that belongs to it.
    pub fn new(
        row: ProductRow,
        nutrients: Vec<NutrientRow>,
        variants: Vec<VariantRow>,
        tags: Vec<TagRow>,
        origin: &str,
    ) -> Self {
        let image_url = absolute(row.image_url, origin);
        let (nutrition, vitamins_and_minerals) = facts(nutrients);
        Self {
            id: row.id,
            name: row.name,
            price: row.base_price,
            category: row.category,
            images: image_url.iter().cloned().collect(),
            image_url,
            brand: row.brand,
            weight: row.weight,
            weight_unit: row.weight_unit,
            status: row.status,
            average_rating: row.average_rating,
            review_count: row.review_count,
            original_price: row.original_price,
            discount: row.discount_rate,
            variants: variants.into_iter().map(VariantView::from).collect(),
            tags: tags.into_iter().map(|TagRow { id, name, .. }| TagView { id, name }).collect(),
            description: row.description,
            storage: row.storage,
            nutrition,
            vitamins_and_minerals,
            goal_scores: Goals {
                muscle_gain: row.score_muscle_gain,
                weight_loss: row.score_weight_loss,
                energy: row.score_energy,
                recovery: row.score_recovery,
                health: row.score_health,
            },
            shipping: Shipping {
                fee: row.shipping_fee.unwrap_or_default(),
                free_shipping_threshold: row.free_shipping_threshold,
                estimated_days: row.estimated_delivery_days,
            },
        }
    }
}

fn facts(nutrients: Vec<NutrientRow>) -> (Option<Nutrition>, Vec<Vitamin>) {
    let (mut nutrition, mut vitamins) = (None::<Nutrition>, Vec::new());
    for row in nutrients {
        let known = nutrition.get_or_insert_default();
        match row.code.as_str() {
            "CALORIES" => known.calories = whole(row.value),
            "PROTEIN" => known.protein = row.value,
            "CARBS" => known.carbs = row.value,
            "FAT" => known.fat = row.value,
            "SATURATED_FAT" => known.saturated_fat = Some(row.value),
            "TRANS_FAT" => known.trans_fat = Some(row.value),
            "CHOLESTEROL" => known.cholesterol = Some(whole(row.value)),
            "SODIUM" => known.sodium = Some(whole(row.value)),
            "FIBER" => known.fiber = Some(row.value),
            "SUGARS" => known.sugars = Some(row.value),
            _ => vitamins.extend(row.daily_percentage.map(|daily| Vitamin {
                amount: format!("{}{}", row.value, row.unit),
                name: row.name,
                daily,
            })),
        }
    }
    (nutrition, vitamins)
}

#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "milligrams and kilocalories fit")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// Pictures are found where the request went.
fn absolute(image: Option<String>, origin: &str) -> Option<String> {
    image.map(|image| if image.starts_with('/') { format!("{origin}{image}") } else { image })
}
