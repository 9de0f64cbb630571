//! What every [`PaymentRepository`](ef_domain::payment::PaymentRepository) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::error::Error;

use ef_domain::order::{ApplyFailure, OrderState};
use ef_domain::payment::{
    Approval, DeclineKind, Deposit, DepositAccount, NewPayment, OpenFailure, Payment, PaymentEvidence, PaymentKey,
    PaymentMethod, PaymentState,
};
use ef_domain::shared::{FailureKind, Timestamp};

use crate::builders::{
    applied, approval, decided, intent, key, later, noon, opened, order, pack, paid, payment, pieces, refusal, reload,
    settled, settlement, shopper, version, won,
};
use crate::shop::{Shop, counters};

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! payment_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::payments; $shop;
            an_intent_is_stored_and_its_order_is_being_paid
            a_key_that_nobody_used_finds_nothing
            an_intent_for_an_order_that_moved_is_stale_and_nothing_is_stored
            a_key_that_is_taken_is_refused_and_its_order_stays_as_it_was
            keys_are_told_apart_by_case
            a_declined_attempt_is_repeated_under_its_key
            a_repeat_of_an_attempt_that_moved_is_stale_and_nothing_is_stored
            an_approval_sells_what_was_held_and_empties_that_much_of_the_cart
            one_fact_is_settled_once
            a_payment_whose_order_is_gone_is_settled_once
            a_settlement_for_an_order_that_moved_is_stale_and_nothing_is_stored
            a_sale_that_the_counters_do_not_cover_is_corrupt_and_nothing_is_stored
            every_state_of_a_payment_reads_back_as_it_was_written
            checks_are_due_while_something_is_open_the_longest_waiting_first
            a_hastened_check_is_due_at_once_and_counts_for_nothing
            hastening_touches_nothing_that_is_over_or_due_already
            a_claimed_check_is_counted_and_comes_later
            of_two_claims_of_one_check_one_succeeds
            what_was_settled_meanwhile_is_not_claimed
        }
    };
}

async fn due(shop: &dyn Shop, now: Timestamp, limit: u32) -> Vec<PaymentKey> {
    let due = shop.payments().due_checks(now, limit).await;
    due.expect("payments can be read").into_iter().map(|it| it.key).collect()
}

async fn claim(shop: &dyn Shop, seen: &Payment, check_at: Timestamp) -> bool {
    shop.payments().claim(seen, check_at).await.expect("payments can be written")
}

/// A crash right after it leaves a trace.
pub async fn an_intent_is_stored_and_its_order_is_being_paid(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let unpaid = order(shop, buyer, &[(&nuts, 2)]).await;
    let key = key("tviva20240929012345Ab_-=");
    let change = decided(unpaid.open_payment(&key, noon()));
    let intent = intent(&unpaid, &key);
    let id = shop.payments().open(&intent, &change).await.expect("it is stored");
    let expected = Payment {
        id,
        key: key.clone(),
        order: unpaid.id,
        order_number: unpaid.number,
        amount: won(2_000),
        idempotency_key: intent.idempotency_key,
        requested_at: noon(),
        state: PaymentState::Requested,
        checks: 0,
        version: version(0),
    };
    assert_eq!(payment(shop, &key).await, expected);
    assert_eq!(reload(shop, unpaid.number).await, change.applied_to(&unpaid));
    assert_eq!(shop.counters(nuts.variant).await, counters(9, 2));
    assert_eq!(due(shop, later(60), 9).await, [key]);
}

/// Nothing is an answer.
pub async fn a_key_that_nobody_used_finds_nothing(shop: &dyn Shop) {
    let found = shop.payments().find(&key("nobody")).await;
    assert_eq!(found.expect("payments can be read"), None);
}

/// The order was cancelled while its buyer authorised the payment: no money may be asked for.
pub async fn an_intent_for_an_order_that_moved_is_stale_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let seen = order(shop, buyer, &[(&nuts, 2)]).await;
    let over = applied(shop, seen.cancel(None, noon())).await;
    let change = decided(seen.open_payment(&key("late"), noon()));
    let failure = shop.payments().open(&intent(&seen, &key("late")), &change).await;
    assert!(matches!(failure, Err(OpenFailure::Stale)), "{failure:?}");
    assert_eq!(reload(shop, seen.number).await, over);
    assert_eq!(shop.payment_count().await, 0);
}

/// One payment pays one order.
pub async fn a_key_that_is_taken_is_refused_and_its_order_stays_as_it_was(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (taken, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("one")).await;
    let other = order(shop, buyer, &[(&nuts, 1)]).await;
    let change = decided(other.open_payment(&key("one"), noon()));
    let failure = shop.payments().open(&intent(&other, &key("one")), &change).await;
    assert!(matches!(failure, Err(OpenFailure::KeyTaken)), "{failure:?}");
    assert_eq!(reload(shop, other.number).await, other);
    assert_eq!(payment(shop, &key("one")).await, taken);
    assert_eq!(shop.payment_count().await, 1);
}

/// Keys are the partner's, opaque to us.
pub async fn keys_are_told_apart_by_case(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (small, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("key-a")).await;
    let (large, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("KEY-A")).await;
    assert_ne!(small.id, large.id);
    assert_eq!(payment(shop, &key("key-a")).await, small);
}

/// The window was closed too early, say: the same payment is tried again, with a fresh idempotency key.
pub async fn a_declined_attempt_is_repeated_under_its_key(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (attempt, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("again")).await;
    assert!(claim(shop, &attempt, later(61)).await);
    let (declined, waiting) = settled(shop, (&attempt, &paying), &refusal(DeclineKind::Repeatable)).await;
    let repeat = NewPayment {
        requested_at: later(30),
        check_at: later(90),
        repeats: Some((declined.id, declined.version)),
        ..intent(&waiting, &key("again"))
    };
    let change = decided(waiting.open_payment(&key("again"), later(30)));
    let id = shop.payments().open(&repeat, &change).await.expect("it is stored");
    let expected = Payment {
        idempotency_key: repeat.idempotency_key,
        requested_at: later(30),
        state: PaymentState::Requested,
        checks: 0,
        version: version(2),
        ..attempt
    };
    assert_eq!(id, expected.id);
    assert_eq!(payment(shop, &key("again")).await, expected);
    assert_eq!(due(shop, later(89), 9).await, []);
    assert_eq!(due(shop, later(90), 9).await, [key("again")]);
    assert_eq!(shop.payment_count().await, 1);
}

/// Two tabs repeat the same declined attempt.
pub async fn a_repeat_of_an_attempt_that_moved_is_stale_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (attempt, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("again")).await;
    let (declined, waiting) = settled(shop, (&attempt, &paying), &refusal(DeclineKind::Repeatable)).await;
    // The order is as it was read, the attempt is not.
    let repeat = NewPayment { repeats: Some((attempt.id, attempt.version)), ..intent(&waiting, &key("again")) };
    let change = decided(waiting.open_payment(&key("again"), noon()));
    let failure = shop.payments().open(&repeat, &change).await;
    assert!(matches!(failure, Err(OpenFailure::Stale)), "{failure:?}");
    assert_eq!(payment(shop, &key("again")).await, declined);
    assert_eq!(reload(shop, waiting.number).await, waiting);
}

/// Payment, order, stock, ledger, event and cart are one fact.
pub async fn an_approval_sells_what_was_held_and_empties_that_much_of_the_cart(shop: &dyn Shop) {
    let (buyer, other) = (shopper(shop).await, shopper(shop).await);
    let (nuts, milk) = (pack(shop, 9).await, pack(shop, 9).await);
    for who in [buyer, other] {
        for pack in [&nuts, &milk] {
            let added = shop.carts().add(who.user, pack.product, pack.variant, pieces(3)).await;
            added.expect("it is in the cart");
        }
    }
    let held = order(shop, buyer, &[(&nuts, 2), (&nuts, 1)]).await;
    let (payment, sold) = paid(shop, &held, &key("sold")).await;
    let expected = PaymentState::Approved { method: PaymentMethod::TossPay, approved_at: later(5) };
    assert_eq!((payment.state, payment.version), (expected, version(1)));
    let expected = OrderState::Paid { payment: key("sold"), paid_at: later(5) };
    assert_eq!((sold.state, sold.version), (expected, version(2)));
    assert_eq!(shop.counters(nuts.variant).await, counters(6, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(6, 0));
    assert_eq!(shop.counters(milk.variant).await, counters(9, 0));
    assert_eq!(shop.events(held.id).await, ["ORDER_PAID"]);
    let cart = async |who: ef_domain::shared::Actor| {
        let cart = shop.carts().cart(who.user).await.expect("carts can be read");
        cart.lines.iter().map(|line| line.variant).collect::<Vec<_>>()
    };
    assert_eq!(cart(buyer).await, [milk.variant]);
    assert_eq!(cart(other).await, [milk.variant, nuts.variant]);
    assert_eq!(due(shop, later(9_999), 9).await, []);
}

/// The buyer's own confirm and reconciliation both learned it.
pub async fn one_fact_is_settled_once(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    // Somebody else's hold, which a second sale would take.
    order(shop, shopper(shop).await, &[(&nuts, 2)]).await;
    let (payment, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("once")).await;
    let settlement = settlement(&payment, &paying, &approval(&payment));
    shop.payments().settle(&settlement).await.expect("the first is stored");
    let failure = shop.payments().settle(&settlement).await;
    assert!(matches!(failure, Err(ApplyFailure::Stale)), "{failure:?}");
    assert_eq!(shop.counters(nuts.variant).await, counters(7, 2));
    assert_eq!(shop.ledger(nuts.variant).await, counters(7, 2));
    assert_eq!(shop.events(paying.id).await, ["ORDER_PAID"]);
}

/// Here only the payment's own version can tell: the order has no part in it.
pub async fn a_payment_whose_order_is_gone_is_settled_once(shop: &dyn Shop) {
    let (payment, order) = refund_due(shop, "gone").await;
    let refunded = settlement(&payment, &order, &PaymentEvidence::Refunded);
    assert_eq!(refunded.order(), None);
    shop.payments().settle(&refunded).await.expect("the first is stored");
    let failure = shop.payments().settle(&refunded).await;
    assert!(matches!(failure, Err(ApplyFailure::Stale)), "{failure:?}");
    let now = crate::builders::payment(shop, &payment.key).await;
    assert_eq!(now.version, payment.version.next());
}

/// A payment that took another amount than agreed: its money must go back.
async fn refund_due(shop: &dyn Shop, text: &str) -> (Payment, ef_domain::order::Order) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (payment, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key(text)).await;
    let other_amount = PaymentEvidence::Approved(Approval {
        order: Some(payment.order_number),
        amount: Some(won(1)),
        method: PaymentMethod::CreditCard,
        approved_at: later(5),
    });
    settled(shop, (&payment, &paying), &other_amount).await
}

/// The payment is as it was read, the order is not.
pub async fn a_settlement_for_an_order_that_moved_is_stale_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (before, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("moved")).await;
    let mut seen = paying.clone();
    seen.version = version(0);
    let failure = shop.payments().settle(&settlement(&before, &seen, &approval(&before))).await;
    assert!(matches!(failure, Err(ApplyFailure::Stale)), "{failure:?}");
    assert_eq!(payment(shop, &key("moved")).await, before);
    assert_eq!(reload(shop, paying.number).await, paying);
    assert_eq!(shop.counters(nuts.variant).await, counters(9, 2));
}

/// An alarm, not a guess: somebody must look at that variant. The payment stays open meanwhile.
pub async fn a_sale_that_the_counters_do_not_cover_is_corrupt_and_nothing_is_stored(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (before, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("alarm")).await;
    assert!(shop.falsify_reserved(nuts.variant, 1).await);
    let outcome = shop.payments().settle(&settlement(&before, &paying, &approval(&before))).await;
    match outcome {
        Err(ApplyFailure::Unavailable(failure)) => {
            assert_eq!(failure.kind(), FailureKind::Corrupt);
            let source = failure.source().expect("a source").to_string();
            assert!(source.contains(&format!("variant {}", nuts.variant)), "{source}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(payment(shop, &key("alarm")).await, before);
    assert_eq!(reload(shop, paying.number).await, paying);
}

/// What was settled is what the next reader sees, to the millisecond.
pub async fn every_state_of_a_payment_reads_back_as_it_was_written(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let begin = async |text: &str| opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key(text)).await;
    let deposit = PaymentEvidence::DepositPending(Deposit {
        due_at: later(86_400),
        account: Some(DepositAccount {
            bank: "20".to_owned(),
            number: "X6505636518308".to_owned(),
            holder: "김하늘".to_owned(),
        }),
    });
    let closed = PaymentEvidence::DepositClosed { code: "CANCELED".to_owned() };
    let mut seen = Vec::new();
    for (text, facts) in [
        ("declined", vec![refusal(DeclineKind::Final)]),
        ("repeatable", vec![refusal(DeclineKind::Repeatable)]),
        ("deposit-closed", vec![deposit.clone(), closed]),
    ] {
        let (mut payment, mut order) = begin(text).await;
        for fact in facts {
            let settlement = settlement(&payment, &order, &fact);
            (payment, order) = settled(shop, (&payment, &order), &fact).await;
            assert_eq!(&payment.state, settlement.payment().next());
            seen.push(payment.state.name());
        }
    }
    let (waiting, order) = begin("deposit-paid").await;
    let (waiting, order) = settled(shop, (&waiting, &order), &deposit).await;
    let (done, _) = settled(shop, (&waiting, &order), &approval(&waiting)).await;
    seen.push(done.state.name());

    let (due_back, order) = refund_due(shop, "refund").await;
    seen.push(due_back.state.name());
    let settlement = settlement(&due_back, &order, &PaymentEvidence::Refunded);
    let (back, _) = settled(shop, (&due_back, &order), &PaymentEvidence::Refunded).await;
    assert_eq!(&back.state, settlement.payment().next());
    seen.push(back.state.name());
    let expected = ["FAILED", "FAILED", "AWAITING_DEPOSIT", "FAILED", "COMPLETED", "REFUND_DUE", "REFUNDED"];
    assert_eq!(seen, expected);
}

/// Whatever a crash left open comes up, and nothing else.
pub async fn checks_are_due_while_something_is_open_the_longest_waiting_first(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    for (text, seconds) in [("third", 90), ("first", 70), ("second", 80), ("declined", 60)] {
        let (payment, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key(text)).await;
        assert!(claim(shop, &payment, later(seconds)).await);
        if text == "declined" {
            settled(shop, (&payment, &paying), &refusal(DeclineKind::Final)).await;
        }
    }
    assert_eq!(due(shop, later(69), 9).await, []);
    assert_eq!(due(shop, later(80), 9).await, [key("first"), key("second")]);
    assert_eq!(due(shop, later(99), 2).await, [key("first"), key("second")]);
    assert_eq!(due(shop, later(99), 9).await, [key("first"), key("second"), key("third")]);
    // What must go back is open too, at once.
    refund_due(shop, "back").await;
    assert_eq!(due(shop, later(6), 9).await, [key("back")]);
}

/// The partner gave notice. The version stays: the buyer's own confirm can still settle.
pub async fn a_hastened_check_is_due_at_once_and_counts_for_nothing(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let (first, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("heard-of")).await;
    opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("not-heard-of")).await;
    assert_eq!(due(shop, later(9), 9).await, []);
    shop.payments().hasten(first.order_number, later(9)).await.expect("it is stored");
    assert_eq!(due(shop, later(9), 9).await, [key("heard-of")]);
    assert_eq!(payment(shop, &key("heard-of")).await, first);
}

/// A notice that is told again and again must not open a closed payment, nor push a waiting one back in the queue.
pub async fn hastening_touches_nothing_that_is_over_or_due_already(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let (_, sold) = paid(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("over")).await;
    let (longest, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("longest")).await;
    let (other, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("other")).await;
    assert!(claim(shop, &other, later(70)).await);
    for number in [sold.number, longest.order_number] {
        shop.payments().hasten(number, later(80)).await.expect("it is stored");
    }
    assert_eq!(due(shop, later(80), 9).await, [key("longest"), key("other")]);
}

/// A check is no change: the version stays, so that the buyer's own confirm can still settle.
pub async fn a_claimed_check_is_counted_and_comes_later(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let (before, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("unknown")).await;
    assert!(claim(shop, &before, later(100)).await);
    let once = payment(shop, &key("unknown")).await;
    assert!(claim(shop, &once, later(200)).await);
    assert_eq!(payment(shop, &key("unknown")).await, Payment { checks: 2, ..before });
    assert_eq!(due(shop, later(199), 9).await, []);
    assert_eq!(due(shop, later(200), 9).await, [key("unknown")]);
}

/// Two servers read the same list.
pub async fn of_two_claims_of_one_check_one_succeeds(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let (seen, _) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("unknown")).await;
    assert!(claim(shop, &seen, later(100)).await);
    assert!(!claim(shop, &seen, later(200)).await);
    assert_eq!(payment(shop, &key("unknown")).await.checks, 1);
    assert_eq!(due(shop, later(100), 9).await, [key("unknown")]);
}

/// Otherwise a settled payment, or a later attempt under its key, would be checked at the wrong time.
pub async fn what_was_settled_meanwhile_is_not_claimed(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let (before, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("settled")).await;
    let (after, _) = settled(shop, (&before, &paying), &approval(&before)).await;
    for seen in [&before, &after] {
        assert!(!claim(shop, seen, later(1)).await);
    }
    assert_eq!(payment(shop, &key("settled")).await, after);
    // Its refund falls due at once; who still sees the attempt must not put that off.
    let (back, _) = refund_due(shop, "back").await;
    let attempt = Payment { version: version(0), ..back.clone() };
    assert!(!claim(shop, &attempt, later(9_999)).await);
    assert_eq!(payment(shop, &key("back")).await, back);
    assert_eq!(due(shop, later(6), 9).await, [key("back")]);
}
