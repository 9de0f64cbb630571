//! What happens when many want the same at once, on both databases.

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

use ef_contract::builders::{
    HOLD, Pack, approval, decided, intent, key, new_account, new_order, noon, opened, order, pack, payment, pieces,
    reload, settlement, shopper,
};
use ef_contract::shop::{Shop, counters};
use ef_domain::account::{AddAccountFailure, NewAccount};
use ef_domain::order::{ApplyFailure, OrderState, PlaceFailure};
use ef_domain::payment::OpenFailure;
use ef_domain::shared::Actor;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use support::SqlShop;
use support::race::{RUNNERS, assert_books, duel, race};

on_both_databases! {
    a_stock_of_200_is_never_oversold_by_1000_attempts
    the_last_piece_is_sold_and_no_further_one
    two_servers_on_one_database_sell_the_last_piece_once
    buyers_of_one_variant_never_wait_in_a_circle
    orders_with_their_lines_in_any_order_never_wait_in_a_circle
    expiry_against_payment_has_one_winner
    a_cancellation_against_a_payment_has_one_winner
    two_settlements_of_one_payment_sell_once
    one_payment_key_opens_one_payment_of_an_order
    one_payment_key_opens_one_payment_among_many_orders
    of_many_claims_of_one_check_one_succeeds
    sign_ups_with_one_address_make_one_account
    sign_ups_with_one_number_make_one_account
    parallel_adds_to_a_cart_lose_nothing
}

async fn packs(shop: &SqlShop, count: usize, stock: i64) -> Vec<Pack> {
    let mut packs = Vec::new();
    for _ in 0..count {
        packs.push(pack(shop, stock).await);
    }
    packs
}

async fn shoppers(shop: &SqlShop, count: usize) -> Vec<Actor> {
    let mut shoppers = Vec::new();
    for _ in 0..count {
        shoppers.push(shopper(shop).await);
    }
    shoppers
}

/// Places the order; whether there was enough. Anything else is a failure of the shop.
async fn try_to_place(shop: &SqlShop, buyer: Actor, lines: &[(&Pack, i64)]) -> bool {
    match shop.orders().place(&new_order(buyer, lines)).await {
        Ok(_) => true,
        Err(PlaceFailure::InsufficientStock(_)) => false,
        Err(other) => panic!("{other:?}: {:?}", std::error::Error::source(&other)),
    }
}

/// Half of the buyers list the two products in one order, half in the other.
async fn a_stock_of_200_is_never_oversold_by_1000_attempts(shop: SqlShop) {
    let (shop, attempts) = (Arc::new(shop), 1_000);
    let packs = Arc::new(packs(&shop, 2, 200).await);
    let buyers = shoppers(&shop, RUNNERS).await;
    let placed = race(RUNNERS, |place| {
        let (shop, packs, buyer) = (shop.clone(), packs.clone(), buyers[place]);
        async move {
            let mut placed = 0;
            for attempt in (place..attempts).step_by(RUNNERS) {
                let mut lines = [(&packs[0], 1), (&packs[1], 1)];
                if (attempt / RUNNERS + place) % 2 == 1 {
                    lines.reverse();
                }
                placed += i64::from(try_to_place(&shop, buyer, &lines).await);
            }
            placed
        }
    });
    assert_eq!(placed.await.iter().sum::<i64>(), 200);
    assert_eq!(shop.order_count().await, 200);
    for pack in packs.iter() {
        assert_eq!(shop.counters(pack.variant).await, counters(200, 200));
    }
    assert_books(&shop, &packs).await;
}

/// Of different appetites: what is left at the end is less than anybody asked for.
async fn the_last_piece_is_sold_and_no_further_one(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(shop.as_ref(), 100).await;
    let buyers = shoppers(&shop, RUNNERS).await;
    let taken = race(RUNNERS, |place| {
        let (shop, nuts, buyer) = (shop.clone(), nuts.clone(), buyers[place]);
        async move {
            let mut random = StdRng::seed_from_u64(place as u64);
            let mut taken = 0;
            for _ in 0..8 {
                let count = random.random_range(1..=3);
                taken += count * i64::from(try_to_place(&shop, buyer, &[(&nuts, count)]).await);
            }
            while try_to_place(&shop, buyer, &[(&nuts, 1)]).await {
                taken += 1;
            }
            taken
        }
    });
    assert_eq!(taken.await.iter().sum::<i64>(), 100);
    assert_eq!(shop.counters(nuts.variant).await, counters(100, 100));
    assert_books(&shop, &[nuts]).await;
}

/// While one replaces the other, both are up.
async fn two_servers_on_one_database_sell_the_last_piece_once(shop: SqlShop) {
    let other = shop.beside(&shop.scratch.url()).await;
    let servers = [Arc::new(shop), Arc::new(other)];
    let nuts = pack(servers[0].as_ref(), 50).await;
    let buyers = shoppers(&servers[0], RUNNERS).await;
    let placed = race(RUNNERS, |place| {
        let (shop, nuts, buyer) = (servers[place % 2].clone(), nuts.clone(), buyers[place]);
        async move {
            let mut placed = 0;
            for _ in 0..5 {
                placed += i64::from(try_to_place(&shop, buyer, &[(&nuts, 1)]).await);
            }
            placed
        }
    });
    assert_eq!(placed.await.iter().sum::<i64>(), 50);
    assert_books(&servers[0], &[nuts]).await;
}

/// Stock is taken before anything is inserted: the foreign keys of the inserts then ask for locks that are held already.
/// A transaction that had to be repeated would have asked more often than once for each order.
async fn buyers_of_one_variant_never_wait_in_a_circle(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(shop.as_ref(), 999).await;
    let buyers = shoppers(&shop, RUNNERS).await;
    let racing = race(RUNNERS, |place| {
        let (shop, nuts, buyer) = (shop.clone(), nuts.clone(), buyers[place]);
        async move {
            for _ in 0..8 {
                assert!(try_to_place(&shop, buyer, &[(&nuts, 1)]).await);
            }
        }
    });
    let (_, statements) = shop.statements.during(racing).await;
    assert_eq!(of_stock(&statements), RUNNERS * 8);
    assert_books(&shop, &[nuts]).await;
}

/// Variants are locked by ascending id, whatever the buyer's list looks like.
async fn orders_with_their_lines_in_any_order_never_wait_in_a_circle(shop: SqlShop) {
    const LINES: usize = 12;
    let shop = Arc::new(shop);
    let packs = Arc::new(packs(&shop, LINES, 999).await);
    let buyers = shoppers(&shop, RUNNERS).await;
    let racing = race(RUNNERS, |place| {
        let (shop, packs, buyer) = (shop.clone(), packs.clone(), buyers[place]);
        async move {
            let mut random = StdRng::seed_from_u64(place as u64);
            for _ in 0..4 {
                let mut lines: Vec<(&Pack, i64)> = packs.iter().map(|pack| (pack, 1)).collect();
                lines.shuffle(&mut random);
                assert!(try_to_place(&shop, buyer, &lines).await);
            }
        }
    });
    let (_, statements) = shop.statements.during(racing).await;
    assert_eq!(of_stock(&statements), RUNNERS * 4 * LINES);
    assert_books(&shop, &packs).await;
}

fn of_stock(statements: &[String]) -> usize {
    let moves = statements.iter().filter(|sql| sql.starts_with("UPDATE product_variant"));
    moves.count()
}

/// The hold ends while its buyer presses "pay".
async fn expiry_against_payment_has_one_winner(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    let mut opened = 0;
    for round in 0..60 {
        let held = order(shop.as_ref(), buyer, &[(&nuts, 1)]).await;
        let key = key(&format!("key-{round}"));
        let expire = decided(held.expire(noon().after(HOLD)));
        let (open, intent) = (decided(held.open_payment(&key, noon())), intent(&held, &key));
        let (expiring, paying) = (shop.clone(), shop.clone());
        let outcomes = duel(async move { expiring.orders().apply(&expire).await }, async move {
            paying.payments().open(&intent, &open).await
        });
        let now = async || reload(shop.as_ref(), held.number).await.state;
        match outcomes.await {
            (Ok(()), Err(OpenFailure::Stale)) => assert!(matches!(now().await, OrderState::Cancelled(_))),
            (Err(ApplyFailure::Stale), Ok(_)) => {
                assert!(matches!(now().await, OrderState::Paying { .. }));
                opened += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(shop.payment_count().await, opened);
    assert_eq!(shop.counters(nuts.variant).await, counters(999, opened));
    assert_books(&shop, &[nuts]).await;
}

/// Two tabs: one pays, one cancels.
async fn a_cancellation_against_a_payment_has_one_winner(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    for round in 0..60 {
        let held = order(shop.as_ref(), buyer, &[(&nuts, 1)]).await;
        let key = key(&format!("key-{round}"));
        let cancel = decided(held.cancel(None, noon()));
        let (open, intent) = (decided(held.open_payment(&key, noon())), intent(&held, &key));
        let (cancelling, paying) = (shop.clone(), shop.clone());
        let outcomes = duel(async move { cancelling.orders().apply(&cancel).await }, async move {
            paying.payments().open(&intent, &open).await
        });
        match outcomes.await {
            (Ok(()), Err(OpenFailure::Stale)) | (Err(ApplyFailure::Stale), Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_books(&shop, &[nuts]).await;
}

/// The buyer's own confirm, and reconciliation on several servers.
async fn two_settlements_of_one_payment_sell_once(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    for round in 0..15 {
        let held = order(shop.as_ref(), buyer, &[(&nuts, 2)]).await;
        let (payment, paying) = opened(shop.as_ref(), &held, &key(&format!("key-{round}"))).await;
        let settlement = settlement(&payment, &paying, &approval(&payment));
        let outcomes = race(8, |_| {
            let (shop, settlement) = (shop.clone(), settlement.clone());
            async move { shop.payments().settle(&settlement).await }
        });
        let mut stored = 0;
        for outcome in outcomes.await {
            match outcome {
                Ok(()) => stored += 1,
                Err(ApplyFailure::Stale) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(stored, 1);
        assert_eq!(shop.counters(nuts.variant).await, counters(999 - 2 * (round + 1), 0));
    }
    assert_books(&shop, &[nuts]).await;
}

/// How many of the intents were stored; the others were told why not.
fn stored<T: std::fmt::Debug>(outcomes: Vec<Result<T, OpenFailure>>) -> usize {
    let count = |outcome| match outcome {
        Ok(_) => 1,
        Err(OpenFailure::Stale | OpenFailure::KeyTaken) => 0,
        Err(other) => panic!("{other:?}"),
    };
    outcomes.into_iter().map(count).sum()
}

/// An impatient buyer, or a browser that repeats its request.
async fn one_payment_key_opens_one_payment_of_an_order(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    for round in 0..5 {
        let held = order(shop.as_ref(), buyer, &[(&nuts, 1)]).await;
        let outcomes = race(RUNNERS, |_| {
            let (shop, held, key) = (shop.clone(), held.clone(), key(&format!("key-{round}")));
            async move {
                let change = decided(held.open_payment(&key, noon()));
                shop.payments().open(&intent(&held, &key), &change).await
            }
        });
        assert_eq!(stored(outcomes.await), 1);
        assert_eq!(shop.payment_count().await, round + 1);
    }
}

/// One payment authorised, many orders that claim it.
async fn one_payment_key_opens_one_payment_among_many_orders(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    for round in 0..3 {
        let mut orders = Vec::new();
        for _ in 0..RUNNERS {
            orders.push(order(shop.as_ref(), buyer, &[(&nuts, 1)]).await);
        }
        let outcomes = race(RUNNERS, |place| {
            let (shop, held, key) = (shop.clone(), orders[place].clone(), key(&format!("key-{round}")));
            async move {
                let change = decided(held.open_payment(&key, noon()));
                shop.payments().open(&intent(&held, &key), &change).await
            }
        });
        assert_eq!(stored(outcomes.await), 1);
        let mut paying = 0;
        for held in orders {
            let now = reload(shop.as_ref(), held.number).await;
            paying += usize::from(matches!(now.state, OrderState::Paying { .. }));
        }
        assert_eq!(paying, 1);
    }
}

/// Every server's reconciliation reads the same list.
async fn of_many_claims_of_one_check_one_succeeds(shop: SqlShop) {
    let shop = Arc::new(shop);
    let (buyer, nuts) = (shopper(shop.as_ref()).await, pack(shop.as_ref(), 999).await);
    let held = order(shop.as_ref(), buyer, &[(&nuts, 1)]).await;
    let (mut seen, _) = opened(shop.as_ref(), &held, &key("unknown")).await;
    for check in 1..=5 {
        let claims = race(RUNNERS, |_| {
            let (shop, seen) = (shop.clone(), seen.clone());
            async move { shop.payments().claim(&seen, noon().after(HOLD)).await.unwrap() }
        });
        assert_eq!(claims.await.into_iter().filter(|succeeded| *succeeded).count(), 1);
        seen = payment(shop.as_ref(), &key("unknown")).await;
        assert_eq!(seen.checks, check);
    }
}

/// How many of the sign-ups made an account; the others got the refusal.
async fn signed_up(
    shop: &Arc<SqlShop>,
    account: impl Fn() -> NewAccount,
    is_the_refusal: fn(&AddAccountFailure) -> bool,
) -> usize {
    let outcomes = race(RUNNERS, |_| {
        let (shop, account) = (shop.clone(), account());
        async move { shop.accounts().add(&account).await }
    });
    let count = |outcome| match outcome {
        Ok(_) => 1,
        Err(failure) if is_the_refusal(&failure) => 0,
        Err(other) => panic!("{other:?}"),
    };
    outcomes.await.into_iter().map(count).sum()
}

/// A form that was sent twice.
async fn sign_ups_with_one_address_make_one_account(shop: SqlShop) {
    let shop = Arc::new(shop);
    for _ in 0..5 {
        let first = new_account();
        let same = || NewAccount { email: first.email.clone(), ..new_account() };
        let count = signed_up(&shop, same, |failure| matches!(failure, AddAccountFailure::EmailTaken)).await;
        assert_eq!(count, 1);
    }
}

/// Two people with one telephone.
async fn sign_ups_with_one_number_make_one_account(shop: SqlShop) {
    let shop = Arc::new(shop);
    for _ in 0..5 {
        let first = new_account();
        let same = || NewAccount { phone: first.phone.clone(), ..new_account() };
        let count = signed_up(&shop, same, |failure| matches!(failure, AddAccountFailure::PhoneTaken)).await;
        assert_eq!(count, 1);
    }
}

/// Impatient taps on "add to cart", on a line that may not exist yet.
async fn parallel_adds_to_a_cart_lose_nothing(shop: SqlShop) {
    let shop = Arc::new(shop);
    let packs = Arc::new(packs(&shop, 6, 999).await);
    let who = shopper(shop.as_ref()).await;
    race(RUNNERS, |place| {
        let (shop, packs) = (shop.clone(), packs.clone());
        async move {
            for tap in 0..packs.len() {
                let pack = &packs[(place + tap) % packs.len()];
                let added = shop.carts().add(who.user, pack.product, pack.variant, pieces(1)).await;
                added.expect("it is in the cart");
            }
        }
    })
    .await;
    let cart = shop.carts().cart(who.user).await.unwrap();
    let counts: Vec<i64> = cart.lines.iter().map(|line| line.quantity.get()).collect();
    assert_eq!(counts, vec![RUNNERS as i64; packs.len()]);
}
