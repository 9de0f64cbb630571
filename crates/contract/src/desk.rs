//! What every [`OrderDeskQueries`](ef_domain::order::OrderDeskQueries) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::collections::BTreeMap;

use ef_domain::account::Phone;
use ef_domain::notice::{Letter, NewMail};
use ef_domain::order::{
    DeskFilter, DeskOrder, DeskPage, NewOrder, Order, OrderBackground, OrderKeyword, OrderNumber, OrderStatus,
    PaymentStatus, Recipient, StockMove,
};
use ef_domain::payment::{DeclineKind, PaymentState};
use ef_domain::shared::{Actor, OrderId, PageRequest, Role, UserId, Won};

use crate::builders::{
    Pack, PackSpec, ProductSpec, applied, key, later, new_account, new_order, new_order_at, noon, opened, order, pack,
    paid, placed, recipient, refusal, reload, settled, shopper,
};
use crate::shop::Shop;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! desk_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::desk; $shop;
            an_order_is_read_by_its_id
            the_list_shows_everybodys_orders_newest_first
            pages_of_the_list_neither_repeat_nor_skip_orders_of_one_moment
            the_list_can_be_of_one_status_and_counts_them_all
            the_list_can_be_of_some_time_and_of_one_buyer
            an_order_is_found_by_its_number_and_by_how_it_begins
            an_order_is_found_by_people_telephones_and_goods
            what_means_anything_to_a_database_stands_for_itself
            a_closed_account_is_shown_as_nobody
            everything_behind_an_order_is_told
            nothing_is_behind_an_order_that_does_not_exist
            the_figures_tell_what_came_what_waits_and_what_is_scarce
        }
    };
}

async fn list(shop: &dyn Shop, filter: &DeskFilter) -> DeskPage {
    let page = shop.order_desk().list(filter, DeskOrder::NewestFirst, PageRequest::new(0, 100)).await;
    page.expect("orders can be read")
}

async fn numbers(shop: &dyn Shop, filter: &DeskFilter) -> Vec<OrderNumber> {
    list(shop, filter).await.page.rows.iter().map(|card| card.summary.number).collect()
}

fn keyword(text: &str) -> DeskFilter {
    DeskFilter { keyword: OrderKeyword::parse(text), ..DeskFilter::default() }
}

async fn finds(shop: &dyn Shop, text: &str, wanted: &[&Order]) {
    let wanted: Vec<_> = wanted.iter().map(|order| order.number).collect();
    assert_eq!(numbers(shop, &keyword(text)).await, wanted, "{text}");
}

async fn background(shop: &dyn Shop, order: OrderId) -> Option<OrderBackground> {
    shop.order_desk().background(order).await.expect("orders can be read")
}

async fn placed_at(shop: &dyn Shop, buyer: Actor, pack: &Pack, seconds: u64) -> Order {
    placed(shop, &new_order_at(buyer, &[(pack, 1)], later(seconds))).await
}

/// And so is one whose id nobody has.
pub async fn an_order_is_read_by_its_id(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let bought = order(shop, shopper(shop).await, &[(&nuts, 1)]).await;
    let found = shop.orders().find(bought.id).await.expect("orders can be read");
    assert_eq!(found, Some(bought));
    assert_eq!(shop.orders().find(OrderId::new(-1)).await.expect("orders can be read"), None);
}

/// Those that await payment among them: somebody may ask what became of one.
pub async fn the_list_shows_everybodys_orders_newest_first(shop: &dyn Shop) {
    let (one, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 99).await);
    let first = placed_at(shop, one, &nuts, 10).await;
    let third = placed_at(shop, one, &nuts, 30).await;
    let second = placed_at(shop, other, &nuts, 20).await;
    let page = list(shop, &DeskFilter::default()).await;
    let shown: Vec<_> = page.page.rows.iter().map(|card| (card.summary.number, card.buyer.id)).collect();
    assert_eq!(shown, [(third.number, one.user), (second.number, other.user), (first.number, one.user)]);
    assert_eq!((page.page.total, page.by_status), (3, BTreeMap::from([("PENDING", 3)])));
    let oldest = shop.order_desk().list(&DeskFilter::default(), DeskOrder::OldestFirst, PageRequest::new(0, 1)).await;
    let oldest = oldest.expect("orders can be read").page;
    assert_eq!((oldest.rows.first().map(|card| card.summary.number), oldest.total), (Some(first.number), 3));
}

/// Neither way.
pub async fn pages_of_the_list_neither_repeat_nor_skip_orders_of_one_moment(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let mut wanted = Vec::new();
    for _ in 0..5 {
        wanted.push(order(shop, buyer, &[(&nuts, 1)]).await.number);
    }
    for (direction, wanted) in [
        (DeskOrder::OldestFirst, wanted.clone()),
        (DeskOrder::NewestFirst, wanted.iter().rev().copied().collect::<Vec<_>>()),
    ] {
        let mut seen = Vec::new();
        for number in 0..3 {
            let page = shop.order_desk().list(&DeskFilter::default(), direction, PageRequest::new(number, 2)).await;
            seen.extend(page.expect("orders can be read").page.rows.iter().map(|card| card.summary.number));
        }
        assert_eq!(seen, wanted);
    }
}

/// The counts are what tabs show: they do not go away with the tab that is open.
pub async fn the_list_can_be_of_one_status_and_counts_them_all(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let unpaid = order(shop, buyer, &[(&nuts, 1)]).await;
    let (_, sold) = paid(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("sold")).await;
    let over = order(shop, buyer, &[(&nuts, 1)]).await;
    applied(shop, over.cancel(None, later(1))).await;
    let of = |status| DeskFilter { status: Some(status), ..DeskFilter::default() };
    let counts = BTreeMap::from([("PENDING", 1), ("CONFIRMED", 1), ("CANCELLED", 1)]);
    for (status, wanted) in [
        (OrderStatus::Pending, vec![unpaid.number]),
        (OrderStatus::Confirmed, vec![sold.number]),
        (OrderStatus::Shipped, vec![]),
    ] {
        let page = list(shop, &of(status)).await;
        let shown: Vec<_> = page.page.rows.iter().map(|card| card.summary.number).collect();
        assert_eq!((Ok(page.page.total), &shown, &page.by_status), (u64::try_from(wanted.len()), &wanted, &counts));
    }
    let failed = DeskFilter { payment_status: Some(PaymentStatus::Failed), ..DeskFilter::default() };
    let page = list(shop, &failed).await;
    assert_eq!((page.page.total, page.by_status), (1, BTreeMap::from([("CANCELLED", 1)])));
    let card = list(shop, &of(OrderStatus::Confirmed)).await.page.rows.into_iter().next().expect("the sale");
    assert_eq!((card.summary.line_count, card.summary.total, card.version), (1, sold.total, sold.version));
    assert!(card.summary.payment.is_some() && !card.is_refunding);
}

/// From the first moment to before the last.
pub async fn the_list_can_be_of_some_time_and_of_one_buyer(shop: &dyn Shop) {
    let (one, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 99).await);
    let early = placed_at(shop, one, &nuts, 10).await;
    let middle = placed_at(shop, other, &nuts, 20).await;
    let late = placed_at(shop, one, &nuts, 30).await;
    let between = |from, before| DeskFilter { placed_from: from, placed_before: before, ..DeskFilter::default() };
    assert_eq!(numbers(shop, &between(Some(later(20)), None)).await, [late.number, middle.number]);
    assert_eq!(numbers(shop, &between(None, Some(later(20)))).await, [early.number]);
    assert_eq!(numbers(shop, &between(Some(later(10)), Some(later(30)))).await, [middle.number, early.number]);
    let his = DeskFilter { buyer: Some(one.user), ..between(Some(later(11)), None) };
    assert_eq!(numbers(shop, &his).await, [late.number]);
    let nobodys = DeskFilter { buyer: Some(UserId::new(-1)), ..DeskFilter::default() };
    assert_eq!(list(shop, &nobodys).await.page.total, 0);
}

/// As customers read it out, and as far as they do.
pub async fn an_order_is_found_by_its_number_and_by_how_it_begins(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let number = |number| OrderNumber::try_new(number).expect("an order number");
    let numbered = |at: i64| NewOrder { number: number(at), ..new_order(buyer, &[(&nuts, 1)]) };
    let one = placed(shop, &numbered(8_123_456_789_012_345)).await;
    let other = placed(shop, &numbered(8_123_456_789_099_999)).await;
    finds(shop, "8123456789012345", &[&one]).await;
    finds(shop, " 8123-4567-8901-2345 ", &[&one]).await;
    finds(shop, "81234567890", &[&other, &one]).await;
    finds(shop, "812345678909", &[&other]).await;
    finds(shop, "123456789012345", &[]).await;
    finds(shop, "81234567890123456", &[]).await;
}

/// Whatever is left in somebody's memory.
pub async fn an_order_is_found_by_people_telephones_and_goods(shop: &dyn Shop) {
    let account = new_account();
    let user = shop.accounts().add(&account).await.expect("the account is stored");
    let buyer = Actor { user, role: Role::User };
    let spec =
        ProductSpec { packs: vec![PackSpec::new("250g", 9, 1_000)], ..ProductSpec::named("볶은 Cashew 너트") };
    let cashews = shop.shelve(&spec).await.into_iter().next().expect("a pack");
    let nuts = pack(shop, 99).await;
    let to = Recipient {
        name: "Émile 받는이".to_owned(),
        phone: Phone::parse("010-9876-5432").expect("a telephone number"),
        ..recipient()
    };
    let gift = placed(shop, &NewOrder { recipient: to, ..new_order(buyer, &[(&nuts, 1), (&cashews, 1)]) }).await;
    order(shop, shopper(shop).await, &[(&nuts, 1)]).await;
    let email = account.email.as_str();
    for text in ["받는이", "cashew", "은 Cash", "010-9876-5432", "98765432", "9876-5432", "5432", email] {
        finds(shop, text, &[&gift]).await;
    }
    shop.rename(cashews.product, "다른 이름").await;
    finds(shop, "다른 이름", &[]).await;
    finds(shop, "cashew", &[&gift]).await;
    finds(shop, "아무도 아님", &[]).await;
}

/// Somebody who looks for `%` looks for that sign.
pub async fn what_means_anything_to_a_database_stands_for_itself(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let named = |name: &str| Recipient { name: name.to_owned(), ..recipient() };
    let odd = NewOrder { recipient: named("100%_!\\' OR 1=1"), ..new_order(buyer, &[(&nuts, 1)]) };
    let odd = placed(shop, &odd).await;
    order(shop, buyer, &[(&nuts, 1)]).await;
    for text in ["100%", "%_", "_!", "!\\", "' OR 1=1"] {
        finds(shop, text, &[&odd]).await;
    }
    for text in ["%%", "__", "!!", "\\\\", "100%'"] {
        finds(shop, text, &[]).await;
    }
}

/// The order stays, and whose it was is nobody's business any more.
pub async fn a_closed_account_is_shown_as_nobody(shop: &dyn Shop) {
    let account = new_account();
    let user = shop.accounts().add(&account).await.expect("the account is stored");
    let nuts = pack(shop, 9).await;
    let bought = order(shop, Actor { user, role: Role::User }, &[(&nuts, 1)]).await;
    let open = background(shop, bought.id).await.expect("the order exists").buyer;
    assert_eq!((open.email.as_deref(), open.closed_at), (Some(account.email.as_str()), None));
    let mail = NewMail {
        to: account.email.clone(),
        user: Some(user),
        letter: Letter::PasswordChanged { at: noon() },
        lapses_at: None,
        queued_at: later(5),
    };
    shop.accounts().close(user, &mail).await.expect("the account is closed");
    let closed = background(shop, bought.id).await.expect("the order exists").buyer;
    assert_eq!((closed.id, &closed.email, &closed.phone), (user, &None, &None));
    assert!(closed.closed_at == Some(later(5)) && closed.name != open.name, "{closed:?}");
    let listed = list(shop, &DeskFilter::default()).await.page.rows.into_iter().next().expect("the order");
    assert_eq!(listed.buyer, closed);
    finds(shop, account.email.as_str(), &[]).await;
    finds(shop, "closed-", &[]).await;
}

/// Attempts that failed, too: they are why somebody calls.
pub async fn everything_behind_an_order_is_told(shop: &dyn Shop) {
    let (buyer, admin, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 9).await);
    let bought = order(shop, buyer, &[(&nuts, 2)]).await;
    let (payment, paying) = opened(shop, &bought, &key("first")).await;
    settled(shop, (&payment, &paying), &refusal(DeclineKind::Final)).await;
    paid(shop, &reload(shop, bought.number).await, &key("second")).await;
    let told = background(shop, bought.id).await.expect("the order exists");
    assert_eq!((told.buyer.id, &told.ended_by_name), (buyer.user, &None));
    let states: Vec<_> = told.payments.iter().map(|payment| (payment.key.as_str(), payment.state.name())).collect();
    assert_eq!(states, [("first", "FAILED"), ("second", "COMPLETED")]);
    let declined = told.payments.first().map(|payment| &payment.state);
    assert!(matches!(declined, Some(PaymentState::Declined { code, .. }) if code == "REJECT_CARD_COMPANY"));
    let moves: Vec<_> =
        told.moves.iter().map(|step| (step.direction, step.variant, step.stock, step.reserved)).collect();
    assert_eq!(moves, [(StockMove::Reserve, nuts.variant, 0, 2), (StockMove::Commit, nuts.variant, -2, -2)]);

    let other = order(shop, buyer, &[(&nuts, 1)]).await;
    applied(shop, other.call_off(admin.user, Some("품절".to_owned()), later(9))).await;
    let told = background(shop, other.id).await.expect("the order exists");
    assert!(told.ended_by_name.is_some() && told.payments.is_empty(), "{told:?}");
    assert_eq!(told.moves.last().map(|step| step.direction), Some(StockMove::Release));
}

/// Nobody makes one up.
pub async fn nothing_is_behind_an_order_that_does_not_exist(shop: &dyn Shop) {
    assert_eq!(background(shop, OrderId::new(-1)).await, None);
}

/// Orders of yesterday wait as much as those of today, and are no revenue of today's.
pub async fn the_figures_tell_what_came_what_waits_and_what_is_scarce(shop: &dyn Shop) {
    let (buyer, nuts, few) = (shopper(shop).await, pack(shop, 99).await, pack(shop, 3).await);
    let figures = || async { shop.order_desk().figures(later(100), 5, 10).await.expect("orders can be read") };
    let empty = figures().await;
    assert_eq!((empty.placed, empty.paid, empty.revenue, empty.to_ship), (0, 0, Won::ZERO, 0));
    assert_eq!((empty.refunding, empty.oldest_to_ship), (0, None));
    let scarce: Vec<_> = empty.low_stock.iter().map(|low| (low.variant, low.available)).collect();
    assert_eq!(scarce, [(few.variant, 3)]);

    let old = placed_at(shop, buyer, &nuts, 10).await;
    let old = paid(shop, &old, &key("yesterday")).await.1;
    let new = placed_at(shop, buyer, &few, 100).await;
    let new = paid(shop, &new, &key("today")).await.1;
    placed_at(shop, buyer, &nuts, 101).await;
    let told = figures().await;
    assert_eq!((told.placed, told.paid, told.revenue), (2, 1, new.total));
    assert_eq!((told.to_ship, told.oldest_to_ship), (2, Some(old.placed_at)));
    assert_eq!(told.low_stock.first().map(|low| low.available), Some(2));
    applied(shop, old.ship(later(120))).await;
    let told = figures().await;
    assert_eq!((told.to_ship, told.oldest_to_ship), (1, Some(new.placed_at)));
}
