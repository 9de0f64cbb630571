use super::*;
use crate::order::OrderState;
use crate::payment::{Approval, MockPaymentGateway, PaymentMethod, SealedAccount};
use crate::shared::{FailureKind, MockVault};
use crate::testing::{at, key, order, payment};

fn due(cause: RefundCause, account: Option<SealedAccount>) -> Payment {
    let refund_key = IdempotencyKey::stored("refund-1".to_owned());
    let method = PaymentMethod::VirtualAccount;
    payment(PaymentState::RefundDue { method, approved_at: at(61), cause, refund_key, account })
}

fn sealed() -> SealedAccount {
    SealedAccount::stored("sealed".to_owned())
}

fn deposited() -> PartnerView {
    let (order, amount) = (Some(due(RefundCause::Requested, None).order_number), None);
    PartnerView::Approved(Approval { order, amount, method: PaymentMethod::VirtualAccount, approved_at: at(61) })
}

/// Runs the refund at a partner who only answers look-ups: a call for money fails the test. No key opens anything.
async fn run(payment: &Payment, seen: Result<LookUp, PortFailure>) -> Result<Option<PaymentEvidence>, PortFailure> {
    let (mut gateway, mut vault) = (MockPaymentGateway::new(), MockVault::new());
    gateway.expect_look_up().times(1).return_once(move |_| seen);
    vault.expect_open().returning(|_, _| None);
    let paid = order(OrderState::Paid { payment: key("pay-1"), paid_at: at(61) });
    RefundCall { gateway: Arc::new(gateway), vault: Arc::new(vault) }.run(payment, &paid).await
}

#[tokio::test]
async fn an_account_that_no_key_opens_any_more_is_a_refusal_and_the_partner_is_not_asked_for_money() {
    for cause in [RefundCause::Requested, RefundCause::OrderGone] {
        let outcome = run(&due(cause, Some(sealed())), Ok(LookUp::Found(deposited()))).await.unwrap();
        let refund_key = IdempotencyKey::stored("refund-1".to_owned());
        let code = ACCOUNT_UNREADABLE.to_owned();
        assert_eq!(outcome, Some(PaymentEvidence::RefundRefused { code, refund_key }));
    }
}

#[tokio::test]
async fn a_refund_that_went_through_unheard_is_not_undone_because_its_account_cannot_be_read() {
    let requested = due(RefundCause::Requested, Some(sealed()));
    let back = LookUp::Found(PartnerView::Closed { code: "CANCELED".to_owned() });
    assert_eq!(run(&requested, Ok(back)).await.unwrap(), Some(PaymentEvidence::Refunded));
    assert_eq!(run(&requested, Ok(LookUp::NotFound)).await.unwrap(), None);
    let silence = PortFailure::new(FailureKind::TimedOut, "looking a payment up", "no answer");
    assert!(run(&requested, Err(silence)).await.is_err());
}

#[tokio::test]
async fn a_deposit_without_an_account_is_looked_at_once_an_hour_and_never_sent() {
    let stuck = due(RefundCause::OrderGone, None);
    assert_eq!(stuck.check_pause(), std::time::Duration::from_hours(1));
    assert_eq!(run(&stuck, Ok(LookUp::Found(deposited()))).await.unwrap(), None);
    let back = LookUp::Found(PartnerView::Closed { code: "CANCELED".to_owned() });
    assert_eq!(run(&stuck, Ok(back)).await.unwrap(), Some(PaymentEvidence::Refunded));
    assert!(due(RefundCause::OrderGone, Some(sealed())).check_pause() < std::time::Duration::from_hours(1));
}
