//! Products as pages get them.

use ef_domain::catalogue::{GoalScores, ProductDetail, ProductOrder, ProductSummary, ShippingTerms, Tag, VariantView};
use ef_domain::shared::{Page, Stretch, Won};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::cursor::{ListMark, ProductCursor};
use super::super::openapi::words;
use super::super::query::PageInfo;
use super::super::view::{NutritionView, Pictures, VitaminView, number};

/// One page of the shelf.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductPageView {
    products: Vec<ProductSummaryView>,
    page_info: PageInfo,
}

impl ProductPageView {
    /// That page of that list in that order.
    pub fn new(page: Page<ProductSummary>, (order, list): (ProductOrder, ListMark), pictures: &Pictures) -> Self {
        let next = ProductCursor::behind(&page.rows, order, page.request.number(), list);
        let page_info = PageInfo::of(&page).leading_to(next.as_ref());
        Self::of(page.rows, page_info, pictures)
    }

    /// What lies behind that cursor.
    pub fn behind(cursor: &ProductCursor, size: u32, stretch: Stretch<ProductSummary>, pictures: &Pictures) -> Self {
        let next = ProductCursor::behind(&stretch.rows, cursor.order(), cursor.page, cursor.list.clone());
        let page_info = PageInfo::behind(cursor.page, size, &stretch).leading_to(next.as_ref());
        Self::of(stretch.rows, page_info, pictures)
    }

    fn of(products: Vec<ProductSummary>, page_info: PageInfo, pictures: &Pictures) -> Self {
        let products = products.into_iter().map(|product| ProductSummaryView::new(product, pictures)).collect();
        Self { products, page_info }
    }
}

/// What lists and the product's page show alike.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProductView {
    id: i64,
    name: String,
    price: i64,
    category: String,
    #[schema(required)]
    image_url: Option<String>,
    #[schema(required)]
    brand: Option<String>,
    weight: f64,
    #[schema(value_type = words::WeightUnit)]
    weight_unit: &'static str,
    #[schema(value_type = words::ProductStatus)]
    status: &'static str,
    average_rating: f64,
    review_count: i64,
    #[schema(required)]
    original_price: Option<i64>,
    #[schema(required)]
    discount: Option<i32>,
    variants: Vec<VariantItemView>,
}

impl ProductView {
    fn new(product: ProductSummary, pictures: &Pictures) -> (Self, Vec<Tag>) {
        let view = Self {
            id: product.id.get(),
            name: product.name,
            price: product.price.get(),
            category: product.category,
            image_url: pictures.absolute(product.image),
            brand: product.brand,
            weight: number(product.weight),
            weight_unit: product.weight_unit.name(),
            status: product.status.name(),
            average_rating: number(product.average_rating),
            review_count: product.review_count,
            original_price: product.original_price.map(Won::get),
            discount: product.discount,
            variants: product.variants.into_iter().map(VariantItemView::from).collect(),
        };
        (view, product.tags)
    }
}

/// A product in a list. Its tags are texts.
#[derive(Debug, Serialize, ToSchema)]
struct ProductSummaryView {
    #[serde(flatten)]
    product: ProductView,
    tags: Vec<String>,
}

impl ProductSummaryView {
    fn new(product: ProductSummary, pictures: &Pictures) -> Self {
        let (product, tags) = ProductView::new(product, pictures);
        Self { product, tags: tags.into_iter().map(|tag| tag.name).collect() }
    }
}

/// A pack size. `stock` is what lies on the shelf, held pieces included.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct VariantItemView {
    id: i64,
    name: String,
    price: i64,
    stock: i64,
    reserved_stock: i64,
    available_stock: i64,
}

impl From<VariantView> for VariantItemView {
    fn from(variant: VariantView) -> Self {
        Self {
            id: variant.id.get(),
            price: variant.price.get(),
            stock: variant.stock,
            reserved_stock: variant.reserved,
            available_stock: variant.available(),
            name: variant.name,
        }
    }
}

/// A product with all that its page shows. Its tags are objects.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProductDetailView {
    #[serde(flatten)]
    product: ProductView,
    tags: Vec<TagView>,
    images: Vec<String>,
    #[schema(required)]
    description: Option<String>,
    #[schema(required)]
    storage: Option<String>,
    #[schema(required)]
    nutrition: Option<NutritionView>,
    vitamins_and_minerals: Vec<VitaminView>,
    #[schema(required)]
    goal_scores: Option<GoalScoresView>,
    #[schema(required)]
    shipping: Option<ShippingView>,
}

impl ProductDetailView {
    /// That product.
    pub fn new(detail: ProductDetail, pictures: &Pictures) -> Self {
        let (product, tags) = ProductView::new(detail.summary, pictures);
        Self {
            images: product.image_url.iter().cloned().collect(),
            product,
            tags: tags.into_iter().map(|tag| TagView { id: tag.id.get(), name: tag.name }).collect(),
            description: detail.description,
            storage: detail.storage,
            nutrition: detail.nutrition.macros.map(NutritionView::from),
            vitamins_and_minerals: detail.nutrition.vitamins.into_iter().map(VitaminView::from).collect(),
            goal_scores: detail.goals.and_then(GoalScoresView::of),
            shipping: detail.shipping.map(ShippingView::from),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct TagView {
    id: i64,
    name: String,
}

/// A page draws every score that it is given, so an unknown one is left out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct GoalScoresView {
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

impl GoalScoresView {
    fn of(goals: GoalScores) -> Option<Self> {
        (goals != GoalScores::default()).then(|| Self {
            muscle_gain: goals.muscle_gain.map(number),
            weight_loss: goals.weight_loss.map(number),
            energy: goals.energy.map(number),
            recovery: goals.recovery.map(number),
            health: goals.health.map(number),
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ShippingView {
    fee: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_shipping_threshold: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_days: Option<String>,
}

impl From<ShippingTerms> for ShippingView {
    fn from(terms: ShippingTerms) -> Self {
        Self {
            fee: terms.fee.get(),
            free_shipping_threshold: terms.free_from.map(Won::get),
            estimated_days: terms.estimated_days,
        }
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::catalogue::{NutritionFacts, ProductStatus, WeightUnit};
    use ef_domain::shared::{ProductId, TagId, Timestamp, VariantId, Version};
    use serde_json::{Value, json};

    use super::*;

    fn almonds() -> ProductSummary {
        ProductSummary {
            id: ProductId::new(3),
            name: "아몬드".to_owned(),
            price: Won::try_new(8500).unwrap(),
            category: "견과".to_owned(),
            image: Some("/images/products/almonds.svg".to_owned()),
            brand: None,
            weight: 300.0,
            weight_unit: WeightUnit::Gram,
            status: ProductStatus::Available,
            average_rating: 4.5,
            review_count: 12,
            tags: vec![Tag { id: TagId::new(1), name: "단백질".to_owned() }],
            original_price: None,
            discount: None,
            variants: vec![VariantView {
                id: VariantId::new(5),
                name: "300g".to_owned(),
                price: Won::try_new(8500).unwrap(),
                stock: 80,
                reserved: 2,
            }],
            created_at: Timestamp::from_millis(1_762_493_412_123).unwrap(),
        }
    }

    fn detail(goals: Option<GoalScores>) -> Value {
        let detail = ProductDetail {
            summary: almonds(),
            description: None,
            storage: None,
            nutrition: NutritionFacts::default(),
            goals,
            version: Version::FIRST,
            shipping: Some(ShippingTerms { fee: Won::ZERO, free_from: None, estimated_days: None }),
        };
        serde_json::to_value(ProductDetailView::new(detail, &Pictures::under("http://shop"))).unwrap()
    }

    #[test]
    fn a_list_has_tags_as_texts_and_counts_what_is_held() {
        let view = serde_json::to_value(ProductSummaryView::new(almonds(), &Pictures::under("http://shop"))).unwrap();
        let expected = json!({
            "id": 3, "name": "아몬드", "price": 8500, "category": "견과",
            "imageUrl": "http://shop/images/products/almonds.svg", "brand": null, "weight": 300.0, "weightUnit": "g",
            "status": "AVAILABLE", "averageRating": 4.5, "reviewCount": 12, "tags": ["단백질"], "originalPrice": null,
            "discount": null,
            "variants": [{"id": 5, "name": "300g", "price": 8500, "stock": 80, "reservedStock": 2, "availableStock": 78}]
        });
        assert_eq!(view, expected);
    }

    #[test]
    fn a_detail_has_tags_as_objects_and_no_empty_parts() {
        let view = detail(None);
        assert_eq!(view["tags"], json!([{"id": 1, "name": "단백질"}]));
        assert_eq!(view["images"], json!(["http://shop/images/products/almonds.svg"]));
        assert_eq!(view["nutrition"], Value::Null);
        assert_eq!(view["vitaminsAndMinerals"], json!([]));
        assert_eq!(view["goalScores"], Value::Null);
        assert_eq!(view["shipping"], json!({"fee": 0}));
    }

    #[test]
    fn goals_are_numbers_under_hyphenated_names_or_absent() {
        let goals = GoalScores { muscle_gain: Some(4.5), health: Some(4.0), ..GoalScores::default() };
        assert_eq!(detail(Some(goals))["goalScores"], json!({"muscle-gain": 4.5, "health": 4.0}));
        assert_eq!(detail(Some(GoalScores::default()))["goalScores"], Value::Null);
    }
}
