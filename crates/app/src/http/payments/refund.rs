//! `POST /api/payments/toss/{id}/cancel`

use actix_web::web;
use ef_domain::once::Operation;
use ef_domain::order::{Asker, Goods};
use ef_domain::payment::{RefundPaymentCommand, RefundTarget};
use ef_domain::shared::PaymentId;

use super::super::actor::SignedIn;
use super::super::envelope::Answer;
use super::super::once::{Begun, HandledOnce, KeyedIfAny, answer};
use super::super::path::PathId;
use super::super::query::Query;
use super::super::refund_account::RefundBody;
use super::dto::PaymentView;
use crate::shop::Shop;

/// Gives a payment back, and ends its order with that: `POST /api/payments/toss/{id}/cancel?reason=`.
///
/// A success means that the money is on its way to the buyer.
pub async fn refund(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    id: PathId<PaymentId>,
    query: Query,
    KeyedIfAny { body, asked }: KeyedIfAny<RefundBody>,
) -> HandledOnce<PaymentView> {
    let (reason, account) = body.into_wish(&query)?;
    answer(&shop, &asked, (&actor, Operation::RefundPayment), async |begun| {
        let payment = match begun {
            Begun::Work(claim) => {
                let (asker, target) = (Asker::Buyer(actor), RefundTarget::Payment(id.0));
                let goods = Goods::BackOnTheShelf;
                let command = RefundPaymentCommand { asker, target, reason, goods, account, expected: None, claim };
                shop.payments.refund.run(&command).await?
            }
            Begun::Done(_) => shop.payments.show.run(&actor, id.0).await?,
        };
        Ok(Answer::ok(PaymentView::from(payment)))
    })
    .await
}
