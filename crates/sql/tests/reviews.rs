//! Reviews on both databases: how often the database is asked, how it finds them, and that a product's mean is true
//! whatever happens at once.

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

use ef_contract::builders::{Pack, buyer, later, noon, pack, shopper};
use ef_contract::reviews::draft;
use ef_contract::shop::Shop;
use ef_domain::review::{
    ChangeReviewFailure, ModerateReviews, ModerateReviewsError, RatingTally, ReviewDraft, ReviewText,
    WriteReviewFailure,
};
use ef_domain::shared::{Actor, AuditSubject, ManualClock, PageRequest, ProductId};
use support::SqlShop;
use support::race::{RUNNERS, race};

on_both_databases! {
    a_review_asks_four_times_and_its_removal_six_times
    reviews_are_read_with_few_statements_however_many_there_are
    a_refund_takes_the_right_to_write_and_not_what_was_written
    the_table_takes_no_rating_between_the_steps
    many_first_reviews_at_once_are_all_counted
    many_who_write_change_and_withdraw_at_once_leave_a_true_mean
    of_many_first_reviews_of_one_buyer_one_is_stored
    an_author_who_changes_while_an_administrator_removes_leaves_the_trail_true
    two_products_of_one_buyer_never_wait_in_a_circle
}

/// Exactly so often; the statements go into the message.
async fn asks<T>(shop: &SqlShop, work: impl Future<Output = T>, expected: usize) -> T {
    let (output, statements) = shop.statements.during(work).await;
    assert_eq!(statements.len(), expected, "{}", statements.join("\n"));
    output
}

/// What the rows say, and what the product says.
async fn assert_true_mean(shop: &SqlShop, product: ProductId) -> u64 {
    let mut tally = RatingTally::default();
    for row in shop.review_queries().page(product, PageRequest::new(0, 100)).await.unwrap().unwrap().rows {
        tally.count += 1;
        tally.half_steps += u64::from(row.rating.half_steps());
    }
    let shown = shop.catalogue().find(product).await.unwrap().unwrap().summary;
    assert_eq!(shown.review_count, tally.count as i64);
    assert_eq!(format!("{:?}", shown.average_rating), tally.mean().to_string());
    let stored = shop.number("SELECT COUNT(*) FROM review WHERE product_id = ?", [product.get().into()]).await;
    assert_eq!(stored, shown.review_count);
    tally.count
}

async fn buyers(shop: &SqlShop, nuts: &Pack, count: usize) -> Vec<Actor> {
    let mut buyers = Vec::new();
    for _ in 0..count {
        buyers.push(buyer(shop, nuts).await);
    }
    buyers
}

/// The product, the review, the sum, the product; removing adds the look before and the entry after.
async fn a_review_asks_four_times_and_its_removal_six_times(shop: SqlShop) {
    let nuts = pack(&shop, 20).await;
    let admin = shopper(&shop).await;
    let moderate = ModerateReviews { reviews: shop.reviews(), clock: Arc::new(ManualClock::at(noon())) };
    for _ in 0..3 {
        let who = buyer(&shop, &nuts).await;
        let reviews = shop.reviews();
        let id = asks(&shop, reviews.write(&draft(who, nuts.product, 9)), 4).await.unwrap();
        asks(&shop, reviews.change(&draft(who, nuts.product, 3)), 4).await.unwrap();
        asks(&shop, moderate.remove(&admin, id, None), 6).await.unwrap();
        reviews.write(&draft(who, nuts.product, 9)).await.unwrap();
        asks(&shop, reviews.withdraw(who.user, nuts.product), 4).await.unwrap();
        reviews.write(&draft(who, nuts.product, 5)).await.unwrap();
    }
    assert_eq!(assert_true_mean(&shop, nuts.product).await, 3);
}

async fn reviews_are_read_with_few_statements_however_many_there_are(shop: SqlShop) {
    let nuts = pack(&shop, 20).await;
    let who = buyers(&shop, &nuts, 9).await;
    let queries = shop.review_queries();
    for (written, author) in who.iter().enumerate() {
        asks(&shop, queries.reviewable(author.user, PageRequest::new(0, 10)), 2).await.unwrap();
        shop.reviews().write(&draft(*author, nuts.product, 8)).await.unwrap();
        let page = asks(&shop, queries.page(nuts.product, PageRequest::new(0, 100)), 2).await.unwrap().unwrap();
        assert_eq!(page.rows.len(), written + 1);
        assert!(asks(&shop, queries.stand(author.user, nuts.product), 1).await.unwrap().unwrap().review.is_some());
    }
}

async fn a_refund_takes_the_right_to_write_and_not_what_was_written(shop: SqlShop) {
    let nuts = pack(&shop, 20).await;
    let (early, late) = (buyer(&shop, &nuts).await, buyer(&shop, &nuts).await);
    shop.reviews().write(&draft(early, nuts.product, 3)).await.unwrap();
    let sql = "UPDATE orders SET status = 'CANCELLED', payment_status = 'REFUNDED'";
    shop.execute(sql, []).await.unwrap();
    let refused = shop.reviews().write(&draft(late, nuts.product, 10)).await;
    assert!(matches!(refused, Err(WriteReviewFailure::NotBought)), "{refused:?}");
    shop.reviews().change(&draft(early, nuts.product, 4)).await.unwrap();
    assert_eq!(assert_true_mean(&shop, nuts.product).await, 1);
    for status in ["SHIPPED", "DELIVERED"] {
        let sql = "UPDATE orders SET status = ?, payment_status = 'COMPLETED' WHERE user_id = ?";
        shop.execute(sql, [status.into(), late.user.get().into()]).await.unwrap();
        shop.reviews().write(&draft(late, nuts.product, 10)).await.unwrap();
        shop.reviews().withdraw(late.user, nuts.product).await.unwrap();
    }
}

/// The last line of defence.
async fn the_table_takes_no_rating_between_the_steps(shop: SqlShop) {
    let nuts = pack(&shop, 20).await;
    let who = buyer(&shop, &nuts).await;
    shop.reviews().write(&draft(who, nuts.product, 9)).await.unwrap();
    for rating in ["0", "0.5", "5.5", "4.4"] {
        assert!(shop.execute("UPDATE review SET rating = ?", [rating.into()]).await.is_err(), "{rating}");
    }
    assert_eq!(shop.execute("UPDATE review SET rating = ?", ["4.0".into()]).await.unwrap(), 1);
}

/// Of one product: every one of them waits for the product's row.
async fn many_first_reviews_at_once_are_all_counted(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(&*shop, RUNNERS as i64).await;
    let who = buyers(&shop, &nuts, RUNNERS).await;
    let product = nuts.product;
    let outcomes = race(RUNNERS, |place| {
        let (shop, author) = (Arc::clone(&shop), who[place]);
        async move { shop.reviews().write(&draft(author, product, 2 + place as i64 % 9)).await }
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(assert_true_mean(&shop, product).await, RUNNERS as u64);
}

async fn many_who_write_change_and_withdraw_at_once_leave_a_true_mean(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(&*shop, RUNNERS as i64).await;
    let who = buyers(&shop, &nuts, RUNNERS / 2).await;
    let product = nuts.product;
    // Two tasks for each buyer, at odds with each other.
    race(RUNNERS, |place| {
        let (shop, author) = (Arc::clone(&shop), who[place / 2]);
        async move {
            for turn in 0..6 {
                let said = draft(author, product, 2 + (place + turn) as i64 % 9);
                let written = shop.reviews().write(&said).await;
                assert!(matches!(written, Ok(_) | Err(WriteReviewFailure::AlreadyWritten)), "{written:?}");
                let outcome = if (place + turn) % 3 == 0 {
                    shop.reviews().withdraw(author.user, product).await
                } else {
                    shop.reviews().change(&said).await
                };
                assert!(matches!(outcome, Ok(()) | Err(ChangeReviewFailure::NotFound)), "{outcome:?}");
            }
        }
    })
    .await;
    assert_true_mean(&shop, product).await;
}

async fn of_many_first_reviews_of_one_buyer_one_is_stored(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(&*shop, 9).await;
    let (who, product) = (buyer(&*shop, &nuts).await, nuts.product);
    let outcomes = race(RUNNERS, |place| {
        let shop = Arc::clone(&shop);
        async move { shop.reviews().write(&draft(who, product, 2 + place as i64 % 9)).await }
    })
    .await;
    let lost = outcomes.iter().filter(|outcome| matches!(outcome, Err(WriteReviewFailure::AlreadyWritten))).count();
    assert_eq!((outcomes.iter().filter(|outcome| outcome.is_ok()).count(), lost), (1, RUNNERS - 1), "{outcomes:?}");
    assert_eq!(assert_true_mean(&shop, product).await, 1);
}

/// Whatever the trail says was removed is what stood there at the end.
async fn an_author_who_changes_while_an_administrator_removes_leaves_the_trail_true(shop: SqlShop) {
    let shop = Arc::new(shop);
    let nuts = pack(&*shop, 9).await;
    let (who, admin, product) = (buyer(&*shop, &nuts).await, shopper(&*shop).await, nuts.product);
    let id = shop.reviews().write(&draft(who, product, 2)).await.unwrap();
    race(RUNNERS, |place| {
        let shop = Arc::clone(&shop);
        async move {
            if place % 4 == 0 {
                let moderate = ModerateReviews { reviews: shop.reviews(), clock: Arc::new(ManualClock::at(noon())) };
                let removed = moderate.remove(&admin, id, None).await;
                let fine =
                    matches!(removed, Ok(()) | Err(ModerateReviewsError::NotFound | ModerateReviewsError::Conflict));
                assert!(fine, "{removed:?}");
            } else {
                let text = ReviewText::parse(&format!("{place}번째 생각")).unwrap();
                let said = ReviewDraft { text, at: later(60), ..draft(who, product, 2 + place as i64 % 9) };
                let changed = shop.reviews().change(&said).await;
                assert!(matches!(changed, Ok(()) | Err(ChangeReviewFailure::NotFound)), "{changed:?}");
            }
        }
    })
    .await;
    let left = assert_true_mean(&shop, product).await;
    let trail = shop.audit().page(Some(AuditSubject::Product(product)), PageRequest::new(0, 10)).await.unwrap();
    assert_eq!(left + trail.total, 1, "{trail:?}");
}

async fn two_products_of_one_buyer_never_wait_in_a_circle(shop: SqlShop) {
    let shop = Arc::new(shop);
    let packs = [pack(&*shop, 40).await, pack(&*shop, 40).await];
    let who = buyers(&shop, &packs[0], RUNNERS / 2).await;
    for author in &who {
        let placed = ef_contract::builders::order(&*shop, *author, &[(&packs[1], 1)]).await;
        let key = ef_contract::builders::key(&format!("both-{}", placed.number));
        ef_contract::builders::paid(&*shop, &placed, &key).await;
    }
    let products = packs.map(|pack| pack.product);
    let outcomes = race(RUNNERS, |place| {
        let (shop, author, product) = (Arc::clone(&shop), who[place / 2], products[place % 2]);
        async move { shop.reviews().write(&draft(author, product, 9)).await }
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    for product in products {
        assert_eq!(assert_true_mean(&shop, product).await, RUNNERS as u64 / 2);
    }
}
