//! The guards that tests must miss, one row each.
//!
//! To add one: copy the row below, give it a name that says what the guard prevents, copy the guard's text into `find` (it
//! must occur exactly once in the file; take a neighbouring line along if it does not), write into `replace` the same
//! code without the guard, so that it still compiles, and name the test that must turn red. Then run
//! `cargo xtask mutate-guards NAME`.
//!
//! ```text
//! Guard {
//!     name: "reserve-only-what-is-there",
//!     file: "crates/sql/src/order/place.rs",
//!     find: "AND stock - reserved_stock >= ?",
//!     replace: "AND ? IS NOT NULL",
//!     package: "ef-sql",
//!     target: &["--test", "race"],
//!     test: "the_last_unit_is_sold_once",
//! },
//! ```
#![expect(clippy::needless_raw_string_hashes, reason = "all rows quote source text alike, whatever is in it")]

use super::Guard;

/// Every guard of the shop.
pub const GUARDS: &[Guard] = &[
    Guard {
        name: "reserve-only-what-is-there",
        file: "crates/sql/src/stock.rs",
        find: "AND stock - reserved_stock >= ?",
        replace: "AND ? IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "more_than_is_left_is_refused_and_nothing_is_stored",
    },
    Guard {
        name: "no-overselling-at-once",
        file: "crates/sql/src/stock.rs",
        find: "AND stock - reserved_stock >= ?",
        replace: "AND ? IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "race"],
        test: "a_stock_of_200_is_never_oversold_by_1000_attempts",
    },
    Guard {
        name: "release-only-what-is-held",
        file: "crates/sql/src/stock.rs",
        find: r#"reserved_stock = reserved_stock - ?, updated_at = ? \
             WHERE id = ? AND reserved_stock >= ?",
            1,
        ),
        StockMove::Commit"#,
        replace: r#"reserved_stock = reserved_stock - ?, updated_at = ? \
             WHERE id = ? AND ? IS NOT NULL",
            1,
        ),
        StockMove::Commit"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "a_release_that_the_counters_do_not_cover_is_corrupt_and_names_the_variant",
    },
    Guard {
        name: "sell-only-what-is-held",
        file: "crates/sql/src/stock.rs",
        find: r#"stock = stock - ?, reserved_stock = reserved_stock - ?, updated_at = ? \
             WHERE id = ? AND reserved_stock >= ?"#,
        replace: r#"stock = stock - ?, reserved_stock = reserved_stock - ?, updated_at = ? \
             WHERE id = ? AND ? IS NOT NULL"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "a_sale_that_the_counters_do_not_cover_is_corrupt_and_nothing_is_stored",
    },
    Guard {
        name: "check-of-the-counters",
        file: "migrations/src/m0002_create_catalogue.rs",
        find: r#"Expr::col("reserved_stock").between(0, Expr::col("stock"))"#,
        replace: r#"Expr::cust("1 = 1")"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "no_counter_can_promise_more_than_there_is_whoever_wrote_it",
    },
    Guard {
        name: "variants-in-one-lock-order",
        file: "crates/sql/src/stock.rs",
        find: "BTreeMap::<(VariantId, StockMove)",
        replace: "std::collections::HashMap::<(VariantId, StockMove)",
        package: "ef-sql",
        target: &["--test", "race"],
        test: "orders_with_their_lines_in_any_order_never_wait_in_a_circle",
    },
    Guard {
        name: "stock-before-inserts",
        file: "crates/sql/src/order/place.rs",
        find: r#"        stock::move_stock(tx, &effects, order.placed_at).await.map_err(refuse)?;
        let id = insert_order(tx, order).await?;
        insert_lines(tx, order, id).await?;
"#,
        replace: r#"        let id = insert_order(tx, order).await?;
        insert_lines(tx, order, id).await?;
        stock::move_stock(tx, &effects, order.placed_at).await.map_err(refuse)?;
"#,
        package: "ef-sql",
        target: &["--test", "race"],
        test: "buyers_of_one_variant_never_wait_in_a_circle",
    },
    Guard {
        name: "order-version",
        file: "crates/sql/src/order/apply.rs",
        find: "version = version + 1 WHERE id = ? AND version = ?",
        replace: "version = version + 1 WHERE id = ? AND ? IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "a_change_decided_on_an_old_version_is_stale_and_nothing_is_stored",
    },
    Guard {
        name: "expiry-or-payment-not-both",
        file: "crates/sql/src/order/apply.rs",
        find: "version = version + 1 WHERE id = ? AND version = ?",
        replace: "version = version + 1 WHERE id = ? AND ? IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "race"],
        test: "expiry_against_payment_has_one_winner",
    },
    Guard {
        name: "payment-version",
        file: "crates/sql/src/payment/write.rs",
        find: r#"refunded_at = ?, check_at = ?, updated_at = ?, \
         version = version + 1 WHERE id = ? AND version = ?"#,
        replace: r#"refunded_at = ?, check_at = ?, updated_at = ?, \
         version = version + 1 WHERE id = ? AND ? IS NOT NULL"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "a_payment_whose_order_is_gone_is_settled_once",
    },
    Guard {
        name: "repeated-attempt-version",
        file: "crates/sql/src/payment/write.rs",
        find: r#"checks = 0, updated_at = ?, \
                     version = version + 1 WHERE id = ? AND version = ?"#,
        replace: r#"checks = 0, updated_at = ?, \
                     version = version + 1 WHERE id = ? AND ? IS NOT NULL"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "a_repeat_of_an_attempt_that_moved_is_stale_and_nothing_is_stored",
    },
    Guard {
        name: "claim-only-what-is-open",
        file: "crates/sql/src/payment/repository.rs",
        find: "WHERE id = ? AND version = ? AND checks = ? AND check_at IS NOT NULL",
        replace: "WHERE id = ? AND ? IS NOT NULL AND ? IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "what_was_settled_meanwhile_is_not_claimed",
    },
    Guard {
        name: "claim-a-check-once",
        file: "crates/sql/src/payment/repository.rs",
        find: "WHERE id = ? AND version = ? AND checks = ? AND check_at IS NOT NULL",
        replace: "WHERE id = ? AND version = ? AND ? IS NOT NULL AND check_at IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "race"],
        test: "of_many_claims_of_one_check_one_succeeds",
    },
    Guard {
        name: "unique-order-number",
        file: "migrations/src/m0005_create_orders.rs",
        find: r#"col("order_number").big_integer().not_null().unique_key()"#,
        replace: r#"col("order_number").big_integer().not_null()"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "a_number_that_is_taken_is_refused_and_nothing_is_held",
    },
    Guard {
        name: "unique-payment-key",
        file: "migrations/src/m0006_create_payments.rs",
        find: r#"columns.exact("payment_key", 200).not_null().unique_key()"#,
        replace: r#"columns.exact("payment_key", 200).not_null()"#,
        package: "ef-sql",
        target: &["--test", "race"],
        test: "one_payment_key_opens_one_payment_among_many_orders",
    },
    Guard {
        name: "unique-address",
        file: "migrations/src/m0001_create_users.rs",
        find: r#"columns.exact("email", 254).not_null().unique_key()"#,
        replace: r#"columns.exact("email", 254).not_null()"#,
        package: "ef-sql",
        target: &["--test", "race"],
        test: "sign_ups_with_one_address_make_one_account",
    },
    Guard {
        name: "unique-telephone",
        file: "migrations/src/m0001_create_users.rs",
        find: r#"columns.exact("phone", 20).unique_key()"#,
        replace: r#"columns.exact("phone", 20)"#,
        package: "ef-sql",
        target: &["--test", "race"],
        test: "sign_ups_with_one_number_make_one_account",
    },
    Guard {
        name: "no-expiry-while-paying",
        file: "crates/sql/src/order/find.rs",
        find: r#".filter(orders::Column::PaymentKey.is_null())
            .order_by_asc(orders::Column::HoldExpiresAt)"#,
        replace: ".order_by_asc(orders::Column::HoldExpiresAt)",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "an_order_that_is_being_paid_is_not_due",
    },
    Guard {
        name: "no-superseding-while-paying",
        file: "crates/sql/src/order/find.rs",
        find: r#".filter(orders::Column::PaymentKey.is_null())
            .order_by_asc(orders::Column::Id)"#,
        replace: ".order_by_asc(orders::Column::Id)",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "an_order_that_is_being_paid_is_no_live_hold",
    },
    Guard {
        name: "only-the-buyers-holds",
        file: "crates/sql/src/order/find.rs",
        find: r#".filter(orders::Column::UserId.eq(buyer.get()))
            .filter(orders::Column::HoldExpiresAt.is_not_null())"#,
        replace: r#".filter(orders::Column::UserId.gte(buyer.get().min(0)))
            .filter(orders::Column::HoldExpiresAt.is_not_null())"#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "live_holds_are_the_buyers_own_oldest_first",
    },
    Guard {
        name: "only-the-buyers-history",
        file: "crates/sql/src/order/queries.rs",
        find: r#""o.user_id = ?""#,
        replace: r#""? IS NOT NULL""#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "history_is_the_buyers_own_newest_first",
    },
    Guard {
        name: "see-only-ones-own-cart",
        file: "crates/sql/src/cart.rs",
        find: "WHERE c.user_id = ? {condition}",
        replace: "WHERE ? IS NOT NULL {condition}",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "nobody_sees_a_neighbours_lines",
    },
    Guard {
        name: "change-only-ones-own-cart",
        file: "crates/sql/src/cart.rs",
        find: "WHERE id = ? AND user_id = ?",
        replace: "WHERE id = ? AND ? IS NOT NULL",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "nobody_changes_a_neighbours_line",
    },
    Guard {
        name: "remove-only-from-ones-own-cart",
        file: "crates/sql/src/cart.rs",
        find: "DELETE FROM cart_items WHERE user_id = ? AND id IN",
        replace: "DELETE FROM cart_items WHERE ? IS NOT NULL AND id IN",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "nobody_removes_a_neighbours_lines",
    },
    Guard {
        name: "clear-only-ones-own-cart",
        file: "crates/sql/src/cart.rs",
        find: r#""DELETE FROM cart_items WHERE user_id = ?""#,
        replace: r#""DELETE FROM cart_items WHERE ? IS NOT NULL""#,
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "clearing_leaves_other_carts_alone",
    },
    Guard {
        name: "a-sale-empties-only-the-buyers-cart",
        file: "crates/sql/src/order/apply.rs",
        find: "DELETE FROM cart_items WHERE user_id = ? AND variant_id IN",
        replace: "DELETE FROM cart_items WHERE ? IS NOT NULL AND variant_id IN",
        package: "ef-sql",
        target: &["--test", "contract"],
        test: "an_approval_sells_what_was_held_and_empties_that_much_of_the_cart",
    },
    Guard {
        name: "taps-add-up",
        file: "crates/sql/src/cart.rs",
        find: "ELSE cart_items.quantity + ? END",
        replace: "ELSE ? END",
        package: "ef-sql",
        target: &["--test", "race"],
        test: "parallel_adds_to_a_cart_lose_nothing",
    },
    Guard {
        name: "a-lost-commit-is-looked-for",
        file: "crates/sql/src/order/place.rs",
        find: "match find::id_of(database, order).await? {",
        replace: "match None::<OrderId> {",
        package: "ef-sql",
        target: &["--test", "commit"],
        test: "an_order_whose_commits_answer_got_lost_is_placed_and_found",
    },
    Guard {
        name: "a-lost-commit-is-never-repeated",
        file: "crates/sql/src/tx.rs",
        find: "Err(Attempt::Over(TxFailure::CommitUnknown(failure)))",
        replace: "Err(Attempt::Lost(DbErr::Custom(failure.to_string())))",
        package: "ef-sql",
        target: &["--test", "commit"],
        test: "an_order_whose_commits_answer_got_lost_is_placed_and_found",
    },
];
