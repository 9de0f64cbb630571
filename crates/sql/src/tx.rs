//! Transactions: begun here and nowhere else, short, and repeated as a whole when they lose a race.

use std::time::Duration;

use async_trait::async_trait;
use ef_domain::shared::{FailureKind, PortFailure};
use rand::RngExt;
use sea_orm::{
    DatabaseBackend, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, Value,
};

use crate::connect::Database;
use crate::failure::{LONGEST, bounded, failed, is_lost_race, is_worth_repeating};
use crate::sql::execute;

/// How often a transaction is tried before its caller hears of it.
const TRIES: u32 = 4;

/// What is done inside one transaction. May run several times; only one run commits.
#[async_trait]
pub(crate) trait Work: Sync {
    /// What it yields.
    type Output: Send;
    /// Why it may refuse, for reasons that the caller can act on.
    type Refusal: Send;

    /// One attempt. Awaits nothing but `tx`.
    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<Self::Output, Stop<Self::Refusal>>;
}

/// Why an attempt stopped before its end. Everything it did is rolled back.
#[derive(Debug)]
pub(crate) enum Stop<R> {
    /// A guard said no.
    Refused(R),
    /// The database says that the data contradict themselves.
    Corrupt(String),
    /// A statement failed.
    Failed(DbErr),
}

impl<R> From<DbErr> for Stop<R> {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// Why a transaction came to nothing, or why nobody knows whether it did.
#[derive(Debug)]
pub(crate) enum TxFailure<R> {
    /// A guard said no; nothing was stored.
    Refused(R),
    /// It failed; nothing was stored.
    Failed(PortFailure),
    /// The connection broke while it committed: stored or not, the caller must look.
    CommitUnknown(PortFailure),
}

/// Runs the work in a transaction of its own. Deadlocks, lock time-outs and connections that broke before the commit
/// are repeated with a random pause; a commit whose answer got lost never is.
pub(crate) async fn run<W: Work>(
    database: &Database,
    during: &'static str,
    work: &W,
) -> Result<W::Output, TxFailure<W::Refusal>> {
    let mut tries = 1;
    loop {
        match run_once(database, during, work).await {
            Err(Attempt::Lost(error)) if tries < TRIES => {
                tracing::debug!(
                    during,
                    tries,
                    %error,
                    "transaction lost a race, once more"
                );
                pause(tries).await;
                tries += 1;
            }
            Err(Attempt::Lost(error)) => return Err(TxFailure::Failed(failed(during)(error))),
            Err(Attempt::Over(failure)) => return Err(failure),
            Ok(output) => return Ok(output),
        }
    }
}

enum Attempt<R> {
    Lost(DbErr),
    Over(TxFailure<R>),
}

async fn run_once<W: Work>(
    database: &Database,
    during: &'static str,
    work: &W,
) -> Result<W::Output, Attempt<W::Refusal>> {
    let over = |error: DbErr| {
        if is_worth_repeating(&error) {
            Attempt::Lost(error)
        } else {
            Attempt::Over(TxFailure::Failed(failed(during)(error)))
        }
    };
    let tx = begin(database).await.map_err(over)?;
    let attempt = match tokio::time::timeout(LONGEST, work.attempt(&tx)).await {
        Ok(attempt) => attempt,
        Err(elapsed) => {
            let failure = PortFailure::new(FailureKind::TimedOut, during, elapsed);
            return Err(Attempt::Over(TxFailure::Failed(failure)));
        }
    };
    let stop = match attempt {
        Ok(output) => {
            return match bounded(during, tx.commit()).await {
                Ok(()) => Ok(output),
                Err(failure) => Err(Attempt::Over(TxFailure::CommitUnknown(failure))),
            };
        }
        Err(stop) => stop,
    };
    if let Err(error) = tx.rollback().await {
        // The server rolls back by itself when the connection goes away.
        tracing::debug!(during, %error, "rollback failed");
    }
    Err(match stop {
        Stop::Refused(refusal) => Attempt::Over(TxFailure::Refused(refusal)),
        Stop::Corrupt(what) => Attempt::Over(TxFailure::Failed(PortFailure::new(FailureKind::Corrupt, during, what))),
        Stop::Failed(error) => over(error),
    })
}

/// One write that is a transaction by itself; how many rows it touched. Repeated where it lost a race, and never where
/// its answer got lost or was not waited for: it may have been stored.
pub(crate) async fn write(
    database: &Database,
    during: &'static str,
    sql: &str,
    values: impl IntoIterator<Item = Value> + Clone + Send,
) -> Result<u64, PortFailure> {
    let done = repeated(during, || execute(database.writer(), sql, values.clone())).await?;
    Ok(done.map_err(failed(during))?.rows_affected())
}

/// What became of a statement that is a transaction by itself, in bounded time, and repeated where it lost a race. What
/// the database says against it is left to the caller: it may be an answer.
pub(crate) async fn repeated<T, S>(
    during: &'static str,
    statement: impl Fn() -> S,
) -> Result<Result<T, DbErr>, PortFailure>
where
    S: Future<Output = Result<T, DbErr>>,
{
    let mut tries = 1;
    loop {
        match bounded(during, async { Ok(statement().await) }).await? {
            Err(error) if tries < TRIES && is_lost_race(&error) => {
                pause(tries).await;
                tries += 1;
            }
            outcome => return Ok(outcome),
        }
    }
}

/// SQLite takes the write lock at once: a read lock that is upgraded later would meet a busy database half way.
#[expect(clippy::disallowed_methods, reason = "this is the one room where transactions begin")]
async fn begin(database: &Database) -> Result<DatabaseTransaction, DbErr> {
    match database.backend() {
        DatabaseBackend::Sqlite => {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            database.writer().begin_with_options(options).await
        }
        _ => database.writer().begin().await,
    }
}

/// A few milliseconds, doubling, with jitter, so that two losers do not meet again.
#[expect(clippy::disallowed_methods, reason = "jitter between retries decides nothing")]
async fn pause(tries: u32) {
    let ceiling = 4_u64 << tries;
    let millis = rand::rng().random_range(1..=ceiling);
    tokio::time::sleep(Duration::from_millis(millis)).await;
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_database_that_went_away_hangs_no_statement_and_is_not_asked_twice() {
        let asked = AtomicU32::new(0);
        let outcome = repeated("writing", || {
            asked.fetch_add(1, Ordering::Relaxed);
            pending::<Result<(), DbErr>>()
        });
        assert_eq!(outcome.await.unwrap_err().kind(), FailureKind::TimedOut);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn what_the_database_says_against_a_statement_is_told_as_it_was_said() {
        let error = || DbErr::Custom("taken".to_owned());
        let outcome = repeated::<(), _>("writing", || ready(Err(error()))).await.unwrap();
        assert_eq!(outcome, Err(error()));
    }
}
