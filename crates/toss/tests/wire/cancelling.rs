//! Cancellations as the partner's documents describe them.

use ef_domain::payment::{
    CancelOutcome, CancelRequest, Decline, DeclineKind, PartnerView, PaymentGateway, RefundAccount,
};
use serde_json::json;

use crate::support::{Attempt, PRICE, Partner};

fn refused(code: &str, kind: DeclineKind) -> CancelOutcome {
    CancelOutcome::Refused(Decline { code: code.to_owned(), kind })
}

async fn cancelled_by_hand(partner: &Partner, attempt: &Attempt, amount: i64) {
    let lever = format!("/toss/control/payments/{}/dashboard-cancel", attempt.key);
    partner.pull(&lever, json!({"amount": amount})).await;
}

#[tokio::test]
async fn all_of_the_money_goes_back() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    assert_eq!(partner.cancel(&attempt, "back").await.unwrap(), CancelOutcome::Cancelled);
    assert_eq!(partner.view(&attempt).await, PartnerView::Closed { code: "CANCELED".to_owned() });
}

#[tokio::test]
async fn a_cancellation_repeated_with_or_without_its_key_is_cancelled_still() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    for key in ["back", "back", "another"] {
        assert_eq!(partner.cancel(&attempt, key).await.unwrap(), CancelOutcome::Cancelled, "{key}");
    }
}

#[tokio::test]
async fn what_a_clerk_has_given_back_in_parts_has_gone_back() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    cancelled_by_hand(&partner, &attempt, 300).await;
    assert_eq!(partner.view(&attempt).await, PartnerView::Unclear { code: "PARTIAL_CANCELED".to_owned() });
    cancelled_by_hand(&partner, &attempt, PRICE - 300).await;
    // Refused as NOT_CANCELABLE_AMOUNT, since nothing is left; looking tells why.
    assert_eq!(partner.cancel(&attempt, "back").await.unwrap(), CancelOutcome::Cancelled);
    assert_eq!(partner.view(&attempt).await, PartnerView::Closed { code: "PARTIAL_CANCELED".to_owned() });
}

#[tokio::test]
async fn the_rest_of_a_payment_goes_back_too() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    cancelled_by_hand(&partner, &attempt, 300).await;
    assert_eq!(partner.cancel(&attempt, "back").await.unwrap(), CancelOutcome::Cancelled);
}

#[tokio::test]
async fn a_payment_that_was_never_confirmed_cannot_be_cancelled() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    let outcome = partner.cancel(&attempt, "back").await.unwrap();
    assert!(matches!(&outcome, CancelOutcome::Refused(Decline { kind: DeclineKind::Final, .. })), "{outcome:?}");
    assert_eq!(partner.view(&attempt).await, PartnerView::Unconfirmed);
}

#[tokio::test]
async fn a_payment_that_the_partner_does_not_know_is_a_fault_of_ours() {
    let partner = Partner::start().await;
    let outcome = partner.cancel(&Attempt::imaginary(), "back").await.unwrap();
    assert_eq!(outcome, refused("NOT_FOUND_PAYMENT", DeclineKind::OurFault));
}

#[tokio::test]
async fn an_account_that_waits_for_its_deposit_is_closed() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"method": "VIRTUAL_ACCOUNT"})).await;
    partner.confirm(&attempt, "once").await.unwrap();
    assert_eq!(partner.cancel(&attempt, "close").await.unwrap(), CancelOutcome::Cancelled);
    assert_eq!(partner.view(&attempt).await, PartnerView::Closed { code: "CANCELED".to_owned() });
}

#[tokio::test]
async fn a_deposit_does_not_go_back_without_an_account_to_go_to() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"method": "VIRTUAL_ACCOUNT"})).await;
    partner.confirm(&attempt, "once").await.unwrap();
    partner.pull(&format!("/toss/control/payments/{}/deposit", attempt.key), json!({})).await;
    let outcome = partner.cancel(&attempt, "back").await.unwrap();
    assert_eq!(outcome, refused("INVALID_REFUND_ACCOUNT_INFO", DeclineKind::Final));
    assert!(matches!(partner.view(&attempt).await, PartnerView::Approved(_)));
}

#[tokio::test]
async fn a_deposit_goes_back_to_the_buyers_account() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"method": "VIRTUAL_ACCOUNT"})).await;
    partner.confirm(&attempt, "once").await.unwrap();
    partner.pull(&format!("/toss/control/payments/{}/deposit", attempt.key), json!({})).await;
    let account = RefundAccount::parse("20", "1002123456789", "김하늘").ok();
    let request = CancelRequest { account, ..attempt.cancel("back") };
    assert_eq!(partner.gateway.cancel(&request).await.unwrap(), CancelOutcome::Cancelled);
    assert_eq!(partner.view(&attempt).await, PartnerView::Closed { code: "CANCELED".to_owned() });
}
