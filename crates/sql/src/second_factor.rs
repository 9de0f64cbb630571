//! Second factors and their recovery codes in SQL.
//!
//! Whatever needs more than one statement touches the account's row first: what concerns one account happens one after
//! the other, and a closed account gets nothing.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::account::{FactorConfirmation, RecoveryHash, SecondFactorRepository, StoredFactor};
use ef_domain::notice::NewMail;
use ef_domain::shared::{PortFailure, Timestamp, UserId, Vault};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::bounded;
use crate::mail;
use crate::sql::{execute, moment, one};
use crate::tx::{self, Stop, TxFailure, Work};

const READING: &str = "reading a second factor";
const ENROLLING: &str = "enrolling a second factor";
const CONFIRMING: &str = "confirming a second factor";
const SPENDING: &str = "spending a code";
const REPLACING: &str = "replacing recovery codes";
const REMOVING: &str = "removing a second factor";

/// Second factors in MySQL or SQLite.
pub struct SqlSecondFactorRepository {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl SqlSecondFactorRepository {
    /// A repository over the database. What it tells people is sealed in the vault until it is sent.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }

    /// What the work comes to; `None` where a guard said no.
    async fn run<W: Work<Refusal = ()>>(
        &self,
        during: &'static str,
        work: &W,
    ) -> Result<Option<W::Output>, PortFailure> {
        match tx::run(&self.database, during, work).await {
            Ok(output) => Ok(Some(output)),
            Err(TxFailure::Refused(())) => Ok(None),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }
}

#[derive(FromQueryResult)]
struct FactorRow {
    sealed_secret: String,
    is_confirmed: bool,
}

#[async_trait]
impl SecondFactorRepository for SqlSecondFactorRepository {
    async fn find(&self, user: UserId) -> Result<Option<StoredFactor>, PortFailure> {
        let sql = "SELECT sealed_secret, is_confirmed FROM user_totp WHERE user_id = ?";
        let row = one(self.database.reader(), sql, [user.get().into()]);
        let row: Option<FactorRow> = bounded(READING, row).await?;
        Ok(row.map(|FactorRow { sealed_secret, is_confirmed }| StoredFactor { sealed_secret, is_confirmed }))
    }

    async fn enrol(&self, user: UserId, sealed_secret: &str, now: Timestamp) -> Result<bool, PortFailure> {
        Ok(self.run(ENROLLING, &Enrolling { user, sealed_secret, now }).await?.is_some())
    }

    async fn confirm(&self, confirmation: &FactorConfirmation) -> Result<Option<i64>, PortFailure> {
        self.run(CONFIRMING, &Confirming { confirmation, vault: self.vault.as_ref() }).await
    }

    async fn spend_step(&self, user: UserId, step: u64, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE user_totp SET last_step = ?, updated_at = ? \
             WHERE user_id = ? AND is_confirmed = ? AND last_step < ?";
        let step = number(step);
        let values = [step.into(), moment(now), user.get().into(), true.into(), step.into()];
        Ok(tx::write(&self.database, SPENDING, sql, values).await? == 1)
    }

    async fn spend_recovery(&self, user: UserId, code: &RecoveryHash, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE user_recovery_code SET used_at = ?, updated_at = ? \
             WHERE user_id = ? AND code_hash = ? AND used_at IS NULL";
        let values = [moment(now), moment(now), user.get().into(), code.as_str().into()];
        Ok(tx::write(&self.database, SPENDING, sql, values).await? == 1)
    }

    async fn replace_recovery(
        &self,
        user: UserId,
        recovery: &[RecoveryHash],
        now: Timestamp,
    ) -> Result<bool, PortFailure> {
        Ok(self.run(REPLACING, &Replacing { user, recovery, now }).await?.is_some())
    }

    async fn remove(&self, user: UserId, mail: &NewMail) -> Result<Option<i64>, PortFailure> {
        self.run(REMOVING, &Removing { user, mail, vault: self.vault.as_ref() }).await
    }
}

struct Enrolling<'a> {
    user: UserId,
    sealed_secret: &'a str,
    now: Timestamp,
}

#[async_trait]
impl Work for Enrolling<'_> {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        touch(tx, self.user, self.now).await?;
        let now = moment(self.now);
        // One that is confirmed stays, and then refuses the new row too.
        let sql = "DELETE FROM user_totp WHERE user_id = ? AND is_confirmed = ?";
        execute(tx, sql, [self.user.get().into(), false.into()]).await?;
        let sql = "INSERT INTO user_totp (user_id, sealed_secret, is_confirmed, last_step, created_at, updated_at) \
             SELECT id, ?, ?, 0, ?, ? FROM user WHERE id = ? \
             AND NOT EXISTS (SELECT 1 FROM user_totp t WHERE t.user_id = user.id)";
        let values = [self.sealed_secret.into(), false.into(), now.clone(), now, self.user.get().into()];
        guarded(execute(tx, sql, values).await?.rows_affected())
    }
}

struct Confirming<'a> {
    confirmation: &'a FactorConfirmation,
    vault: &'a dyn Vault,
}

#[async_trait]
impl Work for Confirming<'_> {
    type Output = i64;
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<i64, Stop<()>> {
        let FactorConfirmation { user, sealed_secret, step, recovery, mail, at } = self.confirmation;
        let epoch = end_sessions(tx, *user, *at).await?;
        let sql = "UPDATE user_totp SET is_confirmed = ?, last_step = ?, updated_at = ? \
             WHERE user_id = ? AND is_confirmed = ? AND sealed_secret = ?";
        let values = [
            true.into(),
            number(*step).into(),
            moment(*at),
            user.get().into(),
            false.into(),
            sealed_secret.as_str().into(),
        ];
        guarded(execute(tx, sql, values).await?.rows_affected())?;
        put_recovery(tx, *user, recovery, *at).await?;
        mail::write(tx, self.vault, mail).await?;
        Ok(epoch)
    }
}

struct Replacing<'a> {
    user: UserId,
    recovery: &'a [RecoveryHash],
    now: Timestamp,
}

#[async_trait]
impl Work for Replacing<'_> {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        touch(tx, self.user, self.now).await?;
        let sql = "UPDATE user_totp SET updated_at = ? WHERE user_id = ? AND is_confirmed = ?";
        let values = [moment(self.now), self.user.get().into(), true.into()];
        guarded(execute(tx, sql, values).await?.rows_affected())?;
        Ok(put_recovery(tx, self.user, self.recovery, self.now).await?)
    }
}

struct Removing<'a> {
    user: UserId,
    mail: &'a NewMail,
    vault: &'a dyn Vault,
}

#[async_trait]
impl Work for Removing<'_> {
    type Output = i64;
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<i64, Stop<()>> {
        let now = self.mail.queued_at;
        let epoch = end_sessions(tx, self.user, now).await?;
        let sql = "DELETE FROM user_totp WHERE user_id = ?";
        guarded(execute(tx, sql, [self.user.get().into()]).await?.rows_affected())?;
        put_recovery(tx, self.user, &[], now).await?;
        mail::write(tx, self.vault, self.mail).await?;
        Ok(epoch)
    }
}

/// Takes the account's row: whoever else changes the account's second factor waits.
async fn touch(tx: &DatabaseTransaction, user: UserId, now: Timestamp) -> Result<(), Stop<()>> {
    let sql = "UPDATE user SET updated_at = ? WHERE id = ? AND closed_at IS NULL";
    guarded(execute(tx, sql, [moment(now), user.get().into()]).await?.rows_affected())
}

#[derive(FromQueryResult)]
struct EpochRow {
    session_epoch: i64,
}

/// Takes the account's row and raises its epoch; the new one.
async fn end_sessions(tx: &DatabaseTransaction, user: UserId, now: Timestamp) -> Result<i64, Stop<()>> {
    let sql = "UPDATE user SET session_epoch = session_epoch + 1, updated_at = ? WHERE id = ? AND closed_at IS NULL";
    guarded(execute(tx, sql, [moment(now), user.get().into()]).await?.rows_affected())?;
    let row: Option<EpochRow> = one(tx, "SELECT session_epoch FROM user WHERE id = ?", [user.get().into()]).await?;
    row.map(|row| row.session_epoch).ok_or(Stop::Refused(()))
}

/// Puts these codes in place of those that are there.
async fn put_recovery(
    tx: &DatabaseTransaction,
    user: UserId,
    recovery: &[RecoveryHash],
    now: Timestamp,
) -> Result<(), DbErr> {
    execute(tx, "DELETE FROM user_recovery_code WHERE user_id = ?", [user.get().into()]).await?;
    if recovery.is_empty() {
        return Ok(());
    }
    let rows = vec!["(?, ?, ?, ?)"; recovery.len()].join(", ");
    let sql = format!("INSERT INTO user_recovery_code (user_id, code_hash, created_at, updated_at) VALUES {rows}");
    let values = recovery
        .iter()
        .flat_map(|code| -> [Value; 4] { [user.get().into(), code.as_str().into(), moment(now), moment(now)] });
    execute(tx, &sql, values).await.map(|_| ())
}

fn guarded(rows: u64) -> Result<(), Stop<()>> {
    if rows == 1 { Ok(()) } else { Err(Stop::Refused(())) }
}

/// A step as a column keeps it. The last one is 2^63 half minutes away.
fn number(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}
