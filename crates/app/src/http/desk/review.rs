//! Looking at orders, and at how the shop does.

use actix_web::web;
use ef_domain::shared::{FieldErrors, OrderId};

use super::super::admin::Administrator;
use super::super::envelope::{Answer, Handled};
use super::super::field::finish;
use super::super::path::PathId;
use super::super::query::Query;
use super::super::view::Pictures;
use super::dto::{DeskPageView, OrderFileView};
use super::filter::{filter, korean_midnight, sorting};
use super::summary::ShopSummaryView;
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;

/// One page of all orders, the latest first: `GET /api/admin/orders`. Those that await payment are among them.
pub async fn list(shop: web::Data<Shop>, _: Administrator, pictures: Pictures, query: Query) -> Handled<DeskPageView> {
    let mut errors = FieldErrors::new();
    let (filter, order) = (filter(&query, &mut errors), sorting(&query, &mut errors));
    let filter = finish(Some(filter), errors)?;
    let page = shop.desk.review.list(&filter, order, query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(DeskPageView::new(page, &pictures)))
}

/// Everything about one order: `GET /api/admin/orders/{orderId}`.
pub async fn show(
    shop: web::Data<Shop>,
    Administrator(actor): Administrator,
    pictures: Pictures,
    order: PathId<OrderId>,
) -> Handled<OrderFileView> {
    let file = shop.desk.review.file(&actor, order.0).await?;
    let version = file.order.version;
    Ok(Answer::ok(OrderFileView::try_new(file, &pictures)?).showing(version))
}

/// How the shop does today, as days are counted in Korea: `GET /api/admin/summary`.
pub async fn summary(shop: web::Data<Shop>, _: Administrator) -> Handled<ShopSummaryView> {
    let since = korean_midnight(shop.clock.now());
    Ok(Answer::ok(ShopSummaryView::new(since, shop.desk.review.figures(since).await?)))
}
