//! What every [`RequestLedger`](ef_domain::once::RequestLedger) keeps to, and the repositories that mark its claims.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

mod work;

use std::sync::Arc;
use std::time::Duration;

use ef_domain::once::{
    ClaimOutcome, DoneWork, Fingerprint, KeptAnswer, KeyedRequest, NewClaim, Operation, RequestKey, RequestLedger,
};
use ef_domain::shared::{Actor, Timestamp, UserId, WorkClaim};
use tokio::task::JoinSet;

use crate::builders::{later, noon};
use crate::shop::Shop;

pub use work::*;

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! once_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::once; $shop;
            a_new_key_is_granted_and_the_same_request_is_under_way_then
            another_request_under_the_key_is_told_apart_whatever_became_of_the_first
            other_peoples_keys_and_those_of_other_operations_are_other_keys
            a_claim_whose_lease_is_over_is_granted_again_and_its_first_holder_keeps_nothing
            a_claim_given_back_is_granted_again_at_once
            a_lost_claim_gives_nothing_back
            the_first_answer_stands_byte_for_byte
            an_answer_counts_as_done
            a_key_of_a_day_ago_is_new_for_any_request
            keys_are_forgotten_the_oldest_first_and_a_few_at_a_time
            a_key_that_is_forgotten_keeps_no_answer
            of_thirty_two_that_ask_at_once_one_is_granted_the_claim
            of_thirty_two_that_find_a_dead_claim_one_is_granted_it
            an_order_is_placed_together_with_the_mark
            an_order_that_is_not_placed_leaves_no_mark
            a_lost_claim_places_no_order
            an_order_that_supersedes_others_is_marked_too
            a_cancellation_is_marked_and_stands_without_its_claim
            an_approval_is_marked_and_a_refusal_is_not
            a_refund_is_marked_and_a_refused_one_is_not
            work_that_is_done_is_not_given_back
            a_closed_account_leaves_no_keys
        }
    };
}

/// How long whoever claims something lives.
const LEASE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

fn request(user: UserId, operation: Operation, key: &str, body: &str) -> KeyedRequest {
    KeyedRequest {
        user,
        operation,
        key: RequestKey::parse(key.as_bytes()).expect("a key"),
        fingerprint: Fingerprint::of([body.as_bytes()]),
    }
}

fn order_of(user: i64, key: &str, body: &str) -> KeyedRequest {
    request(UserId::new(user), Operation::PlaceOrder, key, body)
}

fn wish(request: KeyedRequest, token: &str, now: Timestamp) -> NewClaim {
    let token = token.to_owned();
    NewClaim { request, token, now, lease_ends_at: now.after(LEASE), forgotten_before: now.before(DAY) }
}

async fn asks(shop: &dyn Shop, request: &KeyedRequest, token: &str, now: Timestamp) -> ClaimOutcome {
    shop.requests().claim(&wish(request.clone(), token, now)).await.expect("keys can be claimed")
}

async fn granted(shop: &dyn Shop, request: &KeyedRequest, token: &str, now: Timestamp) -> WorkClaim {
    match asks(shop, request, token, now).await {
        ClaimOutcome::Granted(claim) => claim,
        other => panic!("{other:?}"),
    }
}

async fn done(shop: &dyn Shop, request: &KeyedRequest) -> Option<DoneWork> {
    match asks(shop, request, "whoever-looks", noon()).await {
        ClaimOutcome::Done(done) => Some(done),
        ClaimOutcome::UnderWay => None,
        other => panic!("{other:?}"),
    }
}

/// A claim of that operation by a shopper, at noon.
async fn claimed(shop: &dyn Shop, who: Actor, operation: Operation) -> (KeyedRequest, WorkClaim) {
    let request = request(who.user, operation, "key", "body");
    let claim = granted(shop, &request, "first", noon()).await;
    (request, claim)
}

fn answer(status: u16, body: &str) -> KeptAnswer {
    KeptAnswer { status, body: body.to_owned() }
}

/// The unique index makes one claimant.
pub async fn a_new_key_is_granted_and_the_same_request_is_under_way_then(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let claim = granted(shop, &asked, "first", noon()).await;
    assert_eq!((claim.token.as_str(), claim.again), ("first", false));
    assert_eq!(asks(shop, &asked, "second", later(59)).await, ClaimOutcome::UnderWay);
}

/// A client that confuses its keys must not be told about something else.
pub async fn another_request_under_the_key_is_told_apart_whatever_became_of_the_first(shop: &dyn Shop) {
    let (first, other) = (order_of(1, "key", "one pack"), order_of(1, "key", "two packs"));
    let claim = granted(shop, &first, "first", noon()).await;
    assert_eq!(asks(shop, &other, "other", later(1)).await, ClaimOutcome::AnotherRequest);
    assert_eq!(asks(shop, &other, "other", later(600)).await, ClaimOutcome::AnotherRequest);
    shop.requests().keep(&claim, &answer(201, "{}"), later(1)).await.expect("it is kept");
    assert_eq!(asks(shop, &other, "other", later(600)).await, ClaimOutcome::AnotherRequest);
}

/// Nobody can guess, meet or block somebody else's key.
pub async fn other_peoples_keys_and_those_of_other_operations_are_other_keys(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let first = granted(shop, &asked, "first", noon()).await;
    let (neighbours, louder) = (order_of(2, "key", "theirs"), order_of(1, "KEY", "louder"));
    let cancels = request(UserId::new(1), Operation::CancelOrder, "key", "cancel");
    for (number, other) in [neighbours, louder, cancels].into_iter().enumerate() {
        let claim = granted(shop, &other, &format!("other-{number}"), noon()).await;
        assert_ne!(claim.id, first.id);
    }
}

/// Whoever took a claim over holds it, also against one who was only slow.
pub async fn a_claim_whose_lease_is_over_is_granted_again_and_its_first_holder_keeps_nothing(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let dead = granted(shop, &asked, "first", noon()).await;
    let heir = granted(shop, &asked, "second", later(60)).await;
    assert_eq!((heir.id, heir.token.as_str(), heir.again), (dead.id, "second", true));
    assert_eq!(asks(shop, &asked, "third", later(119)).await, ClaimOutcome::UnderWay);
    assert!(!shop.requests().keep(&dead, &answer(201, "late"), later(61)).await.expect("it is refused"));
    assert!(shop.requests().keep(&heir, &answer(201, "mine"), later(62)).await.expect("it is kept"));
}

/// After "not now", nobody waits for a lease to end.
pub async fn a_claim_given_back_is_granted_again_at_once(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let claim = granted(shop, &asked, "first", noon()).await;
    shop.requests().give_back(&claim, later(1)).await.expect("it is given back");
    let again = granted(shop, &asked, "second", later(1)).await;
    assert!(again.again);
    // It is still the same key: the request has a name now.
    assert_eq!(asks(shop, &order_of(1, "key", "other"), "third", later(2)).await, ClaimOutcome::AnotherRequest);
}

/// A slow one must not end the lease of his heir.
pub async fn a_lost_claim_gives_nothing_back(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let dead = granted(shop, &asked, "first", noon()).await;
    granted(shop, &asked, "second", later(60)).await;
    shop.requests().give_back(&dead, later(61)).await.expect("it does nothing");
    assert_eq!(asks(shop, &asked, "third", later(62)).await, ClaimOutcome::UnderWay);
}

/// The first answer is the answer.
pub async fn the_first_answer_stands_byte_for_byte(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let claim = granted(shop, &asked, "first", noon()).await;
    // Longer than MySQL's TEXT, with all that could be folded, trimmed or escaped on the way.
    let body = format!("{{\"desc\":\"구운 통아몬드 'é' \\\"\\\\ 🥜 \",\n \"data\":\"{}\"}} ", "견과".repeat(30_000));
    assert!(shop.requests().keep(&claim, &answer(201, &body), later(1)).await.expect("it is kept"));
    assert!(!shop.requests().keep(&claim, &answer(200, "another"), later(2)).await.expect("the first one stands"));
    let DoneWork { answer: kept, placed, claim: known } = done(shop, &asked).await.expect("it is done");
    assert_eq!((kept, placed), (Some(answer(201, &body)), None));
    assert_eq!((known.id, known.token), (claim.id, claim.token));
}

/// Refusals store no work; their answer is their mark.
pub async fn an_answer_counts_as_done(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let claim = granted(shop, &asked, "first", noon()).await;
    shop.requests().keep(&claim, &answer(400, "no"), later(1)).await.expect("it is kept");
    let outcome = asks(shop, &asked, "second", later(3600)).await;
    assert!(matches!(outcome, ClaimOutcome::Done(DoneWork { answer: Some(_), .. })), "{outcome:?}");
}

/// Also before anybody has swept it away.
pub async fn a_key_of_a_day_ago_is_new_for_any_request(shop: &dyn Shop) {
    let (first, other) = (order_of(1, "key", "one pack"), order_of(1, "key", "two packs"));
    let claim = granted(shop, &first, "first", noon()).await;
    shop.requests().keep(&claim, &answer(201, "old"), later(1)).await.expect("it is kept");
    let day = DAY.as_secs();
    assert_eq!(asks(shop, &other, "early", later(day - 1)).await, ClaimOutcome::AnotherRequest);
    let claim = granted(shop, &other, "second", later(day)).await;
    assert!(!claim.again);
    assert_eq!(asks(shop, &other, "third", later(day + 1)).await, ClaimOutcome::UnderWay);
    assert_eq!(asks(shop, &first, "fourth", later(day + 1)).await, ClaimOutcome::AnotherRequest);
}

/// Sweeping holds nobody up.
pub async fn keys_are_forgotten_the_oldest_first_and_a_few_at_a_time(shop: &dyn Shop) {
    let asked = |number: u64| order_of(1, &format!("key-{number}"), "body");
    for number in 0..5 {
        granted(shop, &asked(number), &format!("token-{number}"), later(number)).await;
    }
    let ledger = shop.requests();
    assert_eq!(ledger.forget(later(3), 3).await.expect("keys can be forgotten"), 3);
    assert_eq!(ledger.forget(later(3), 3).await.expect("keys can be forgotten"), 1);
    assert_eq!(ledger.forget(later(3), 3).await.expect("keys can be forgotten"), 0);
    assert_eq!(asks(shop, &asked(4), "known", later(5)).await, ClaimOutcome::UnderWay);
    for number in 0..4 {
        granted(shop, &asked(number), &format!("new-{number}"), later(5)).await;
    }
}

/// What comes after the end brings nothing back.
pub async fn a_key_that_is_forgotten_keeps_no_answer(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    let claim = granted(shop, &asked, "first", noon()).await;
    shop.requests().forget(noon(), 10).await.expect("keys can be forgotten");
    assert!(!shop.requests().keep(&claim, &answer(201, "late"), later(1)).await.expect("it is refused"));
    shop.requests().give_back(&claim, later(1)).await.expect("it does nothing");
}

/// How many of the outcomes are claims; all others say that somebody is at it.
async fn grants(shop: &dyn Shop, asked: &KeyedRequest, now: Timestamp) -> usize {
    let mut tasks = JoinSet::new();
    for number in 0..32 {
        let ledger: Arc<dyn RequestLedger> = shop.requests();
        let wish = wish(asked.clone(), &format!("token-{}-{number}", now.millis()), now);
        tasks.spawn(async move { ledger.claim(&wish).await.expect("keys can be claimed") });
    }
    let outcomes = tasks.join_all().await;
    let granted = outcomes.iter().filter(|outcome| matches!(outcome, ClaimOutcome::Granted(_))).count();
    let under_way = outcomes.iter().filter(|outcome| matches!(outcome, ClaimOutcome::UnderWay)).count();
    assert_eq!(granted + under_way, 32, "{outcomes:?}");
    granted
}

/// An impatient client, or all of a proxy's retries.
pub async fn of_thirty_two_that_ask_at_once_one_is_granted_the_claim(shop: &dyn Shop) {
    for round in 0..5 {
        assert_eq!(grants(shop, &order_of(1, &format!("key-{round}"), "body"), noon()).await, 1);
    }
}

/// The same after a crash.
pub async fn of_thirty_two_that_find_a_dead_claim_one_is_granted_it(shop: &dyn Shop) {
    let asked = order_of(1, "key", "body");
    granted(shop, &asked, "first", noon()).await;
    for round in 1..=5 {
        assert_eq!(grants(shop, &asked, later(60 * round)).await, 1);
    }
}
