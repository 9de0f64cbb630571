//! The books stay right while everything that moves stock happens at once, on both databases.

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
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use ef_contract::builders::{
    HOLD, Pack, approval, intent, key, new_order, noon, pack, pieces, recipient, refusal, shopper,
};
use ef_contract::shop::Shop;
use ef_domain::order::{
    CancelOrder, CancelOrderCommand, CancelOrderError, Decision, ExpireOrders, HoldTime, OrderNumber, PlaceFailure,
    PlaceOrder, PlaceOrderCommand, PlaceOrderError, RequestedLine,
};
use ef_domain::payment::{DeclineKind, DepositHold, OpenFailure, SettlePayment};
use ef_domain::shared::{Actor, ManualClock};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use support::money::{Bank, cancel_order};
use support::race::{RUNNERS, assert_books, race};
use support::{SeededEntropy, SqlShop};

on_both_databases! {
    holds_cancellations_expiries_and_sales_at_once_keep_the_books
    a_buyers_newer_orders_take_over_older_ones_and_never_oversell
}

/// What a shopper did with an order, for the report.
#[derive(Default)]
struct Tally {
    placed: AtomicUsize,
    short: AtomicUsize,
    cancelled: AtomicUsize,
    paid: AtomicUsize,
    declined: AtomicUsize,
    too_late: AtomicUsize,
    expired: AtomicUsize,
}

fn one_more(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// A shop, its shelf and everything that moves stock, at noon.
struct Market {
    shop: Arc<SqlShop>,
    packs: Vec<Pack>,
    settle: SettlePayment,
    cancel: CancelOrder,
    tally: Tally,
}

impl Market {
    async fn open(shop: SqlShop) -> Arc<Self> {
        let shop = Arc::new(shop);
        let mut packs = Vec::new();
        for _ in 0..4 {
            packs.push(pack(shop.as_ref(), 120).await);
        }
        let clock = Arc::new(ManualClock::at(noon()));
        Arc::new(Self {
            settle: SettlePayment {
                orders: shop.orders(),
                payments: shop.payments(),
                clock: clock.clone(),
                entropy: SeededEntropy::new(1),
                deposit_hold: DepositHold(Duration::from_hours(24)),
            },
            cancel: cancel_order(&shop, Bank::of([]), clock),
            shop,
            packs,
            tally: Tally::default(),
        })
    }

    /// One shopper's visit: an order, and what becomes of it.
    async fn visit(&self, buyer: Actor, random: &mut StdRng, visit: &str) {
        let first = random.random_range(0..self.packs.len());
        let count = random.random_range(1..=3);
        let lines: Vec<(&Pack, i64)> = (0..count)
            .map(|line| (&self.packs[(first + line * 3) % self.packs.len()], random.random_range(1..=3)))
            .collect();
        let mut new = new_order(buyer, &lines);
        // Some holds end at once, so that expiry finds them while their buyers still act on them.
        if random.random_bool(0.4) {
            new.expires_at = noon();
        }
        match self.shop.orders().place(&new).await {
            Ok(_) => one_more(&self.tally.placed),
            Err(PlaceFailure::InsufficientStock(_)) => return one_more(&self.tally.short),
            Err(other) => panic!("{other:?}"),
        }
        match random.random_range(0..10) {
            0..3 => self.cancel(buyer, new.number).await,
            3..8 => self.pay(new.number, visit, random.random_bool(0.7)).await,
            _ => {} // left to expiry, or to its hold
        }
    }

    async fn cancel(&self, actor: Actor, number: OrderNumber) {
        let command = CancelOrderCommand { actor, number, reason: None, account: None, claim: None };
        match self.cancel.run(command).await {
            Ok(()) => one_more(&self.tally.cancelled),
            Err(CancelOrderError::NotCancellable(_)) => one_more(&self.tally.too_late),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Opens the payment a moment before the hold ends, in the buyer's eyes, and settles it twice at once.
    async fn pay(&self, number: OrderNumber, visit: &str, is_approved: bool) {
        let order = self.shop.orders().find_by_number(number).await.unwrap().unwrap();
        let key = key(visit);
        let before = order.placed_at.millis() - 1;
        let before = ef_domain::shared::Timestamp::from_millis(before).unwrap();
        let Ok(Decision::Apply(change)) = order.open_payment(&key, before) else {
            return one_more(&self.tally.too_late);
        };
        match self.shop.payments().open(&intent(&order, &key), &change).await {
            Ok(_) => {}
            Err(OpenFailure::Stale) => return one_more(&self.tally.too_late),
            Err(other) => panic!("{other:?}"),
        }
        let payment = self.shop.payments().find(&key).await.unwrap().unwrap();
        let order = change.applied_to(&order);
        let evidence = if is_approved { approval(&payment) } else { refusal(DeclineKind::Final) };
        let known = || (payment.clone(), order.clone());
        let (one, other) = tokio::join!(self.settle.run(known(), &evidence), self.settle.run(known(), &evidence));
        assert_eq!(one.unwrap().state, other.unwrap().state);
        one_more(if is_approved { &self.tally.paid } else { &self.tally.declined });
    }
}

async fn holds_cancellations_expiries_and_sales_at_once_keep_the_books(shop: SqlShop) {
    let market = Market::open(shop).await;
    let expire = ExpireOrders { orders: market.shop.orders(), clock: Arc::new(ManualClock::at(noon())) };
    let is_open = Arc::new(AtomicBool::new(true));
    let expiring = {
        let (market, is_open) = (market.clone(), is_open.clone());
        tokio::spawn(async move {
            while is_open.load(Ordering::Relaxed) {
                let report = expire.run(20).await.unwrap();
                market.tally.expired.fetch_add(report.released, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        })
    };
    let mut buyers = Vec::new();
    for _ in 0..RUNNERS {
        buyers.push(shopper(market.shop.as_ref()).await);
    }
    race(RUNNERS, |place| {
        let (market, buyer) = (market.clone(), buyers[place]);
        async move {
            let mut random = StdRng::seed_from_u64(place as u64);
            for round in 0..25 {
                market.visit(buyer, &mut random, &format!("visit-{place}-{round}")).await;
            }
        }
    })
    .await;
    is_open.store(false, Ordering::Relaxed);
    expiring.await.unwrap();
    assert_books(&market.shop, &market.packs).await;
    // Every way of moving stock was taken, so that the books above are about all of them.
    let Tally { placed, cancelled, paid, declined, expired, .. } = &market.tally;
    for (what, count) in
        [("placed", placed), ("cancelled", cancelled), ("paid", paid), ("declined", declined), ("expired", expired)]
    {
        assert!(count.load(Ordering::Relaxed) > 0, "nothing was {what}");
    }
}

/// A buyer who starts over in many tabs is never blocked by himself, and never gets more than there is.
async fn a_buyers_newer_orders_take_over_older_ones_and_never_oversell(shop: SqlShop) {
    let shop = Arc::new(shop);
    let packs = [pack(shop.as_ref(), 7).await, pack(shop.as_ref(), 4).await];
    let place_order = Arc::new(PlaceOrder {
        offers: shop.offers(),
        orders: shop.orders(),
        clock: Arc::new(ManualClock::at(noon())),
        entropy: SeededEntropy::new(2),
        hold: HoldTime(HOLD),
    });
    let mut buyers = Vec::new();
    for _ in 0..4 {
        buyers.push(shopper(shop.as_ref()).await);
    }
    let placed = race(RUNNERS, |place| {
        let (place_order, packs, buyer) = (place_order.clone(), packs.clone(), buyers[place % 4]);
        async move {
            let mut random = StdRng::seed_from_u64(place as u64);
            let mut placed = 0;
            for _ in 0..12 {
                let line = |pack: &Pack, count| RequestedLine {
                    product: pack.product,
                    variant: Some(pack.variant),
                    quantity: pieces(count),
                    quoted_price: pack.price,
                };
                let mut lines = vec![line(&packs[0], random.random_range(1..=3))];
                if random.random_bool(0.5) {
                    lines.insert(0, line(&packs[1], random.random_range(1..=2)));
                }
                let command = PlaceOrderCommand { buyer, recipient: recipient(), lines, claim: None };
                match place_order.run(command).await {
                    Ok(_) => placed += 1,
                    Err(PlaceOrderError::InsufficientStock(_) | PlaceOrderError::Conflict) => {}
                    Err(other) => panic!("{other:?}"),
                }
                tokio::time::sleep(Duration::from_micros(random.random_range(0..500))).await;
            }
            placed
        }
    });
    // More orders than the shelf could ever hold at once: the newer ones took the older ones' place.
    assert!(placed.await.iter().sum::<i64>() > 11);
    assert_books(&shop, &packs).await;
}
