//! The order desk on both databases: how often the database is asked, and what happens when several people want
//! different things of one order at once.

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
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use ef_contract::builders::{Pack, key, new_order, noon, order, pack, paid, placed, reload, shopper};
use ef_contract::shop::{Shop, counters};
use ef_contract::vault::GlassVault;
use ef_domain::order::{
    AdvanceOrder, AdvanceOrderCommand, AdvanceOrderError, CancelOrder, CancelOrderCommand, DeskFilter, DeskOrder,
    Order, OrderKeyword, OrderState, OrderStatus, OrderTarget, RefundOrderCommand, ReviewOrders,
};
use ef_domain::payment::{
    CancelOutcome, CancelRequest, CloseDeposit, ConfirmOutcome, ConfirmRequest, ConfirmTiming, DepositHold, LookUp,
    PaymentGateway, PaymentKey, RefundCall, RefundPayment, SettlePayment,
};
use ef_domain::shared::{Actor, AuditAction, AuditSubject, ManualClock, PageRequest, PortFailure, Version};
use support::race::{RUNNERS, assert_books, duel, race};
use support::{SeededEntropy, SqlShop};

on_both_databases! {
    a_page_of_all_orders_asks_twice_whatever_its_size_and_whatever_is_looked_for
    everything_about_an_order_asks_eight_times_however_long_it_is
    how_the_shop_does_asks_four_times
    moving_an_order_asks_six_times
    of_many_who_saw_the_same_order_one_ships_it_and_the_trail_says_so_once
    of_many_who_ship_without_having_looked_all_are_content_and_one_did_it
    an_order_is_shipped_or_cancelled_by_its_buyer_and_never_both
    an_order_is_shipped_or_refunded_by_the_shop_and_never_both
    of_many_refunds_the_goods_come_back_once
}

/// Gives everything back, and counts how often it was asked to.
#[derive(Default)]
struct Till(AtomicUsize);

#[async_trait]
impl PaymentGateway for Till {
    async fn confirm(&self, _: &ConfirmRequest) -> Result<ConfirmOutcome, PortFailure> {
        unreachable!("nobody pays here")
    }

    async fn look_up(&self, _: &PaymentKey) -> Result<LookUp, PortFailure> {
        Ok(LookUp::NotFound)
    }

    async fn cancel(&self, _: &CancelRequest) -> Result<CancelOutcome, PortFailure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(CancelOutcome::Cancelled)
    }
}

struct Desk {
    advance: AdvanceOrder,
    cancel: CancelOrder,
}

fn desk(shop: &SqlShop, till: &Arc<Till>) -> Desk {
    let clock = support::RunningClock::start(noon());
    let second = Duration::from_secs(1);
    let settle = || SettlePayment {
        orders: shop.orders(),
        payments: shop.payments(),
        clock: clock.clone(),
        entropy: SeededEntropy::new(4),
        deposit_hold: DepositHold(Duration::from_hours(24)),
    };
    let refunds = Arc::new(RefundPayment {
        orders: shop.orders(),
        payments: shop.payments(),
        call: RefundCall { gateway: till.clone(), vault: Arc::new(GlassVault) },
        settle: settle(),
        vault: Arc::new(GlassVault),
        clock: clock.clone(),
        entropy: SeededEntropy::new(5),
        timing: ConfirmTiming { check_after: second * 60, wait: second * 20, poll: second / 50 },
    });
    let deposits = Arc::new(CloseDeposit {
        orders: shop.orders(),
        payments: shop.payments(),
        gateway: till.clone(),
        settle: settle(),
        clock: clock.clone(),
        entropy: SeededEntropy::new(6),
    });
    Desk {
        cancel: CancelOrder {
            orders: shop.orders(),
            refund: refunds.clone(),
            close_deposit: deposits.clone(),
            clock: clock.clone(),
        },
        advance: AdvanceOrder { orders: shop.orders(), refunds, deposits, clock },
    }
}

fn review(shop: &SqlShop) -> ReviewOrders {
    let clock = Arc::new(ManualClock::at(noon()));
    ReviewOrders { orders: shop.orders(), pages: shop.order_queries(), desk: shop.order_desk(), clock }
}

fn target(actor: Actor, order: &Order, seen: Option<Version>) -> OrderTarget {
    OrderTarget { actor, order: order.id, seen }
}

fn shipping(actor: Actor, order: &Order, seen: Option<Version>) -> AdvanceOrderCommand {
    AdvanceOrderCommand { target: target(actor, order, seen), to: OrderStatus::Shipped, reason: None, restock: None }
}

fn refunding(actor: Actor, order: &Order, restock: Option<bool>) -> RefundOrderCommand {
    RefundOrderCommand { target: target(actor, order, None), reason: "품절".to_owned(), restock, account: None }
}

/// How often the work asks; the statements go into the message of whoever asks too often.
async fn asks<T>(shop: &SqlShop, work: impl Future<Output = T>, exactly: usize) -> T {
    let (output, statements) = shop.statements.during(work).await;
    assert_eq!(statements.len(), exactly, "{}", statements.join("\n"));
    output
}

/// Sold: two pieces of each.
async fn sold(shop: &SqlShop, buyer: Actor, packs: &[Pack], name: &str) -> Order {
    let lines: Vec<(&Pack, i64)> = packs.iter().map(|pack| (pack, 2)).collect();
    paid(shop, &order(shop, buyer, &lines).await, &key(name)).await.1
}

async fn actions(shop: &SqlShop, order: &Order) -> Vec<AuditAction> {
    let page = shop.audit().page(Some(AuditSubject::Order(order.id)), PageRequest::new(0, 100)).await.unwrap();
    page.rows.iter().map(|record| record.entry.action).collect()
}

async fn a_page_of_all_orders_asks_twice_whatever_its_size_and_whatever_is_looked_for(shop: SqlShop) {
    let (buyer, nuts) = (shopper(&shop).await, pack(&shop, 900).await);
    for _ in 0..30 {
        placed(&shop, &new_order(buyer, &[(&nuts, 1)])).await;
    }
    let keyword = |text| DeskFilter { keyword: OrderKeyword::parse(text), ..DeskFilter::default() };
    for filter in [DeskFilter::default(), keyword("1"), keyword("김건강"), keyword("010-1234-5678")] {
        for size in [1, 10, 30] {
            let work = shop.order_desk();
            let work = work.list(&filter, DeskOrder::NewestFirst, PageRequest::new(0, size));
            let page = asks(&shop, work, 2).await.unwrap().page;
            assert_eq!((page.rows.len(), page.total), (size as usize, 30));
        }
    }
}

/// The order and its lines (2), people, attempts and moves of stock (3), and what its buyer sees (3).
async fn everything_about_an_order_asks_eight_times_however_long_it_is(shop: SqlShop) {
    let (buyer, admin) = (shopper(&shop).await, shopper(&shop).await);
    let review = review(&shop);
    for size in [1, 5, 20] {
        let mut packs = Vec::new();
        for _ in 0..size {
            packs.push(pack(&shop, 9).await);
        }
        let sale = sold(&shop, buyer, &packs, &format!("sold-{size}")).await;
        let file = asks(&shop, review.file(&admin, sale.id), 8).await.unwrap();
        assert_eq!((file.order, file.detail.lines.len(), file.background.moves.len()), (sale, size, size * 2));
    }
}

async fn how_the_shop_does_asks_four_times(shop: SqlShop) {
    let nuts = pack(&shop, 900).await;
    sold(&shop, shopper(&shop).await, &[nuts], "sold").await;
    assert_eq!(asks(&shop, review(&shop).figures(noon()), 4).await.unwrap().to_ship, 1);
}

/// The order is read (2) and written with its event, its ledger and its entry in the trail.
async fn moving_an_order_asks_six_times(shop: SqlShop) {
    let (buyer, admin, till) = (shopper(&shop).await, shopper(&shop).await, Arc::default());
    let (desk, nuts) = (desk(&shop, &till), pack(&shop, 900).await);
    let sale = sold(&shop, buyer, std::slice::from_ref(&nuts), "sold").await;
    let (outcome, statements) = shop.statements.during(Box::pin(desk.advance.run(shipping(admin, &sale, None)))).await;
    outcome.unwrap();
    assert!(statements.len() <= 6, "{}", statements.join("\n"));
    // The same again is read and left alone.
    asks(&shop, Box::pin(desk.advance.run(shipping(admin, &sale, None))), 2).await.unwrap();
}

async fn of_many_who_saw_the_same_order_one_ships_it_and_the_trail_says_so_once(shop: SqlShop) {
    let (shop, till) = (Arc::new(shop), Arc::default());
    let (buyer, admin, nuts) = (shopper(&*shop).await, shopper(&*shop).await, pack(&*shop, 9).await);
    let sale = Arc::new(sold(&shop, buyer, &[nuts], "sold").await);
    let desk = Arc::new(desk(&shop, &till));
    let outcomes = race(RUNNERS, |_| {
        let (desk, sale) = (desk.clone(), sale.clone());
        async move { desk.advance.run(shipping(admin, &sale, Some(sale.version))).await }
    });
    let outcomes = outcomes.await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let others = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    assert!(others.clone().all(|error| matches!(error, AdvanceOrderError::Outdated)), "{outcomes:?}");
    assert_eq!(actions(&shop, &sale).await, [AuditAction::OrderShipped]);
    assert_eq!(shop.events(sale.id).await, ["ORDER_PAID", "ORDER_SHIPPED"]);
}

/// Nobody tells the buyer twice, either.
async fn of_many_who_ship_without_having_looked_all_are_content_and_one_did_it(shop: SqlShop) {
    let (shop, till) = (Arc::new(shop), Arc::default());
    let (buyer, admin, nuts) = (shopper(&*shop).await, shopper(&*shop).await, pack(&*shop, 9).await);
    let sale = Arc::new(sold(&shop, buyer, &[nuts], "sold").await);
    let desk = Arc::new(desk(&shop, &till));
    let outcomes = race(RUNNERS, |_| {
        let (desk, sale) = (desk.clone(), sale.clone());
        async move { desk.advance.run(shipping(admin, &sale, None)).await }
    });
    assert!(outcomes.await.iter().all(Result::is_ok));
    assert_eq!(actions(&shop, &sale).await, [AuditAction::OrderShipped]);
    assert_eq!(shop.events(sale.id).await, ["ORDER_PAID", "ORDER_SHIPPED"]);
}

/// Either the parcel is on its way and the money stays, or the money went back and the goods lie on the shelf.
async fn assert_one_of_both(shop: &SqlShop, sale: &Order, nuts: &Pack, shipped: bool, undone: bool, calls: usize) {
    let now = reload(shop, sale.number).await;
    assert!(shipped != undone, "shipped: {shipped}, undone: {undone}: {now:?}");
    if shipped {
        assert!(matches!(now.state, OrderState::Shipped { .. }), "{now:?}");
        assert_eq!((shop.counters(nuts.variant).await, calls), (counters(7, 0), 0));
    } else {
        assert!(matches!(now.state, OrderState::Cancelled(_)), "{now:?}");
        assert_eq!((shop.counters(nuts.variant).await, calls), (counters(9, 0), 1));
    }
    assert_books(shop, std::slice::from_ref(nuts)).await;
}

async fn an_order_is_shipped_or_cancelled_by_its_buyer_and_never_both(shop: SqlShop) {
    let (buyer, admin) = (shopper(&shop).await, shopper(&shop).await);
    for round in 0..12 {
        let (till, nuts) = (Arc::<Till>::default(), pack(&shop, 9).await);
        let sale = sold(&shop, buyer, std::slice::from_ref(&nuts), &format!("sold-{round}")).await;
        let (one, other) = (desk(&shop, &till), desk(&shop, &till));
        let (ship, number) = (shipping(admin, &sale, None), sale.number);
        let cancelling = CancelOrderCommand { actor: buyer, number, reason: None, account: None, claim: None };
        let (shipped, cancelled) =
            duel(async move { one.advance.run(ship).await }, async move { other.cancel.run(cancelling).await }).await;
        let calls = till.0.load(Ordering::SeqCst);
        assert_one_of_both(&shop, &sale, &nuts, shipped.is_ok(), cancelled.is_ok(), calls).await;
    }
}

async fn an_order_is_shipped_or_refunded_by_the_shop_and_never_both(shop: SqlShop) {
    let (buyer, admin) = (shopper(&shop).await, shopper(&shop).await);
    for round in 0..12 {
        let (till, nuts) = (Arc::<Till>::default(), pack(&shop, 9).await);
        let sale = sold(&shop, buyer, std::slice::from_ref(&nuts), &format!("sold-{round}")).await;
        let (one, other) = (desk(&shop, &till), desk(&shop, &till));
        let (ship, refund) = (shipping(admin, &sale, None), refunding(admin, &sale, None));
        let (shipped, refunded) =
            duel(async move { one.advance.run(ship).await }, async move { other.advance.refund(refund).await }).await;
        // Whoever decided on goods in the shop does not decide on goods that have left it.
        let calls = till.0.load(Ordering::SeqCst);
        assert_one_of_both(&shop, &sale, &nuts, shipped.is_ok(), refunded.is_ok(), calls).await;
        if let Err(error) = refunded {
            assert!(matches!(error, AdvanceOrderError::RestockNeeded), "{error:?}");
        }
    }
}

async fn of_many_refunds_the_goods_come_back_once(shop: SqlShop) {
    let (shop, till) = (Arc::new(shop), Arc::<Till>::default());
    let (buyer, admin, nuts) = (shopper(&*shop).await, shopper(&*shop).await, pack(&*shop, 9).await);
    let sale = Arc::new(sold(&shop, buyer, std::slice::from_ref(&nuts), "sold").await);
    let desk = Arc::new(desk(&shop, &till));
    let outcomes = race(8, |_| {
        let (desk, sale) = (desk.clone(), sale.clone());
        async move { desk.advance.refund(refunding(admin, &sale, Some(true))).await.map_err(|error| error.to_string()) }
    });
    let outcomes = outcomes.await;
    assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
    assert_eq!(till.0.load(Ordering::SeqCst), 1, "{outcomes:?}");
    assert_eq!(shop.counters(nuts.variant).await, counters(9, 0));
    assert_eq!(actions(&shop, &sale).await, [AuditAction::OrderRefunded]);
    assert_eq!(shop.events(sale.id).await, ["ORDER_PAID", "ORDER_REFUNDED"]);
    assert_books(&shop, &[nuts]).await;
}
