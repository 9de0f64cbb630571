//! Many rows at once, the way months of trading would leave them.

use std::fmt::Write as _;

use ef_contract::builders::Pack;
use ef_domain::shared::{Actor, Timestamp};
use sea_orm::Value;

use super::SqlShop;

/// Rows of one statement.
const ROWS: usize = 1_000;

/// Where an order of a crowd stands. Each has one piece of one variant.
#[derive(Clone, Copy)]
pub enum Standing {
    /// It holds its piece until then.
    Held(Timestamp),
    /// It was paid then.
    Paid(Timestamp),
    /// Its hold ended then.
    Expired(Timestamp),
}

/// Stores that many orders, spread over buyers and packs, and enters what they hold into the books. The packs must have
/// enough of a stock.
pub async fn orders(
    shop: &SqlShop,
    buyers: &[Actor],
    packs: &[Pack],
    count: usize,
    standing: impl Fn(usize) -> Standing,
) {
    let first = shop.number("SELECT COALESCE(MAX(id), 0) + 1 FROM orders", []).await;
    let places: Vec<usize> = (0..count).collect();
    for places in places.chunks(ROWS) {
        let mut rows = String::new();
        let mut items = String::new();
        let (mut row_values, mut item_values) = (Vec::<Value>::new(), Vec::<Value>::new());
        for place in places {
            let id = first + *place as i64;
            let separator = if rows.is_empty() { "" } else { ", " };
            let (buyer, pack) = (buyers[place % buyers.len()], &packs[place % packs.len()]);
            let (words, at) = match standing(*place) {
                Standing::Held(until) => ("'PENDING', 'PENDING', ?, NULL, NULL, NULL, NULL".to_owned(), until),
                Standing::Paid(at) => (format!("'CONFIRMED', 'COMPLETED', NULL, 'bulk-{id}', ?, NULL, NULL"), at),
                Standing::Expired(at) => ("'CANCELLED', 'FAILED', NULL, NULL, NULL, ?, 'EXPIRED'".to_owned(), at),
            };
            let (user, price) = (buyer.user, pack.price.get());
            write!(
                rows,
                "{separator}({id}, {}, {user}, {words}, {price}, '김건강', '010-1234-5678', '04036', '양화로 100', 0, ?, ?)",
                2_000_000_000_000_000 + id
            )
            .unwrap();
            row_values.extend([at.to_utc().into(), at.to_utc().into(), at.to_utc().into()]);
            let (product, variant) = (pack.product, pack.variant);
            write!(items, "{separator}({id}, 1, {product}, {variant}, '아몬드', '250g', 1, {price}, {price}, ?, ?)")
                .unwrap();
            item_values.extend([at.to_utc().into(), at.to_utc().into()]);
        }
        let sql = format!(
            "INSERT INTO orders (id, order_number, user_id, status, payment_status, hold_expires_at, payment_key, paid_at, \
             cancelled_at, cancel_cause, total_amount, recipient_name, phone_number, postal_code, address_line1, version, \
             created_at, updated_at) VALUES {rows}"
        );
        shop.execute(&sql, row_values).await.unwrap();
        let sql = format!(
            "INSERT INTO order_items (order_id, line_no, product_id, variant_id, product_name, variant_name, quantity, \
             price, total_price, created_at, updated_at) VALUES {items}"
        );
        shop.execute(&sql, item_values).await.unwrap();
    }
    enter_into_the_books(shop, first).await;
}

/// One ledger row a variant, and the counters that follow from it.
async fn enter_into_the_books(shop: &SqlShop, first: i64) {
    let held = "FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.status = 'PENDING' AND o.id >= ?";
    let sql = format!(
        "INSERT INTO stock_ledger (variant_id, direction, stock_delta, reserved_delta, created_at, updated_at) \
         SELECT i.variant_id, 'RESERVE', 0, SUM(i.quantity), MAX(i.created_at), MAX(i.created_at) {held} GROUP BY i.variant_id"
    );
    shop.execute(&sql, [first.into()]).await.unwrap();
    let sql = format!(
        "UPDATE product_variant SET reserved_stock = reserved_stock + COALESCE((SELECT SUM(i.quantity) {held} \
         AND i.variant_id = product_variant.id), 0)"
    );
    shop.execute(&sql, [first.into()]).await.unwrap();
}

/// One completed payment for each paid order of the crowd.
pub async fn payments(shop: &SqlShop) {
    let sql = "INSERT INTO payments (order_id, order_number, payment_key, status, method, amount, idempotency_key, \
               requested_at, approved_at, created_at, updated_at) SELECT id, order_number, payment_key, 'COMPLETED', \
               'CREDIT_CARD', total_amount, payment_key, paid_at, paid_at, paid_at, paid_at FROM orders \
               WHERE payment_key LIKE 'bulk-%'";
    shop.execute(sql, []).await.unwrap();
}

/// Stores that many mails that were sent, and half as many addresses that get none any more.
pub async fn sent_mails(shop: &SqlShop, count: usize) {
    let at = ef_contract::builders::noon().to_utc();
    let places: Vec<usize> = (0..count).collect();
    for places in places.chunks(ROWS) {
        let mails: Vec<String> = places
            .iter()
            .map(|place| format!("('bulk{place}@shop.kr', 'PASSWORD_CHANGED', '', 'SENT', 1, ?, ?, ?, ?)"))
            .collect();
        let sql = format!(
            "INSERT INTO mail_outbox (recipient, letter, payload, state, attempts, next_attempt_at, settled_at, created_at, \
             updated_at) VALUES {}",
            mails.join(", ")
        );
        shop.execute(&sql, vec![Value::from(at); mails.len() * 4]).await.unwrap();
        let barred: Vec<String> = places
            .iter()
            .filter(|place| *place % 2 == 0)
            .map(|place| format!("('bulk{place}@shop.kr', 'BOUNCE', ?, ?)"))
            .collect();
        let sql = format!(
            "INSERT INTO mail_suppression (email, reason, created_at, updated_at) VALUES {}",
            barred.join(", ")
        );
        shop.execute(&sql, vec![Value::from(at); barred.len() * 2]).await.unwrap();
    }
}

/// Stores that many events of as many users that were announced long ago, every other one of which was read.
pub async fn told(shop: &SqlShop, count: usize) {
    let at = ef_contract::builders::noon().to_utc();
    let places: Vec<usize> = (0..count).collect();
    for places in places.chunks(ROWS) {
        let rows =
            |row: &dyn Fn(usize) -> String| places.iter().map(|place| row(*place)).collect::<Vec<_>>().join(", ");
        let user = |place: usize| 1_000_000 + place / 5;
        let events = rows(&|place| format!("('ORDER_SHIPPED', {}, {place}, '{{}}', ?, ?, ?)", user(place)));
        let sql = format!(
            "INSERT INTO outbox (event, user_id, order_id, payload, delivered_at, created_at, updated_at) VALUES {events}"
        );
        shop.execute(&sql, vec![Value::from(at); places.len() * 3]).await.unwrap();
        let told = rows(&|place| {
            let read = if place % 2 == 0 { "NULL" } else { "'2026-01-05 03:00:00.000'" };
            format!("({}, {}, {place}, {}, 'ORDER_SHIPPED', {read}, ?, ?, ?)", place + 1, user(place), place + 1)
        });
        let sql = format!(
            "INSERT INTO notification (outbox_id, user_id, order_id, order_number, kind, read_at, happened_at, created_at, \
             updated_at) VALUES {told}"
        );
        shop.execute(&sql, vec![Value::from(at); places.len() * 3]).await.unwrap();
    }
}
