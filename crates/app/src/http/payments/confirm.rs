//! `POST /api/payments/toss/confirm`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::{ConfirmPaymentBody, PaymentView};
use crate::shop::Shop;

/// Takes an order's money, once however often it is asked: `POST /api/payments/toss/confirm`.
///
/// A success means that the money is there; the front end looks at nothing else.
pub async fn confirm(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    body: Json<ConfirmPaymentBody>,
) -> Handled<PaymentView> {
    let payment = shop.payments.confirm.run(&body.0.into_command(actor)?).await?;
    Ok(Answer::ok(PaymentView::from(payment)))
}
