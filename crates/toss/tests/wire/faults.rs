//! The partner in trouble: whatever is lost on the way is unknown, and whoever asks again learns the truth.

use std::time::{Duration, Instant};

use ef_domain::payment::{CancelOutcome, PartnerView, PaymentGateway};
use ef_domain::shared::FailureKind;

use crate::support::{Partner, approval, gateway_within};

#[tokio::test]
async fn a_confirm_whose_answer_was_lost_is_unknown_and_was_taken() {
    let partner = Partner::start().await;
    for kind in ["execute_then_drop", "execute_then_500"] {
        let attempt = partner.authorised().await;
        partner.breaks("confirm", kind, 1).await;
        let failure = partner.confirm(&attempt, "once").await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Unreachable, "{kind}");
        assert!(matches!(partner.view(&attempt).await, PartnerView::Approved(_)), "{kind}");
        assert_eq!(approval(partner.confirm(&attempt, "once").await).order, Some(attempt.order), "{kind}");
        assert_eq!(approval(partner.confirm(&attempt, "another").await).order, Some(attempt.order), "{kind}");
    }
}

#[tokio::test]
async fn a_confirm_that_a_server_in_trouble_did_not_take_is_unknown_and_was_not_taken() {
    let partner = Partner::start().await;
    for kind in ["refuse_500", "status_429"] {
        let attempt = partner.authorised().await;
        partner.breaks("confirm", kind, 1).await;
        let failure = partner.confirm(&attempt, "once").await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Unreachable, "{kind}");
        assert_eq!(partner.view(&attempt).await, PartnerView::Unconfirmed, "{kind}");
        assert_eq!(approval(partner.confirm(&attempt, "once").await).order, Some(attempt.order), "{kind}");
    }
}

#[tokio::test]
async fn a_confirm_that_takes_too_long_is_unknown_and_its_repeat_waits_for_the_first_answer() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    let hasty = gateway_within(&partner.sandbox.toss_url(), Duration::from_millis(300));
    partner.lags("confirm", 1_500).await;
    let before = Instant::now();
    let failure = hasty.confirm(&attempt.confirm("once")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::TimedOut);
    assert!(before.elapsed() < Duration::from_millis(1_200), "{:?}", before.elapsed());
    // The first call is still running: the patient gateway asks until it has its answer.
    assert_eq!(approval(partner.confirm(&attempt, "once").await).order, Some(attempt.order));
    assert!(before.elapsed() > Duration::from_millis(1_200), "{:?}", before.elapsed());
}

#[tokio::test]
async fn two_confirms_at_once_are_one_and_both_learn_it() {
    let partner = Partner::start().await;
    let attempt = partner.authorised().await;
    partner.lags("confirm", 500).await;
    let (one, other) = tokio::join!(partner.confirm(&attempt, "once"), partner.confirm(&attempt, "once"));
    assert_eq!(approval(one), approval(other));
}

#[tokio::test]
async fn a_confirm_is_unknown_while_the_look_up_that_must_explain_it_fails() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    for kind in ["refuse_500", "status_429", "execute_then_drop", "execute_then_500"] {
        partner.breaks("lookup", kind, 1).await;
        // ALREADY_PROCESSED_PAYMENT: processed, but how?
        assert!(partner.confirm(&attempt, kind).await.is_err(), "{kind}");
        assert_eq!(approval(partner.confirm(&attempt, kind).await).order, Some(attempt.order), "{kind}");
    }
}

#[tokio::test]
async fn a_look_up_that_fails_says_nothing() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    for kind in ["refuse_500", "status_429", "execute_then_drop", "execute_then_500"] {
        partner.breaks("lookup", kind, 1).await;
        assert!(partner.gateway.look_up(&attempt.key).await.is_err(), "{kind}");
        assert!(matches!(partner.view(&attempt).await, PartnerView::Approved(_)), "{kind}");
    }
    let hasty = gateway_within(&partner.sandbox.toss_url(), Duration::from_millis(200));
    partner.lags("lookup", 1_000).await;
    assert_eq!(hasty.look_up(&attempt.key).await.unwrap_err().kind(), FailureKind::TimedOut);
}

#[tokio::test]
async fn a_cancellation_whose_answer_was_lost_is_unknown_and_a_repeat_learns_that_it_went() {
    let partner = Partner::start().await;
    for kind in ["execute_then_drop", "execute_then_500"] {
        for repeat in ["back", "another"] {
            let attempt = partner.paid().await;
            partner.breaks("cancel", kind, 1).await;
            assert!(partner.cancel(&attempt, "back").await.is_err(), "{kind}");
            assert_eq!(partner.cancel(&attempt, repeat).await.unwrap(), CancelOutcome::Cancelled, "{kind} {repeat}");
        }
    }
}

#[tokio::test]
async fn a_cancellation_that_was_not_done_is_unknown_and_a_repeat_does_it() {
    let partner = Partner::start().await;
    for kind in ["refuse_500", "status_429"] {
        let attempt = partner.paid().await;
        partner.breaks("cancel", kind, 1).await;
        assert!(partner.cancel(&attempt, "back").await.is_err(), "{kind}");
        assert!(matches!(partner.view(&attempt).await, PartnerView::Approved(_)), "{kind}");
        assert_eq!(partner.cancel(&attempt, "back").await.unwrap(), CancelOutcome::Cancelled, "{kind}");
    }
}

#[tokio::test]
async fn a_cancellation_that_takes_too_long_is_unknown_and_its_repeat_waits_for_the_first_answer() {
    let partner = Partner::start().await;
    let attempt = partner.paid().await;
    let hasty = gateway_within(&partner.sandbox.toss_url(), Duration::from_millis(300));
    partner.lags("cancel", 1_000).await;
    assert_eq!(hasty.cancel(&attempt.cancel("back")).await.unwrap_err().kind(), FailureKind::TimedOut);
    assert_eq!(partner.cancel(&attempt, "back").await.unwrap(), CancelOutcome::Cancelled);
}
