//! `/api/admin/products`

use actix_web::web;
use ef_domain::catalogue::{ProductFilter, ProductStatus, Shelf, ShelfWish};
use ef_domain::shared::{FieldErrors, ProductId};

use super::super::admin::Administrator;
use super::super::catalogue::{ProductDetailView, ProductPageView, filter, stretch};
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::path::PathId;
use super::super::query::Query;
use super::super::view::Pictures;
use super::body::{NutrientsBody, ProductBody};
use super::dto::{CategoriesView, NutrientsView};
use super::target::Target;
use crate::shop::Shop;

const PAGE_SIZE: u32 = 10;

/// One page of the shelf, the newest first: `GET /api/admin/products`. What was retired is among what is discontinued,
/// and nowhere else.
pub async fn list(
    shop: web::Data<Shop>,
    _: Administrator,
    pictures: Pictures,
    query: Query,
) -> Handled<ProductPageView> {
    let mut errors = FieldErrors::new();
    let filter = filter(&query, &mut errors);
    let shelf = match filter.status {
        Some(ProductStatus::Discontinued) => Shelf::Whole,
        _ => Shelf::Front,
    };
    let filter = ProductFilter { shelf, ..filter };
    Ok(Answer::ok(stretch(&shop, &pictures, (&query, PAGE_SIZE), filter, errors).await?))
}

/// The names of all categories, in an object: `GET /api/admin/products/categories`.
pub async fn categories(shop: web::Data<Shop>, _: Administrator) -> Handled<CategoriesView> {
    Ok(Answer::ok(CategoriesView { categories: shop.browse.categories().await? }))
}

/// One product: `GET /api/admin/products/{id}`.
pub async fn show(
    shop: web::Data<Shop>,
    _: Administrator,
    pictures: Pictures,
    id: PathId<ProductId>,
) -> Handled<ProductDetailView> {
    detail(&shop, &pictures, id.0, Answer::ok).await
}

/// Puts a product on the shelf: `POST /api/admin/products`.
pub async fn create(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    pictures: Pictures,
    body: Json<ProductBody>,
) -> Handled<ProductDetailView> {
    let id = shop.keeping.products.create(&actor, &body.0.with_own_picture(&pictures).into_product()?).await?;
    detail(&shop, &pictures, id, Answer::created).await
}

/// Writes some of its fields anew: `PUT /api/admin/products/{id}`.
pub async fn edit(
    shop: web::Data<Shop>,
    Target(target): Target,
    pictures: Pictures,
    body: Json<ProductBody>,
) -> Handled<ProductDetailView> {
    shop.keeping.products.change(target, &ShelfWish::Edit(body.0.with_own_picture(&pictures).into_edit()?)).await?;
    detail(&shop, &pictures, target.product, Answer::ok).await
}

/// Takes it off the shelf: `DELETE /api/admin/products/{id}`. What was sold, lies in a cart or was counted is retired and
/// not erased.
pub async fn remove(shop: web::Data<Shop>, Target(target): Target) -> Handled<()> {
    shop.keeping.products.remove(target).await?;
    Ok(Answer::ok(()))
}

/// What is in it, as it is edited: `GET /api/admin/products/{id}/nutrients`.
pub async fn nutrients(shop: web::Data<Shop>, Target(target): Target) -> Handled<NutrientsView> {
    let sheet = shop.keeping.products.sheet(target.product).await?;
    let version = sheet.version;
    Ok(Answer::ok(NutrientsView::from(sheet)).showing(version))
}

/// Writes anew what is in it: `PUT /api/admin/products/{id}/nutrients`.
pub async fn replace_nutrients(
    shop: web::Data<Shop>,
    Target(target): Target,
    body: Json<NutrientsBody>,
) -> Handled<NutrientsView> {
    shop.keeping.products.change(target, &ShelfWish::ReplaceNutrients(body.0.into_nutrients()?)).await?;
    let sheet = shop.keeping.products.sheet(target.product).await?;
    let version = sheet.version;
    Ok(Answer::ok(NutrientsView::from(sheet)).showing(version))
}

async fn detail(
    shop: &Shop,
    pictures: &Pictures,
    id: ProductId,
    answer: fn(ProductDetailView) -> Answer<ProductDetailView>,
) -> Handled<ProductDetailView> {
    let product = shop.browse.find(id).await?;
    let version = product.version;
    Ok(answer(ProductDetailView::new(product, pictures)).showing(version))
}
