//! The payment repository.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::order::{ApplyFailure, OrderChange, OrderNumber};
use ef_domain::payment::{NewPayment, OpenFailure, Payment, PaymentKey, PaymentRepository, Settlement};
use ef_domain::shared::{Clock, PaymentId, PortFailure, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::connect::Database;
use crate::entity::payments;
use crate::failure::bounded;
use crate::sql::moment;
use crate::tx::{self, TxFailure};

use super::row;
use super::write::{OpenRefusal, Opening, Settling};

const READING: &str = "reading payments";
const OPENING: &str = "storing a payment intent";
const SETTLING: &str = "settling a payment";
const HASTENING: &str = "hastening the check of a payment";
const LEAVING: &str = "leaving a payment alone";
const CLAIMING: &str = "claiming the check of a payment";

/// Payments in MySQL or SQLite.
pub struct SqlPaymentRepository {
    database: Database,
    clock: Arc<dyn Clock>,
}

impl SqlPaymentRepository {
    /// A repository over the database.
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }
}

#[async_trait]
impl PaymentRepository for SqlPaymentRepository {
    async fn find(&self, key: &PaymentKey) -> Result<Option<Payment>, PortFailure> {
        let row = payments::Entity::find().filter(payments::Column::PaymentKey.eq(key.as_str()));
        bounded(READING, row.one(self.database.reader())).await?.as_ref().map(row::payment).transpose()
    }

    async fn find_by_id(&self, id: PaymentId) -> Result<Option<Payment>, PortFailure> {
        let row = payments::Entity::find_by_id(id.get());
        bounded(READING, row.one(self.database.reader())).await?.as_ref().map(row::payment).transpose()
    }

    async fn open(&self, payment: &NewPayment, order: &OrderChange) -> Result<PaymentId, OpenFailure> {
        match tx::run(&self.database, OPENING, &Opening { payment, order }).await {
            Ok(id) => Ok(id),
            // After a lost commit the caller looks again: the stored intent is then found by its key.
            Err(TxFailure::Refused(OpenRefusal::Stale) | TxFailure::CommitUnknown(_)) => Err(OpenFailure::Stale),
            Err(TxFailure::Refused(OpenRefusal::KeyTaken)) => Err(OpenFailure::KeyTaken),
            Err(TxFailure::Failed(failure)) => Err(failure.into()),
        }
    }

    async fn settle(&self, settlement: &Settlement) -> Result<(), ApplyFailure> {
        let work = Settling { settlement, now: self.clock.now() };
        match tx::run(&self.database, SETTLING, &work).await {
            Ok(()) => Ok(()),
            // After a lost commit the caller reads again: what was stored then tells nothing new.
            Err(TxFailure::Refused(()) | TxFailure::CommitUnknown(_)) => Err(ApplyFailure::Stale),
            Err(TxFailure::Failed(failure)) => Err(failure.into()),
        }
    }

    async fn due_checks(&self, now: Timestamp, limit: u32) -> Result<Vec<Payment>, PortFailure> {
        let due = payments::Entity::find()
            .filter(payments::Column::CheckAt.lte(now.to_utc()))
            .order_by_asc(payments::Column::CheckAt)
            .order_by_asc(payments::Column::Id)
            .limit(u64::from(limit));
        let (mut payments, mut unreadable) = (Vec::new(), 0);
        loop {
            let page = due.clone().offset(unreadable).all(self.database.reader());
            let page = bounded(READING, page).await?;
            let before = unreadable;
            for row in &page {
                match row::payment(row) {
                    Ok(payment) => payments.push(payment),
                    Err(failure) => {
                        tracing::error!(error = failure.chain(), "an open payment cannot be read and needs a look");
                        unreadable += 1;
                    }
                }
            }
            // Rows that cannot be read stay the oldest: where they fill a whole page, the next one has a turn.
            if unreadable == before || !payments.is_empty() {
                return Ok(payments);
            }
        }
    }

    async fn hasten(&self, order: OrderNumber, now: Timestamp) -> Result<(), PortFailure> {
        let sql = "UPDATE payments SET check_at = ? WHERE order_number = ? AND check_at > ?";
        let values = [moment(now), order.get().into(), moment(now)];
        tx::write(&self.database, HASTENING, sql, values).await?;
        Ok(())
    }

    async fn look_again(&self, order: OrderNumber, check_at: Timestamp) -> Result<(), PortFailure> {
        // One more check is counted, so that whoever looks at the payment right now does not take it for looked at.
        let sql = "UPDATE payments SET check_at = ?, checks = checks + 1 WHERE order_number = ? AND status = 'COMPLETED' \
             AND (check_at IS NULL OR check_at > ?)";
        let values = [moment(check_at), order.get().into(), moment(check_at)];
        tx::write(&self.database, HASTENING, sql, values).await?;
        Ok(())
    }

    async fn leave(&self, payment: &Payment) -> Result<(), PortFailure> {
        // The claim counted one check. Another count means that somebody heard something new since.
        let sql = "UPDATE payments SET check_at = NULL WHERE id = ? AND version = ? AND checks = ?";
        let checks = i64::from(payment.checks).saturating_add(1);
        let values = [payment.id.get().into(), payment.version.get().into(), checks.into()];
        tx::write(&self.database, LEAVING, sql, values).await?;
        Ok(())
    }

    async fn claim(&self, payment: &Payment, check_at: Timestamp) -> Result<bool, PortFailure> {
        // The version stays: a check is no change, and the buyer's own confirm must not find the payment stale. The
        // count of checks is what two claims of one payment differ in.
        let sql = "UPDATE payments SET check_at = ?, checks = checks + 1 \
             WHERE id = ? AND version = ? AND checks = ? AND check_at IS NOT NULL";
        let values =
            [moment(check_at), payment.id.get().into(), payment.version.get().into(), i64::from(payment.checks).into()];
        Ok(tx::write(&self.database, CLAIMING, sql, values).await? == 1)
    }
}
