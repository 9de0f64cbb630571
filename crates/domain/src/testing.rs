//! Builders for this crate's own tests: valid by default, so that a test states only what matters to it.

use crate::account::Phone;
use crate::order::{Order, OrderLine, OrderNumber, OrderState, PostalCode, Recipient};
use crate::payment::{IdempotencyKey, Payment, PaymentKey, PaymentState};
use crate::shared::{Actor, OrderId, PaymentId, ProductId, Quantity, Role, Timestamp, UserId, VariantId, Version, Won};

pub(crate) const BUYER: Actor = Actor { user: UserId::new(7), role: Role::User };
pub(crate) const STRANGER: Actor = Actor { user: UserId::new(8), role: Role::User };

/// A moment so many seconds after noon.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis((1_790_000_000 + seconds) * 1000).unwrap()
}

pub(crate) fn key(text: &str) -> PaymentKey {
    PaymentKey::parse(text).unwrap()
}

pub(crate) fn won(amount: i64) -> Won {
    Won::try_new(amount).unwrap()
}

pub(crate) fn line(variant: i64, quantity: i64, price: i64) -> OrderLine {
    OrderLine {
        product: ProductId::new(100 + variant),
        variant: VariantId::new(variant),
        product_name: "구운 통아몬드".to_owned(),
        variant_name: "200g".to_owned(),
        image: None,
        quantity: Quantity::try_new(quantity).unwrap(),
        price: won(price),
    }
}

pub(crate) fn recipient() -> Recipient {
    Recipient {
        name: "김건강".to_owned(),
        phone: Phone::parse("010-1234-5678").unwrap(),
        postal_code: PostalCode::parse("12345").unwrap(),
        address_line1: "서울시 중구 세종대로 110".to_owned(),
        address_line2: None,
    }
}

/// Two pieces of variant 5 for 17,000 won, held until 900.
pub(crate) fn order(state: OrderState) -> Order {
    Order {
        id: OrderId::new(42),
        number: OrderNumber::try_new(1_762_500_000_000_123).unwrap(),
        buyer: BUYER.user,
        recipient: recipient(),
        lines: vec![line(5, 2, 8500)],
        total: won(17_000),
        placed_at: at(0),
        state,
        version: Version::new(3),
    }
}

pub(crate) fn awaiting_payment() -> Order {
    order(OrderState::AwaitingPayment { expires_at: at(900) })
}

pub(crate) fn paying() -> Order {
    order(OrderState::Paying { expires_at: at(900), payment: key("pay-1") })
}

pub(crate) fn payment(state: PaymentState) -> Payment {
    Payment {
        id: PaymentId::new(8),
        key: key("pay-1"),
        order: OrderId::new(42),
        order_number: OrderNumber::try_new(1_762_500_000_000_123).unwrap(),
        amount: won(17_000),
        idempotency_key: IdempotencyKey::stored("attempt-1".to_owned()),
        requested_at: at(60),
        state,
        checks: 0,
        version: Version::FIRST,
    }
}
