//! The two transactions of a payment. Both lock the order first, then the payment, then the variants.

use async_trait::async_trait;
use ef_domain::order::OrderChange;
use ef_domain::payment::{Deposit, DepositAccount, NewPayment, PaymentChange, PaymentState, Settlement};
use ef_domain::shared::{PaymentId, Timestamp};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, DbErr, EntityTrait};

use crate::audit;
use crate::entity::payments;
use crate::failure::is_duplicate_of;
use crate::order::{guard_order, write_change};
use crate::sql::{execute, moment, moment_or_null};
use crate::tx::{Stop, Work};

/// Transaction one: the intent, and the order that is being paid.
pub(super) struct Opening<'a> {
    pub(super) payment: &'a NewPayment,
    pub(super) order: &'a OrderChange,
}

pub(super) enum OpenRefusal {
    Stale,
    KeyTaken,
}

#[async_trait]
impl Work for Opening<'_> {
    type Output = PaymentId;
    type Refusal = OpenRefusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<PaymentId, Stop<OpenRefusal>> {
        if !guard_order(tx, self.order, self.payment.requested_at).await? {
            return Err(Stop::Refused(OpenRefusal::Stale));
        }
        match self.payment.repeats {
            Some((id, version)) => {
                let touched = execute(
                    tx,
                    "UPDATE payments SET status = 'REQUESTED', idempotency_key = ?, decline_code = NULL, \
                     decline_repeatable = FALSE, requested_at = ?, check_at = ?, checks = 0, updated_at = ?, \
                     version = version + 1 WHERE id = ? AND version = ?",
                    [
                        self.payment.idempotency_key.as_str().into(),
                        moment(self.payment.requested_at),
                        moment(self.payment.check_at),
                        moment(self.payment.requested_at),
                        id.get().into(),
                        version.get().into(),
                    ],
                )
                .await?
                .rows_affected();
                if touched == 1 { Ok(id) } else { Err(Stop::Refused(OpenRefusal::Stale)) }
            }
            None => insert(tx, self.payment).await,
        }
    }
}

async fn insert(tx: &DatabaseTransaction, payment: &NewPayment) -> Result<PaymentId, Stop<OpenRefusal>> {
    let row = payments::ActiveModel {
        order_id: Set(payment.order.get()),
        order_number: Set(payment.order_number.get()),
        payment_key: Set(payment.key.as_str().to_owned()),
        status: Set(PaymentState::Requested.name().to_owned()),
        amount: Set(payment.amount.get()),
        idempotency_key: Set(payment.idempotency_key.as_str().to_owned()),
        requested_at: Set(payment.requested_at.to_utc()),
        decline_repeatable: Set(false),
        check_at: Set(Some(payment.check_at.to_utc())),
        checks: Set(0),
        version: Set(0),
        created_at: Set(payment.requested_at.to_utc()),
        updated_at: Set(payment.requested_at.to_utc()),
        ..Default::default()
    };
    match payments::Entity::insert(row).exec(tx).await {
        Ok(inserted) => Ok(PaymentId::new(inserted.last_insert_id)),
        Err(error) if is_duplicate_of(&error, "payment_key") => Err(Stop::Refused(OpenRefusal::KeyTaken)),
        Err(error) => Err(error.into()),
    }
}

/// Transaction two: what became of the payment, of its order and of the stock, as one fact.
pub(super) struct Settling<'a> {
    pub(super) settlement: &'a Settlement,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Work for Settling<'_> {
    type Output = ();
    /// The order or the payment moved since it was read.
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        let order = self.settlement.order();
        if let Some(change) = order
            && !guard_order(tx, change, self.now).await?
        {
            return Err(Stop::Refused(()));
        }
        if !guard_payment(tx, self.settlement.payment(), self.now).await? {
            return Err(Stop::Refused(()));
        }
        if let Some(change) = order {
            write_change(tx, change, self.now).await?;
        }
        if let Some(entry) = self.settlement.audit() {
            audit::write(tx, entry).await?;
        }
        Ok(())
    }
}

/// The columns that a state sets.
#[derive(Default)]
struct StateColumns {
    method: Option<&'static str>,
    deposit_due_at: Option<Timestamp>,
    deposit_account: Option<DepositAccount>,
    approved_at: Option<Timestamp>,
    decline_code: Option<String>,
    decline_repeatable: bool,
    refund_cause: Option<&'static str>,
    refund_key: Option<String>,
    refunded_at: Option<Timestamp>,
    refund_account: Option<String>,
}

impl StateColumns {
    fn of(state: &PaymentState) -> Self {
        let none = Self::default();
        match state {
            PaymentState::Requested => none,
            PaymentState::AwaitingDeposit(Deposit { due_at, account }) => {
                Self { deposit_due_at: Some(*due_at), deposit_account: account.clone(), ..none }
            }
            PaymentState::Approved { method, approved_at } => {
                Self { method: Some(method.name()), approved_at: Some(*approved_at), ..none }
            }
            PaymentState::Declined { code, repeatable } => {
                Self { decline_code: Some(code.clone()), decline_repeatable: *repeatable, ..none }
            }
            PaymentState::RefundDue { method, approved_at, cause, refund_key, account } => Self {
                method: Some(method.name()),
                approved_at: Some(*approved_at),
                refund_cause: Some(cause.name()),
                refund_key: Some(refund_key.as_str().to_owned()),
                refund_account: account.as_ref().map(|account| account.as_str().to_owned()),
                ..none
            },
            PaymentState::Refunded { method, approved_at, refunded_at } => Self {
                method: Some(method.name()),
                approved_at: Some(*approved_at),
                refunded_at: Some(*refunded_at),
                ..none
            },
        }
    }
}

/// Moves the payment to its next state if nobody else settled it since it was read; whether it did. Without this
/// guard, a buyer's confirm and reconciliation would both sell the same stock.
async fn guard_payment(tx: &DatabaseTransaction, change: &PaymentChange, now: Timestamp) -> Result<bool, DbErr> {
    let columns = StateColumns::of(change.next());
    let (bank, account, holder) = columns
        .deposit_account
        .map_or((None, None, None), |account| (Some(account.bank), Some(account.number), Some(account.holder)));
    let touched = execute(
        tx,
        "UPDATE payments SET status = ?, method = ?, deposit_due_at = ?, deposit_bank = ?, deposit_account = ?, \
         deposit_holder = ?, approved_at = ?, decline_code = ?, \
         decline_repeatable = ?, refund_cause = ?, refund_key = ?, refund_account = ?, refunded_at = ?, check_at = ?, updated_at = ?, \
         version = version + 1 WHERE id = ? AND version = ?",
        [
            change.next().name().into(),
            columns.method.into(),
            moment_or_null(columns.deposit_due_at),
            bank.into(),
            account.into(),
            holder.into(),
            moment_or_null(columns.approved_at),
            columns.decline_code.into(),
            columns.decline_repeatable.into(),
            columns.refund_cause.into(),
            columns.refund_key.into(),
            columns.refund_account.into(),
            moment_or_null(columns.refunded_at),
            moment_or_null(change.check_at()),
            moment(now),
            change.payment().get().into(),
            change.version().get().into(),
        ],
    );
    Ok(touched.await?.rows_affected() == 1)
}
