//! Work and the mark that it is done: one transaction, or neither.

use ef_domain::notice::{Letter, NewMail};
use ef_domain::once::{ClaimOutcome, DoneWork, Operation};
use ef_domain::order::{Goods, Order, OrderState, Party, PlaceFailure, RefundRequest};
use ef_domain::payment::{
    DeclineKind, IdempotencyKey, Payment, PaymentEvidence, PaymentState, RefundIntent, RefundStart, start_refund,
};
use ef_domain::shared::WorkClaim;

use super::{answer, asks, claimed, done, granted, request};
use crate::builders::{
    approval, decided, key, later, new_account, new_order, noon, opened, order, pack, paid, payment, placed, refusal,
    reload, settlement, shopper,
};
use crate::shop::{Shop, counters};

/// One transaction: no order without its mark, no mark without its order.
pub async fn an_order_is_placed_together_with_the_mark(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 10).await);
    let (asked, claim) = claimed(shop, who, Operation::PlaceOrder).await;
    assert_eq!(done(shop, &asked).await, None);
    let mut new = new_order(who, &[(&nuts, 2)]);
    new.claim = Some(claim.clone());
    placed(shop, &new).await;
    let DoneWork { placed, answer: kept, .. } = done(shop, &asked).await.expect("it is done");
    assert_eq!((placed, kept), (Some(new.number), None));
    // However long ago that was: it will not be done again.
    let later = asks(shop, &asked, "second", later(3600)).await;
    assert!(matches!(later, ClaimOutcome::Done(_)), "{later:?}");
}

/// What is rolled back is rolled back whole.
pub async fn an_order_that_is_not_placed_leaves_no_mark(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 1).await);
    let (asked, claim) = claimed(shop, who, Operation::PlaceOrder).await;
    let mut new = new_order(who, &[(&nuts, 2)]);
    new.claim = Some(claim.clone());
    let refused = shop.orders().place(&new).await;
    assert!(matches!(refused, Err(PlaceFailure::InsufficientStock(_))), "{refused:?}");
    assert_eq!(done(shop, &asked).await, None);
    // The claim is as good as before.
    new.lines = new_order(who, &[(&nuts, 1)]).lines;
    placed(shop, &new).await;
    assert!(done(shop, &asked).await.is_some());
}

/// The guard: of two who hold one key, one places an order.
pub async fn a_lost_claim_places_no_order(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 10).await);
    let (asked, slow) = claimed(shop, who, Operation::PlaceOrder).await;
    let heir = granted(shop, &asked, "second", later(60)).await;
    let with = |claim: &WorkClaim| {
        let mut new = new_order(who, &[(&nuts, 1)]);
        new.claim = Some(claim.clone());
        new
    };
    let late = shop.orders().place(&with(&slow)).await;
    assert!(matches!(late, Err(PlaceFailure::ClaimLost)), "{late:?}");
    assert_eq!((shop.order_count().await, shop.counters(nuts.variant).await), (0, counters(10, 0)));
    placed(shop, &with(&heir)).await;
    // Not twice under one claim either.
    let twice = shop.orders().place(&with(&heir)).await;
    assert!(matches!(twice, Err(PlaceFailure::ClaimLost)), "{twice:?}");
    assert_eq!((shop.order_count().await, shop.counters(nuts.variant).await), (1, counters(10, 1)));
    assert_eq!(shop.ledger(nuts.variant).await, counters(10, 1));
}

/// The path of orders that take the place of others ends in the same transaction.
pub async fn an_order_that_supersedes_others_is_marked_too(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 2).await);
    let older = order(shop, who, &[(&nuts, 2)]).await;
    let (asked, slow) = claimed(shop, who, Operation::PlaceOrder).await;
    let heir = granted(shop, &asked, "second", later(60)).await;
    let mut new = new_order(who, &[(&nuts, 1)]);
    new.supersedes = vec![decided(older.supersede(noon()))];
    new.claim = Some(slow.clone());
    let late = shop.orders().place(&new).await;
    assert!(matches!(late, Err(PlaceFailure::ClaimLost)), "{late:?}");
    assert_eq!(reload(shop, older.number).await.state, older.state, "the older order keeps its hold");
    new.claim = Some(heir.clone());
    placed(shop, &new).await;
    let outcome = asks(shop, &asked, "third", later(61)).await;
    let ClaimOutcome::Done(DoneWork { placed, .. }) = outcome else { panic!("{outcome:?}") };
    assert_eq!(placed, Some(new.number));
}

/// The order's version is the guard there; the mark is none.
pub async fn a_cancellation_is_marked_and_stands_without_its_claim(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 10).await);
    let first = order(shop, who, &[(&nuts, 1)]).await;
    let (asked, claim) = claimed(shop, who, Operation::CancelOrder).await;
    let change = decided(first.cancel(None, noon())).under(Some(claim.clone()));
    shop.orders().apply(&change).await.expect("it is stored");
    let DoneWork { placed, answer: kept, .. } = done(shop, &asked).await.expect("it is done");
    assert_eq!((placed, kept), (None, None));

    let second = order(shop, who, &[(&nuts, 1)]).await;
    let asked = request(who.user, Operation::CancelOrder, "other key", "body");
    let slow = granted(shop, &asked, "slow", noon()).await;
    granted(shop, &asked, "heir", later(60)).await;
    let change = decided(second.cancel(None, noon())).under(Some(slow.clone()));
    shop.orders().apply(&change).await.expect("what is true of the order is stored");
    assert!(matches!(reload(shop, second.number).await.state, OrderState::Cancelled(_)));
    assert_eq!(asks(shop, &asked, "third", later(61)).await, ClaimOutcome::UnderWay);
}

/// A decline is an answer, but not what was asked for.
pub async fn an_approval_is_marked_and_a_refusal_is_not(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 10).await);
    let (asked, claim) = claimed(shop, who, Operation::ConfirmPayment).await;
    let held = order(shop, who, &[(&nuts, 1)]).await;
    let (payment, paying) = opened(shop, &held, &key("refused")).await;
    let refused = settlement(&payment, &paying, &refusal(DeclineKind::Final)).under(Some(&claim));
    shop.payments().settle(&refused).await.expect("it is stored");
    assert_eq!(done(shop, &asked).await, None);

    let held = reload(shop, held.number).await;
    let (payment, paying) = opened(shop, &held, &key("approved")).await;
    let approved = settlement(&payment, &paying, &approval(&payment)).under(Some(&claim));
    shop.payments().settle(&approved).await.expect("it is stored");
    assert!(done(shop, &asked).await.is_some());
}

/// Its payment is as approved afterwards as a confirm leaves it, and yet nothing was done.
pub async fn a_refund_is_marked_and_a_refused_one_is_not(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 10).await);
    let (asked, claim) = claimed(shop, who, Operation::CancelOrder).await;
    let sold = paid(shop, &order(shop, who, &[(&nuts, 1)]).await, &key("sold")).await;
    let (due_back, refunding) = refund_opened(shop, sold, "first").await;
    let PaymentState::RefundDue { refund_key, .. } = &due_back.state else { panic!("{:?}", due_back.state) };
    let code = "NOT_CANCELABLE_AMOUNT".to_owned();
    let refused = PaymentEvidence::RefundRefused { code, refund_key: refund_key.clone() };
    let refused = settlement(&due_back, &refunding, &refused).under(Some(&claim));
    shop.payments().settle(&refused).await.expect("it is stored");
    assert_eq!(done(shop, &asked).await, None);

    let sold = (payment(shop, &due_back.key).await, reload(shop, refunding.number).await);
    let (due_back, refunding) = refund_opened(shop, sold, "second").await;
    let back = settlement(&due_back, &refunding, &PaymentEvidence::Refunded).under(Some(&claim));
    shop.payments().settle(&back).await.expect("it is stored");
    assert!(done(shop, &asked).await.is_some());
}

async fn refund_opened(shop: &dyn Shop, (sold, paid): (Payment, Order), name: &str) -> (Payment, Order) {
    let (by, goods) = (Party::Buyer, Goods::BackOnTheShelf);
    let request = RefundRequest { by, reason: "마음이 바뀌었어요".to_owned(), goods };
    let refund_key = IdempotencyKey::stored(name.to_owned());
    let intent = RefundIntent { refund_key, account: None, check_at: later(100) };
    let Ok(RefundStart::Open(opening)) = start_refund(&sold, &paid, &request, intent) else { panic!("{paid:?}") };
    shop.payments().settle(&opening).await.expect("it is stored");
    opening.applied_to(&sold, &paid)
}

/// Whatever goes wrong after the commit.
pub async fn work_that_is_done_is_not_given_back(shop: &dyn Shop) {
    let (who, nuts) = (shopper(shop).await, pack(shop, 10).await);
    let (asked, claim) = claimed(shop, who, Operation::PlaceOrder).await;
    let mut new = new_order(who, &[(&nuts, 1)]);
    new.claim = Some(claim.clone());
    placed(shop, &new).await;
    shop.requests().give_back(&claim, later(1)).await.expect("it does nothing");
    let outcome = asks(shop, &asked, "second", later(3600)).await;
    assert!(matches!(outcome, ClaimOutcome::Done(_)), "{outcome:?}");
}

/// Answers name people and their addresses.
pub async fn a_closed_account_leaves_no_keys(shop: &dyn Shop) {
    let account = new_account();
    let user = shop.accounts().add(&account).await.expect("the account is stored");
    let neighbour = shopper(shop).await;
    let mine = request(user, Operation::PlaceOrder, "key", "body");
    let claim = granted(shop, &mine, "first", noon()).await;
    shop.requests().keep(&claim, &answer(201, "서울 마포구 양화로 100"), later(1)).await.expect("it is kept");
    let (theirs, _) = claimed(shop, neighbour, Operation::PlaceOrder).await;

    let letter = Letter::AccountClosed { at: later(2) };
    let farewell = NewMail { to: account.email, user: Some(user), letter, lapses_at: None, queued_at: later(2) };
    assert!(shop.accounts().close(user, &farewell).await.expect("accounts can be closed"));
    assert_eq!(shop.request_count().await, 1);
    assert_eq!(asks(shop, &theirs, "second", later(3)).await, ClaimOutcome::UnderWay);
    // What was under way for the account when it closed comes to nothing.
    let nuts = pack(shop, 10).await;
    let mut new = new_order(neighbour, &[(&nuts, 1)]);
    new.claim = Some(claim.clone());
    let late = shop.orders().place(&new).await;
    assert!(matches!(late, Err(PlaceFailure::ClaimLost)), "{late:?}");
}
