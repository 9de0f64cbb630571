//! Storing a decided change: the order's guard, then the stock, then what others must hear.

use async_trait::async_trait;
use ef_domain::order::{ApplyFailure, OrderChange, OrderEvent, Party};
use ef_domain::shared::{Timestamp, UserId};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::audit;
use crate::connect::Database;
use crate::outbox;
use crate::request_key::mark_done;
use crate::sql::{execute, marks, moment, moment_or_null};
use crate::stock::{self, Short};
use crate::tx::{self, Stop, TxFailure, Work};

use super::row::StateColumns;

const APPLYING: &str = "changing an order";

/// Why a change inside a transaction was not written.
enum ChangeRefusal {
    /// The order moved since the change was decided.
    Stale,
}

pub(super) async fn apply(database: &Database, change: &OrderChange, now: Timestamp) -> Result<(), ApplyFailure> {
    match tx::run(database, APPLYING, &Applying { change, now }).await {
        Ok(()) => Ok(()),
        // After a lost commit the caller reloads and decides again: what was stored is then an answer, not an error.
        Err(TxFailure::Refused(ChangeRefusal::Stale) | TxFailure::CommitUnknown(_)) => Err(ApplyFailure::Stale),
        Err(TxFailure::Failed(failure)) => Err(failure.into()),
    }
}

struct Applying<'a> {
    change: &'a OrderChange,
    now: Timestamp,
}

#[async_trait]
impl Work for Applying<'_> {
    type Output = ();
    type Refusal = ChangeRefusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<ChangeRefusal>> {
        if !guard_order(tx, self.change, self.now).await? {
            return Err(Stop::Refused(ChangeRefusal::Stale));
        }
        write_change(tx, self.change, self.now).await
    }
}

/// Moves the order's row to its next state if nobody else moved it since the change was decided; whether it did. The
/// version closes the race that the status alone leaves open: "payment opened" and "expired" would each find the
/// order pending and both commit.
pub(crate) async fn guard_order(tx: &DatabaseTransaction, change: &OrderChange, now: Timestamp) -> Result<bool, DbErr> {
    let columns = StateColumns::of(change.next());
    let touched = execute(
        tx,
        "UPDATE orders SET status = ?, payment_status = ?, hold_expires_at = ?, payment_key = ?, deposit_due_at = ?, \
         paid_at = ?, shipped_at = ?, delivered_at = ?, cancelled_at = ?, cancel_cause = ?, cancel_reason = ?, \
         ended_by = ?, ended_by_user = ?, refund_restock = ?, updated_at = ?, version = version + 1 WHERE id = ? AND version = ?",
        [
            change.next().status().name().into(),
            change.next().payment_status().name().into(),
            moment_or_null(columns.hold_expires_at),
            columns.payment_key.into(),
            moment_or_null(columns.deposit_due_at),
            moment_or_null(columns.paid_at),
            moment_or_null(columns.shipped_at),
            moment_or_null(columns.delivered_at),
            moment_or_null(columns.cancelled_at),
            columns.cancel_cause.into(),
            columns.cancel_reason.into(),
            columns.ended_by.map(Party::name).into(),
            columns.ended_by.and_then(Party::administrator).map(UserId::get).into(),
            columns.refund_restock.into(),
            moment(now),
            change.order().get().into(),
            change.version().get().into(),
        ],
    );
    Ok(touched.await?.rows_affected() == 1)
}

/// Everything else that a change makes true, once its order's guard let it through.
pub(crate) async fn write_change<R>(
    tx: &DatabaseTransaction,
    change: &OrderChange,
    now: Timestamp,
) -> Result<(), Stop<R>> {
    // Before the variants are locked: whoever adds to a cart locks its row first and then, by its foreign key, the variant.
    if change.event() == Some(&OrderEvent::Paid) {
        remove_from_cart(tx, change).await?;
    }
    stock::move_stock(tx, &[change.stock()], now).await.map_err(|stop| match stop {
        Stop::Refused(Short { variant, .. }) => {
            Stop::Corrupt(format!("the counters of variant {variant} do not cover order {}", change.order()))
        }
        Stop::Corrupt(what) => Stop::Corrupt(what),
        Stop::Failed(error) => Stop::Failed(error),
    })?;
    stock::record(tx, &[(change.order(), change.stock())], now).await?;
    outbox::write(tx, change, now).await?;
    if let Some(claim) = change.claim() {
        // No guard: what is true of the order stays true if somebody else holds the claim by now.
        mark_done(tx, claim, None, now).await?;
    }
    if let Some(entry) = change.audit() {
        audit::write(tx, entry).await?;
    }
    Ok(())
}

/// What was bought leaves the buyer's cart.
async fn remove_from_cart(tx: &DatabaseTransaction, change: &OrderChange) -> Result<(), DbErr> {
    let lines = change.stock().lines();
    let sql = format!("DELETE FROM cart_items WHERE user_id = ? AND variant_id IN ({})", marks(lines.len()));
    let mut values = vec![change.buyer().get().into()];
    values.extend(lines.iter().map(|line| sea_orm::Value::from(line.variant.get())));
    execute(tx, &sql, values).await.map(|_| ())
}
