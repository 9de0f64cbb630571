//! `GET /api/payments/{id}`

use actix_web::web;
use ef_domain::shared::PaymentId;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::path::PathId;
use super::dto::PaymentView;
use crate::shop::Shop;

/// A payment of the buyer's own: `GET /api/payments/{id}`.
pub async fn show(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId<PaymentId>,
) -> Handled<PaymentView> {
    let payment = shop.payments.show.run(&actor, id.0).await?;
    Ok(Answer::ok(PaymentView::from(payment)))
}
