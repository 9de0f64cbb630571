//! `POST /api/payments/toss/confirm`

use actix_web::web;
use ef_domain::once::Operation;
use ef_domain::payment::ConfirmPaymentCommand;

use super::super::actor::SignedIn;
use super::super::envelope::Answer;
use super::super::once::{Begun, HandledOnce, Keyed, answer};
use super::dto::{ConfirmPaymentBody, PaymentView};
use crate::shop::Shop;

/// Takes an order's money, once however often it is asked: `POST /api/payments/toss/confirm`.
///
/// A success means that the money is there; the front end looks at nothing else.
pub async fn confirm(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    Keyed { body, asked }: Keyed<ConfirmPaymentBody>,
) -> HandledOnce<PaymentView> {
    let command = body.into_command(actor)?;
    answer(&shop, &asked, (&actor, Operation::ConfirmPayment), async |begun| {
        let confirm = &shop.payments.confirm;
        let payment = match begun {
            Begun::Work(claim) => confirm.run(&ConfirmPaymentCommand { claim, ..command }).await?,
            Begun::Done(_) => confirm.recall(&command).await?,
        };
        Ok(Answer::ok(PaymentView::from(payment)))
    })
    .await
}
