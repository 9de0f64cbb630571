//! `PATCH /api/orders/{orderNumber}/cancel`

use actix_web::web;
use ef_domain::once::Operation;
use ef_domain::order::{CancelOrderCommand, OrderNumber};
use ef_domain::shared::{FieldErrors, required_text};

use super::super::actor::SignedIn;
use super::super::envelope::Answer;
use super::super::field::finish;
use super::super::once::{Asked, Begun, HandledOnce, answer};
use super::super::path::PathId;
use super::super::query::Query;
use super::super::view::Pictures;
use super::dto::OrderView;
use crate::shop::Shop;

/// Longest reason, in characters.
pub(super) const MAX_REASON: usize = 200;

/// Cancels an unpaid order: `PATCH /api/orders/{orderNumber}/cancel?reason=`.
pub async fn cancel(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    number: PathId<OrderNumber>,
    query: Query,
    asked: Asked,
) -> HandledOnce<OrderView> {
    let mut errors = FieldErrors::new();
    let reason = query.parsed("reason", &mut errors, |text| required_text(text, MAX_REASON));
    let reason = finish(Some(reason), errors)?;
    let command = CancelOrderCommand { actor, number: number.0, reason, account: None, claim: None };
    answer(&shop, &asked, (&actor, Operation::CancelOrder), async |begun| {
        if let Begun::Work(claim) = begun {
            shop.orders.cancel.run(CancelOrderCommand { claim, ..command }).await?;
        }
        let order = shop.orders.track.detail(&actor, number.0).await?;
        Ok(Answer::ok(OrderView::try_new(order, &pictures)?))
    })
    .await
}
