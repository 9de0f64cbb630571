//! How the databases find what the order desk asks for, among the orders of some months: through the indices that were
//! made for it, and in the order in which it is shown.

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

use ef_contract::builders::{Pack, PackSpec, ProductSpec, later, shopper};
use ef_contract::shop::Shop;
use ef_domain::order::{DeskFilter, DeskOrder, OrderKeyword, OrderStatus, PaymentStatus};
use ef_domain::shared::{OrderId, PageRequest, Timestamp, UserId};
use sea_orm::DatabaseBackend;
use support::{SqlShop, bulk};

on_both_databases! {
    the_desk_finds_orders_by_the_indices_made_for_it
    a_part_of_a_name_is_looked_for_in_what_the_rest_leaves
    what_stands_behind_an_order_and_how_the_shop_does_is_found_by_indices
}

const ORDERS: usize = 20_000;

/// Mostly paid orders, one a second.
async fn after_some_months(shop: &SqlShop) {
    let mut packs: Vec<Pack> = Vec::new();
    for number in 0..20 {
        let packs_of_one = vec![PackSpec::new("250g", 90_000, 1_000)];
        let spec = ProductSpec { packs: packs_of_one, ..ProductSpec::named(&format!("견과 {number}")) };
        packs.extend(shop.shelve(&spec).await);
    }
    let mut buyers = Vec::new();
    for _ in 0..307 {
        buyers.push(shopper(shop).await);
    }
    bulk::orders(shop, &buyers, &packs, ORDERS, |place| match place % 20 {
        0 => bulk::Standing::Held(later(place as u64)),
        1..4 => bulk::Standing::Expired(later(place as u64)),
        _ => bulk::Standing::Paid(later(place as u64)),
    })
    .await;
    bulk::payments(shop).await;
    // All but a hundred left long ago.
    let sql = "UPDATE orders SET status = 'DELIVERED', shipped_at = paid_at, delivered_at = paid_at \
               WHERE status = 'CONFIRMED' AND id < ?";
    shop.execute(sql, [(ORDERS as i64 - 120).into()]).await.unwrap();
    // SQLite plans without counting.
    if shop.database.backend() == DatabaseBackend::MySql {
        for table in ["orders", "order_items", "payments", "user", "product", "product_variant"] {
            shop.rows(&format!("ANALYZE TABLE {table}"), []).await;
        }
    }
}

/// What the database says it would do, a line a step.
async fn explained(shop: &SqlShop, sql: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut filled = String::new();
    for (place, part) in sql.split('?').enumerate() {
        if place > 0 {
            filled += values.next().unwrap_or(&"0");
        }
        filled += part;
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        let rows = shop.rows(&format!("EXPLAIN FORMAT=TRADITIONAL {filled}"), []).await;
        let column = |row: &sea_orm::QueryResult, name| row.try_get::<Option<String>>("", name).unwrap();
        let line = |row| {
            let words = ["table", "type", "key", "Extra"].map(|name| column(row, name).unwrap_or_default());
            format!("{}\n", words.join(" "))
        };
        return rows.iter().map(line).collect();
    }
    let rows = shop.rows(&format!("EXPLAIN QUERY PLAN {filled}"), []).await;
    rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap() + "\n").collect()
}

/// The plans of all statements of the work.
async fn plans<T>(shop: &SqlShop, work: impl Future<Output = T>, values: &[&str]) -> (T, Vec<String>) {
    let (output, statements) = shop.statements.during(work).await;
    let mut plans = Vec::new();
    for sql in &statements {
        plans.push(explained(shop, sql, values).await);
    }
    (output, plans)
}

/// No table that grows with every sale is read from end to end.
fn assert_no_search(plan: &str) {
    for line in plan.lines() {
        let mut words = line.split_whitespace();
        let whole = match words.next() {
            // SQLite: a scan of the rows and not of an index.
            Some("SCAN") => {
                let table = words.next().unwrap_or_default();
                !line.contains("INDEX") && !["page", "v", "user"].contains(&table)
            }
            // MySQL.
            Some(table) => words.next() == Some("ALL") && !table.starts_with('<') && !["v", "user"].contains(&table),
            None => false,
        };
        assert!(!whole, "{plan}");
    }
}

/// A moment as both databases read one.
fn sql_text(at: Timestamp) -> String {
    format!("'{}'", at.to_string().replace('T', " ").replace('Z', ""))
}

fn is_sorted(plan: &str) -> bool {
    plan.contains("filesort") || plan.contains("TEMP B-TREE FOR ORDER BY")
}

/// The count and the page of a filter.
async fn listed(shop: &SqlShop, filter: &DeskFilter, values: &[&str]) -> (u64, String, String) {
    let desk = shop.order_desk();
    let work = desk.list(filter, DeskOrder::NewestFirst, PageRequest::new(0, 20));
    let (page, plans) = plans(shop, work, values).await;
    let [count, page_plan] = plans.try_into().unwrap();
    (page.unwrap().page.total, count, page_plan)
}

async fn the_desk_finds_orders_by_the_indices_made_for_it(shop: SqlShop) {
    after_some_months(&shop).await;
    let sqlite = shop.database.backend() != DatabaseBackend::MySql;
    let by_number = if sqlite { "sqlite_autoindex_orders_1" } else { "order_number" };
    let buyer = shop.number("SELECT MIN(user_id) + 7 FROM orders", []).await;
    let filter = DeskFilter::default;
    let keyword = |text| DeskFilter { keyword: OrderKeyword::parse(text), ..filter() };
    let (from, before) = (later(19_000), later(19_100));
    let (from_text, before_text) = (sql_text(from), sql_text(before));
    let user = buyer.to_string();
    let dated = DeskFilter { placed_from: Some(from), placed_before: Some(before), ..filter() };
    let status = |filter| DeskFilter { status: Some(OrderStatus::Confirmed), ..filter };
    let unpaid = DeskFilter { payment_status: Some(PaymentStatus::Pending), ..filter() };
    let of_buyer = DeskFilter { buyer: Some(UserId::new(buyer)), ..filter() };
    for (name, filter, values, index) in [
        ("all", filter(), vec![], "ix_orders_created_at"),
        ("a status", status(filter()), vec!["'CONFIRMED'"], "ix_orders_status_created_at"),
        ("a payment's status", unpaid, vec!["'PENDING'", "'PENDING'"], "ix_orders_status_created_at"),
        ("a buyer", of_buyer, vec![user.as_str()], "ix_orders_user_id"),
        ("some days", dated, vec![from_text.as_str(), before_text.as_str()], "ix_orders_created_at"),
        ("a number", keyword("2000000000000007"), vec!["2000000000000007", "2000000000000007"], by_number),
    ] {
        let (total, count, page) = listed(&shop, &filter, &values).await;
        assert!(total > 0, "{name}");
        for plan in [&count, &page] {
            assert_no_search(plan);
        }
        assert!(page.contains(index), "{name}: {index} is not in\n{page}");
        if !["a number", "a buyer"].contains(&name) {
            // The page itself is sorted once more after it was found: twenty rows.
            let found = page.lines().filter(|line| line.contains("ix_orders")).collect::<String>();
            assert!(!is_sorted(&found), "{name}: more than a page is sorted\n{page}");
        }
    }
}

/// No index finds the middle of a name; but a day or a buyer leave little to look at.
async fn a_part_of_a_name_is_looked_for_in_what_the_rest_leaves(shop: SqlShop) {
    after_some_months(&shop).await;
    let buyer = shop.number("SELECT MIN(user_id) + 7 FROM orders", []).await;
    let filter =
        DeskFilter {
            buyer: Some(UserId::new(buyer)), keyword: OrderKeyword::parse("아몬드"), ..DeskFilter::default()
        };
    let user = buyer.to_string();
    let values = [user.as_str(), "'%a%'", "'%a%'", "'%a%'", "'%a%'"];
    let (total, count, page) = listed(&shop, &filter, &values).await;
    assert!(total > 0);
    for plan in [&count, &page] {
        assert_no_search(plan);
        assert!(plan.contains("ix_orders_user_id"), "{plan}");
    }
}

async fn what_stands_behind_an_order_and_how_the_shop_does_is_found_by_indices(shop: SqlShop) {
    after_some_months(&shop).await;
    let order = OrderId::new(shop.number("SELECT MAX(id) FROM orders WHERE status = 'CONFIRMED'", []).await);
    let number = shop.number("SELECT order_number FROM orders WHERE id = ?", [order.get().into()]).await.to_string();
    let desk = shop.order_desk();
    let (told, plans_of_one) = plans(&shop, desk.background(order), &[number.as_str()]).await;
    assert_eq!(told.unwrap().unwrap().payments.len(), 1);
    for plan in &plans_of_one {
        assert_no_search(plan);
    }
    assert!(plans_of_one[1].contains("ix_payments_order_number"), "{plans_of_one:?}");
    assert!(plans_of_one[2].contains("ix_stock_ledger_order_id"), "{plans_of_one:?}");

    let since = later(19_900);
    let text = sql_text(since);
    let (told, statements) = shop.statements.during(desk.figures(since, 10, 20)).await;
    let (told, mut figures) = (told.unwrap(), Vec::new());
    let values: [&[&str]; 4] = [&["'COMPLETED'", "'COMPLETED'", &text], &["'CONFIRMED'"], &[&text], &["10"]];
    for (sql, values) in statements.iter().zip(values) {
        figures.push(explained(&shop, sql, values).await);
    }
    assert!(told.placed == 100 && told.to_ship > 0 && told.to_ship < 200, "{told:?}");
    figures[..3].iter().for_each(|plan| assert_no_search(plan));
    assert!(figures[0].contains("ix_orders_created_at"), "{figures:?}");
    assert!(figures[1].contains("ix_orders_status_created_at"), "{figures:?}");
    assert!(figures[2].contains("ix_payments_check_at"), "{figures:?}");
}
