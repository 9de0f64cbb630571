//! Requests under a key: what they cost, and that many of them at once are one.

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

use async_trait::async_trait;
use ef_contract::builders::{HOLD, Pack, key, later, noon, order, pack, pieces, recipient, shopper};
use ef_contract::shop::{Shop, counters};
use ef_domain::once::{
    AnswerOnce, AnswerOnceError, ClaimTiming, Fingerprint, KeptAnswer, KeyedRequest, Operation, RequestKey, Turn,
};
use ef_domain::order::{HoldTime, OrderNumber, PlaceOrder, PlaceOrderCommand, RequestedLine};
use ef_domain::payment::{
    Approval, CancelOutcome, CancelRequest, ConfirmOutcome, ConfirmPayment, ConfirmPaymentCommand, ConfirmRequest,
    ConfirmTiming, DepositHold, LookUp, PaymentGateway, PaymentKey, PaymentMethod, SettlePayment,
};
use ef_domain::shared::{Actor, ManualClock, PortFailure, WorkClaim};
use support::race::{RUNNERS, assert_books, race};
use support::{SeededEntropy, SqlShop};

on_both_databases! {
    placing_an_order_under_a_key_costs_two_statements_more_and_one_for_the_answer
    confirming_a_payment_under_a_key_costs_two_statements_more_and_one_for_the_answer
    a_replay_costs_two_statements
    forgetting_costs_a_look_and_a_delete_however_many_go
    of_thirty_two_orders_under_one_key_one_is_placed
    of_two_requests_under_one_key_one_is_refused
    of_two_holders_of_one_claim_one_places_an_order
}

const TIMING: ClaimTiming = ClaimTiming { lease: Duration::from_mins(1), keep: Duration::from_hours(24) };

fn once(shop: &SqlShop, seed: u64) -> AnswerOnce {
    let (ledger, clock) = (shop.requests(), Arc::new(ManualClock::at(noon())));
    AnswerOnce { ledger, clock, entropy: SeededEntropy::new(seed), timing: TIMING }
}

fn asked(who: Actor, operation: Operation, key: &str, body: &str) -> KeyedRequest {
    let (key, fingerprint) = (RequestKey::parse(key.as_bytes()).unwrap(), Fingerprint::of([body.as_bytes()]));
    KeyedRequest { user: who.user, operation, key, fingerprint }
}

fn place_order(shop: &SqlShop, seed: u64) -> PlaceOrder {
    PlaceOrder {
        offers: shop.offers(),
        orders: shop.orders(),
        clock: Arc::new(ManualClock::at(noon())),
        entropy: SeededEntropy::new(seed),
        hold: HoldTime(HOLD),
    }
}

fn command(who: Actor, nuts: &Pack, claim: Option<WorkClaim>) -> PlaceOrderCommand {
    let line = RequestedLine {
        product: nuts.product,
        variant: Some(nuts.variant),
        quantity: pieces(1),
        quoted_price: nuts.price,
    };
    PlaceOrderCommand { buyer: who, recipient: recipient(), lines: vec![line], claim }
}

async fn granted(once: &AnswerOnce, request: &KeyedRequest) -> WorkClaim {
    match once.turn(request.clone()).await.unwrap() {
        Turn::Work(claim) => claim,
        Turn::Done(done) => panic!("{done:?}"),
    }
}

fn answer() -> KeptAnswer {
    KeptAnswer { status: 201, body: "{}".to_owned() }
}

/// Without a key it is five: see `budget.rs`. The claim is one more and a transaction by itself, the mark one more in the
/// order's own; the answer is kept when the order stands.
async fn placing_an_order_under_a_key_costs_two_statements_more_and_one_for_the_answer(shop: SqlShop) {
    let (who, nuts) = (shopper(&shop).await, pack(&shop, 10).await);
    let (once, place_order) = (once(&shop, 1), place_order(&shop, 2));
    let request = asked(who, Operation::PlaceOrder, "key", "body");
    let work = async {
        let claim = granted(&once, &request).await;
        place_order.run(command(who, &nuts, Some(claim.clone()))).await.unwrap();
        claim
    };
    let (claim, statements) = shop.statements.during(work).await;
    assert_eq!(statements.len(), 5 + 2, "{}", statements.join("\n"));
    let ((), statements) = shop.statements.during(once.keep(&claim, &answer())).await;
    assert_eq!(statements.len(), 1, "{}", statements.join("\n"));
    let plain = place_order.run(command(who, &nuts, None));
    let (placed, statements) = shop.statements.during(plain).await;
    assert_eq!((placed.unwrap().is_new, statements.len()), (true, 5), "{}", statements.join("\n"));
    assert!(!statements.iter().any(|sql| sql.contains("request_key")), "{}", statements.join("\n"));
}

/// A partner that takes whatever it is asked to take.
struct Obliging;

#[async_trait]
impl PaymentGateway for Obliging {
    async fn confirm(&self, request: &ConfirmRequest) -> Result<ConfirmOutcome, PortFailure> {
        Ok(ConfirmOutcome::Approved(Approval {
            order: Some(request.order),
            amount: Some(request.amount),
            method: PaymentMethod::CreditCard,
            approved_at: later(1),
        }))
    }

    async fn look_up(&self, _key: &PaymentKey) -> Result<LookUp, PortFailure> {
        Ok(LookUp::NotFound)
    }

    async fn cancel(&self, _request: &CancelRequest) -> Result<CancelOutcome, PortFailure> {
        Ok(CancelOutcome::Cancelled)
    }
}

/// Without a key it is eleven for an order of one line.
async fn confirming_a_payment_under_a_key_costs_two_statements_more_and_one_for_the_answer(shop: SqlShop) {
    let (who, nuts) = (shopper(&shop).await, pack(&shop, 10).await);
    let (once, clock) = (once(&shop, 3), Arc::new(ManualClock::at(noon())));
    let confirm = ConfirmPayment {
        orders: shop.orders(),
        payments: shop.payments(),
        gateway: Arc::new(Obliging),
        settle: SettlePayment {
            orders: shop.orders(),
            payments: shop.payments(),
            clock: clock.clone(),
            entropy: SeededEntropy::new(4),
            deposit_hold: DepositHold(Duration::from_hours(24)),
        },
        clock,
        entropy: SeededEntropy::new(5),
        timing: ConfirmTiming {
            check_after: Duration::from_mins(1),
            wait: Duration::from_secs(3),
            poll: Duration::from_millis(200),
        },
    };
    let placed = order(&shop, who, &[(&nuts, 1)]).await;
    let request = asked(who, Operation::ConfirmPayment, "key", "body");
    let work = async {
        let claim = Some(granted(&once, &request).await);
        let (order, quoted) = (placed.number, Some(placed.total));
        confirm.run(&ConfirmPaymentCommand { actor: who, order, key: key("paid"), quoted, claim }).await.unwrap()
    };
    let (_, statements) = shop.statements.during(work).await;
    assert_eq!(statements.len(), 11 + 2, "{}", statements.join("\n"));
    let turn = once.turn(request).await.unwrap();
    assert!(matches!(turn, Turn::Done(_)), "{turn:?}");
}

async fn a_replay_costs_two_statements(shop: SqlShop) {
    let (who, once) = (shopper(&shop).await, once(&shop, 6));
    let request = asked(who, Operation::CancelOrder, "key", "body");
    let claim = granted(&once, &request).await;
    once.keep(&claim, &answer()).await;
    let (turn, statements) = shop.statements.during(once.turn(request)).await;
    let Turn::Done(done) = turn.unwrap() else { panic!("it is done") };
    assert_eq!(done.answer, Some(answer()));
    assert_eq!(statements.len(), 2, "{}", statements.join("\n"));
}

async fn forgetting_costs_a_look_and_a_delete_however_many_go(shop: SqlShop) {
    let (who, once) = (shopper(&shop).await, once(&shop, 7));
    for number in 0..20 {
        granted(&once, &asked(who, Operation::PlaceOrder, &format!("key-{number}"), "body")).await;
    }
    for (forgotten, cost) in [(20, 2), (0, 1)] {
        let ledger = shop.requests();
        let (gone, statements) = shop.statements.during(ledger.forget(noon(), 100)).await;
        assert_eq!((gone.unwrap(), statements.len()), (forgotten, cost), "{}", statements.join("\n"));
    }
}

/// What became of one of many: the order that its request placed, or was told of.
async fn asks_for_an_order(shop: &SqlShop, who: Actor, nuts: &Pack, seed: u64) -> Option<OrderNumber> {
    let once = once(shop, 100 + seed);
    match once.turn(asked(who, Operation::PlaceOrder, "key", "body")).await {
        Ok(Turn::Work(claim)) => {
            let placed = place_order(shop, 200 + seed).run(command(who, nuts, Some(claim.clone()))).await.unwrap();
            once.keep(&claim, &answer()).await;
            Some(placed.number)
        }
        Ok(Turn::Done(done)) => Some(done.placed.expect("an order was placed")),
        Err(AnswerOnceError::UnderWay) => None,
        Err(other) => panic!("{other:?}"),
    }
}

async fn of_thirty_two_orders_under_one_key_one_is_placed(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(shop.as_ref(), 999).await;
    for round in 1..=5 {
        let who = shopper(shop.as_ref()).await;
        let outcomes = race(RUNNERS, |place| {
            let (shop, nuts) = (shop.clone(), nuts.clone());
            async move { asks_for_an_order(&shop, who, &nuts, place as u64 + 1_000 * round).await }
        });
        let mut numbers: Vec<OrderNumber> = outcomes.await.into_iter().flatten().collect();
        numbers.dedup();
        assert_eq!(numbers.len(), 1, "{numbers:?}");
        assert_eq!(shop.order_count().await, round as i64);
        // And again, when all is over.
        let replayed = asks_for_an_order(&shop, who, &nuts, 999_000 + round).await;
        assert_eq!(replayed, numbers.pop());
    }
    assert_eq!(shop.counters(nuts.variant).await, counters(999, 5));
    assert_books(&shop, &[nuts]).await;
}

async fn of_two_requests_under_one_key_one_is_refused(shop: SqlShop) {
    let shop = Arc::new(shop);
    for round in 0..5 {
        let who = shopper(shop.as_ref()).await;
        let outcomes = race(RUNNERS, |place| {
            let (shop, body) = (shop.clone(), format!("body {}", place % 2));
            async move {
                let request = asked(who, Operation::PlaceOrder, "key", &body);
                once(&shop, 10_000 * round + place as u64).turn(request).await
            }
        });
        let outcomes = outcomes.await;
        let count = |what: fn(&Result<Turn, AnswerOnceError>) -> bool| outcomes.iter().filter(|o| what(o)).count();
        assert_eq!(count(|outcome| matches!(outcome, Ok(Turn::Work(_)))), 1);
        assert_eq!(count(|outcome| matches!(outcome, Err(AnswerOnceError::AnotherRequest))), RUNNERS / 2);
        assert_eq!(count(|outcome| matches!(outcome, Err(AnswerOnceError::UnderWay))), RUNNERS / 2 - 1);
    }
}

/// A claimant who was thought dead, and everybody who took over from him, come to store their work at once.
async fn of_two_holders_of_one_claim_one_places_an_order(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(shop.as_ref(), 999).await;
    for round in 0..5 {
        let who = shopper(shop.as_ref()).await;
        let claim = granted(&once(&shop, 50 + round), &asked(who, Operation::PlaceOrder, "key", "body")).await;
        let outcomes = race(RUNNERS, |place| {
            let (shop, nuts, claim) = (shop.clone(), nuts.clone(), claim.clone());
            async move {
                let placing = place_order(&shop, 1_000 * (round + 1) + place as u64);
                placing.run(command(who, &nuts, Some(claim))).await.is_ok()
            }
        });
        assert_eq!(outcomes.await.into_iter().filter(|placed| *placed).count(), 1);
        assert_eq!(shop.order_count().await, round as i64 + 1);
    }
    assert_eq!(shop.counters(nuts.variant).await, counters(999, 5));
    assert_books(&shop, &[nuts]).await;
}
