//! How often the database is asked, on both databases: a number that creeps up with the rows would be felt by every
//! shopper. Beginning and committing a transaction are not counted.

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
use ef_contract::builders::{
    HOLD, Pack, PackSpec, ProductSpec, applied, later, new_account, new_order, noon, order, paid, pieces, recipient,
    shopper, won,
};
use ef_contract::mail::MailRoom;
use ef_contract::shop::Shop;
use ef_domain::account::{FactorConfirmation, HashedPassword, PasswordChange, RecoveryHash};
use ef_domain::cart::{AddToCartCommand, ChangeCart};
use ef_domain::catalogue::{ProductFilter, ProductOrder};
use ef_domain::notice::{DeliverMail, Letter, MessageId, MockMailer, NewMail, NoticeId, Standstill, SuppressionReason};
use ef_domain::order::{ExpireOrders, HistoryFilter, HoldTime, PlaceOrder, PlaceOrderCommand, RequestedLine};
use ef_domain::payment::{
    Approval, CancelOutcome, CancelRequest, ConfirmOutcome, ConfirmPayment, ConfirmPaymentCommand, ConfirmRequest,
    ConfirmTiming, DepositHold, LookUp, PaymentGateway, PaymentKey, PaymentMethod, SettlePayment,
};
use ef_domain::shared::{Actor, AnnouncementId, ManualClock, PageRequest, PortFailure};
use support::{SeededEntropy, SqlShop};

on_both_databases! {
    a_list_asks_four_times_whatever_the_pages_size
    a_product_page_asks_five_times
    a_signed_in_request_asks_once_who_it_is
    an_account_asks_once_whatever_is_asked_of_it
    an_address_book_asks_once_however_full_it_is
    a_changed_password_asks_twice_and_a_closed_account_eleven_times
    a_code_asks_twice_and_a_recovery_code_once
    a_cart_asks_twice_however_full_it_is
    adding_to_a_cart_asks_four_times
    changing_and_emptying_a_cart_ask_little
    placing_an_order_asks_four_times_and_once_for_each_variant
    an_orders_page_asks_three_times_however_long_it_is
    history_asks_twice_whatever_the_pages_size
    confirming_a_payment_asks_eleven_times_and_once_for_each_variant
    looking_for_due_holds_asks_twice_and_giving_back_four_times_for_each_order
    announcing_asks_once_for_nothing_and_five_times_for_any_batch
    announcing_what_is_written_about_asks_eight_times_for_any_batch
    forgetting_what_was_told_asks_four_times_for_any_batch
    looking_at_announcements_asks_little_however_many_there_are
    sending_mails_asks_once_and_twice_for_each_mail
    suppressed_addresses_ask_twice_however_many_and_once_when_lifted
}

const TIMING: ConfirmTiming = ConfirmTiming {
    check_after: Duration::from_mins(1),
    wait: Duration::from_secs(3),
    poll: Duration::from_millis(200),
};

/// Sizes of carts and orders.
const SIZES: [usize; 3] = [1, 5, 20];

async fn shelf(shop: &SqlShop, products: usize) -> Vec<Pack> {
    let mut packs = Vec::new();
    for number in 0..products {
        let spec = ProductSpec {
            tags: vec!["고단백".to_owned(), format!("태그 {number}")],
            nutrients: vec![("PROTEIN".to_owned(), 20.0, Some(36))],
            packs: vec![PackSpec::new("250g", 900, 1_000), PackSpec::new("1kg", 900, 3_500).beside()],
            ..ProductSpec::named(&format!("견과 {number}"))
        };
        packs.extend(shop.shelve(&spec).await.into_iter().take(1));
    }
    packs
}

fn lines(packs: &[Pack], count: usize) -> Vec<(&Pack, i64)> {
    packs.iter().take(count).map(|pack| (pack, 1)).collect()
}

/// How often the work asks; the statements go into the message of whoever asks too often.
async fn asks<T>(shop: &SqlShop, work: impl Future<Output = T>, at_most: usize) -> T {
    let (output, statements) = shop.statements.during(work).await;
    let asked = statements.len();
    assert!(asked <= at_most, "asked {asked} times, not {at_most}:\n{}", statements.join("\n"));
    assert!(asked > 0, "nobody listened");
    output
}

async fn a_list_asks_four_times_whatever_the_pages_size(shop: SqlShop) {
    shelf(&shop, 30).await;
    let queries = shop.catalogue();
    for size in [1, 10, 30] {
        let filter = ProductFilter { keyword: Some("견과".to_owned()), ..ProductFilter::default() };
        let work = queries.list(&filter, ProductOrder::NEWEST_FIRST, PageRequest::new(0, size));
        let page = asks(&shop, work, 4).await.unwrap();
        assert_eq!(page.rows.len(), size as usize);
    }
}

async fn a_product_page_asks_five_times(shop: SqlShop) {
    let packs = shelf(&shop, 2).await;
    let queries = shop.catalogue();
    assert!(asks(&shop, queries.find(packs[0].product), 5).await.unwrap().is_some());
}

async fn a_signed_in_request_asks_once_who_it_is(shop: SqlShop) {
    let (who, accounts) = (shopper(&shop).await, shop.accounts());
    assert!(asks(&shop, accounts.standing(who.user), 1).await.unwrap().is_some());
}

async fn an_account_asks_once_whatever_is_asked_of_it(shop: SqlShop) {
    let (new, accounts) = (new_account(), shop.accounts());
    let user = accounts.add(&new).await.unwrap();
    assert!(asks(&shop, accounts.find(user), 1).await.unwrap().is_some());
    assert!(asks(&shop, accounts.credentials(&new.email), 1).await.unwrap().is_some());
    assert!(asks(&shop, accounts.credentials_of(user), 1).await.unwrap().is_some());
}

async fn an_address_book_asks_once_however_full_it_is(shop: SqlShop) {
    let (who, book) = (shopper(&shop).await, shop.addresses());
    for size in 1..=SIZES[2] {
        let added = asks(&shop, book.add(who.user, &recipient(), SIZES[2], noon()), 3).await.unwrap();
        asks(&shop, book.make_default(who.user, added.id, noon()), 4).await.unwrap();
        assert_eq!(asks(&shop, book.list(who.user), 1).await.unwrap().len(), size);
    }
    for address in book.list(who.user).await.unwrap() {
        asks(&shop, book.remove(who.user, address.id, noon()), 4).await.unwrap();
    }
}

/// The keys, the account, what belonged to it (7), mails that wait, and the farewell.
async fn a_changed_password_asks_twice_and_a_closed_account_eleven_times(shop: SqlShop) {
    let (new, accounts) = (new_account(), shop.accounts());
    let user = accounts.add(&new).await.unwrap();
    let mail = |letter| NewMail { to: new.email.clone(), user: Some(user), letter, lapses_at: None, queued_at: noon() };
    let farewell = mail(Letter::AccountClosed { at: noon() });
    let (mail, password) = (mail(Letter::PasswordChanged { at: noon() }), HashedPassword::new("new".to_owned()));
    let change = PasswordChange { user, epoch: 0, password, mail, at: noon() };
    asks(&shop, accounts.change_password(&change), 2).await.unwrap();
    // One more, because the mail about the password waits.
    assert!(asks(&shop, accounts.close(user, &farewell), 12).await.unwrap());
}

/// And confirming a factor: the account twice, the factor, the recovery codes twice, and the letter.
async fn a_code_asks_twice_and_a_recovery_code_once(shop: SqlShop) {
    let (new, factors) = (new_account(), shop.second_factors());
    let user = shop.accounts().add(&new).await.unwrap();
    assert!(asks(&shop, factors.enrol(user, "sealed", noon()), 3).await.unwrap());
    let code = RecoveryHash::of("ABCDE-FGHIJ");
    let letter = Letter::SecondFactorEnrolled { at: noon() };
    let confirmation = FactorConfirmation {
        user,
        sealed_secret: "sealed".to_owned(),
        step: 1,
        recovery: vec![code.clone()],
        mail: NewMail { to: new.email, user: Some(user), letter, lapses_at: None, queued_at: noon() },
        at: noon(),
    };
    assert_eq!(asks(&shop, factors.confirm(&confirmation), 6).await.unwrap(), Some(1));
    assert!(asks(&shop, factors.find(user), 1).await.unwrap().is_some());
    assert!(asks(&shop, factors.spend_step(user, 2, noon()), 1).await.unwrap());
    assert!(asks(&shop, factors.spend_recovery(user, &code, noon()), 1).await.unwrap());
}

async fn a_cart_asks_twice_however_full_it_is(shop: SqlShop) {
    let (packs, carts) = (shelf(&shop, 20).await, shop.carts());
    for size in SIZES {
        let who = shopper(&shop).await;
        for pack in &packs[..size] {
            carts.add(who.user, pack.product, pack.variant, pieces(1)).await.unwrap();
        }
        let cart = asks(&shop, carts.cart(who.user), 2).await.unwrap();
        assert_eq!(cart.lines.len(), size);
    }
}

async fn adding_to_a_cart_asks_four_times(shop: SqlShop) {
    let (who, packs) = (shopper(&shop).await, shelf(&shop, 1).await);
    let carts = ChangeCart { carts: shop.carts() };
    for _ in 0..2 {
        let command =
            AddToCartCommand { actor: who, product: packs[0].product, variant: packs[0].variant, quantity: pieces(1) };
        asks(&shop, carts.add(command), 4).await.unwrap();
    }
}

async fn changing_and_emptying_a_cart_ask_little(shop: SqlShop) {
    let (who, packs, carts) = (shopper(&shop).await, shelf(&shop, 3).await, shop.carts());
    let mut items = Vec::new();
    for pack in &packs {
        carts.add(who.user, pack.product, pack.variant, pieces(1)).await.unwrap();
        items.push(carts.line_of(who.user, pack.variant).await.unwrap().unwrap().id);
    }
    let change = ChangeCart { carts: carts.clone() };
    asks(&shop, change.change(&who, items[0], pieces(2)), 3).await.unwrap();
    asks(&shop, change.remove_selected(&who, &items[..2]), 1).await.unwrap();
    asks(&shop, change.clear(&who), 1).await.unwrap();
}

/// One for the offers, three that insert (order, lines, ledger), one guarded update for each variant.
async fn placing_an_order_asks_four_times_and_once_for_each_variant(shop: SqlShop) {
    let (who, packs) = (shopper(&shop).await, shelf(&shop, 20).await);
    let place_order = PlaceOrder {
        offers: shop.offers(),
        orders: shop.orders(),
        clock: Arc::new(ManualClock::at(noon())),
        entropy: SeededEntropy::new(3),
        hold: HoldTime(HOLD),
    };
    for size in SIZES {
        let line = |pack: &Pack| RequestedLine {
            product: pack.product,
            variant: Some(pack.variant),
            quantity: pieces(1),
            quoted_price: pack.price,
        };
        let lines = packs.iter().take(size).map(line).collect();
        let command = PlaceOrderCommand { buyer: who, recipient: recipient(), lines, claim: None };
        asks(&shop, place_order.run(command), 4 + size).await.unwrap();
    }
}

async fn an_orders_page_asks_three_times_however_long_it_is(shop: SqlShop) {
    let (who, packs) = (shopper(&shop).await, shelf(&shop, 20).await);
    let queries = shop.order_queries();
    for size in SIZES {
        let placed = order(&shop, who, &lines(&packs, size)).await;
        let shown = asks(&shop, queries.detail(placed.number), 3).await.unwrap().unwrap();
        assert_eq!(shown.lines.len(), size);
    }
}

async fn history_asks_twice_whatever_the_pages_size(shop: SqlShop) {
    let (who, packs) = (shopper(&shop).await, shelf(&shop, 3).await);
    for number in 0..12 {
        let placed = order(&shop, who, &lines(&packs, 3)).await;
        paid(&shop, &placed, &PaymentKey::parse(&format!("key-{number}")).unwrap()).await;
    }
    let queries = shop.order_queries();
    for size in [1, 5, 12] {
        let work = queries.history(who.user, HistoryFilter::default(), PageRequest::new(0, size));
        let page = asks(&shop, work, 2).await.unwrap();
        assert_eq!(page.rows.len(), size as usize);
    }
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

/// Order and payment are read (3), the intent is stored (2), and one fact is settled: order, payment, ledger, cart and
/// event (5), and one guarded update for each variant.
async fn confirming_a_payment_asks_eleven_times_and_once_for_each_variant(shop: SqlShop) {
    let (who, packs) = (shopper(&shop).await, shelf(&shop, 20).await);
    let clock = Arc::new(ManualClock::at(noon()));
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
        timing: TIMING,
    };
    for size in SIZES {
        let placed = order(&shop, who, &lines(&packs, size)).await;
        let command = ConfirmPaymentCommand {
            actor: who,
            order: placed.number,
            key: PaymentKey::parse(&format!("key-{size}")).unwrap(),
            quoted: Some(placed.total),
            claim: None,
        };
        let payment = asks(&shop, confirm.run(&command), 11 + size).await.unwrap();
        assert_eq!(payment.amount, won(1_000 * size as i64));
        // A second confirm of the same payment gives the same answer, and only reads.
        let again = asks(&shop, confirm.run(&command), 3).await.unwrap();
        assert_eq!(again.state, payment.state);
    }
}

/// Looking is two statements however many are due; each order is a transaction of its own.
async fn looking_for_due_holds_asks_twice_and_giving_back_four_times_for_each_order(shop: SqlShop) {
    let (who, packs) = (shopper(&shop).await, shelf(&shop, 20).await);
    let ended = noon().after(HOLD);
    let expire = ExpireOrders { orders: shop.orders(), clock: Arc::new(ManualClock::at(ended)) };
    for due in SIZES {
        for _ in 0..due {
            shop.orders().place(&new_order(who, &lines(&packs, 1))).await.unwrap();
        }
        let orders = shop.orders();
        let found = asks(&shop, orders.due_holds(ended, 100), 2).await.unwrap();
        assert_eq!(found.len(), due);
        let report = asks(&shop, expire.run(100), 2 + 4 * due).await.unwrap();
        assert_eq!(report.released, due);
    }
    let orders = shop.orders();
    assert!(asks(&shop, orders.due_holds(ended, 100), 1).await.unwrap().is_empty());
}

/// Nothing waits most of the time, and that costs one look. A mail is taken and settled by one write each.
async fn sending_mails_asks_once_and_twice_for_each_mail(shop: SqlShop) {
    let mut mailer = MockMailer::new();
    mailer.expect_send().returning(|mail| Ok(MessageId::new(&format!("ses-{}", mail.id))));
    let deliver = DeliverMail {
        outbox: shop.outbox(),
        mailer: Arc::new(mailer),
        clock: Arc::new(ManualClock::at(later(60))),
        lease: Duration::from_secs(90),
        budget: Duration::from_secs(45),
        longest: Duration::from_secs(30),
        standstill: Standstill::default(),
    };
    assert_eq!(asks(&shop, deliver.run(100), 1).await.unwrap().sent, 0);
    for waiting in SIZES {
        for _ in 0..waiting {
            let (to, letter) = (new_account().email, Letter::PasswordChanged { at: noon() });
            shop.queue(&NewMail { to, user: None, letter, lapses_at: None, queued_at: noon() }).await;
        }
        assert_eq!(asks(&shop, deliver.run(100), 1 + 2 * waiting).await.unwrap().sent, waiting);
    }
}

async fn suppressed_addresses_ask_twice_however_many_and_once_when_lifted(shop: SqlShop) {
    let list = shop.suppressed();
    for (number, count) in SIZES.into_iter().enumerate() {
        let notice = NoticeId::parse(&format!("notice-{number}")).unwrap();
        let addresses: Vec<_> = (0..count).map(|_| new_account().email).collect();
        assert!(list.take(&notice, &addresses, SuppressionReason::Bounce, noon()).await.unwrap());
        let page = asks(&shop, list.list(None, PageRequest::new(0, 100)), 2).await.unwrap();
        assert!(page.rows.len() >= count);
        let one = asks(&shop, list.list(addresses.first().cloned(), PageRequest::new(0, 100)), 2).await.unwrap();
        assert!(asks(&shop, list.lift(one.rows[0].id), 1).await.unwrap());
    }
}

async fn told(shop: &SqlShop, who: Actor, times: usize) {
    let packs = shelf(shop, 1).await;
    for _ in 0..times {
        let placed = order(shop, who, &lines(&packs, 1)).await;
        applied(shop, placed.cancel(None, later(1))).await;
    }
}

async fn announcing_asks_once_for_nothing_and_five_times_for_any_batch(shop: SqlShop) {
    let (who, announcements) = (shopper(&shop).await, shop.announcements());
    asks(&shop, announcements.deliver(100, later(60)), 1).await.unwrap();
    for events in SIZES {
        told(&shop, who, events).await;
        let delivery = asks(&shop, announcements.deliver(100, later(60)), 5).await.unwrap();
        assert_eq!(delivery.announced, events);
    }
}

/// Three more for the letters: the orders, their lines, and the mails.
async fn announcing_what_is_written_about_asks_eight_times_for_any_batch(shop: SqlShop) {
    let (who, announcements) = (shopper(&shop).await, shop.announcements());
    let packs = shelf(&shop, SIZES[2]).await;
    for (number, events) in SIZES.into_iter().enumerate() {
        for event in 0..events {
            let placed = order(&shop, who, &lines(&packs, events)).await;
            paid(&shop, &placed, &PaymentKey::parse(&format!("pay-{number}-{event}")).unwrap()).await;
        }
        let delivery = asks(&shop, announcements.deliver(100, later(60)), 8).await.unwrap();
        assert_eq!(delivery.announced, events);
    }
}

async fn forgetting_what_was_told_asks_four_times_for_any_batch(shop: SqlShop) {
    let (who, announcements) = (shopper(&shop).await, shop.announcements());
    told(&shop, who, 30).await;
    announcements.deliver(100, later(60)).await.unwrap();
    for size in [1, 5, 20] {
        let swept = asks(&shop, announcements.sweep(later(61), size), 4).await.unwrap();
        assert_eq!(swept.events, u64::from(size));
    }
}

async fn looking_at_announcements_asks_little_however_many_there_are(shop: SqlShop) {
    let who = shopper(&shop).await;
    told(&shop, who, 12).await;
    shop.announcements().deliver(100, later(60)).await.unwrap();
    let (queries, announcements) = (shop.announcement_queries(), shop.announcements());
    for size in [1, 5, 12] {
        let page = asks(&shop, queries.page(who.user, PageRequest::new(0, size)), 2).await.unwrap();
        assert_eq!(page.rows.len(), size as usize);
    }
    assert_eq!(asks(&shop, queries.unread(who.user), 1).await.unwrap(), 12);
    let start = AnnouncementId::new(0);
    assert_eq!(asks(&shop, queries.missed(who.user, start, 100), 1).await.unwrap().len(), 12);
    let newest = asks(&shop, queries.newest(), 1).await.unwrap().unwrap();
    assert!(asks(&shop, queries.after(newest, 100), 1).await.unwrap().announcements.is_empty());
    assert!(asks(&shop, announcements.mark_read(who.user, newest, later(70)), 1).await.unwrap());
    assert_eq!(asks(&shop, announcements.mark_all_read(who.user, later(70)), 1).await.unwrap(), 11);
}
