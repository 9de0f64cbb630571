//! `GET /api/products/**`

use actix_web::web;
use ef_domain::catalogue::{ProductFilter, ProductOrder, ProductStatus};
use ef_domain::shared::{FieldErrors, PageRequest, ProductId, Won};

use super::super::cursor::{ListMark, ProductCursor};
use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
use super::super::field::finish;
use super::super::path::PathId;
use super::super::query::{Query, looked_for};
use super::super::view::Pictures;
use super::dto::{ProductDetailView, ProductPageView};
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;

/// What to show, in which order, which page, and from where on, if the page was scrolled to.
type Shelf = (ProductFilter, ProductOrder, PageRequest, Option<ProductCursor>);

/// One page of the shelf: `GET /api/products`.
pub async fn list(shop: web::Data<Shop>, pictures: Pictures, query: Query) -> Handled<ProductPageView> {
    let mut errors = FieldErrors::new();
    let filter = filter(&query, &mut errors);
    page(&shop, &pictures, &query, filter, errors).await
}

/// What lists can be narrowed down to.
pub fn filter(query: &Query, errors: &mut FieldErrors) -> ProductFilter {
    ProductFilter {
        category: query.text("category", errors),
        keyword: query.text("keyword", errors),
        status: query.parsed("status", errors, parse_status),
        min_price: query.parsed("minPrice", errors, parse_price),
        max_price: query.parsed("maxPrice", errors, parse_price),
        ..ProductFilter::default()
    }
}

/// One page of a category: `GET /api/products/categories/{category}`.
pub async fn category(
    shop: web::Data<Shop>,
    pictures: Pictures,
    category: PathId<String>,
    query: Query,
) -> Handled<ProductPageView> {
    let mut errors = FieldErrors::new();
    let category = looked_for("category", &category.0, &mut errors);
    let filter = ProductFilter { category: Some(category), ..ProductFilter::default() };
    page(&shop, &pictures, &query, filter, errors).await
}

/// What a text finds: `GET /api/products/search`. An empty text finds everything, as the page asks on every keystroke.
pub async fn search(shop: web::Data<Shop>, pictures: Pictures, query: Query) -> Handled<ProductPageView> {
    let mut errors = FieldErrors::new();
    if query.given("q").is_none() {
        errors.add("q", "검색어가 필요합니다.");
    }
    let filter = ProductFilter {
        category: query.text("category", &mut errors),
        keyword: query.text("q", &mut errors),
        ..ProductFilter::default()
    };
    page(&shop, &pictures, &query, filter, errors).await
}

/// One product: `GET /api/products/{id}`.
pub async fn show(shop: web::Data<Shop>, pictures: Pictures, id: PathId<ProductId>) -> Handled<ProductDetailView> {
    let product = shop.browse.find(id.0).await?;
    Ok(Answer::ok(ProductDetailView::new(product, &pictures)).for_everybody())
}

/// The names of all categories: `GET /api/products/categories`.
pub async fn categories(shop: web::Data<Shop>) -> Handled<Vec<String>> {
    Ok(Answer::ok(shop.browse.categories().await?).for_everybody())
}

async fn page(
    shop: &Shop,
    pictures: &Pictures,
    query: &Query,
    filter: ProductFilter,
    errors: FieldErrors,
) -> Handled<ProductPageView> {
    Ok(Answer::ok(stretch(shop, pictures, (query, PAGE_SIZE), filter, errors).await?).for_everybody())
}

/// A stretch of the shelf: by its page, or from where a cursor leads; of the usual size unless the query wants another.
pub async fn stretch(
    shop: &Shop,
    pictures: &Pictures,
    (query, usual_size): (&Query, u32),
    filter: ProductFilter,
    mut errors: FieldErrors,
) -> Result<ProductPageView, ApiError> {
    let order = query.product_order(&mut errors);
    let list = ListMark::of(&filter);
    let cursor = query.product_cursor(order, &list, &mut errors);
    let wish = Some((filter, order, query.page(usual_size), cursor));
    let (filter, order, page, cursor): Shelf = finish(wish, errors)?;
    Ok(match cursor {
        Some(cursor) => {
            let stretch = shop.browse.after(&filter, cursor.direction, &cursor.place, page.size()).await?;
            ProductPageView::behind(&cursor, page.size(), stretch, pictures)
        }
        None => ProductPageView::new(shop.browse.list(&filter, order, page).await?, (order, list), pictures),
    })
}

/// The status of that name, or why it is none.
pub fn parse_status(name: &str) -> Result<ProductStatus, &'static str> {
    ProductStatus::parse(name).ok_or("AVAILABLE, LOW_STOCK, OUT_OF_STOCK, DISCONTINUED 중 하나여야 합니다.")
}

fn parse_price(text: &str) -> Result<Won, String> {
    let won = text.parse().map_err(|_| "정수여야 합니다.".to_owned())?;
    Won::try_new(won).map_err(|error| error.to_string())
}
