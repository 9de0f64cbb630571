//! Keys of requests in SQL: claims, marks and answers, one row a key.

use async_trait::async_trait;
use ef_domain::once::{ClaimOutcome, DoneWork, KeptAnswer, NewClaim, RequestLedger};
use ef_domain::order::OrderNumber;
use ef_domain::shared::{ClaimId, PortFailure, Timestamp, WorkClaim};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt, failed, is_duplicate_of};
use crate::sql::{all, execute, marks, moment, one};
use crate::tx;

const CLAIMING: &str = "claiming a request's key";
const FORGETTING: &str = "forgetting requests' keys";
/// How often a key is looked at again that moved between two looks.
const TRIES: u32 = 3;

/// Keys of requests in MySQL or SQLite.
pub struct SqlRequestLedger {
    database: Database,
}

#[derive(FromQueryResult)]
struct KeyRow {
    id: i64,
    fingerprint: String,
    token: String,
    lease_ends_at: chrono::DateTime<chrono::Utc>,
    done_at: Option<chrono::DateTime<chrono::Utc>>,
    order_number: Option<i64>,
    answer_status: Option<i32>,
    answer_body: Option<String>,
    created_at: chrono::DateTime<chrono::Utc>,
}

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

impl SqlRequestLedger {
    /// A ledger over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// A row for a key that nobody used; `None` if there is one. The unique index decides: of any number that insert at
    /// once, one does.
    async fn insert(&self, claim: &NewClaim) -> Result<Option<WorkClaim>, PortFailure> {
        let sql = "INSERT INTO request_key (user_id, operation, key_hash, fingerprint, token, lease_ends_at, created_at, \
                   updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let values = || {
            let [user, operation, key] = name_of(claim);
            let (print, token) = (claim.request.fingerprint.as_str().into(), claim.token.as_str().into());
            [user, operation, key, print, token, moment(claim.lease_ends_at), moment(claim.now), moment(claim.now)]
        };
        match tx::repeated(CLAIMING, || execute(self.database.writer(), sql, values())).await? {
            Ok(inserted) => {
                let id = i64::try_from(inserted.last_insert_id()).map_err(|error| corrupt(CLAIMING, error))?;
                Ok(Some(WorkClaim { id: ClaimId::new(id), token: claim.token.clone(), again: false }))
            }
            Err(error) if is_duplicate_of(&error, "key_hash") => Ok(None),
            Err(error) => Err(failed(CLAIMING)(error)),
        }
    }

    async fn find(&self, claim: &NewClaim) -> Result<Option<KeyRow>, PortFailure> {
        // The writer's connection: what made the insert fail is there to be seen.
        let sql = "SELECT id, fingerprint, token, lease_ends_at, done_at, order_number, answer_status, answer_body, \
                   created_at FROM request_key WHERE user_id = ? AND operation = ? AND key_hash = ?";
        bounded(CLAIMING, one(self.database.writer(), sql, name_of(claim))).await
    }

    /// The key under a new token, if it is as it was read; whether it was. Of two who find the same claim dead, one goes
    /// on; and its first holder, should he live, finds his token gone when he comes to store his work.
    async fn take_over(&self, row: &KeyRow, claim: &NewClaim) -> Result<bool, PortFailure> {
        let sql = "UPDATE request_key SET fingerprint = ?, token = ?, lease_ends_at = ?, done_at = NULL, \
                   order_number = NULL, answer_status = NULL, answer_body = NULL, created_at = ?, updated_at = ? \
                   WHERE id = ? AND token = ? AND (done_at IS NULL OR created_at <= ?)";
        let values = [
            claim.request.fingerprint.as_str().into(),
            claim.token.as_str().into(),
            moment(claim.lease_ends_at),
            moment(claim.now),
            moment(claim.now),
            row.id.into(),
            row.token.as_str().into(),
            moment(claim.forgotten_before),
        ];
        Ok(tx::write(&self.database, CLAIMING, sql, values).await? == 1)
    }
}

#[async_trait]
impl RequestLedger for SqlRequestLedger {
    async fn claim(&self, claim: &NewClaim) -> Result<ClaimOutcome, PortFailure> {
        for _ in 0..TRIES {
            if let Some(claim) = self.insert(claim).await? {
                return Ok(ClaimOutcome::Granted(claim));
            }
            // Forgotten between the two statements: it is free again.
            let Some(row) = self.find(claim).await? else { continue };
            match standing(row, claim)? {
                Standing::Answer(outcome) => return Ok(outcome),
                Standing::Free { row, again } => {
                    if self.take_over(&row, claim).await? {
                        let (id, token) = (ClaimId::new(row.id), claim.token.clone());
                        return Ok(ClaimOutcome::Granted(WorkClaim { id, token, again }));
                    }
                }
            }
        }
        // It moves all the time, so somebody is at it.
        Ok(ClaimOutcome::UnderWay)
    }

    async fn keep(&self, claim: &WorkClaim, answer: &KeptAnswer, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE request_key SET done_at = COALESCE(done_at, ?), answer_status = ?, answer_body = ?, \
                   updated_at = ? WHERE id = ? AND token = ? AND answer_status IS NULL";
        let values = [
            moment(now),
            i32::from(answer.status).into(),
            answer.body.as_str().into(),
            moment(now),
            claim.id.get().into(),
            claim.token.as_str().into(),
        ];
        Ok(tx::write(&self.database, "keeping an answer", sql, values).await? == 1)
    }

    async fn give_back(&self, claim: &WorkClaim, now: Timestamp) -> Result<(), PortFailure> {
        let sql =
            "UPDATE request_key SET lease_ends_at = ?, updated_at = ? WHERE id = ? AND token = ? AND done_at IS NULL";
        let values = [moment(now), moment(now), claim.id.get().into(), claim.token.as_str().into()];
        tx::write(&self.database, "giving a claim back", sql, values).await.map(|_| ())
    }

    async fn forget(&self, before: Timestamp, limit: u32) -> Result<u64, PortFailure> {
        // Read first and then named: a `DELETE` that looked for its rows would lock, on MySQL, what it reads on the way.
        let sql = format!("SELECT id FROM request_key WHERE created_at <= ? ORDER BY created_at LIMIT {limit}");
        let old: Vec<IdRow> = bounded(FORGETTING, all(self.database.reader(), &sql, [moment(before)])).await?;
        if old.is_empty() {
            return Ok(0);
        }
        // Asked once more: a key that was taken over meanwhile is a new one.
        let sql = format!("DELETE FROM request_key WHERE created_at <= ? AND id IN ({})", marks(old.len()));
        let ids = old.into_iter().map(|row| Value::from(row.id));
        let values: Vec<Value> = [moment(before)].into_iter().chain(ids).collect();
        tx::write(&self.database, FORGETTING, &sql, values).await
    }
}

/// What a key's row means for whoever wants to claim it.
enum Standing {
    Answer(ClaimOutcome),
    Free { row: KeyRow, again: bool },
}

fn standing(row: KeyRow, claim: &NewClaim) -> Result<Standing, PortFailure> {
    if Timestamp::new(row.created_at) <= claim.forgotten_before {
        return Ok(Standing::Free { row, again: false });
    }
    if row.fingerprint != claim.request.fingerprint.as_str() {
        return Ok(Standing::Answer(ClaimOutcome::AnotherRequest));
    }
    if row.done_at.is_some() {
        return done(row).map(|done| Standing::Answer(ClaimOutcome::Done(done)));
    }
    let lives = Timestamp::new(row.lease_ends_at) > claim.now;
    Ok(if lives { Standing::Answer(ClaimOutcome::UnderWay) } else { Standing::Free { row, again: true } })
}

fn done(row: KeyRow) -> Result<DoneWork, PortFailure> {
    let placed = row.order_number.map(OrderNumber::try_new).transpose().map_err(|error| corrupt(CLAIMING, error))?;
    let answer = match (row.answer_status, row.answer_body) {
        (None, None) => None,
        (Some(status), Some(body)) => {
            let status = u16::try_from(status).map_err(|error| corrupt(CLAIMING, error))?;
            Some(KeptAnswer { status, body })
        }
        _ => return Err(corrupt(CLAIMING, "half an answer")),
    };
    Ok(DoneWork { claim: WorkClaim { id: ClaimId::new(row.id), token: row.token, again: true }, placed, answer })
}

/// The columns by which a key is found.
fn name_of(claim: &NewClaim) -> [Value; 3] {
    let request = &claim.request;
    [request.user.get().into(), request.operation.name().into(), request.key.hash().into()]
}

/// Marks a claim's work as done, in the transaction of the work; whether the claim was still its holder's. Where it was
/// taken over, and where it is gone together with its account, it was not.
pub(crate) async fn mark_done(
    tx: &DatabaseTransaction,
    claim: &WorkClaim,
    placed: Option<OrderNumber>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let sql = "UPDATE request_key SET done_at = ?, order_number = ?, updated_at = ? \
               WHERE id = ? AND token = ? AND done_at IS NULL";
    let values = [
        moment(now),
        placed.map(OrderNumber::get).into(),
        moment(now),
        claim.id.get().into(),
        claim.token.as_str().into(),
    ];
    Ok(execute(tx, sql, values).await?.rows_affected() == 1)
}
