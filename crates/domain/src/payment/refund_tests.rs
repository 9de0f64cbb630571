use super::*;
use crate::order::{Goods, OrderState, Parcel, Party};
use crate::shared::UserId;
use crate::testing::{at, key, order, payment};

fn paid() -> Order {
    order(OrderState::Paid { payment: key("pay-1"), paid_at: at(61) })
}

fn approved(method: PaymentMethod) -> Payment {
    payment(PaymentState::Approved { method, approved_at: at(61) })
}

fn due(method: PaymentMethod, cause: RefundCause, account: Option<SealedAccount>) -> Payment {
    let refund_key = IdempotencyKey::stored("refund-1".to_owned());
    payment(PaymentState::RefundDue { method, approved_at: at(61), cause, refund_key, account })
}

fn request(by: Party) -> RefundRequest {
    RefundRequest { by, reason: "마음이 바뀌었어요".to_owned(), goods: Goods::BackOnTheShelf }
}

fn sealed() -> SealedAccount {
    SealedAccount::stored("sealed".to_owned())
}

fn start(
    payment: &Payment,
    order: &Order,
    account: Option<SealedAccount>,
) -> Result<RefundStart, OrderTransitionError> {
    let refund_key = IdempotencyKey::stored("refund-2".to_owned());
    start_refund(payment, order, &request(Party::Buyer), RefundIntent { refund_key, account, check_at: at(90) })
}

fn opened(payment: &Payment, order: &Order, account: Option<SealedAccount>) -> Settlement {
    let Ok(RefundStart::Open(settlement)) = start(payment, order, account) else { panic!("it was not opened") };
    *settlement
}

#[test]
fn a_refund_is_opened_on_payment_and_order_alike() {
    let settlement = opened(&approved(PaymentMethod::CreditCard), &paid(), None);
    let PaymentState::RefundDue { cause, refund_key, .. } = settlement.payment().next() else { panic!() };
    assert_eq!((*cause, refund_key.as_str()), (RefundCause::Requested, "refund-2"));
    assert_eq!(settlement.payment().check_at(), Some(at(90)));
    assert!(matches!(settlement.order().unwrap().next(), OrderState::Refunding { .. }));
}

#[test]
fn a_deposit_goes_back_only_where_the_buyer_says() {
    let deposit = approved(PaymentMethod::VirtualAccount);
    assert_eq!(start(&deposit, &paid(), None), Ok(RefundStart::AccountNeeded));
    let settlement = opened(&deposit, &paid(), Some(sealed()));
    assert!(matches!(settlement.payment().next(), PaymentState::RefundDue { account: Some(_), .. }));
    // What a card paid goes back to the card, whatever else is given; nobody's account is kept for nothing.
    let settlement = opened(&approved(PaymentMethod::CreditCard), &paid(), Some(sealed()));
    assert!(matches!(settlement.payment().next(), PaymentState::RefundDue { account: None, .. }));
}

#[test]
fn a_parcel_that_left_is_a_matter_for_the_shop() {
    let shipped = order(OrderState::Shipped { payment: key("pay-1"), paid_at: at(61), shipped_at: at(80) });
    let card = approved(PaymentMethod::CreditCard);
    assert!(start(&card, &shipped, None).is_err());
    let intent = RefundIntent { refund_key: IdempotencyKey::stored("x".to_owned()), account: None, check_at: at(90) };
    let administrator = request(Party::Administrator(UserId::new(1)));
    assert!(matches!(start_refund(&card, &shipped, &administrator, intent), Ok(RefundStart::Open(_))));
}

#[test]
fn money_that_is_on_its_way_back_is_not_sent_twice() {
    let refunding = order(OrderState::Refunding {
        payment: key("pay-1"),
        paid_at: at(61),
        parcel: Parcel::AtTheShop,
        request: request(Party::Buyer),
    });
    for (payment, order) in [
        (due(PaymentMethod::CreditCard, RefundCause::Requested, None), refunding.clone()),
        (due(PaymentMethod::VirtualAccount, RefundCause::Requested, Some(sealed())), refunding.clone()),
        (due(PaymentMethod::CreditCard, RefundCause::OrderGone, None), paid()),
        (due(PaymentMethod::VirtualAccount, RefundCause::OrderGone, Some(sealed())), paid()),
        // The order was read after the payment was, and moved in between: the store refuses what is decided on both.
        (approved(PaymentMethod::CreditCard), refunding),
    ] {
        assert_eq!(start(&payment, &order, Some(sealed())), Ok(RefundStart::UnderWay), "{payment:?}");
    }
}

#[test]
fn a_deposit_that_no_order_can_keep_waits_for_an_account_and_goes_on_with_it() {
    for cause in [RefundCause::OrderGone, RefundCause::NotAsAgreed] {
        let stuck = due(PaymentMethod::VirtualAccount, cause, None);
        assert_eq!(start(&stuck, &paid(), None), Ok(RefundStart::AccountNeeded));
        let settlement = opened(&stuck, &paid(), Some(sealed()));
        let PaymentState::RefundDue { cause: kept, refund_key, account, .. } = settlement.payment().next() else {
            panic!()
        };
        assert_eq!((*kept, refund_key.as_str(), account.is_some()), (cause, "refund-2", true));
        assert_eq!(settlement.order(), None, "the order was never paid by it");
    }
}

#[test]
fn what_took_no_money_gives_none_back() {
    for state in [
        PaymentState::Requested,
        PaymentState::Declined { code: "X".to_owned(), repeatable: false },
        PaymentState::Refunded { method: PaymentMethod::CreditCard, approved_at: at(61), refunded_at: at(70) },
    ] {
        assert_eq!(start(&payment(state), &paid(), None), Ok(RefundStart::NothingToRefund));
    }
    let elsewhere = order(OrderState::Paid { payment: key("pay-2"), paid_at: at(61) });
    assert_eq!(start(&approved(PaymentMethod::CreditCard), &elsewhere, None), Ok(RefundStart::NothingToRefund));
}
