//! What every [`OrderRepository`](ef_domain::order::OrderRepository), [`OrderQueries`](ef_domain::order::OrderQueries)
//! and [`OfferQueries`](ef_domain::order::OfferQueries) keeps to.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

mod apply;
mod find;
mod place;
mod queries;

pub use apply::*;
pub use find::*;
pub use place::*;
pub use queries::*;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! order_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::orders; $shop;
            placing_holds_every_line_and_keeps_the_order_as_given
            more_than_is_left_is_refused_and_nothing_is_stored
            a_short_line_gives_back_what_the_other_lines_held
            lines_of_one_variant_are_held_together
            a_number_that_is_taken_is_refused_and_nothing_is_held
            a_new_order_takes_over_what_the_buyers_older_one_held
            a_new_order_is_stale_if_the_older_one_moved_and_nothing_is_stored
            a_new_order_that_is_still_short_leaves_the_older_one_alone
            a_hundred_lines_are_one_order
            cancelling_gives_the_stock_back_and_tells_it
            a_change_decided_on_an_old_version_is_stale_and_nothing_is_stored
            a_release_that_the_counters_do_not_cover_is_corrupt_and_names_the_variant
            no_counter_can_promise_more_than_there_is_whoever_wrote_it
            a_refund_puts_the_goods_back_on_the_shelf
            every_state_reads_back_as_it_was_written
            of_many_changes_each_is_stored_on_its_own
            of_no_changes_none_is_stored
            a_number_that_nobody_has_finds_nothing
            holds_are_due_from_the_moment_they_end_oldest_first_and_never_more_than_asked_for
            an_order_that_is_being_paid_is_not_due
            what_is_paid_or_over_is_not_due
            live_holds_are_the_buyers_own_oldest_first
            an_order_that_is_being_paid_is_no_live_hold
            offers_are_all_variants_of_named_products_and_every_named_variant
            a_product_without_a_pack_size_is_offered_without_one
            what_does_not_exist_is_not_offered
            history_is_the_buyers_own_newest_first
            history_leaves_out_what_awaits_payment_unless_asked
            history_can_be_of_one_status
            pages_of_history_neither_repeat_nor_skip_orders_of_one_moment
            history_shows_the_first_line_and_how_many_there_are
            an_order_shows_everything_that_its_page_needs
            an_order_shows_what_was_bought_and_not_what_the_shelf_says_now
            an_order_shows_a_payment_only_once_it_took_money
            a_number_that_nobody_has_shows_nothing
        }
    };
}
