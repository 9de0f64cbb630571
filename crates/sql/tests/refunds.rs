//! Money goes back once, and stock with it, whatever happens at the same time and wherever a server dies: on both
//! databases.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a test fails by panicking"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use ef_contract::builders::{
    Pack, decided, key, later, noon, opened, order, pack, paid, payment, reload, settled, shopper, won,
};
use ef_contract::shop::{Shop, counters};
use ef_domain::order::{ApplyFailure, Asker, CancelOrderCommand, CancelOrderError, Goods, Order, OrderState};
use ef_domain::payment::{
    Approval, PaymentEvidence, PaymentMethod, PaymentState, ReconcilePayments, RefundAccount, RefundPaymentCommand,
    RefundPaymentError, RefundTarget,
};
use ef_domain::shared::{Actor, AuditAction, ManualClock, PageRequest, UserId};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use support::money::{Bank, Mood, cancel_order, reconcile, refund_payment};
use support::race::{RUNNERS, assert_books, duel, race};
use support::{RunningClock, SqlShop};

on_both_databases! {
    many_refunds_of_one_order_send_the_money_back_once
    many_cancellations_of_one_order_end_it_once
    a_refund_against_a_parcel_that_leaves_has_one_winner
    a_refund_against_a_notice_of_the_partners_counts_once
    a_refund_that_dies_anywhere_is_carried_through_or_was_never_begun
    whatever_mood_the_partner_is_in_shop_and_partner_agree_in_the_end
    a_refund_asks_nine_times_and_once_for_each_variant
    payments_that_cannot_be_read_do_not_keep_others_from_their_turn
    an_administrators_refund_that_moves_no_order_is_in_the_trail
}

const PIECES: i64 = 2;

async fn sale(shop: &SqlShop, buyer: Actor, packs: &[(&Pack, i64)], name: &str) -> Order {
    paid(shop, &order(shop, buyer, packs).await, &key(name)).await.1
}

fn by_the_buyer(actor: Actor, order: &Order) -> RefundPaymentCommand {
    RefundPaymentCommand {
        asker: Asker::Buyer(actor),
        target: RefundTarget::Order(order.number),
        reason: None,
        goods: Goods::BackOnTheShelf,
        account: None,
        expected: None,
        claim: None,
    }
}

/// Reconciliation, long after everything else, until nothing is left to do.
async fn wind_up(shop: &SqlShop, bank: &Arc<Bank>) {
    for minutes in 1..=30 {
        let clock = Arc::new(ManualClock::at(noon().after(Duration::from_mins(10 * minutes))));
        let reconcile: ReconcilePayments = reconcile(shop, bank.clone(), clock);
        if reconcile.run(200).await.unwrap().due == 0 {
            return;
        }
    }
    panic!("something stays open");
}

/// Many tabs, and the desk besides.
async fn many_refunds_of_one_order_send_the_money_back_once(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 99).await);
    for round in 0..3 {
        let before = shop.counters(nuts.variant).await;
        let sold = sale(&shop, buyer, &[(&nuts, PIECES)], &format!("sale-{round}")).await;
        let bank = Bank::of([]);
        let refund = Arc::new(refund_payment(&shop, bank.clone(), RunningClock::start(noon())));
        let outcomes = race(RUNNERS, |place| {
            let (refund, command) = (refund.clone(), by_the_buyer(buyer, &sold));
            let administrator = Asker::Administrator(UserId::new(1));
            let asker = if place % 4 == 0 { administrator } else { command.asker };
            async move { refund.run(&RefundPaymentCommand { asker, ..command }).await }
        });
        let mut successes = 0;
        for outcome in outcomes.await {
            match outcome {
                Ok(payment) => {
                    assert!(matches!(payment.state, PaymentState::Refunded { .. }));
                    successes += 1;
                }
                // It came when everything was over.
                Err(RefundPaymentError::NothingToRefund) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert!(successes >= 1 && bank.gave_back(&key(&format!("sale-{round}"))));
        assert_eq!(bank.calls(), 1, "one asks, the others wait");
        assert_eq!(shop.counters(nuts.variant).await, before);
    }
    assert_books(&shop, &[nuts]).await;
}

/// Some hear that it is cancelled, and others that it was cancelled before.
async fn many_cancellations_of_one_order_end_it_once(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 99).await);
    let sold = sale(&shop, buyer, &[(&nuts, PIECES)], "sale").await;
    let bank = Bank::of([]);
    let cancel = Arc::new(cancel_order(&shop, bank.clone(), RunningClock::start(noon())));
    let outcomes = race(RUNNERS, |_| {
        let cancel = cancel.clone();
        let (actor, number) = (buyer, sold.number);
        let command = CancelOrderCommand { actor, number, reason: None, account: None, claim: None };
        async move { cancel.run(command).await }
    });
    let mut done = 0;
    for outcome in outcomes.await {
        match outcome {
            Ok(()) => done += 1,
            Err(
                CancelOrderError::NotCancellable(_) | CancelOrderError::Refund(RefundPaymentError::NothingToRefund),
            ) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(done >= 1);
    assert_eq!(bank.calls(), 1);
    assert_eq!(shop.counters(nuts.variant).await, counters(99, 0));
    assert_books(&shop, &[nuts]).await;
}

/// Either the goods leave or the money goes back, never both.
async fn a_refund_against_a_parcel_that_leaves_has_one_winner(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    let (mut left, mut back) = (0, 0);
    for round in 0..RUNNERS {
        let name = format!("sale-{round}");
        let sold = sale(&shop, buyer, &[(&nuts, PIECES)], &name).await;
        let bank = Bank::of([]);
        let refund = refund_payment(&shop, bank.clone(), RunningClock::start(noon()));
        let (command, orders, parcel) = (by_the_buyer(buyer, &sold), shop.orders(), decided(sold.ship(later(60))));
        let delay = Duration::from_millis(round as u64 % 4);
        let (money, goods) = duel(async move { refund.run(&command).await }, async move {
            tokio::time::sleep(delay).await;
            orders.apply(&parcel).await
        })
        .await;
        let now = reload(shop.as_ref(), sold.number).await;
        match (money, goods) {
            (Ok(_), Err(ApplyFailure::Stale)) => {
                assert!(matches!(now.state, OrderState::Cancelled(_)) && bank.gave_back(&key(&name)));
                back += 1;
            }
            (Err(RefundPaymentError::NotRefundable(_)), Ok(())) => {
                assert!(matches!(now.state, OrderState::Shipped { .. }) && !bank.gave_back(&key(&name)));
                left += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(left + back, RUNNERS);
    assert_eq!(shop.counters(nuts.variant).await, counters(999 - PIECES * left as i64, 0));
    assert_books(&shop, &[nuts]).await;
}

/// The partner tells of our own refund while we are still at it, and reconciliation looks on every server.
async fn a_refund_against_a_notice_of_the_partners_counts_once(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    for round in 0..6 {
        let name = format!("sale-{round}");
        let sold = sale(&shop, buyer, &[(&nuts, PIECES)], &name).await;
        let bank = Bank::of([]);
        // Half of the time it is given back at the console, and somebody asks for it here as well.
        if round % 2 == 0 {
            bank.give_back_by_hand(&key(&name));
        }
        let refund = Arc::new(refund_payment(&shop, bank.clone(), RunningClock::start(noon())));
        let far = Arc::new(ManualClock::at(later(3_600)));
        let reconcile = Arc::new(reconcile(&shop, bank.clone(), far));
        race(RUNNERS, |place| {
            let (refund, reconcile, command) = (refund.clone(), reconcile.clone(), by_the_buyer(buyer, &sold));
            let number = sold.number;
            async move {
                if place % 2 == 0 {
                    let outcome = refund.run(&command).await;
                    let over = matches!(
                        outcome,
                        Ok(_)
                            | Err(RefundPaymentError::NothingToRefund
                                | RefundPaymentError::NotRefundable(_)
                                | RefundPaymentError::Conflict)
                    );
                    assert!(over, "{outcome:?}");
                } else {
                    reconcile.doubt(number).await.unwrap();
                    reconcile.run(20).await.unwrap();
                }
            }
        })
        .await;
        wind_up(&shop, &bank).await;
        let now = reload(shop.as_ref(), sold.number).await;
        assert!(matches!(now.state, OrderState::Cancelled(_)), "{:?}", now.state);
        assert_eq!(shop.counters(nuts.variant).await, counters(999, 0));
    }
    assert_books(&shop, &[nuts]).await;
}

/// The shop never says less than the partner did, and never more.
async fn agreed(shop: &SqlShop, bank: &Bank, sold: &Order) -> bool {
    let key = sold.payment().unwrap();
    let (payment, order) = (payment(shop, key).await, reload(shop, sold.number).await);
    let is_back = bank.gave_back(key);
    match (&payment.state, &order.state) {
        (PaymentState::Refunded { .. }, OrderState::Cancelled(_)) => assert!(is_back),
        (PaymentState::Approved { .. }, OrderState::Paid { .. }) => assert!(!is_back),
        other => panic!("{other:?}"),
    }
    is_back
}

/// Every await is a place where the server may be killed: the request is dropped at any of them.
async fn a_refund_that_dies_anywhere_is_carried_through_or_was_never_begun(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    let bank = Bank::of([]);
    let mut sales = Vec::new();
    for place in 0..RUNNERS {
        sales.push(sale(&shop, buyer, &[(&nuts, PIECES)], &format!("sale-{place}")).await);
    }
    let refund = Arc::new(refund_payment(&shop, bank.clone(), RunningClock::start(noon())));
    race(RUNNERS, |place| {
        let (refund, command) = (refund.clone(), by_the_buyer(buyer, &sales[place]));
        let lifetime = Duration::from_millis(place as u64 * 2);
        async move { tokio::time::timeout(lifetime, refund.run(&command)).await.is_ok() }
    })
    .await;
    wind_up(&shop, &bank).await;
    let mut back = 0;
    for sold in &sales {
        back += i64::from(agreed(&shop, &bank, sold).await);
    }
    assert_eq!(shop.counters(nuts.variant).await, counters(999 - PIECES * (RUNNERS as i64 - back), 0));
    assert_books(&shop, &[nuts]).await;
}

/// Answers that get lost, requests that get lost, refusals of both kinds.
async fn whatever_mood_the_partner_is_in_shop_and_partner_agree_in_the_end(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    let mut random = StdRng::seed_from_u64(7);
    let moods = (0..60).map(|_| match random.random_range(0..5) {
        0 => Mood::LosesTheAnswer,
        1 => Mood::LosesTheRequest,
        2 => Mood::RefusesForNow,
        3 => Mood::RefusesForGood,
        _ => Mood::Obliging,
    });
    let bank = Bank::of(moods);
    let mut sales = Vec::new();
    for place in 0..RUNNERS {
        sales.push(sale(&shop, buyer, &[(&nuts, PIECES)], &format!("sale-{place}")).await);
    }
    let refund = Arc::new(refund_payment(&shop, bank.clone(), RunningClock::start(noon())));
    race(RUNNERS, |place| {
        let (refund, command) = (refund.clone(), by_the_buyer(buyer, &sales[place]));
        async move {
            match refund.run(&command).await {
                Ok(_) | Err(RefundPaymentError::OutcomeUnknown | RefundPaymentError::Refused { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    })
    .await;
    wind_up(&shop, &bank).await;
    let mut back = 0;
    for sold in &sales {
        back += i64::from(agreed(&shop, &bank, sold).await);
    }
    assert!(back > 0 && back < RUNNERS as i64, "{back}: all moods were met");
    assert_eq!(shop.counters(nuts.variant).await, counters(999 - PIECES * (RUNNERS as i64 - back), 0));
    assert_books(&shop, &[nuts]).await;
}

/// Order, lines and payment are read (3), the intent is stored on both (2), and one fact is settled: order, payment,
/// ledger and event (4), and one guarded update for each variant.
async fn a_refund_asks_nine_times_and_once_for_each_variant(shop: SqlShop) {
    let buyer = shopper(&shop).await;
    let mut packs = Vec::new();
    for _ in 0..5 {
        packs.push(pack(&shop, 99).await);
    }
    let refund = refund_payment(&shop, Bank::of([]), RunningClock::start(noon()));
    for size in [1, 5] {
        let lines: Vec<_> = packs.iter().take(size).map(|pack| (pack, 1)).collect();
        let sold = sale(&shop, buyer, &lines, &format!("sale-{size}")).await;
        let (outcome, statements) = shop.statements.during(refund.run(&by_the_buyer(buyer, &sold))).await;
        outcome.unwrap();
        assert!(statements.len() <= 9 + size, "{}", statements.join("\n"));
    }
}

/// However many of them there are, and however long they have been waiting.
async fn payments_that_cannot_be_read_do_not_keep_others_from_their_turn(shop: SqlShop) {
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 99).await);
    for name in ["a", "b", "c", "d", "last"] {
        opened(&shop, &order(&shop, buyer, &[(&nuts, 1)]).await, &key(name)).await;
    }
    let sql = "UPDATE payments SET method = 'CREDIT_CARD', check_at = requested_at WHERE payment_key <> 'last'";
    assert_eq!(shop.execute(sql, []).await.unwrap(), 4);
    let due = shop.payments().due_checks(later(9_999), 2).await.unwrap();
    assert_eq!(due.into_iter().map(|payment| payment.key).collect::<Vec<_>>(), [key("last")]);
}

/// The order was never paid by that money; who sent it back is written down all the same.
async fn an_administrators_refund_that_moves_no_order_is_in_the_trail(shop: SqlShop) {
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 99).await);
    let (asked, paying) = opened(&shop, &order(&shop, buyer, &[(&nuts, 1)]).await, &key("stuck")).await;
    let (number, amount) = (Some(asked.order_number), Some(won(1)));
    let (method, approved_at) = (PaymentMethod::VirtualAccount, later(5));
    let too_little = PaymentEvidence::Approved(Approval { order: number, amount, method, approved_at });
    let (stuck, _) = settled(&shop, (&asked, &paying), &too_little).await;
    let refund = refund_payment(&shop, Bank::of([]), RunningClock::start(noon()));
    let command = RefundPaymentCommand {
        asker: Asker::Administrator(buyer.user),
        target: RefundTarget::Payment(stuck.id),
        reason: Some("입금액이 다름".to_owned()),
        account: RefundAccount::parse("20", "1002123456789", "김하늘").ok(),
        ..by_the_buyer(buyer, &paying)
    };
    let back = refund.run(&command).await.unwrap();
    assert!(matches!(back.state, PaymentState::Refunded { .. }), "{back:?}");
    let page = shop.audit().page(None, PageRequest::new(0, 10)).await.unwrap();
    let [record] = page.rows.as_slice() else { panic!("{:?}", page.rows) };
    assert_eq!((record.entry.action, record.entry.actor), (AuditAction::OrderRefunded, buyer.user));
    assert_eq!(record.entry.reason.as_deref(), Some("입금액이 다름"));
}
