//! `GET /api/orders` and `GET /api/orders/{orderNumber}`

use actix_web::web;
use ef_domain::order::{HistoryFilter, OrderNumber, OrderStatus, PaymentStatus};
use ef_domain::shared::FieldErrors;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::field::finish;
use super::super::path::PathId;
use super::super::query::Query;
use super::super::view::Pictures;
use super::dto::{OrderPageView, OrderView};
use crate::shop::Shop;

const PAGE_SIZE: u32 = 20;
/// Of a word that is no order's status.
pub const NO_STATUS: &str = "PENDING, CONFIRMED, SHIPPED, DELIVERED, CANCELLED 중 하나여야 합니다.";
/// Of a word that is no payment's status.
pub const NO_PAYMENT_STATUS: &str = "PENDING, COMPLETED, FAILED, CANCELLED, REFUNDED 중 하나여야 합니다.";

/// One page of the buyer's orders, newest first: `GET /api/orders`.
pub async fn history(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    query: Query,
) -> Handled<OrderPageView> {
    let mut errors = FieldErrors::new();
    let filter = HistoryFilter {
        status: query.parsed("status", &mut errors, |name| OrderStatus::parse(name).ok_or(NO_STATUS)),
        payment_status: query
            .parsed("paymentStatus", &mut errors, |name| PaymentStatus::parse(name).ok_or(NO_PAYMENT_STATUS)),
    };
    let filter = finish(Some(filter), errors)?;
    let page = shop.orders.track.history(&actor, filter, query.page(PAGE_SIZE)).await?;
    Ok(Answer::ok(OrderPageView::new(page, &pictures)))
}

/// One order: `GET /api/orders/{orderNumber}`.
pub async fn show(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    number: PathId<OrderNumber>,
) -> Handled<OrderView> {
    let order = shop.orders.track.detail(&actor, number.0).await?;
    Ok(Answer::ok(OrderView::try_new(order, &pictures)?))
}
