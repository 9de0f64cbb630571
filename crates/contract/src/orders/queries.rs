//! Orders as pages show them.

use ef_domain::order::{HistoryFilter, Order, OrderNumber, OrderStatus, OrderSummary, PaymentStatus};
use ef_domain::payment::{DeclineKind, PaymentMethod};
use ef_domain::shared::{Actor, Page, PageRequest};

use crate::builders::{
    Pack, PackSpec, ProductSpec, applied, fresh_number, key, later, new_order_at, noon, opened, order, pack, paid,
    placed, refusal, settled, shopper, won,
};
use crate::shop::Shop;

const EVERYTHING: HistoryFilter = HistoryFilter { status: None, payment_status: None };

async fn history(shop: &dyn Shop, buyer: Actor, filter: HistoryFilter, page: PageRequest) -> Page<OrderSummary> {
    let history = shop.order_queries().history(buyer.user, filter, page).await;
    history.expect("orders can be read")
}

async fn numbers(shop: &dyn Shop, buyer: Actor, filter: HistoryFilter) -> Vec<OrderNumber> {
    let page = history(shop, buyer, filter, PageRequest::new(0, 100)).await;
    page.rows.iter().map(|row| row.number).collect()
}

fn of_status(status: OrderStatus) -> HistoryFilter {
    HistoryFilter { status: Some(status), payment_status: None }
}

async fn cancelled(shop: &dyn Shop, buyer: Actor, pack: &Pack, seconds: u64) -> Order {
    let order = placed(shop, &new_order_at(buyer, &[(pack, 1)], later(seconds))).await;
    applied(shop, order.cancel(None, later(seconds))).await
}

/// Nobody sees a neighbour's orders.
pub async fn history_is_the_buyers_own_newest_first(shop: &dyn Shop) {
    let (buyer, other, nuts) = (shopper(shop).await, shopper(shop).await, pack(shop, 99).await);
    let second = cancelled(shop, buyer, &nuts, 20).await;
    let first = cancelled(shop, buyer, &nuts, 10).await;
    cancelled(shop, other, &nuts, 15).await;
    assert_eq!(numbers(shop, buyer, EVERYTHING).await, [second.number, first.number]);
    assert_eq!(numbers(shop, shopper(shop).await, EVERYTHING).await, []);
}

/// A tab closed at the payment window is no order in its buyer's eyes.
pub async fn history_leaves_out_what_awaits_payment_unless_asked(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let unpaid = order(shop, buyer, &[(&nuts, 1)]).await;
    let (_, sold) = paid(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("sold")).await;
    assert_eq!(numbers(shop, buyer, EVERYTHING).await, [sold.number]);
    assert_eq!(numbers(shop, buyer, of_status(OrderStatus::Pending)).await, [unpaid.number]);
    let pending = HistoryFilter { status: None, payment_status: Some(PaymentStatus::Pending) };
    assert_eq!(numbers(shop, buyer, pending).await, [unpaid.number]);
}

/// Both filters together must hold.
pub async fn history_can_be_of_one_status(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let (payment, sold) = paid(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("sold")).await;
    let (_, back) = paid(shop, &order(shop, buyer, &[(&nuts, 1)]).await, &key("back")).await;
    let back = applied(shop, back.refund(&key("back"), None, later(60))).await;
    let over = cancelled(shop, buyer, &nuts, 70).await;
    let confirmed = of_status(OrderStatus::Confirmed);
    assert_eq!(numbers(shop, buyer, confirmed).await, [sold.number]);
    let ended = of_status(OrderStatus::Cancelled);
    assert_eq!(numbers(shop, buyer, ended).await, [over.number, back.number]);
    let refunded =
        HistoryFilter { status: Some(OrderStatus::Cancelled), payment_status: Some(PaymentStatus::Refunded) };
    assert_eq!(numbers(shop, buyer, refunded).await, [back.number]);
    let neither = HistoryFilter { status: Some(OrderStatus::Confirmed), payment_status: Some(PaymentStatus::Refunded) };
    assert_eq!(numbers(shop, buyer, neither).await, []);
    assert_eq!(payment.order, sold.id);
}

/// Ties are broken by id.
pub async fn pages_of_history_neither_repeat_nor_skip_orders_of_one_moment(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 99).await);
    let mut expected = Vec::new();
    for _ in 0..7 {
        expected.insert(0, cancelled(shop, buyer, &nuts, 0).await.number);
    }
    let mut seen = Vec::new();
    for (number, length) in (0..).zip([3, 3, 1, 0]) {
        let page = history(shop, buyer, EVERYTHING, PageRequest::new(number, 3)).await;
        assert_eq!((page.rows.len(), page.total), (length, 7));
        seen.extend(page.rows.into_iter().map(|row| row.number));
    }
    assert_eq!(seen, expected);
}

/// A row of the list, whole.
pub async fn history_shows_the_first_line_and_how_many_there_are(shop: &dyn Shop) {
    let (buyer, nuts, milk) = (shopper(shop).await, pack(shop, 9).await, pack(shop, 9).await);
    let (payment, sold) = paid(shop, &order(shop, buyer, &[(&milk, 2), (&nuts, 1)]).await, &key("sold")).await;
    let page = history(shop, buyer, EVERYTHING, PageRequest::new(0, 10)).await;
    let [row] = page.rows.as_slice() else { panic!("{page:?}") };
    assert_eq!((row.id, row.number, row.total), (sold.id, sold.number, won(3_000)));
    assert_eq!((row.status, row.payment_status), (OrderStatus::Confirmed, PaymentStatus::Completed));
    assert_eq!((row.placed_at, row.line_count), (noon(), 2));
    assert_eq!(row.recipient_name, "김건강");
    assert_eq!(row.address, "서울 마포구 양화로 100 3층");
    assert_eq!(row.first_product_name, milk.product_name);
    assert_eq!(row.first_product_image, milk.image);
    let shown = row.payment.as_ref().expect("the payment");
    assert_eq!((shown.id, shown.key.as_str(), shown.amount), (payment.id, "sold", won(3_000)));
    assert_eq!((shown.method, shown.status), (PaymentMethod::TossPay, PaymentStatus::Completed));
    assert_eq!(shown.paid_at, later(5));
}

/// Lines in the buyer's order, with what they weigh and what is in them.
pub async fn an_order_shows_everything_that_its_page_needs(shop: &dyn Shop) {
    let buyer = shopper(shop).await;
    let oats = ProductSpec {
        nutrients: vec![
            ("CALORIES".to_owned(), 370.0, None),
            ("PROTEIN".to_owned(), 13.5, Some(25)),
            ("IRON".to_owned(), 4.2, Some(35)),
        ],
        packs: vec![PackSpec { grams: 750.0, ..PackSpec::new("750g", 9, 4_500) }],
        ..ProductSpec::named("귀리")
    };
    let oats = shop.shelve(&oats).await.pop().expect("its pack size");
    let nuts = pack(shop, 9).await;
    let unpaid = order(shop, buyer, &[(&oats, 2), (&nuts, 1), (&oats, 1)]).await;
    let shown = shop.order_queries().detail(unpaid.number).await;
    let shown = shown.expect("orders can be read").expect("the order exists");
    assert_eq!((shown.id, shown.number, shown.buyer), (unpaid.id, unpaid.number, buyer.user));
    assert_eq!((shown.total, shown.placed_at), (won(14_500), noon()));
    assert_eq!((shown.status, shown.payment_status), (OrderStatus::Pending, PaymentStatus::Pending));
    assert_eq!(shown.recipient, unpaid.recipient);
    assert_eq!(shown.payment, None);
    let [first, second, third] = shown.lines.as_slice() else { panic!("{shown:?}") };
    assert_eq!((first.product, first.variant), (oats.product, oats.variant));
    assert_eq!((first.quantity.get(), first.price, first.grams), (2, won(4_500), 750.0));
    assert_eq!((first.product_name.as_str(), first.variant_name.as_str()), ("귀리", "750g"));
    let macros = first.nutrition.expect("something is known");
    assert_eq!((macros.calories, macros.protein), (370.0, 13.5));
    let vitamins: Vec<_> = first.vitamins.iter().map(|it| (it.amount, it.daily_percent)).collect();
    assert_eq!(vitamins, [(4.2, 35)]);
    assert_eq!((second.product, second.nutrition), (nuts.product, None));
    assert_eq!((third.quantity.get(), third.nutrition), (1, first.nutrition));
}

/// A snapshot: renaming or repricing does not rewrite the past.
pub async fn an_order_shows_what_was_bought_and_not_what_the_shelf_says_now(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let bought = order(shop, buyer, &[(&nuts, 1)]).await;
    shop.rename(nuts.product, "호두").await;
    shop.reprice(nuts.variant, won(9_999)).await;
    let shown = shop.order_queries().detail(bought.number).await;
    let shown = shown.expect("orders can be read").expect("the order exists");
    let [line] = shown.lines.as_slice() else { panic!("{shown:?}") };
    assert_eq!((&line.product_name, line.price), (&nuts.product_name, won(1_000)));
    assert_eq!(shown.total, won(1_000));
}

/// An attempt is none of the page's business until it took money.
pub async fn an_order_shows_a_payment_only_once_it_took_money(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let unpaid = order(shop, buyer, &[(&nuts, 1)]).await;
    let shown = async || {
        let shown = shop.order_queries().detail(unpaid.number).await;
        shown.expect("orders can be read").expect("the order exists").payment
    };
    let (payment, paying) = opened(shop, &unpaid, &key("refused")).await;
    assert_eq!(shown().await, None);
    let (_, waiting) = settled(shop, (&payment, &paying), &refusal(DeclineKind::Final)).await;
    assert_eq!(shown().await, None);
    let (payment, sold) = paid(shop, &waiting, &key("taken")).await;
    let summary = shown().await.expect("the payment");
    assert_eq!((summary.id, summary.status), (payment.id, PaymentStatus::Completed));
    applied(shop, sold.refund(&payment.key, None, later(60))).await;
    assert_eq!(shown().await.map(|payment| payment.id), Some(payment.id));
}

/// Nothing is an answer.
pub async fn a_number_that_nobody_has_shows_nothing(shop: &dyn Shop) {
    let shown = shop.order_queries().detail(fresh_number()).await;
    assert_eq!(shown.expect("orders can be read"), None);
}
