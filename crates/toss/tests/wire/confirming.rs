//! Confirms and look-ups as the partner's documents describe them.

use std::time::Duration;

use ef_domain::payment::{ConfirmOutcome, Decline, DeclineKind, LookUp, PartnerView, PaymentGateway, PaymentMethod};
use ef_domain::shared::Won;
use serde_json::json;

use crate::support::{Attempt, PRICE, Partner, approval, gateway_with};

fn declined(code: &str, kind: DeclineKind) -> ConfirmOutcome {
    ConfirmOutcome::Declined(Decline { code: code.to_owned(), kind })
}

#[tokio::test]
async fn a_payment_that_the_buyer_authorised_is_approved() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    assert_eq!(partner.view(&attempt).await, PartnerView::Unconfirmed);
    let approval = approval(partner.confirm(&attempt, "once").await);
    assert_eq!(approval.order, Some(attempt.order));
    assert_eq!(approval.amount, Some(Won::try_new(PRICE).unwrap()));
    assert_eq!(approval.method, PaymentMethod::CreditCard);
    assert_eq!(partner.view(&attempt).await, PartnerView::Approved(approval));
}

#[tokio::test]
async fn a_confirm_repeated_with_or_without_its_key_is_approved_again() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    let first = approval(partner.confirm(&attempt, "once").await);
    assert_eq!(approval(partner.confirm(&attempt, "once").await), first);
    assert_eq!(approval(partner.confirm(&attempt, "another").await), first);
}

#[tokio::test]
async fn every_method_arrives_under_its_name() {
    use PaymentMethod as M;
    let partner = Partner::start().await;
    for (wish, method) in [
        (json!({"method": "CARD"}), M::CreditCard),
        (json!({"method": "TRANSFER"}), M::BankTransfer),
        (json!({"method": "MOBILE_PHONE"}), M::Mobile),
        (json!({"easyPayProvider": "TOSSPAY"}), M::TossPay),
        (json!({"easyPayProvider": "KAKAOPAY"}), M::KakaoPay),
        (json!({"easyPayProvider": "NAVERPAY"}), M::NaverPay),
        (json!({"easyPayProvider": "PAYCO"}), M::Payco),
        (json!({"easyPayProvider": "KAKAOPAY", "easyPayCardAmount": 1_000}), M::KakaoPay),
    ] {
        let attempt = partner.authorised_as(wish.clone()).await;
        assert_eq!(approval(partner.confirm(&attempt, "once").await).method, method, "{wish}");
    }
}

#[tokio::test]
async fn a_virtual_account_waits_for_its_deposit() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"method": "VIRTUAL_ACCOUNT"})).await;
    let Ok(ConfirmOutcome::DepositPending(deposit)) = partner.confirm(&attempt, "once").await else {
        panic!("no account")
    };
    let account = deposit.account.as_ref().expect("the partner says where to transfer to");
    assert!(
        !account.bank_name().is_empty() && account.number.starts_with('X') && !account.holder.is_empty(),
        "{account:?}"
    );
    assert_eq!(partner.view(&attempt).await, PartnerView::DepositPending(deposit.clone()));
    assert_eq!(
        partner.confirm(&attempt, "another").await.unwrap(),
        ConfirmOutcome::DepositPending(deposit),
        "processed already, and this is how it stands"
    );
    partner.pull(&format!("/toss/control/payments/{}/deposit", attempt.key), json!({})).await;
    let PartnerView::Approved(approval) = partner.view(&attempt).await else { panic!("no deposit") };
    assert_eq!(approval.method, PaymentMethod::VirtualAccount);
    assert_eq!(approval.amount, Some(Won::try_new(PRICE).unwrap()));
}

#[tokio::test]
async fn a_refused_card_is_final_for_this_payment() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"confirmRefusal": "REJECT_CARD_PAYMENT"})).await;
    assert_eq!(partner.confirm(&attempt, "once").await.unwrap(), declined("REJECT_CARD_PAYMENT", DeclineKind::Final));
    assert_eq!(partner.view(&attempt).await, PartnerView::Closed { code: "ABORTED".to_owned() });
}

#[tokio::test]
async fn a_bank_out_of_hours_may_be_tried_again() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"confirmRefusal": "NOT_AVAILABLE_BANK"})).await;
    assert_eq!(
        partner.confirm(&attempt, "once").await.unwrap(),
        declined("NOT_AVAILABLE_BANK", DeclineKind::Repeatable)
    );
}

#[tokio::test]
async fn an_amount_that_the_buyer_did_not_see_is_a_fault_of_ours() {
    let partner = Partner::start().await;
    let attempt = partner.authorised_as(json!({"amount": PRICE + 1})).await;
    assert_eq!(partner.confirm(&attempt, "once").await.unwrap(), declined("INVALID_REQUEST", DeclineKind::OurFault));
}

#[tokio::test]
async fn a_key_that_the_partner_never_gave_is_not_found_and_final() {
    let partner = Partner::start().await;
    let attempt = Attempt::imaginary();
    assert_eq!(partner.gateway.look_up(&attempt.key).await.unwrap(), LookUp::NotFound);
    assert_eq!(
        partner.confirm(&attempt, "once").await.unwrap(),
        declined("NOT_FOUND_PAYMENT_SESSION", DeclineKind::Final)
    );
}

#[tokio::test]
async fn a_confirm_that_comes_too_late_is_final() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    partner.pull("/clock", json!({"advance_s": 11 * 60})).await;
    assert_eq!(
        partner.confirm(&attempt, "once").await.unwrap(),
        declined("NOT_FOUND_PAYMENT_SESSION", DeclineKind::Final)
    );
    assert_eq!(partner.view(&attempt).await, PartnerView::Closed { code: "EXPIRED".to_owned() });
}

#[tokio::test]
async fn a_wrong_secret_key_is_a_fault_of_ours_and_says_nothing_about_a_payment() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    let stranger = gateway_with(&partner.sandbox.toss_url(), "test_sk_wrong", Duration::from_secs(5));
    assert_eq!(
        stranger.confirm(&attempt.confirm("once")).await.unwrap(),
        declined("UNAUTHORIZED_KEY", DeclineKind::OurFault)
    );
    assert!(stranger.look_up(&attempt.key).await.is_err());
    assert_eq!(partner.view(&attempt).await, PartnerView::Unconfirmed);
}
