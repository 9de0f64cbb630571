//! `PATCH /api/orders/{orderNumber}/cancel`

use actix_web::web;
use ef_domain::once::Operation;
use ef_domain::order::{CancelOrderCommand, OrderNumber};

use super::super::actor::SignedIn;
use super::super::envelope::Answer;
use super::super::once::{Begun, HandledOnce, KeyedIfAny, answer};
use super::super::path::PathId;
use super::super::query::Query;
use super::super::refund_account::RefundBody;
use super::super::view::Pictures;
use super::dto::OrderView;
use crate::shop::Shop;

/// Cancels an order until its parcel leaves, a paid one together with its refund:
/// `PATCH /api/orders/{orderNumber}/cancel?reason=`.
pub async fn cancel(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    number: PathId<OrderNumber>,
    query: Query,
    KeyedIfAny { body, asked }: KeyedIfAny<RefundBody>,
) -> HandledOnce<OrderView> {
    let (reason, account) = body.into_wish(&query)?;
    let command = CancelOrderCommand { actor, number: number.0, reason, account, claim: None };
    answer(&shop, &asked, (&actor, Operation::CancelOrder), async |begun| {
        if let Begun::Work(claim) = begun {
            shop.orders.cancel.run(CancelOrderCommand { claim, ..command }).await?;
        }
        let order = shop.orders.track.detail(&actor, number.0).await?;
        Ok(Answer::ok(OrderView::try_new(order, &pictures)?))
    })
    .await
}
