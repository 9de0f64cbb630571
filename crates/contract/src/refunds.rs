//! What every [`PaymentRepository`](ef_domain::payment::PaymentRepository) keeps to when money goes back.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use ef_domain::order::{ApplyFailure, CancelCause, Goods, Order, OrderState, Party, RefundRequest};
use ef_domain::payment::{
    Approval, IdempotencyKey, Payment, PaymentEvidence, PaymentKey, PaymentMethod, PaymentState, RefundCause,
    RefundIntent, RefundStart, SealedAccount, Settlement, start_refund,
};
use ef_domain::shared::{Actor, Timestamp, UserId};

use crate::builders::{
    Pack, applied, key, later, opened, order, pack, paid, payment, reload, settled, settlement, shopper,
};
use crate::shop::{Shop, counters};

/// Makes one test of each rule. The argument is an expression that gives a [`Shop`](crate::shop::Shop); it may await.
#[macro_export]
macro_rules! refund_tests {
    ($shop:expr) => {
        $crate::rules_of_a_shop! { $crate::refunds; $shop;
            a_payment_is_found_by_its_number
            an_opened_refund_is_stored_on_payment_and_order_and_reads_back
            money_that_is_back_restores_the_stock_once
            goods_that_are_gone_stay_gone
            a_refused_refund_leaves_everything_as_it_was_and_forgets_the_account
            an_opened_refund_and_a_parcel_that_leaves_exclude_each_other
            a_stuck_automatic_refund_takes_an_account_and_forgets_it_again
            a_refund_at_the_partners_console_ends_a_paid_order
            an_administrators_refund_is_in_the_trail
            a_paid_order_is_looked_at_once_however_often_somebody_gives_notice
            what_is_not_paid_is_not_looked_at
            a_notice_that_comes_during_a_look_is_not_lost
            the_page_of_an_order_tells_who_ends_it_and_shows_the_money_until_it_is_back
        }
    };
}

fn request(by: Party, goods: Goods) -> RefundRequest {
    RefundRequest { by, reason: "마음이 바뀌었어요".to_owned(), goods }
}

fn intent(account: Option<SealedAccount>) -> RefundIntent {
    RefundIntent { refund_key: IdempotencyKey::stored("refund-2".to_owned()), account, check_at: later(100) }
}

fn sealed() -> SealedAccount {
    SealedAccount::stored("sealed-account".to_owned())
}

fn opening(known: (&Payment, &Order), by: Party, goods: Goods, account: Option<SealedAccount>) -> Settlement {
    let request = request(by, goods);
    match start_refund(known.0, known.1, &request, intent(account)) {
        Ok(RefundStart::Open(settlement)) => settlement.wanted(known.1, by, Some(&request.reason), later(90)),
        other => panic!("{other:?}"),
    }
}

async fn stored(shop: &dyn Shop, settlement: &Settlement) -> (Payment, Order) {
    shop.payments().settle(settlement).await.expect("the settlement is stored");
    let payment = payment(shop, settlement.payment().key()).await;
    let order = reload(shop, payment.order_number).await;
    (payment, order)
}

/// A paid order of two packs, of which nine were there.
async fn sale(shop: &dyn Shop) -> (Actor, Pack, (Payment, Order)) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let sold = paid(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("pay")).await;
    (buyer, nuts, sold)
}

async fn refunding(shop: &dyn Shop, goods: Goods) -> (Pack, (Payment, Order)) {
    let (_, nuts, (payment, order)) = sale(shop).await;
    let refunding = stored(shop, &opening((&payment, &order), Party::Buyer, goods, None)).await;
    (nuts, refunding)
}

async fn due(shop: &dyn Shop, now: Timestamp) -> Vec<PaymentKey> {
    let due = shop.payments().due_checks(now, 9).await;
    due.expect("payments can be read").into_iter().map(|it| it.key).collect()
}

/// Pages name payments by it.
pub async fn a_payment_is_found_by_its_number(shop: &dyn Shop) {
    let (_, _, (payment, _)) = sale(shop).await;
    let found = async |id| shop.payments().find_by_id(id).await.expect("payments can be read");
    assert_eq!(found(payment.id).await, Some(payment));
    assert_eq!(found(ef_domain::shared::PaymentId::new(9_999)).await, None);
}

/// A crash right after it leaves a trace, and no stock moves before the money does.
pub async fn an_opened_refund_is_stored_on_payment_and_order_and_reads_back(shop: &dyn Shop) {
    let (_, nuts, (before, sold)) = sale(shop).await;
    let opening = opening((&before, &sold), Party::Buyer, Goods::BackOnTheShelf, None);
    let (due_back, refunding) = stored(shop, &opening).await;
    assert_eq!((due_back, refunding), opening.applied_to(&before, &sold));
    assert_eq!(shop.counters(nuts.variant).await, counters(7, 0));
    assert_eq!(due(shop, later(99)).await, []);
    assert_eq!(due(shop, later(100)).await, [key("pay")]);
}

/// However many say so: the ledger adds up to the counters.
pub async fn money_that_is_back_restores_the_stock_once(shop: &dyn Shop) {
    let (nuts, (due_back, order)) = refunding(shop, Goods::BackOnTheShelf).await;
    let fact = settlement(&due_back, &order, &PaymentEvidence::Refunded);
    let (back, over) = stored(shop, &fact).await;
    assert!(matches!(back.state, PaymentState::Refunded { .. }));
    let OrderState::Cancelled(end) = &over.state else { panic!("{:?}", over.state) };
    assert!(matches!(end.cause, CancelCause::Refunded { .. }) && end.by == Party::Buyer);
    assert_eq!(end.reason.as_deref(), Some("마음이 바뀌었어요"));
    let again = shop.payments().settle(&fact).await;
    assert!(matches!(again, Err(ApplyFailure::Stale)), "{again:?}");
    assert_eq!(shop.counters(nuts.variant).await, counters(9, 0));
    assert_eq!(shop.ledger(nuts.variant).await, counters(9, 0));
    assert_eq!(shop.events(over.id).await.last().map(String::as_str), Some("ORDER_REFUNDED"));
    assert_eq!(due(shop, later(9_999)).await, []);
}

/// Spoilt goods are sold to nobody.
pub async fn goods_that_are_gone_stay_gone(shop: &dyn Shop) {
    let (nuts, (due_back, order)) = refunding(shop, Goods::Gone).await;
    settled(shop, (&due_back, &order), &PaymentEvidence::Refunded).await;
    assert_eq!(shop.counters(nuts.variant).await, counters(7, 0));
}

/// The sale stands, and nobody's account is kept for nothing.
pub async fn a_refused_refund_leaves_everything_as_it_was_and_forgets_the_account(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (open, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("deposit")).await;
    let approval = Approval {
        order: Some(open.order_number),
        amount: Some(open.amount),
        method: PaymentMethod::VirtualAccount,
        approved_at: later(5),
    };
    let (sold, paid) = settled(shop, (&open, &paying), &PaymentEvidence::Approved(approval)).await;
    let opening = opening((&sold, &paid), Party::Buyer, Goods::BackOnTheShelf, Some(sealed()));
    let (due_back, order) = stored(shop, &opening).await;
    let PaymentState::RefundDue { account, refund_key, .. } = &due_back.state else { panic!("{:?}", due_back.state) };
    assert_eq!(*account, Some(sealed()));
    let code = "INVALID_REFUND_ACCOUNT_INFO".to_owned();
    let refused = PaymentEvidence::RefundRefused { code, refund_key: refund_key.clone() };
    let (kept, stands) = settled(shop, (&due_back, &order), &refused).await;
    assert_eq!((kept.state, stands.state), (sold.state, paid.state));
    assert_eq!(shop.counters(nuts.variant).await, counters(7, 0));
    assert_eq!(due(shop, later(9_999)).await, []);
}

/// Whoever is first: the goods leave, or the money goes back.
pub async fn an_opened_refund_and_a_parcel_that_leaves_exclude_each_other(shop: &dyn Shop) {
    let (_, _, (payment, sold)) = sale(shop).await;
    let opening = opening((&payment, &sold), Party::Buyer, Goods::BackOnTheShelf, None);
    let shipped = applied(shop, sold.ship(later(80))).await;
    let late = shop.payments().settle(&opening).await;
    assert!(matches!(late, Err(ApplyFailure::Stale)), "{late:?}");
    assert_eq!(reload(shop, sold.number).await, shipped);
    assert_eq!(crate::builders::payment(shop, &payment.key).await, payment);
}

/// The shop cannot keep the money and does not know where to send it, until somebody says so.
pub async fn a_stuck_automatic_refund_takes_an_account_and_forgets_it_again(shop: &dyn Shop) {
    let (buyer, nuts) = (shopper(shop).await, pack(shop, 9).await);
    let (open, paying) = opened(shop, &order(shop, buyer, &[(&nuts, 2)]).await, &key("stuck")).await;
    let too_little = Approval {
        order: Some(open.order_number),
        amount: Some(crate::builders::won(1)),
        method: PaymentMethod::VirtualAccount,
        approved_at: later(5),
    };
    let (stuck, freed) = settled(shop, (&open, &paying), &PaymentEvidence::Approved(too_little)).await;
    let opening = opening((&stuck, &freed), Party::Buyer, Goods::BackOnTheShelf, Some(sealed()));
    let (told, order) = stored(shop, &opening).await;
    let PaymentState::RefundDue { cause, account, refund_key, .. } = &told.state else { panic!("{:?}", told.state) };
    assert_eq!((*cause, account), (RefundCause::NotAsAgreed, &Some(sealed())));
    assert_eq!(order, freed, "the order was never paid by it");
    let refused = PaymentEvidence::RefundRefused { code: "INVALID_BANK".to_owned(), refund_key: refund_key.clone() };
    let (asked_anew, order) = settled(shop, (&told, &order), &refused).await;
    assert!(matches!(&asked_anew.state, PaymentState::RefundDue { account: None, .. }), "{:?}", asked_anew.state);
    let (back, _) = settled(shop, (&asked_anew, &order), &PaymentEvidence::Refunded).await;
    assert!(matches!(back.state, PaymentState::Refunded { .. }));
}

/// Somebody at the partner's console gave the money back.
pub async fn a_refund_at_the_partners_console_ends_a_paid_order(shop: &dyn Shop) {
    let (_, nuts, (payment, sold)) = sale(shop).await;
    let (back, over) = settled(shop, (&payment, &sold), &PaymentEvidence::Refunded).await;
    assert!(matches!(back.state, PaymentState::Refunded { .. }));
    assert!(matches!(&over.state, OrderState::Cancelled(end) if end.by == Party::Partner), "{:?}", over.state);
    assert_eq!(shop.counters(nuts.variant).await, counters(9, 0));
}

/// In the same transaction as the intent.
pub async fn an_administrators_refund_is_in_the_trail(shop: &dyn Shop) {
    let (buyer, _, (payment, sold)) = sale(shop).await;
    let administrator: UserId = buyer.user;
    let by = Party::Administrator(administrator);
    let (_, order) = stored(shop, &opening((&payment, &sold), by, Goods::Gone, None)).await;
    let request = ef_domain::shared::PageRequest::new(0, 10);
    let page = shop.audit().page(None, request).await.expect("the trail can be read");
    let [record] = page.rows.as_slice() else { panic!("{:?}", page.rows) };
    assert_eq!(record.entry.actor, administrator);
    assert_eq!(record.entry.subject, ef_domain::shared::AuditSubject::Order(order.id));
    assert_eq!(record.entry.reason.as_deref(), Some("마음이 바뀌었어요"));
}

/// Anybody can give notice: it must cost next to nothing.
pub async fn a_paid_order_is_looked_at_once_however_often_somebody_gives_notice(shop: &dyn Shop) {
    let (_, _, (before, sold)) = sale(shop).await;
    assert_eq!(due(shop, later(9_999)).await, []);
    for seconds in [10, 11, 12] {
        shop.payments().look_again(sold.number, later(seconds)).await.expect("it is stored");
    }
    assert_eq!(due(shop, later(9)).await, []);
    assert_eq!(due(shop, later(10)).await, [key("pay")]);
    let seen = payment(shop, &before.key).await;
    assert_eq!(Payment { checks: before.checks, ..seen.clone() }, before, "nothing but the count of checks moves");
    assert!(shop.payments().claim(&seen, later(60)).await.expect("payments can be written"));
    shop.payments().leave(&seen).await.expect("payments can be written");
    assert_eq!(due(shop, later(9_999)).await, []);
}

/// What is open is hastened another way, and what is over is over.
pub async fn what_is_not_paid_is_not_looked_at(shop: &dyn Shop) {
    let (_, (due_back, order)) = refunding(shop, Goods::BackOnTheShelf).await;
    shop.payments().look_again(order.number, later(10)).await.expect("it is stored");
    assert_eq!(due(shop, later(99)).await, []);
    settled(shop, (&due_back, &order), &PaymentEvidence::Refunded).await;
    shop.payments().look_again(order.number, later(10)).await.expect("it is stored");
    assert_eq!(due(shop, later(9_999)).await, []);
}

/// The partner was asked before the money went back, and the notice came before the answer was noted.
pub async fn a_notice_that_comes_during_a_look_is_not_lost(shop: &dyn Shop) {
    let (_, _, (before, sold)) = sale(shop).await;
    shop.payments().look_again(sold.number, later(10)).await.expect("it is stored");
    let seen = payment(shop, &before.key).await;
    assert!(shop.payments().claim(&seen, later(60)).await.expect("payments can be written"));
    shop.payments().look_again(sold.number, later(20)).await.expect("it is stored");
    shop.payments().leave(&seen).await.expect("payments can be written");
    assert_eq!(due(shop, later(20)).await, [key("pay")]);
}

/// What was paid is shown as paid until it is back; then as refunded.
pub async fn the_page_of_an_order_tells_who_ends_it_and_shows_the_money_until_it_is_back(shop: &dyn Shop) {
    let (_, (due_back, order)) = refunding(shop, Goods::BackOnTheShelf).await;
    let page = async || {
        let detail = shop.order_queries().detail(order.number).await.expect("orders can be read");
        detail.expect("the order exists")
    };
    let seen = page().await;
    assert_eq!((seen.status.name(), seen.payment_status.name()), ("CONFIRMED", "COMPLETED"));
    assert_eq!(seen.payment.expect("its payment").status.name(), "COMPLETED");
    let end = seen.end.expect("it is about to end");
    assert_eq!((end.at, end.by, end.reason.as_deref()), (None, "BUYER", Some("마음이 바뀌었어요")));
    settled(shop, (&due_back, &order), &PaymentEvidence::Refunded).await;
    let seen = page().await;
    assert_eq!((seen.status.name(), seen.payment_status.name()), ("CANCELLED", "REFUNDED"));
    assert_eq!(seen.payment.expect("its payment").status.name(), "REFUNDED");
    assert_eq!(seen.end.expect("it ended").at, Some(later(6)));
}
