//! From rows to payments, strictly.

use ef_domain::order::OrderNumber;
use ef_domain::payment::{
    Deposit, DepositAccount, IdempotencyKey, Payment, PaymentKey, PaymentMethod, PaymentState, RefundCause,
    SealedAccount,
};
use ef_domain::shared::{OrderId, PaymentId, PortFailure, Timestamp, Version};

use crate::entity::payments;
use crate::failure::corrupt;
use crate::sql::won;

const READING: &str = "reading a payment";

/// The payment that a row is.
pub(crate) fn payment(row: &payments::Model) -> Result<Payment, PortFailure> {
    Ok(Payment {
        id: PaymentId::new(row.id),
        key: PaymentKey::parse(&row.payment_key).map_err(|error| corrupt(READING, error))?,
        order: OrderId::new(row.order_id),
        order_number: OrderNumber::try_new(row.order_number).map_err(|error| corrupt(READING, error))?,
        amount: won(row.amount, READING)?,
        idempotency_key: IdempotencyKey::stored(row.idempotency_key.clone()),
        requested_at: Timestamp::new(row.requested_at),
        checks: u32::try_from(row.checks).map_err(|error| corrupt(READING, error))?,
        version: Version::new(row.version),
        state: state(row)?,
    })
}

fn state(row: &payments::Model) -> Result<PaymentState, PortFailure> {
    let method = row.method.as_deref().and_then(PaymentMethod::parse);
    let approved_at = row.approved_at.map(Timestamp::new);
    let cause = row.refund_cause.as_deref().and_then(RefundCause::parse);
    let refunded_at = row.refunded_at.map(Timestamp::new);
    let due_at = row.deposit_due_at.map(Timestamp::new);
    Ok(match (row.status.as_str(), method, approved_at) {
        ("REQUESTED", None, None) => PaymentState::Requested,
        ("AWAITING_DEPOSIT", None, None) => PaymentState::AwaitingDeposit(Deposit {
            due_at: due_at.ok_or_else(|| impossible(row))?,
            account: deposit_account(row)?,
        }),
        ("COMPLETED", Some(method), Some(approved_at)) => PaymentState::Approved { method, approved_at },
        ("FAILED", None, None) => PaymentState::Declined {
            code: row.decline_code.clone().ok_or_else(|| impossible(row))?,
            repeatable: row.decline_repeatable,
        },
        ("REFUND_DUE", Some(method), Some(approved_at)) => PaymentState::RefundDue {
            method,
            approved_at,
            cause: cause.ok_or_else(|| impossible(row))?,
            refund_key: row.refund_key.clone().map(IdempotencyKey::stored).ok_or_else(|| impossible(row))?,
            account: row.refund_account.clone().map(SealedAccount::stored),
        },
        ("REFUNDED", Some(method), Some(approved_at)) => {
            PaymentState::Refunded { method, approved_at, refunded_at: refunded_at.ok_or_else(|| impossible(row))? }
        }
        _ => return Err(impossible(row)),
    })
}

/// Whole or not at all: attempts that are older than these columns have none.
fn deposit_account(row: &payments::Model) -> Result<Option<DepositAccount>, PortFailure> {
    match (&row.deposit_bank, &row.deposit_account, &row.deposit_holder) {
        (Some(bank), Some(number), Some(holder)) => {
            Ok(Some(DepositAccount { bank: bank.clone(), number: number.clone(), holder: holder.clone() }))
        }
        (None, None, None) => Ok(None),
        _ => Err(impossible(row)),
    }
}

fn impossible(row: &payments::Model) -> PortFailure {
    corrupt(READING, format!("payment {} is in a state that no settlement leads to", row.id))
}
