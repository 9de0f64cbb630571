//! Between rows and orders. Reading is strict: a row that no transition could have written is an error.

use std::collections::HashMap;

use ef_domain::account::Phone;
use ef_domain::order::{
    CancelCause, Cancellation, Goods, Order, OrderLine, OrderNumber, OrderState, Parcel, Party, PostalCode, Recipient,
    RefundRequest, Withdrawal,
};
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
    let (shipped_at, delivered_at) = (at(row.shipped_at), at(row.delivered_at));
    let parcel = Parcel::of(shipped_at, delivered_at).ok_or_else(|| impossible(row))?;
    let columns = (row.status.as_str(), at(row.hold_expires_at), key, at(row.deposit_due_at), at(row.paid_at), parcel);
    let state = match columns {
        ("CONFIRMED" | "SHIPPED" | "DELIVERED", None, Some(payment), None, Some(paid_at), parcel) => {
            sold(row, payment, paid_at, parcel)?
        }
        ("CANCELLED", None, payment, None, paid_at, parcel) => cancelled(row, payment, paid_at, parcel)?,
        ("PENDING", Some(expires_at), None, None, None, Parcel::AtTheShop) => {
            OrderState::AwaitingPayment { expires_at }
        }
        ("PENDING", Some(expires_at), Some(payment), None, None, Parcel::AtTheShop) => {
            OrderState::Paying { expires_at, payment }
        }
        ("PENDING", None, Some(payment), Some(due_at), None, Parcel::AtTheShop) => {
            OrderState::AwaitingDeposit { payment, due_at, withdrawal: withdrawal(row)? }
        }
        _ => return Err(impossible(row)),
    };
    let said = (row.status.as_str(), row.payment_status.as_str());
    if (state.status().name(), state.payment_status().name()) == said { Ok(state) } else { Err(impossible(row)) }
}

/// Who wants an order ended that awaits its deposit. A reason is somebody's.
fn withdrawal(row: &orders::Model) -> Result<Option<Withdrawal>, PortFailure> {
    match (ended_by(row)?, &row.cancel_reason) {
        (Some(by), reason) => Ok(Some(Withdrawal { by, reason: reason.clone() })),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(impossible(row)),
    }
}

/// A sale that stands, or whose money is on its way back.
fn sold(
    row: &orders::Model,
    payment: PaymentKey,
    paid_at: Timestamp,
    parcel: Parcel,
) -> Result<OrderState, PortFailure> {
    let Some(restock) = row.refund_restock else {
        return Ok(match parcel {
            Parcel::AtTheShop => OrderState::Paid { payment, paid_at },
            Parcel::Underway { shipped_at } => OrderState::Shipped { payment, paid_at, shipped_at },
            Parcel::Arrived { shipped_at, delivered_at } => {
                OrderState::Delivered { payment, paid_at, shipped_at, delivered_at }
            }
        });
    };
    let request = RefundRequest {
        by: ended_by(row)?.ok_or_else(|| impossible(row))?,
        reason: row.cancel_reason.clone().ok_or_else(|| impossible(row))?,
        goods: if restock { Goods::BackOnTheShelf } else { Goods::Gone },
    };
    Ok(OrderState::Refunding { payment, paid_at, parcel, request })
}

fn cancelled(
    row: &orders::Model,
    payment: Option<PaymentKey>,
    paid_at: Option<Timestamp>,
    parcel: Parcel,
) -> Result<OrderState, PortFailure> {
    let cause = match (row.cancel_cause.as_deref(), payment, paid_at, parcel) {
        (Some("BY_BUYER"), None, None, Parcel::AtTheShop) => CancelCause::ByBuyer,
        (Some("BY_SHOP"), None, None, Parcel::AtTheShop) => CancelCause::ByShop,
        (Some("EXPIRED"), None, None, Parcel::AtTheShop) => CancelCause::Expired,
        (Some("SUPERSEDED"), None, None, Parcel::AtTheShop) => CancelCause::Superseded,
        (Some("DEPOSIT_MISSED"), None, None, Parcel::AtTheShop) => CancelCause::DepositMissed,
        (Some("REFUNDED"), Some(payment), Some(paid_at), parcel) => CancelCause::Refunded { payment, paid_at, parcel },
        _ => return Err(impossible(row)),
    };
    let at = row.cancelled_at.map(Timestamp::new).ok_or_else(|| impossible(row))?;
    // Orders that ended before this was noted: the cause tells, and nothing was refunded then.
    let by = ended_by(row)?.unwrap_or(if cause == CancelCause::ByBuyer { Party::Buyer } else { Party::Shop });
    Ok(OrderState::Cancelled(Cancellation { at, cause, by, reason: row.cancel_reason.clone() }))
}

fn ended_by(row: &orders::Model) -> Result<Option<Party>, PortFailure> {
    let Some(name) = &row.ended_by else { return Ok(None) };
    Party::parse(name, row.ended_by_user.map(UserId::new)).map(Some).ok_or_else(|| impossible(row))
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
    pub(super) ended_by: Option<Party>,
    pub(super) refund_restock: Option<bool>,
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
            OrderState::AwaitingDeposit { payment, due_at, withdrawal } => Self {
                payment_key: key(payment),
                deposit_due_at: Some(*due_at),
                cancel_reason: withdrawal.as_ref().and_then(|wish| wish.reason.clone()),
                ended_by: withdrawal.as_ref().map(|wish| wish.by),
                ..none
            },
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
            OrderState::Refunding { payment, paid_at, parcel, request } => {
                let (shipped_at, delivered_at) = parcel.moments();
                Self {
                    payment_key: key(payment),
                    paid_at: Some(*paid_at),
                    shipped_at,
                    delivered_at,
                    cancel_reason: Some(request.reason.clone()),
                    ended_by: Some(request.by),
                    refund_restock: Some(request.goods == Goods::BackOnTheShelf),
                    ..none
                }
            }
            OrderState::Cancelled(end) => {
                let ended = Self {
                    cancelled_at: Some(end.at),
                    cancel_cause: Some(end.cause.name()),
                    cancel_reason: end.reason.clone(),
                    ended_by: Some(end.by),
                    ..none
                };
                match &end.cause {
                    CancelCause::Refunded { payment, paid_at, parcel } => {
                        let (shipped_at, delivered_at) = parcel.moments();
                        Self { payment_key: key(payment), paid_at: Some(*paid_at), shipped_at, delivered_at, ..ended }
                    }
                    CancelCause::ByBuyer
                    | CancelCause::ByShop
                    | CancelCause::Expired
                    | CancelCause::Superseded
                    | CancelCause::DepositMissed => ended,
                }
            }
        }
    }
}
