//! The shelf as those see it who keep it.

use ef_domain::catalogue::{NutrientAmount, ProductSheet, StockLevel, Tag, TagUsage, VariantSheet};
use ef_domain::shared::{AuditChange, AuditRecord, AuditValue, Page, VariantId};
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::super::openapi::form;
use super::super::query::PageInfo;
use super::super::view::number;

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoriesView {
    /// Their names, sorted.
    pub categories: Vec<String>,
}

/// A product's variants.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariantsView {
    variants: Vec<VariantSheetView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VariantSheetView {
    id: i64,
    name: String,
    price: i64,
    weight_grams: f64,
    is_default: bool,
    stock: i64,
    reserved_stock: i64,
    available_stock: i64,
}

impl From<ProductSheet> for VariantsView {
    fn from(sheet: ProductSheet) -> Self {
        Self { variants: sheet.variants.into_iter().map(VariantSheetView::from).collect() }
    }
}

impl From<VariantSheet> for VariantSheetView {
    fn from(variant: VariantSheet) -> Self {
        Self {
            id: variant.id.get(),
            name: variant.fields.name,
            price: variant.fields.price.get(),
            weight_grams: number(variant.fields.grams),
            is_default: variant.fields.is_default,
            stock: variant.stock,
            reserved_stock: variant.reserved,
            available_stock: variant.stock.saturating_sub(variant.reserved),
        }
    }
}

/// What is in a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct NutrientsView {
    nutrients: Vec<NutrientView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NutrientView {
    #[schema(example = "PROTEIN")]
    code: String,
    #[schema(example = "단백질")]
    name: String,
    amount: f64,
    #[schema(example = "g")]
    unit: String,
    #[schema(required)]
    daily_percent: Option<i32>,
}

impl From<ProductSheet> for NutrientsView {
    fn from(sheet: ProductSheet) -> Self {
        let view = |nutrient: NutrientAmount| NutrientView {
            code: nutrient.code,
            name: nutrient.name,
            amount: number(nutrient.amount),
            unit: nutrient.unit,
            daily_percent: nutrient.daily_percent,
        };
        Self { nutrients: sheet.nutrients.into_iter().map(view).collect() }
    }
}

/// Pieces of a variant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StockView {
    product_id: i64,
    variant_id: i64,
    stock: i64,
    reserved_stock: i64,
    available_stock: i64,
}

impl StockView {
    /// Of that one.
    pub fn new(variant: VariantId, level: StockLevel) -> Self {
        Self {
            product_id: level.product.get(),
            variant_id: variant.get(),
            stock: level.stock,
            reserved_stock: level.reserved,
            available_stock: level.stock.saturating_sub(level.reserved),
        }
    }
}

/// A page of tags.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagPageView {
    tags: Vec<TagUsageView>,
    page_info: PageInfo,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TagUsageView {
    id: i64,
    name: String,
    product_count: u64,
}

impl From<Page<TagUsage>> for TagPageView {
    fn from(page: Page<TagUsage>) -> Self {
        let page_info = PageInfo::of(&page);
        let view = |usage: TagUsage| TagUsageView {
            id: usage.tag.id.get(),
            name: usage.tag.name,
            product_count: usage.products,
        };
        Self { tags: page.rows.into_iter().map(view).collect(), page_info }
    }
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagNameView {
    id: i64,
    name: String,
}

impl From<Tag> for TagNameView {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id.get(), name: tag.name }
    }
}

/// A page of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditPageView {
    entries: Vec<AuditView>,
    page_info: PageInfo,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditView {
    id: i64,
    actor_id: i64,
    #[schema(required)]
    actor_name: Option<String>,
    #[schema(example = "PRODUCT_EDITED")]
    action: &'static str,
    subject: &'static str,
    subject_id: i64,
    changes: Vec<AuditChangeView>,
    #[schema(required)]
    reason: Option<String>,
    #[schema(format = DateTime)]
    at: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct AuditChangeView {
    field: String,
    before: ValueView,
    after: ValueView,
}

/// A value as JSON has it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ValueView {
    Nothing,
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
    Texts(Vec<String>),
}

impl PartialSchema for ValueView {
    fn schema() -> RefOr<Schema> {
        form::anything_but_an_object().into()
    }
}

impl ToSchema for ValueView {}

impl From<Page<AuditRecord>> for AuditPageView {
    fn from(page: Page<AuditRecord>) -> Self {
        let page_info = PageInfo::of(&page);
        Self { entries: page.rows.into_iter().map(AuditView::from).collect(), page_info }
    }
}

impl From<AuditRecord> for AuditView {
    fn from(AuditRecord { id, actor_name, entry }: AuditRecord) -> Self {
        Self {
            id: id.get(),
            actor_id: entry.actor.get(),
            actor_name,
            action: entry.action.name(),
            subject: entry.subject.kind(),
            subject_id: entry.subject.number(),
            changes: entry.changes.iter().map(AuditChangeView::from).collect(),
            reason: entry.reason,
            at: entry.at.to_string(),
        }
    }
}

impl From<&AuditChange> for AuditChangeView {
    fn from(change: &AuditChange) -> Self {
        Self {
            field: change.field.clone(),
            before: ValueView::from(&change.before),
            after: ValueView::from(&change.after),
        }
    }
}

impl From<&AuditValue> for ValueView {
    fn from(value: &AuditValue) -> Self {
        match value {
            AuditValue::Nothing => Self::Nothing,
            AuditValue::Text(text) => Self::Text(text.clone()),
            AuditValue::Whole(number) => Self::Whole(*number),
            AuditValue::Number(number) => Self::Number(*number),
            AuditValue::Flag(flag) => Self::Flag(*flag),
            AuditValue::Texts(texts) => Self::Texts(texts.clone()),
        }
    }
}
