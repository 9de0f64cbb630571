//! How the databases find what they are asked for, with as many rows as a shop has after some months: through the
//! index that was made for it, never by reading a whole table of orders, payments or cart lines.

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

use std::time::Duration;

use ef_contract::builders::{
    Pack, PackSpec, ProductSpec, applied, key, later, new_account, noon, order, pieces, recipient, shopper,
};
use ef_contract::mail::MailRoom;
use ef_contract::shop::Shop;
use ef_domain::account::{Email, NewReset, Redemption, ResetKeys, ResetToken};
use ef_domain::catalogue::{Editor, ProductFilter, ProductOrder, StockAdjustment};
use ef_domain::notice::{Letter, MailOutcome, NewMail, OneTimeCode, SweepBefore};
use ef_domain::order::{HistoryFilter, OrderNumber};
use ef_domain::shared::{Actor, AnnouncementId, AuditSubject, PageRequest};
use sea_orm::DatabaseBackend;
use support::{SqlShop, bulk};

on_both_databases! {
    hot_queries_use_the_indices_made_for_them
    due_and_parked_mails_are_found_among_all_that_were_sent
    an_account_and_what_belongs_to_it_are_found_without_a_search
    a_password_reset_is_found_without_a_search
    announcements_are_found_among_all_that_were_told
    the_trail_of_one_thing_is_found_among_all_that_was_done
}

const ORDERS: usize = 20_000;

/// Tables that grow with every sale. Reading one from end to end is a fault, however small it is today.
const GROWING: [&str; 12] = [
    "outbox",
    "notification",
    "password_reset",
    "orders",
    "order_items",
    "payments",
    "cart_items",
    "stock_ledger",
    "user",
    "user_address",
    "user_identity",
    "user_totp",
];

/// A step of a plan: which table (or its alias) is read, and through which index, if any.
#[derive(Debug)]
struct Step {
    table: String,
    index: Option<String>,
}

/// What the database says it would do.
async fn plan(shop: &SqlShop, sql: &str, values: &[String]) -> Vec<Step> {
    let mut values = values.iter().map(String::as_str);
    let mut filled = String::new();
    for (place, part) in sql.split('?').enumerate() {
        if place > 0 {
            // Lists repeat their last value.
            filled += values.next().unwrap_or("1");
        }
        filled += part;
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        let rows = shop.rows(&format!("EXPLAIN FORMAT=TRADITIONAL {filled}"), []).await;
        let step = |row: &sea_orm::QueryResult| {
            let table: Option<String> = row.try_get("", "table").unwrap();
            let kind: Option<String> = row.try_get("", "type").unwrap();
            let index: Option<String> = row.try_get("", "key").unwrap();
            // "index" reads the whole index, which is no better than the whole table.
            let reads_all = kind.as_deref().is_some_and(|kind| matches!(kind, "ALL" | "index"));
            Some(Step { table: table?, index: if reads_all { None } else { index } })
        };
        return rows.iter().filter_map(step).collect();
    }
    let rows = shop.rows(&format!("EXPLAIN QUERY PLAN {filled}"), []).await;
    let step = |row: &sea_orm::QueryResult| {
        let detail: String = row.try_get("", "detail").unwrap();
        let mut words = detail.split_whitespace();
        let is_search = match words.next() {
            Some("SEARCH") => true,
            Some("SCAN") => false,
            _ => return None,
        };
        let table = words.next().unwrap().to_owned();
        let index = if detail.contains("INTEGER PRIMARY KEY") {
            "PRIMARY".to_owned()
        } else {
            let named = detail.split("INDEX ").nth(1).unwrap_or_default();
            named.split_whitespace().next().unwrap_or_default().to_owned()
        };
        Some(Step { table, index: is_search.then_some(index) })
    };
    rows.iter().filter_map(step).collect()
}

/// What a table is called in a statement: `FROM orders o` makes it `o`.
fn table_of(sql: &str, alias: &str) -> String {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let is_source = |words: &&[&str]| matches!(words[0], "FROM" | "JOIN" | "(FROM") && words[2] == alias;
    words.windows(3).find(is_source).map_or(alias, |words| words[1]).to_owned()
}

/// Runs the work and looks at the plan of every statement: no growing table is read whole, and the statements use, among
/// them, the named indices.
async fn uses<T>(shop: &SqlShop, work: impl Future<Output = T>, values: &[String], indices: &[&str]) -> T {
    let (output, statements) = shop.statements.during(work).await;
    let mut used = Vec::new();
    // Of an insert of values MySQL says that it reads all of the table, and reads nothing.
    for sql in statements.iter().filter(|sql| !(sql.starts_with("INSERT") && sql.contains("VALUES"))) {
        for step in plan(shop, sql, values).await {
            let table = table_of(sql, &step.table);
            assert!(
                step.index.is_some() || !GROWING.contains(&table.as_str()),
                "{table} is read from end to end by\n{sql}"
            );
            used.extend(step.index.map(|index| format!("{table}:{index}")));
        }
    }
    for wanted in indices {
        assert!(
            used.iter().any(|index| index == wanted),
            "{wanted} is not among {used:?} of\n{}",
            statements.join("\n")
        );
    }
    output
}

/// A shop after some months: mostly paid orders, some given up, some holds, two of them due.
async fn after_some_months(shop: &SqlShop) -> (Vec<Actor>, Vec<Pack>) {
    let mut packs = Vec::new();
    for number in 0..200 {
        let spec = ProductSpec {
            category: format!("분류 {}", number % 8),
            nutrients: vec![("PROTEIN".to_owned(), 20.0, Some(36))],
            tags: vec![format!("태그 {}", number % 20)],
            packs: vec![PackSpec::new("250g", 90_000, 1_000), PackSpec::new("1kg", 90_000, 3_500).beside()],
            created_at: later(number * 60),
            ..ProductSpec::named(&format!("견과 {number}"))
        };
        packs.extend(shop.shelve(&spec).await);
    }
    let mut buyers = Vec::new();
    for _ in 0..307 {
        buyers.push(shopper(shop).await);
    }
    bulk::orders(shop, &buyers, &packs, ORDERS, |place| {
        let at = later(place as u64);
        match place % 20 {
            0 => bulk::Standing::Held(at),
            1..4 => bulk::Standing::Expired(at),
            _ => bulk::Standing::Paid(at),
        }
    })
    .await;
    bulk::payments(shop).await;
    for (place, buyer) in buyers.iter().enumerate() {
        for line in 0..5 {
            let pack = &packs[(place + line * 7) % packs.len()];
            shop.carts().add(buyer.user, pack.product, pack.variant, pieces(1)).await.unwrap();
        }
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        // MySQL counts rows in the background; a test cannot wait for that. SQLite plans without counting.
        for table in
            ["orders", "order_items", "payments", "cart_items", "product", "product_variant", "product_nutrients"]
        {
            shop.rows(&format!("ANALYZE TABLE {table}"), []).await;
        }
    }
    (buyers, packs)
}

/// An index that the schema gives no name is called differently by each database.
fn unnamed<'a>(shop: &SqlShop, mysql: &'a str, sqlite: &'a str) -> &'a str {
    if shop.database.backend() == DatabaseBackend::MySql { mysql } else { sqlite }
}

async fn hot_queries_use_the_indices_made_for_them(shop: SqlShop) {
    let (buyers, packs) = after_some_months(&shop).await;
    let buyer = buyers[20].user;
    let text = |value: &dyn std::fmt::Display| value.to_string();
    let (orders, payments, carts) = (shop.orders(), shop.payments(), shop.carts());
    let by_number = unnamed(&shop, "orders:order_number", "orders:sqlite_autoindex_orders_1");
    let by_key = unnamed(&shop, "payments:payment_key", "payments:sqlite_autoindex_payments_1");
    let lines =
        unnamed(&shop, "order_items:ux_order_items_order_id_line_no", "order_items:sqlite_autoindex_order_items_1");

    let cart_lines =
        unnamed(&shop, "cart_items:ux_cart_items_user_id_variant_id", "cart_items:sqlite_autoindex_cart_items_1");

    let soon = [text(&"'2026-01-05 03:10:00'"), text(&100)];
    let due = uses(&shop, orders.due_holds(later(600), 100), &soon, &["orders:ix_orders_hold_expires_at", lines]).await;
    assert!(!due.unwrap().is_empty());

    let indices = ["orders:ix_orders_user_id_hold_expires_at", lines];
    let holds = uses(&shop, orders.live_holds(buyer), &[text(&buyer)], &indices).await;
    assert!(!holds.unwrap().is_empty());

    let number = OrderNumber::try_new(2_000_000_000_000_005).unwrap();
    let found = uses(&shop, orders.find_by_number(number), &[text(&number)], &[by_number, lines]).await;
    assert!(found.unwrap().is_some());

    let found = uses(&shop, payments.find(&key("bulk-7")), &[text(&"'bulk-7'")], &[by_key]).await;
    assert!(found.unwrap().is_some());

    let waiting = ["payments:ix_payments_check_at"];
    uses(&shop, payments.due_checks(noon(), 100), &soon, &waiting).await.unwrap();

    let queries = shop.order_queries();
    let page = queries.history(buyer, HistoryFilter::default(), PageRequest::new(0, 10));
    let page = uses(
        &shop,
        page,
        &[text(&buyer), text(&10), text(&0)],
        &["orders:ix_orders_user_id_created_at", lines, by_key],
    )
    .await;
    assert!(!page.unwrap().rows.is_empty());

    let shown = uses(&shop, queries.detail(number), &[text(&number)], &[by_number, by_key, lines]).await;
    assert!(shown.unwrap().is_some());

    let cart =
        uses(&shop, carts.cart(buyer), &[text(&buyer), text(&buyer)], &[cart_lines, "product_variant:PRIMARY"]).await;
    assert_eq!(cart.unwrap().lines.len(), 5);

    let (product, variant) = (packs[7].product, packs[7].variant);
    let values = [text(&buyer), text(&product), text(&variant), text(&buyer)];
    uses(&shop, carts.buyable(buyer, product, variant), &values, &["product_variant:PRIMARY"]).await.unwrap();

    let found = shop.catalogue();
    let variants = unnamed(
        &shop,
        "product_variant:ux_product_variant_product_id_size",
        "product_variant:sqlite_autoindex_product_variant_1",
    );
    uses(&shop, found.find(product), &[text(&product)], &[variants]).await.unwrap();

    // A write that looked for its row would lock everybody else's.
    let values = [text(&"'2026-01-05 03:10:00'"), text(&number), text(&"'2026-01-05 03:10:00'")];
    uses(&shop, payments.hasten(number, noon()), &values, &[]).await.unwrap();
}

/// Its standing is asked for with every signed-in request.
async fn an_account_and_what_belongs_to_it_are_found_without_a_search(shop: SqlShop) {
    let accounts = shop.accounts();
    let (mut emails, mut users) = (Vec::new(), Vec::new());
    for _ in 0..300 {
        let new = new_account();
        users.push(accounts.add(&new).await.unwrap());
        emails.push(new.email);
    }
    let owner = users[20];
    for user in &users {
        shop.addresses().add(*user, &recipient(), 20, noon()).await.unwrap();
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        shop.rows("ANALYZE TABLE user, user_address", []).await;
    }
    let id = [owner.to_string()];
    let by_email = unnamed(&shop, "user:email", "user:sqlite_autoindex_user_1");
    uses(&shop, accounts.standing(owner), &id, &["user:PRIMARY"]).await.unwrap();
    uses(&shop, accounts.find(owner), &id, &["user:PRIMARY"]).await.unwrap();
    uses(&shop, accounts.credentials_of(owner), &id, &["user:PRIMARY"]).await.unwrap();
    let email = [format!("'{}'", emails[20])];
    uses(&shop, accounts.credentials(&emails[20]), &email, &[by_email]).await.unwrap();
    let book = shop.addresses();
    let listed = uses(&shop, book.list(owner), &id, &["user_address:ix_user_address_user_id"]).await;
    assert_eq!(listed.unwrap().len(), 1);
}

async fn due_and_parked_mails_are_found_among_all_that_were_sent(shop: SqlShop) {
    let mail = |number: u32| NewMail {
        to: Email::parse(&format!("reader{number}@energy-factory.kr")).unwrap(),
        user: None,
        letter: Letter::PasswordChanged { at: noon() },
        lapses_at: None,
        queued_at: noon(),
    };
    bulk::sent_mails(&shop, 5_000).await;
    for number in 0..5 {
        shop.queue(&mail(number)).await;
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        shop.rows("ANALYZE TABLE mail_outbox, mail_suppression", []).await;
    }
    let outbox = shop.outbox();
    let now = "'2026-01-05 03:10:00'".to_owned();
    let claiming = [now.clone(), now.clone(), "1".to_owned(), "0".to_owned(), now.clone()];
    let waiting = "mail_outbox:ix_mail_outbox_state_next_attempt_at";
    let suppressed = unnamed(&shop, "mail_suppression:email", "mail_suppression:sqlite_autoindex_mail_suppression_1");
    let claim = outbox.claim(later(60), Duration::from_secs(90), 20);
    let claim = uses(&shop, claim, &claiming, &[waiting, suppressed]).await.unwrap();
    assert_eq!(claim.mails.len(), 5);

    let settling = [now.clone(), now.clone(), "'busy'".to_owned(), "1".to_owned(), now, "1".to_owned()];
    let outcome = MailOutcome::Retry { at: later(90), counts: true, reason: "busy".to_owned() };
    uses(&shop, outbox.settle(&claim.mails[0], &outcome, later(61)), &settling, &[]).await.unwrap();

    let page = uses(&shop, outbox.parked(PageRequest::new(0, 20)), &[], &[waiting]).await.unwrap();
    assert!(page.rows.is_empty());
    let sweep = SweepBefore { settled: later(600), discarded: later(600) };
    assert_eq!(uses(&shop, outbox.sweep(sweep, 100), &claiming[..2], &[waiting]).await.unwrap(), 100);
}

/// Every step of one, and what sweeps the old ones away.
async fn a_password_reset_is_found_without_a_search(shop: SqlShop) {
    let (resets, owner) = (shop.resets(), shopper(&shop).await.user);
    let keys = ResetKeys::new(vec![7; 32]);
    let mail = |number: u32| NewMail {
        to: Email::parse(&format!("reader{number}@energy-factory.kr")).unwrap(),
        user: Some(owner),
        letter: Letter::PasswordChanged { at: noon() },
        lapses_at: None,
        queued_at: noon(),
    };
    let reset = |number: u32| {
        let address = keys.address(&mail(number).to);
        let code = keys.code(&address, &OneTimeCode::parse("012345").unwrap());
        NewReset { address, code, expires_at: later(300), mail: mail(number) }
    };
    for number in 0..300 {
        resets.begin(&reset(number)).await.unwrap();
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        shop.rows("ANALYZE TABLE password_reset, user", []).await;
    }
    let now = "'2026-01-05 03:10:00'".to_owned();
    let one = reset(7);
    let found = unnamed(&shop, "password_reset:email_hash", "password_reset:sqlite_autoindex_password_reset_1");
    let by_token = unnamed(&shop, "password_reset:token_hash", "password_reset:sqlite_autoindex_password_reset_2");
    let address = format!("'{}'", one.address.as_str());
    let yesterday = "'2026-01-04 03:10:00'".to_owned();
    let putting: Vec<String> = std::iter::repeat_n(yesterday, 12).collect();
    uses(&shop, resets.begin(&one), &putting, &["password_reset:ix_password_reset_updated_at"]).await.unwrap();

    let trying = [now.clone(), address.clone(), "5".to_owned(), now.clone()];
    assert!(uses(&shop, resets.take_try(&one.address, noon()), &trying, &[found]).await.unwrap().is_some());

    let token = ResetToken::parse(&"a".repeat(64)).unwrap().hash();
    let quoted = format!("'{}'", token.as_str());
    let redemption = Redemption {
        address: one.address.clone(),
        code: one.code.clone(),
        token: token.clone(),
        expires_at: later(600),
        at: noon(),
    };
    let redeeming = [quoted.clone(), now.clone(), now.clone(), address, format!("'{}'", one.code.as_str())];
    assert!(uses(&shop, resets.redeem(&redemption), &redeeming, &[found]).await.unwrap());
    uses(&shop, resets.owner(&token, noon()), &[quoted, now], &[by_token]).await.unwrap();
}

async fn announcements_are_found_among_all_that_were_told(shop: SqlShop) {
    let (who, pack) = (shopper(&shop).await, &shop.shelve(&ProductSpec::named("아몬드")).await[0]);
    bulk::orders(&shop, &[who], std::slice::from_ref(pack), 2_000, |_| bulk::Standing::Paid(noon())).await;
    bulk::payments(&shop).await;
    bulk::told(&shop, 5_000).await;
    for _ in 0..5 {
        let order = order(&shop, who, &[(pack, 1)]).await;
        applied(&shop, order.cancel(None, later(1))).await;
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        shop.rows("ANALYZE TABLE outbox, notification, orders, payments", []).await;
    }
    let waiting = "outbox:ix_outbox_delivered_at_id";
    let told = unnamed(&shop, "notification:ux_notification_outbox_id", "notification:ux_notification_outbox_id");
    // Good for a moment and for a limit.
    let number = ["20260105031000".to_owned()];
    let delivery = uses(&shop, shop.announcements().deliver(100, later(60)), &number, &[waiting, told]).await.unwrap();
    assert_eq!(delivery.announced, 5);

    let queries = shop.announcement_queries();
    let owned = "notification:ix_notification_user_id_id";
    let by_user = [who.user.to_string()];
    let page = uses(&shop, queries.page(who.user, PageRequest::new(0, 2)), &by_user, &[owned]).await.unwrap();
    assert_eq!(page.total, 5);
    let unread = "notification:ix_notification_user_id_read_at";
    assert_eq!(uses(&shop, queries.unread(who.user), &by_user, &[unread]).await.unwrap(), 5);
    let (newest, all) = (page.rows[0].id, AnnouncementId::new(0));
    // Either of his indices will do.
    uses(&shop, queries.missed(who.user, all, 100), &by_user, &[]).await.unwrap();
    let late = [newest.to_string()];
    uses(&shop, queries.after(newest, 100), &late, &["notification:PRIMARY"]).await.unwrap();
    assert_eq!(shop.statements.during(queries.newest()).await.0.unwrap(), Some(newest));

    let announcements = shop.announcements();
    let marking = ["'2026-01-05 03:10:00'".to_owned(), "'2026-01-05 03:10:00'".to_owned()];
    let one = [marking.as_slice(), &late, &by_user].concat();
    let marked = announcements.mark_read(who.user, newest, later(70));
    assert!(uses(&shop, marked, &one, &["notification:PRIMARY"]).await.unwrap());
    let all = [marking.as_slice(), &by_user].concat();
    let marked = announcements.mark_all_read(who.user, later(70));
    assert_eq!(uses(&shop, marked, &all, &[]).await.unwrap(), 4);
}

/// And a search of the shelf finds what belongs to each product by its number.
async fn the_trail_of_one_thing_is_found_among_all_that_was_done(shop: SqlShop) {
    let admin = shopper(&shop).await.user;
    for _ in 0..300 {
        // MySQL reads a small table whole.
        shop.accounts().add(&new_account()).await.unwrap();
    }
    let mut products = Vec::new();
    for number in 0..40 {
        let tags = vec![format!("태그 {number}")];
        let spec = ProductSpec { tags, packs: vec![PackSpec::new("250g", 9, 1_000)], ..ProductSpec::named("견과") };
        products.push(shop.shelve(&spec).await[0].clone());
    }
    for turn in 0..2_000 {
        let variant = products[turn % products.len()].variant;
        let count = StockAdjustment { variant, delta: 1, reason: "입고".to_owned() };
        shop.products().adjust_stock(&count, Editor { user: admin, at: noon() }).await.unwrap();
    }
    if shop.database.backend() == DatabaseBackend::MySql {
        shop.rows("ANALYZE TABLE audit_log, user, product, product_variant, product_tags", []).await;
    }
    let product = products[7].product;
    let values = ["'product'".to_owned(), product.to_string(), "0".to_owned()];
    let (audit, trail) = (shop.audit(), "audit_log:ix_audit_log_subject_subject_id_id");
    let page = audit.page(Some(AuditSubject::Product(product)), PageRequest::new(0, 10));
    let page = uses(&shop, page, &values, &[trail]).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (10, 50));

    let mysql =
        ["product_variant:ux_product_variant_product_id_size", "product_tags:ux_product_tags_product_id_tag_id"];
    let sqlite = ["product_variant:sqlite_autoindex_product_variant_1", "product_tags:sqlite_autoindex_product_tags_1"];
    let [variants, tags] = [0, 1].map(|place| unnamed(&shop, mysql[place], sqlite[place]));
    let keyword = ProductFilter { keyword: Some("견과".to_owned()), ..ProductFilter::default() };
    let words = ["'%견과%'", "'%견과%'", "'%견과%'", "'%견과%'", "0"].map(str::to_owned);
    let list = shop.catalogue();
    let list = list.list(&keyword, ProductOrder::NEWEST_FIRST, PageRequest::new(0, 10));
    assert_eq!(uses(&shop, list, &words, &[variants, tags]).await.unwrap().total, 40);
}
