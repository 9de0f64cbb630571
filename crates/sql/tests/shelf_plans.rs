//! How the databases walk along the shelf, with as many products as a large shop has: in the order of an index, from the
//! place where the list goes on, without sorting what nobody asked for.

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

use std::fmt::Write as _;

use ef_contract::builders::{later, new_account, noon, pack, shopper};
use ef_contract::shop::Shop;
use ef_domain::catalogue::{ProductFilter, ProductOrder, ProductPlace, SortDirection, SortKey};
use ef_domain::shared::PageRequest;
use sea_orm::{DatabaseBackend, Value};
use support::SqlShop;

on_both_databases! {
    every_order_walks_along_its_index_from_the_place_where_it_goes_on
    going_on_asks_four_times_however_far_behind
    reviews_of_a_product_are_found_among_all_there_are
    what_a_buyer_has_not_reviewed_is_found_through_his_orders
    nutrients_and_scores_are_numbers
}

const PRODUCTS: usize = 6_000;
const ROWS: usize = 500;

fn is_mysql(shop: &SqlShop) -> bool {
    shop.database.backend() == DatabaseBackend::MySql
}

/// Many products without packs, in eight categories, with prices and ratings that many share.
async fn stock(shop: &SqlShop) {
    let places: Vec<usize> = (0..PRODUCTS).collect();
    for places in places.chunks(ROWS) {
        let (mut rows, mut values) = (String::new(), Vec::<Value>::new());
        for place in places {
            let separator = if rows.is_empty() { "" } else { ", " };
            let (category, price, rating) = (place % 8, 1_000 + place % 700, place % 41);
            let name = place * 7_919 % PRODUCTS;
            write!(
                rows,
                "{separator}('견과 {name}', {price}, '분류 {category}', 1, 'kg', 'AVAILABLE', {rating} / 10.0 + 1, ?, ?)"
            )
            .unwrap();
            let at = later(*place as u64 / 3);
            values.extend([at.to_utc().into(), at.to_utc().into()]);
        }
        let sql = format!(
            "INSERT INTO product (name, base_price, category, weight, weight_unit, status, average_rating, created_at, \
             updated_at) VALUES {rows}"
        );
        shop.execute(&sql, values).await.unwrap();
    }
    analyse(shop, "product").await;
}

async fn analyse(shop: &SqlShop, tables: &str) {
    if is_mysql(shop) {
        shop.rows(&format!("ANALYZE TABLE {tables}"), []).await;
    }
}

/// The plan as the database words it, of the statement with values in the places of its marks.
async fn explained(shop: &SqlShop, sql: &str, values: &[String]) -> String {
    let mut values = values.iter();
    let mut parts = sql.split('?');
    let mut filled = parts.next().unwrap().to_owned();
    for part in parts {
        filled += values.next().map_or("1", String::as_str);
        filled += part;
    }
    let explain = if is_mysql(shop) { "EXPLAIN FORMAT=TREE" } else { "EXPLAIN QUERY PLAN" };
    let rows = shop.rows(&format!("{explain} {filled}"), []).await;
    let line = |row: &sea_orm::QueryResult| -> String {
        if is_mysql(shop) { row.try_get_by_index(0).unwrap() } else { row.try_get("", "detail").unwrap() }
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The statement that fetches the rows of the list: the one with an order, and the values of its place.
async fn plan_of(shop: &SqlShop, filter: &ProductFilter, order: ProductOrder, place: &ProductPlace) -> String {
    let queries = shop.catalogue();
    let work = queries.after(filter, order.direction, place, 20);
    let (stretch, statements) = shop.statements.during(work).await;
    assert_eq!(stretch.unwrap().rows.len(), 20);
    let sql = statements.iter().find(|sql| sql.contains("ORDER BY p.") || sql.contains("LIMIT 21")).unwrap();
    let quoted = |value: &str| format!("'{value}'");
    let value = match &place.value {
        ef_domain::catalogue::SortValue::CreatedAt(at) if is_mysql(shop) => {
            quoted(&at.to_utc().format("%Y-%m-%d %H:%M:%S%.3f").to_string())
        }
        ef_domain::catalogue::SortValue::CreatedAt(at) => quoted(&at.to_utc().to_rfc3339()),
        ef_domain::catalogue::SortValue::Price(price) => price.get().to_string(),
        ef_domain::catalogue::SortValue::Name(name) => quoted(name),
        ef_domain::catalogue::SortValue::Rating(rating) => rating.to_string(),
        ef_domain::catalogue::SortValue::Id => place.id.to_string(),
    };
    let mut values: Vec<String> = filter.category.iter().map(|category| quoted(category)).collect();
    values.extend([value.clone(), value, place.id.to_string()]);
    explained(shop, sql, &values).await
}

async fn every_order_walks_along_its_index_from_the_place_where_it_goes_on(shop: SqlShop) {
    stock(&shop).await;
    let everything = ProductFilter::default();
    let one_category = ProductFilter { category: Some("분류 3".to_owned()), ..ProductFilter::default() };
    for (key, index) in [
        (SortKey::CreatedAt, "created_at"),
        (SortKey::Price, "base_price"),
        (SortKey::Name, "name"),
        (SortKey::Rating, "average_rating"),
    ] {
        for direction in [SortDirection::Ascending, SortDirection::Descending] {
            let order = ProductOrder { key, direction };
            for (filter, prefix) in [(&everything, "ix_product_"), (&one_category, "ix_product_category_")] {
                // Far behind: where a page number would walk over everything in front.
                let far = shop.catalogue().list(filter, order, PageRequest::new(6, 100)).await.unwrap();
                let place = ProductPlace::of(far.rows.last().unwrap(), order);
                let plan = plan_of(&shop, filter, order, &place).await;
                let lower = plan.to_lowercase();
                assert!(lower.contains(&format!("{prefix}{index}")), "{order:?} {filter:?}:\n{plan}");
                assert!(!lower.contains("temp b-tree") && !lower.contains("sort:"), "{order:?} {filter:?}:\n{plan}");
                assert!(!lower.contains("table scan"), "{order:?} {filter:?}:\n{plan}");
            }
        }
    }
}

/// Counting, rows, variants, tags.
async fn going_on_asks_four_times_however_far_behind(shop: SqlShop) {
    for _ in 0..12 {
        pack(&shop, 5).await;
    }
    let (queries, order) = (shop.catalogue(), ProductOrder::NEWEST_FIRST);
    let filter = ProductFilter { keyword: Some("아몬드".to_owned()), ..ProductFilter::default() };
    let first = queries.list(&filter, order, PageRequest::new(0, 1)).await.unwrap();
    let mut place = ProductPlace::of(&first.rows[0], order);
    for size in [1, 3, 20] {
        let (stretch, asked) = shop.statements.during(queries.after(&filter, order.direction, &place, size)).await;
        let stretch = stretch.unwrap();
        assert_eq!(asked.len(), 4, "{}", asked.join("\n"));
        assert_eq!(stretch.is_last, size == 20);
        place = ProductPlace::of(stretch.rows.last().unwrap(), order);
    }
}

async fn reviews_of_a_product_are_found_among_all_there_are(shop: SqlShop) {
    let nuts = pack(&shop, 5).await;
    let other = pack(&shop, 5).await;
    let mut users = Vec::new();
    for _ in 0..400 {
        users.push(shop.accounts().add(&new_account()).await.unwrap());
    }
    for (product, count) in [(nuts.product, 400), (other.product, 30)] {
        let rows = users.iter().take(count);
        let places: Vec<String> = rows.clone().map(|user| format!("({user}, {product}, 4.5, 0, ?, ?)")).collect();
        let sql = format!(
            "INSERT INTO review (user_id, product_id, rating, version, created_at, updated_at) VALUES {}",
            places.join(", ")
        );
        let at = |place: u64| Value::from(later(place).to_utc());
        shop.execute(&sql, (0..count as u64).flat_map(|place| [at(place), at(place)])).await.unwrap();
    }
    analyse(&shop, "review, user, product").await;
    let queries = shop.review_queries();
    let product = other.product.to_string();
    let (page, asked) = shop.statements.during(queries.page(other.product, PageRequest::new(0, 10))).await;
    assert_eq!(page.unwrap().unwrap().rows.len(), 10);
    let plan = explained(&shop, &asked[1], &[product.clone(), "0".to_owned()]).await;
    assert!(plan.contains("ix_review_product_id_created_at_id"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE") && !plan.to_lowercase().contains("sort:"), "{plan}");

    let author = ef_contract::builders::buyer(&shop, &nuts).await;
    let draft = ef_contract::reviews::draft(author, nuts.product, 9);
    let (written, asked) = shop.statements.during(shop.reviews().write(&draft)).await;
    written.unwrap();
    let sum = asked.iter().find(|sql| sql.contains("SUM")).unwrap();
    let plan = explained(&shop, sum, std::slice::from_ref(&product)).await;
    assert!(plan.contains("ix_review_product_id_rating"), "{plan}");
    let own = queries.stand(author.user, nuts.product);
    let (own, asked) = shop.statements.during(own).await;
    assert!(own.unwrap().unwrap().review.is_some());
    let plan = explained(&shop, &asked[0], &[author.user.to_string(), product.clone(), author.user.to_string()]).await;
    assert!(!plan.to_lowercase().contains("table scan") && !plan.contains("SCAN r"), "{plan}");
}

async fn what_a_buyer_has_not_reviewed_is_found_through_his_orders(shop: SqlShop) {
    let packs = [pack(&shop, 9_000).await, pack(&shop, 9_000).await];
    let mut buyers = Vec::new();
    for _ in 0..50 {
        buyers.push(shopper(&shop).await);
    }
    support::bulk::orders(&shop, &buyers, &packs, 3_000, |_| support::bulk::Standing::Paid(noon())).await;
    analyse(&shop, "orders, order_items, review, product").await;
    let queries = shop.review_queries();
    let (page, asked) = shop.statements.during(queries.reviewable(buyers[7].user, PageRequest::new(0, 10))).await;
    assert_eq!(page.unwrap().total, 1);
    for sql in &asked {
        let plan = explained(&shop, sql, &[buyers[7].user.to_string(), "0".to_owned()]).await;
        assert!(plan.contains("ix_orders_user_id"), "{plan}");
        let lower = plan.to_lowercase();
        let whole =
            ["table scan on o\n", "table scan on i\n", "table scan on o ", "table scan on i ", "scan o\n", "scan i\n"];
        assert!(!whole.iter().any(|scan| lower.contains(scan)), "{plan}");
    }
}

/// Not texts that look like numbers, which sort 9 behind 10 and add up to nothing.
async fn nutrients_and_scores_are_numbers(shop: SqlShop) {
    let wanted = [
        ("product_nutrients", "value"),
        ("product", "score_muscle_gain"),
        ("product", "score_weight_loss"),
        ("product", "score_energy"),
        ("product", "score_recovery"),
        ("product", "score_health"),
        ("product", "average_rating"),
        ("product", "weight"),
    ];
    for (table, column) in wanted {
        let rows = if is_mysql(&shop) {
            let sql = "SELECT data_type FROM information_schema.columns WHERE table_schema = DATABASE() \
                 AND table_name = ? AND column_name = ?";
            shop.rows(sql, [table.into(), column.into()]).await
        } else {
            shop.rows("SELECT type FROM pragma_table_info(?) WHERE name = ?", [table.into(), column.into()]).await
        };
        let kind: String = rows[0].try_get_by_index(0).unwrap();
        assert_eq!(kind.to_lowercase(), "double", "{table}.{column}");
    }
    let nuts = pack(&shop, 5).await;
    let insert = "INSERT INTO product_nutrients (product_id, code, name, value, unit, created_at, updated_at) \
         VALUES (?, 'PROTEIN', '단백질', ?, 'g', ?, ?)";
    let at = Value::from(noon().to_utc());
    shop.execute(insert, [nuts.product.get().into(), 21.2.into(), at.clone(), at]).await.unwrap();
    let sql = "SELECT COUNT(*) FROM product_nutrients WHERE value * 10 BETWEEN 211.99 AND 212.01";
    assert_eq!(shop.number(sql, []).await, 1);
}
