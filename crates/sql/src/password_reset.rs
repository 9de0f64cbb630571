//! Password resets in SQL: one row for each address, found by a keyed hash.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::account::{
    CodeHash, Email, FinishResetFailure, NewReset, PasswordReset, RESET_TRIES, Redemption, ResetAddress, ResetOwner,
    ResetRepository, ResetTokenHash,
};
use ef_domain::shared::{PortFailure, Timestamp, UserId, Vault};
use sea_orm::{DatabaseBackend, DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::mail;
use crate::sql::{all, execute, marks, moment, one};
use crate::tx::{self, Stop, TxFailure, Work};

const BEGINNING: &str = "beginning a password reset";
const TRYING: &str = "entering a reset code";
const REDEEMING: &str = "redeeming a reset code";
const READING: &str = "reading a password reset";
const FINISHING: &str = "resetting a password";

/// How long a row is kept after its last change: far longer than any code or token is good for.
const KEPT: Duration = Duration::from_hours(24);
/// How many old rows a new one sweeps away. More than one, so that the table shrinks after a busy day.
const SWEPT: u32 = 20;

/// Password resets in MySQL or SQLite.
pub struct SqlResetRepository {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl SqlResetRepository {
    /// A repository over the database. What it tells people is sealed in the vault until it is sent.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

#[derive(FromQueryResult)]
struct CodeRow {
    code_hash: Option<String>,
}

#[derive(FromQueryResult)]
struct OwnerRow {
    id: i64,
    email: String,
    session_epoch: i64,
}

#[async_trait]
impl ResetRepository for SqlResetRepository {
    async fn begin(&self, reset: &NewReset) -> Result<(), PortFailure> {
        let work = Beginning { reset, vault: self.vault.as_ref(), backend: self.database.backend() };
        tx::run(&self.database, BEGINNING, &work).await.map_err(never_refused)
    }

    async fn take_try(&self, address: &ResetAddress, now: Timestamp) -> Result<Option<CodeHash>, PortFailure> {
        let work = TakingTry { address, now };
        match tx::run(&self.database, TRYING, &work).await {
            Ok(code) => Ok(Some(CodeHash::stored(code))),
            Err(TxFailure::Refused(())) => Ok(None),
            // A try that may have been counted is not repeated: at worst its owner has one fewer.
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }

    async fn redeem(&self, redemption: &Redemption) -> Result<bool, PortFailure> {
        // The code is the guard: a new one in its place, or its own earlier use, leaves nothing to redeem.
        // The epoch is read by the same statement, which a decoy asks too: its account is none.
        let sql = "UPDATE password_reset SET code_hash = NULL, code_expires_at = NULL, token_hash = ?, \
             token_expires_at = ?, updated_at = ?, \
             token_epoch = (SELECT u.session_epoch FROM user u WHERE u.id = password_reset.user_id) \
             WHERE email_hash = ? AND code_hash = ?";
        let values = [
            redemption.token.as_str().into(),
            moment(redemption.expires_at),
            moment(redemption.at),
            redemption.address.as_str().into(),
            redemption.code.as_str().into(),
        ];
        Ok(tx::write(&self.database, REDEEMING, sql, values).await? == 1)
    }

    async fn owner(&self, token: &ResetTokenHash, now: Timestamp) -> Result<Option<ResetOwner>, PortFailure> {
        let sql = "SELECT u.id, u.email, u.session_epoch FROM password_reset r JOIN user u ON u.id = r.user_id \
             WHERE r.token_hash = ? AND r.token_expires_at > ? AND r.token_epoch = u.session_epoch \
             AND u.closed_at IS NULL";
        let row = one(self.database.reader(), sql, [token.as_str().into(), moment(now)]);
        let row: Option<OwnerRow> = bounded(READING, row).await?;
        row.map(|row| {
            let email = Email::parse(&row.email).map_err(|error| corrupt(READING, error))?;
            Ok(ResetOwner { user: UserId::new(row.id), email, epoch: row.session_epoch })
        })
        .transpose()
    }

    async fn finish(&self, reset: &PasswordReset) -> Result<(), FinishResetFailure> {
        let work = Finishing { reset, vault: self.vault.as_ref() };
        match tx::run(&self.database, FINISHING, &work).await {
            Ok(()) => Ok(()),
            Err(TxFailure::Refused(())) => Err(FinishResetFailure::Spent),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }
}

fn never_refused(failure: TxFailure<std::convert::Infallible>) -> PortFailure {
    match failure {
        TxFailure::Refused(refusal) => match refusal {},
        TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure) => failure,
    }
}

/// A code in place of the one that the address had, and its letter.
struct Beginning<'a> {
    reset: &'a NewReset,
    vault: &'a dyn Vault,
    backend: DatabaseBackend,
}

#[async_trait]
impl Work for Beginning<'_> {
    type Output = ();
    type Refusal = std::convert::Infallible;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<std::convert::Infallible>> {
        sweep(tx, self.reset.mail.queued_at).await?;
        self.put(tx).await?;
        if self.reset.mail.user.is_some() {
            mail::write(tx, self.vault, &self.reset.mail).await?;
        } else {
            mail::write_discarded(tx, &self.reset.mail).await?;
        }
        Ok(())
    }
}

impl Beginning<'_> {
    /// One statement that inserts or replaces: of two requests at once neither fails, and the later one's code counts.
    /// A token stays if it is of the same account. That is asked before the account is replaced: MySQL assigns from left
    /// to right, and reads what it has assigned.
    async fn put(&self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let on_conflict = match self.backend {
            DatabaseBackend::MySql => "ON DUPLICATE KEY UPDATE",
            _ => "ON CONFLICT (email_hash) DO UPDATE SET",
        };
        let sql = format!(
            "INSERT INTO password_reset \
             (email_hash, user_id, code_hash, tries, code_expires_at, created_at, updated_at) \
             VALUES (?, ?, ?, 0, ?, ?, ?) {on_conflict} \
             token_hash = CASE WHEN password_reset.user_id = ? THEN password_reset.token_hash END, \
             user_id = ?, code_hash = ?, tries = 0, code_expires_at = ?, updated_at = ?"
        );
        let NewReset { address, code, expires_at, mail } = self.reset;
        let (user, now) = (Value::from(mail.user.map(UserId::get)), moment(mail.queued_at));
        let code = [user.clone(), code.as_str().into(), moment(*expires_at)];
        let inserted = std::iter::once(address.as_str().into()).chain(code.clone()).chain([now.clone(), now.clone()]);
        execute(tx, &sql, inserted.chain([user]).chain(code).chain([now])).await.map(|_| ())
    }
}

/// Forgets resets that nobody can continue any more; a few at a time, so that nobody waits for it.
async fn sweep(tx: &DatabaseTransaction, now: Timestamp) -> Result<(), DbErr> {
    // Read first and then named: a `DELETE` that looked for its rows would read, and lock, the whole table on MySQL.
    let sql = format!("SELECT id FROM password_reset WHERE updated_at < ? ORDER BY updated_at LIMIT {SWEPT}");
    let old: Vec<IdRow> = all(tx, &sql, [moment(now.before(KEPT))]).await?;
    if old.is_empty() {
        return Ok(());
    }
    let sql = format!("DELETE FROM password_reset WHERE id IN ({})", marks(old.len()));
    execute(tx, &sql, old.into_iter().map(|row| row.id.into())).await.map(|_| ())
}

/// A try that is counted before anybody sees what the code is.
struct TakingTry<'a> {
    address: &'a ResetAddress,
    now: Timestamp,
}

#[async_trait]
impl Work for TakingTry<'_> {
    type Output = String;
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<String, Stop<()>> {
        // Counting is the guard. Were the code read first, fifty guesses at once would all see a code with tries left.
        let sql = "UPDATE password_reset SET tries = tries + 1, updated_at = ? \
             WHERE email_hash = ? AND code_hash IS NOT NULL AND tries < ? AND code_expires_at > ?";
        let now = moment(self.now);
        let values = [now.clone(), self.address.as_str().into(), i64::from(RESET_TRIES).into(), now];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        let sql = "SELECT code_hash FROM password_reset WHERE email_hash = ?";
        let row: Option<CodeRow> = one(tx, sql, [self.address.as_str().into()]).await?;
        row.and_then(|row| row.code_hash)
            .ok_or_else(|| Stop::Corrupt("a reset that counted a try has no code".to_owned()))
    }
}

/// A token on its way into a password.
struct Finishing<'a> {
    reset: &'a PasswordReset,
    vault: &'a dyn Vault,
}

#[async_trait]
impl Work for Finishing<'_> {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        let reset = self.reset;
        let (user, now) = (Value::from(reset.user.get()), moment(reset.at));
        // Taking the token is the guard: of many uses at once the first one finds it.
        let sql = "UPDATE password_reset SET token_hash = NULL, token_expires_at = NULL, updated_at = ? \
             WHERE token_hash = ? AND token_expires_at > ? AND user_id = ? AND token_epoch = ?";
        let epoch = Value::from(reset.epoch);
        let values = [now.clone(), reset.token.as_str().into(), now.clone(), user.clone(), epoch.clone()];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        let sql = "UPDATE user SET password = ?, session_epoch = session_epoch + 1, updated_at = ? \
             WHERE id = ? AND session_epoch = ? AND closed_at IS NULL";
        let values = [reset.password.expose().into(), now, user.clone(), epoch];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        // Whoever proves that he reads the mailbox owns the account. A partner's log-in may be of somebody who opened
        // the account with an address that was never his.
        execute(tx, "DELETE FROM user_identity WHERE user_id = ?", [user]).await?;
        mail::write(tx, self.vault, &reset.mail).await?;
        Ok(())
    }
}
