//! Reviews as pages get them.

use ef_domain::review::{OwnReview, Rating, ReviewView as Listed, Reviewable, ReviewingStand};
use ef_domain::shared::Page;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::query::PageInfo;
use super::super::view::Pictures;
use super::body::rating;

/// A rating as a JSON number. Halves are exact in it.
fn number(rating: Rating) -> f64 {
    f64::from(rating.half_steps()) / 2.0
}

/// A review as anybody sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReviewView {
    id: i64,
    /// The author's name, its middle masked.
    #[schema(example = "김*늘")]
    author: String,
    #[schema(schema_with = rating)]
    rating: f64,
    #[schema(required)]
    text: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed, if it was.
    #[schema(required, format = DateTime)]
    updated_at: Option<String>,
}

impl From<Listed> for ReviewView {
    fn from(review: Listed) -> Self {
        Self {
            id: review.id.get(),
            author: review.author.to_string(),
            rating: number(review.rating),
            text: review.text.map(|text| text.as_str().to_owned()),
            created_at: review.written_at.to_string(),
            updated_at: review.changed_at.map(|at| at.to_string()),
        }
    }
}

/// One page of a product's reviews.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewPageView {
    reviews: Vec<ReviewView>,
    page_info: PageInfo,
}

impl From<Page<Listed>> for ReviewPageView {
    fn from(page: Page<Listed>) -> Self {
        let page_info = PageInfo::of(&page);
        Self { reviews: page.rows.into_iter().map(ReviewView::from).collect(), page_info }
    }
}

/// A review as its author sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnReviewView {
    id: i64,
    #[schema(schema_with = rating)]
    rating: f64,
    #[schema(required)]
    text: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed, if it was.
    #[schema(required, format = DateTime)]
    updated_at: Option<String>,
}

impl From<OwnReview> for OwnReviewView {
    fn from(review: OwnReview) -> Self {
        Self {
            id: review.id.get(),
            rating: number(review.rating),
            text: review.text.map(|text| text.as_str().to_owned()),
            created_at: review.written_at.to_string(),
            updated_at: review.changed_at.map(|at| at.to_string()),
        }
    }
}

/// What the shopper wrote of a product, and whether he may write.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewingView {
    #[schema(required)]
    review: Option<OwnReviewView>,
    /// He bought it and has written nothing.
    can_write: bool,
}

impl From<ReviewingStand> for ReviewingView {
    fn from(stand: ReviewingStand) -> Self {
        Self { review: stand.review.map(OwnReviewView::from), can_write: stand.may_write }
    }
}

/// A product that the shopper bought and has not reviewed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ReviewableView {
    product_id: i64,
    name: String,
    #[schema(required)]
    image_url: Option<String>,
    /// When he bought it last.
    #[schema(format = DateTime)]
    ordered_at: String,
}

/// One page of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewablePageView {
    products: Vec<ReviewableView>,
    page_info: PageInfo,
}

impl ReviewablePageView {
    /// That page.
    pub fn new(page: Page<Reviewable>, pictures: &Pictures) -> Self {
        let page_info = PageInfo::of(&page);
        let view = |product: Reviewable| ReviewableView {
            product_id: product.product.get(),
            name: product.name,
            image_url: pictures.absolute(product.image),
            ordered_at: product.bought_at.to_string(),
        };
        Self { products: page.rows.into_iter().map(view).collect(), page_info }
    }
}
