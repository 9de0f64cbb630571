//! Moving orders: on their way, or back.

use actix_web::web;
use ef_domain::order::OrderTarget;

use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::view::Pictures;
use super::body::{OrderStatusBody, RefundOrderBody};
use super::dto::OrderFileView;
use super::target::Target;
use crate::shop::Shop;

/// Gives an order another status: `PATCH /api/admin/orders/{orderId}/status`. What it has already it keeps, and nobody
/// is told a second time.
pub async fn advance(
    shop: web::Data<Shop>,
    Target(target): Target,
    pictures: Pictures,
    body: Json<OrderStatusBody>,
) -> Handled<OrderFileView> {
    shop.desk.advance.run(body.0.into_command(target)?).await?;
    file(&shop, &pictures, target).await
}

/// Gives the money of a paid order back: `POST /api/admin/orders/{orderId}/refund`.
pub async fn refund(
    shop: web::Data<Shop>,
    Target(target): Target,
    pictures: Pictures,
    body: Json<RefundOrderBody>,
) -> Handled<OrderFileView> {
    shop.desk.advance.refund(body.0.into_command(target)?).await?;
    file(&shop, &pictures, target).await
}

async fn file(shop: &Shop, pictures: &Pictures, target: OrderTarget) -> Handled<OrderFileView> {
    let file = shop.desk.review.file(&target.actor, target.order).await?;
    let version = file.order.version;
    Ok(Answer::ok(OrderFileView::try_new(file, pictures)?).showing(version))
}
