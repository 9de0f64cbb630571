//! Between rows and orders. Reading is strict: a row that no transition could have written is an error.

use std::collections::HashMap;

use ef_domain::account::Phone;
use ef_domain::order::{CancelCause, Cancellation, Order, OrderLine, OrderNumber, OrderState, PostalCode, Recipient};
use ef_domain::payment::PaymentKey;
use ef_domain::shared::{OrderId, PortFailure, ProductId, Timestamp, UserId, VariantId, Version};
use sea_orm::prelude::DateTimeUtc;

use crate::entity::{order_items, orders};
use crate::failure::corrupt;
use crate::sql::{quantity, won};

const READING: &str = "reading an order";

/// The order that a row and its lines make.
pub(super) fn order(row: orders::Model, lines: Vec<order_items::Model>) -> Result<Order, PortFailure> {
    let state = state(&row)?;
    if lines.is_empty() {
        return Err(corrupt(READING, format!("order {} has no lines", row.id)));
    }
    Ok(Order {
        id: OrderId::new(row.id),
        number: OrderNumber::try_new(row.order_number).map_err(|error| corrupt(READING, error))?,
        buyer: UserId::new(row.user_id),
        total: won(row.total_amount, READING)?,
        placed_at: Timestamp::new(row.created_at),
        version: Version::new(row.version),
        state,
        lines: lines.into_iter().map(line).collect::<Result<_, _>>()?,
        recipient: recipient(
            row.recipient_name,
            &row.phone_number,
            &row.postal_code,
            row.address_line1,
            row.address_line2,
        )?,
    })
}

/// The orders that rows and all of their lines make, in the order of the rows.
pub(super) fn orders(rows: Vec<orders::Model>, lines: Vec<order_items::Model>) -> Vec<Result<Order, PortFailure>> {
    let mut by_order = HashMap::<i64, Vec<order_items::Model>>::new();
    for line in lines {
        by_order.entry(line.order_id).or_default().push(line);
    }
    rows.into_iter()
        .map(|row| {
            let lines = by_order.remove(&row.id).unwrap_or_default();
            order(row, lines)
        })
        .collect()
}

fn line(row: order_items::Model) -> Result<OrderLine, PortFailure> {
    Ok(OrderLine {
        product: ProductId::new(row.product_id),
        variant: VariantId::new(row.variant_id),
        product_name: row.product_name,
        variant_name: row.variant_name,
        image: row.image_url,
        quantity: quantity(row.quantity, READING)?,
        price: won(row.price, READING)?,
    })
}

/// Who gets the parcel, from the columns of an order.
pub(super) fn recipient(
    name: String,
    phone: &str,
    postal_code: &str,
    address_line1: String,
    address_line2: Option<String>,
) -> Result<Recipient, PortFailure> {
    Ok(Recipient {
        name,
        phone: Phone::parse(phone).map_err(|error| corrupt(READING, error))?,
        postal_code: PostalCode::parse(postal_code).map_err(|error| corrupt(READING, error))?,
        address_line1,
        address_line2,
    })
}

/// Which columns are set tells the state; status and payment status must agree with it.
fn state(row: &orders::Model) -> Result<OrderState, PortFailure> {
    let at = |column: Option<DateTimeUtc>| column.map(Timestamp::new);
    let key = match &row.payment_key {
        Some(text) => Some(PaymentKey::parse(text).map_err(|error| corrupt(READING, error))?),
        None => None,
    };
    let columns = (
        row.status.as_str(),
        at(row.hold_expires_at),
        key,
        at(row.deposit_due_at),
        at(row.paid_at),
        at(row.shipped_at),
        at(row.delivered_at),
    );
    let state = match columns {
        ("PENDING", Some(expires_at), None, None, None, None, None) => OrderState::AwaitingPayment { expires_at },
        ("PENDING", Some(expires_at), Some(payment), None, None, None, None) => {
            OrderState::Paying { expires_at, payment }
        }
        ("PENDING", None, Some(payment), Some(due_at), None, None, None) => {
            OrderState::AwaitingDeposit { payment, due_at }
        }
        ("CONFIRMED", None, Some(payment), None, Some(paid_at), None, None) => OrderState::Paid { payment, paid_at },
        ("SHIPPED", None, Some(payment), None, Some(paid_at), Some(shipped_at), None) => {
            OrderState::Shipped { payment, paid_at, shipped_at }
        }
        ("DELIVERED", None, Some(payment), None, Some(paid_at), Some(shipped_at), Some(delivered_at)) => {
            OrderState::Delivered { payment, paid_at, shipped_at, delivered_at }
        }
        ("CANCELLED", None, payment, None, paid_at, None, None) => cancelled(row, payment, paid_at)?,
        _ => return Err(impossible(row)),
    };
    if state.payment_status().name() == row.payment_status { Ok(state) } else { Err(impossible(row)) }
}

fn cancelled(
    row: &orders::Model,
    payment: Option<PaymentKey>,
    paid_at: Option<Timestamp>,
) -> Result<OrderState, PortFailure> {
    let cause = match (row.cancel_cause.as_deref(), payment, paid_at) {
        (Some("BY_BUYER"), None, None) => CancelCause::ByBuyer,
        (Some("EXPIRED"), None, None) => CancelCause::Expired,
        (Some("SUPERSEDED"), None, None) => CancelCause::Superseded,
        (Some("DEPOSIT_MISSED"), None, None) => CancelCause::DepositMissed,
        (Some("REFUNDED"), Some(payment), Some(paid_at)) => CancelCause::Refunded { payment, paid_at },
        _ => return Err(impossible(row)),
    };
    let at = row.cancelled_at.map(Timestamp::new).ok_or_else(|| impossible(row))?;
    Ok(OrderState::Cancelled(Cancellation { at, cause, reason: row.cancel_reason.clone() }))
}

fn impossible(row: &orders::Model) -> PortFailure {
    corrupt(READING, format!("order {} is in a state that no transition leads to", row.id))
}

/// The columns that a state sets.
#[derive(Default)]
pub(super) struct StateColumns {
    pub(super) hold_expires_at: Option<Timestamp>,
    pub(super) payment_key: Option<String>,
    pub(super) deposit_due_at: Option<Timestamp>,
    pub(super) paid_at: Option<Timestamp>,
    pub(super) shipped_at: Option<Timestamp>,
    pub(super) delivered_at: Option<Timestamp>,
    pub(super) cancelled_at: Option<Timestamp>,
    pub(super) cancel_cause: Option<&'static str>,
    pub(super) cancel_reason: Option<String>,
}

impl StateColumns {
    /// The inverse of reading a state.
    pub(super) fn of(state: &OrderState) -> Self {
        let key = |payment: &PaymentKey| Some(payment.as_str().to_owned());
        let none = Self::default();
        match state {
            OrderState::AwaitingPayment { expires_at } => Self { hold_expires_at: Some(*expires_at), ..none },
            OrderState::Paying { expires_at, payment } => {
                Self { hold_expires_at: Some(*expires_at), payment_key: key(payment), ..none }
            }
            OrderState::AwaitingDeposit { payment, due_at } => {
                Self { payment_key: key(payment), deposit_due_at: Some(*due_at), ..none }
            }
            OrderState::Paid { payment, paid_at } => {
                Self { payment_key: key(payment), paid_at: Some(*paid_at), ..none }
            }
            OrderState::Shipped { payment, paid_at, shipped_at } => {
                Self { payment_key: key(payment), paid_at: Some(*paid_at), shipped_at: Some(*shipped_at), ..none }
            }
            OrderState::Delivered { payment, paid_at, shipped_at, delivered_at } => Self {
                payment_key: key(payment),
                paid_at: Some(*paid_at),
                shipped_at: Some(*shipped_at),
                delivered_at: Some(*delivered_at),
                ..none
            },
            OrderState::Cancelled(Cancellation { at, cause, reason }) => {
                let (payment_key, paid_at) = match cause {
                    CancelCause::Refunded { payment, paid_at } => (key(payment), Some(*paid_at)),
                    CancelCause::ByBuyer
                    | CancelCause::Expired
                    | CancelCause::Superseded
                    | CancelCause::DepositMissed => (None, None),
                };
                Self {
                    payment_key,
                    paid_at,
                    cancelled_at: Some(*at),
                    cancel_cause: Some(cause.name()),
                    cancel_reason: reason.clone(),
                    ..none
                }
            }
        }
    }
}
