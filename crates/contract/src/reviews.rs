//! What every [`ReviewRepository`](ef_domain::review::ReviewRepository) keeps to, and every
//! [`ReviewQueries`](ef_domain::review::ReviewQueries) beside it.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::sync::Arc;

use ef_domain::notice::{Letter, NewMail};
use ef_domain::review::{
    ChangeReviewFailure, KeepReviews, ModerateReviews, Rating, RemoveReviewFailure, ReviewDraft, ReviewRemoval,
    ReviewText, ReviewView, WriteReviewFailure,
};
use ef_domain::shared::{
    Actor, AuditAction, AuditChanges, AuditEntry, AuditSubject, ManualClock, Page, PageRequest, ProductId, ReviewId,
    Timestamp,
};

use crate::builders::{buyer, buys, later, new_account, noon, order, pack, shopper};
use crate::shop::Shop;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! review_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::reviews; $shop;
            a_review_of_what_was_bought_is_listed_and_counted
            what_was_not_paid_for_is_not_reviewed
            a_product_is_reviewed_once_by_each_buyer
            every_rating_is_kept_exactly
            a_mean_is_rounded_half_up_to_one_decimal
            a_change_is_counted_and_shown_as_one
            a_withdrawn_review_is_gone_and_may_be_written_again
            reviews_are_listed_newest_first_and_ties_by_number
            a_closed_account_leaves_its_reviews_and_not_its_name
            a_removed_review_is_in_the_trail_and_no_longer_on_the_page
            a_review_that_changed_meanwhile_is_not_removed
            what_was_bought_is_offered_for_review_once_and_until_it_is_reviewed
            there_are_no_reviews_of_what_does_not_exist
        }
    };
}

/// A rating of that many half steps.
pub fn steps(half_steps: i64) -> Rating {
    Rating::from_half_steps(half_steps).expect("a rating")
}

/// What somebody says of a product, at noon.
pub fn draft(author: Actor, product: ProductId, half_steps: i64) -> ReviewDraft {
    ReviewDraft { author: author.user, product, rating: steps(half_steps), text: None, at: noon() }
}

async fn write(shop: &dyn Shop, draft: &ReviewDraft) -> ReviewId {
    shop.reviews().write(draft).await.expect("the review is stored")
}

async fn page(shop: &dyn Shop, product: ProductId, page: PageRequest) -> Page<ReviewView> {
    let page = shop.review_queries().page(product, page).await;
    page.expect("reviews can be read").expect("the product exists")
}

/// Number and mean of a product's reviews, as its own page shows them.
async fn figures(shop: &dyn Shop, product: ProductId) -> (i64, String) {
    let found = shop.catalogue().find(product).await.expect("the shelf can be read").expect("the product exists");
    (found.summary.review_count, format!("{:?}", found.summary.average_rating))
}

fn figure(count: i64, mean: &str) -> (i64, String) {
    (count, mean.to_owned())
}

/// With a text of several lines.
pub async fn a_review_of_what_was_bought_is_listed_and_counted(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let who = buyer(shop, &nuts).await;
    let text = ReviewText::parse("고소해요 👍\n또 살게요").expect("a text");
    let keep = KeepReviews {
        reviews: shop.reviews(),
        queries: shop.review_queries(),
        clock: Arc::new(ManualClock::at(later(7))),
    };
    let own = keep.write(&who, nuts.product, steps(9), text.clone()).await.expect("the review is stored");
    assert_eq!(figures(shop, nuts.product).await, figure(1, "4.5"));
    let stand = shop.review_queries().stand(who.user, nuts.product).await;
    let stand = stand.expect("reviews can be read").expect("the product exists");
    assert_eq!((stand.review, stand.may_write), (Some(own.clone()), false));
    let listed = page(shop, nuts.product, PageRequest::new(0, 10)).await;
    let [row] = listed.rows.as_slice() else { panic!("{listed:?}") };
    assert_eq!((row.id, row.rating, &row.text), (own.id, steps(9), &text));
    assert_eq!((row.author.to_string().as_str(), row.written_at, row.changed_at), ("김*강", later(7), None));
}

/// Not by looking, not by holding, not by giving up, and not by somebody else's purchase.
pub async fn what_was_not_paid_for_is_not_reviewed(shop: &dyn Shop) {
    let (nuts, other) = (pack(shop, 9).await, pack(shop, 9).await);
    let who = shopper(shop).await;
    let refused = async || {
        let outcome = shop.reviews().write(&draft(who, nuts.product, 9)).await;
        assert!(matches!(outcome, Err(WriteReviewFailure::NotBought)), "{outcome:?}");
    };
    refused().await;
    order(shop, who, &[(&nuts, 1)]).await;
    refused().await;
    buys(shop, who, &other).await;
    buyer(shop, &nuts).await;
    refused().await;
    let stand = shop.review_queries().stand(who.user, nuts.product).await;
    let stand = stand.expect("reviews can be read").expect("the product exists");
    assert_eq!((stand.review, stand.may_write), (None, false));
    assert_eq!(figures(shop, nuts.product).await, figure(0, "0.0"));
}

/// However often he buys it.
pub async fn a_product_is_reviewed_once_by_each_buyer(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let (one, other) = (buyer(shop, &nuts).await, buyer(shop, &nuts).await);
    buys(shop, one, &nuts).await;
    write(shop, &draft(one, nuts.product, 10)).await;
    let again = shop.reviews().write(&draft(one, nuts.product, 2)).await;
    assert!(matches!(again, Err(WriteReviewFailure::AlreadyWritten)), "{again:?}");
    write(shop, &draft(other, nuts.product, 8)).await;
    assert_eq!(figures(shop, nuts.product).await, figure(2, "4.5"));
}

/// All nine of them.
pub async fn every_rating_is_kept_exactly(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let who = buyer(shop, &nuts).await;
    write(shop, &draft(who, nuts.product, 2)).await;
    for half_steps in 2..=10 {
        shop.reviews().change(&draft(who, nuts.product, half_steps)).await.expect("the review is stored");
        let listed = page(shop, nuts.product, PageRequest::new(0, 10)).await;
        assert_eq!(listed.rows.first().map(|row| row.rating), Some(steps(half_steps)));
        let alone = steps(half_steps).to_string();
        assert_eq!(figures(shop, nuts.product).await, (1, alone));
    }
}

/// 4.25 is 4.3 and 4.05 is 4.1, which floating numbers do not know.
pub async fn a_mean_is_rounded_half_up_to_one_decimal(shop: &dyn Shop) {
    let nuts = pack(shop, 20).await;
    let means = ["4.5", "4.3", "4.2", "4.1", "4.1", "4.1", "4.1", "4.1", "4.1", "4.1"];
    for (half_steps, mean) in [9, 8, 8, 8, 8, 8, 8, 8, 8, 8].into_iter().zip(means) {
        let who = buyer(shop, &nuts).await;
        write(shop, &draft(who, nuts.product, half_steps)).await;
        assert_eq!(figures(shop, nuts.product).await.1, mean);
    }
}

/// The number stays, the mean moves, and readers see that it is not what it was.
pub async fn a_change_is_counted_and_shown_as_one(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let (who, stranger) = (buyer(shop, &nuts).await, shopper(shop).await);
    let id = write(shop, &draft(who, nuts.product, 10)).await;
    let text = ReviewText::parse("눅눅해졌어요").expect("a text");
    let worse = ReviewDraft { text: text.clone(), at: later(60), ..draft(who, nuts.product, 3) };
    shop.reviews().change(&worse).await.expect("the review is stored");
    assert_eq!(figures(shop, nuts.product).await, figure(1, "1.5"));
    let listed = page(shop, nuts.product, PageRequest::new(0, 10)).await;
    let [row] = listed.rows.as_slice() else { panic!("{listed:?}") };
    assert_eq!((row.id, row.written_at, row.changed_at), (id, noon(), Some(later(60))));
    assert_eq!(row.text, text);
    for nobodys in [draft(stranger, nuts.product, 2), draft(who, ProductId::new(4711), 2)] {
        let outcome = shop.reviews().change(&nobodys).await;
        assert!(matches!(outcome, Err(ChangeReviewFailure::NotFound)), "{outcome:?}");
    }
}

/// As if it had never been.
pub async fn a_withdrawn_review_is_gone_and_may_be_written_again(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let who = buyer(shop, &nuts).await;
    write(shop, &draft(who, nuts.product, 10)).await;
    shop.reviews().withdraw(who.user, nuts.product).await.expect("the review is erased");
    assert_eq!(figures(shop, nuts.product).await, figure(0, "0.0"));
    assert_eq!(page(shop, nuts.product, PageRequest::new(0, 10)).await.rows, Vec::new());
    let again = shop.reviews().withdraw(who.user, nuts.product).await;
    assert!(matches!(again, Err(ChangeReviewFailure::NotFound)), "{again:?}");
    write(shop, &draft(who, nuts.product, 7)).await;
    assert_eq!(figures(shop, nuts.product).await, figure(1, "3.5"));
}

/// Two of them of one moment.
pub async fn reviews_are_listed_newest_first_and_ties_by_number(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let mut ids = Vec::new();
    for seconds in [10, 30, 30, 20] {
        let who = buyer(shop, &nuts).await;
        ids.push(write(shop, &ReviewDraft { at: later(seconds), ..draft(who, nuts.product, 8) }).await);
    }
    let expected: Vec<_> = [2, 1, 3, 0].iter().filter_map(|place| ids.get(*place).copied()).collect();
    let mut seen = Vec::new();
    for number in 0..3 {
        let listed = page(shop, nuts.product, PageRequest::new(number, 2)).await;
        assert_eq!((listed.total, listed.is_last()), (4, number > 0));
        seen.extend(listed.rows.into_iter().map(|row| row.id));
    }
    assert_eq!(seen, expected);
}

/// What was said of the product stays true.
pub async fn a_closed_account_leaves_its_reviews_and_not_its_name(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let new = new_account();
    let user = shop.accounts().add(&new).await.expect("the account is stored");
    let who = Actor { user, role: new.role };
    buys(shop, who, &nuts).await;
    write(shop, &draft(who, nuts.product, 9)).await;
    let letter = Letter::AccountClosed { at: later(5) };
    let farewell = NewMail { to: new.email, user: Some(user), letter, lapses_at: None, queued_at: later(5) };
    assert!(shop.accounts().close(user, &farewell).await.expect("the account is closed"));
    let listed = page(shop, nuts.product, PageRequest::new(0, 10)).await;
    let [row] = listed.rows.as_slice() else { panic!("{listed:?}") };
    assert_eq!((row.author.to_string().as_str(), row.rating), ("탈퇴한 회원", steps(9)));
    assert_eq!(figures(shop, nuts.product).await, figure(1, "4.5"));
}

/// With its words, so that others can judge the removal.
pub async fn a_removed_review_is_in_the_trail_and_no_longer_on_the_page(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let (author, other, admin) = (buyer(shop, &nuts).await, buyer(shop, &nuts).await, shopper(shop).await);
    let text = ReviewText::parse("여기서 사지 말고 저희 가게로 오세요").expect("a text");
    let id = write(shop, &ReviewDraft { text, ..draft(author, nuts.product, 2) }).await;
    write(shop, &draft(other, nuts.product, 9)).await;
    let moderate = ModerateReviews { reviews: shop.reviews(), clock: Arc::new(ManualClock::at(later(60))) };
    moderate.remove(&admin, id, Some("광고".to_owned())).await.expect("the review is removed");
    assert_eq!(figures(shop, nuts.product).await, figure(1, "4.5"));
    assert_eq!(page(shop, nuts.product, PageRequest::new(0, 10)).await.rows.len(), 1);
    let trail = shop.audit().page(Some(AuditSubject::Product(nuts.product)), PageRequest::new(0, 10)).await;
    let trail = trail.expect("the trail can be read");
    let [record] = trail.rows.as_slice() else { panic!("{trail:?}") };
    let entry = &record.entry;
    assert_eq!((entry.actor, entry.action, entry.at), (admin.user, AuditAction::ReviewRemoved, later(60)));
    assert_eq!((entry.reason.as_deref(), entry.changes.iter().count()), (Some("광고"), 2));
}

/// Else the trail would keep what nobody removed.
pub async fn a_review_that_changed_meanwhile_is_not_removed(shop: &dyn Shop) {
    let nuts = pack(shop, 9).await;
    let (author, admin) = (buyer(shop, &nuts).await, shopper(shop).await);
    let id = write(shop, &draft(author, nuts.product, 2)).await;
    let review = shop.reviews().find(id).await.expect("reviews can be read").expect("the review exists");
    shop.reviews().change(&draft(author, nuts.product, 9)).await.expect("the review is stored");
    let entry = AuditEntry {
        actor: admin.user,
        action: AuditAction::ReviewRemoved,
        subject: AuditSubject::Product(nuts.product),
        changes: AuditChanges::new(),
        reason: None,
        at: noon(),
    };
    let outcome = shop.reviews().remove(&ReviewRemoval { review, entry }).await;
    assert!(matches!(outcome, Err(RemoveReviewFailure::Stale)), "{outcome:?}");
    assert_eq!(figures(shop, nuts.product).await, figure(1, "4.5"));
    let trail = shop.audit().page(None, PageRequest::new(0, 10)).await.expect("the trail can be read");
    assert_eq!(trail.total, 0);
}

/// The latest purchase first.
pub async fn what_was_bought_is_offered_for_review_once_and_until_it_is_reviewed(shop: &dyn Shop) {
    let (nuts, oats, milk) = (pack(shop, 9).await, pack(shop, 9).await, pack(shop, 9).await);
    let who = shopper(shop).await;
    for bought in [&nuts, &oats, &nuts] {
        buys(shop, who, bought).await;
    }
    order(shop, who, &[(&milk, 1)]).await;
    let offered = async || {
        let page = shop.review_queries().reviewable(who.user, PageRequest::new(0, 10)).await;
        let page = page.expect("reviews can be read");
        assert_eq!(u64::try_from(page.rows.len()), Ok(page.total));
        page.rows
    };
    let rows = offered().await;
    let mut products: Vec<ProductId> = rows.iter().map(|row| row.product).collect();
    products.sort_unstable();
    assert_eq!(products, [nuts.product, oats.product]);
    let at: Vec<Timestamp> = rows.iter().map(|row| row.bought_at).collect();
    assert_eq!(at, [noon(), noon()]);
    write(shop, &draft(who, nuts.product, 9)).await;
    let rows = offered().await;
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.product, &row.name, &row.image), (oats.product, &oats.product_name, &oats.image));
}

/// Nothing is no empty list.
pub async fn there_are_no_reviews_of_what_does_not_exist(shop: &dyn Shop) {
    let (who, nothing) = (shopper(shop).await, ProductId::new(4711));
    let queries = shop.review_queries();
    assert_eq!(queries.page(nothing, PageRequest::new(0, 10)).await.expect("reviews can be read"), None);
    assert_eq!(queries.stand(who.user, nothing).await.expect("reviews can be read"), None);
    assert_eq!(shop.reviews().find(ReviewId::new(4711)).await.expect("reviews can be read"), None);
    let outcome = shop.reviews().write(&draft(who, nothing, 9)).await;
    assert!(matches!(outcome, Err(WriteReviewFailure::NoProduct)), "{outcome:?}");
}
