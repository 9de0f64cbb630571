//! Forgetting old rows, a few at a time.

use ef_domain::shared::PortFailure;
use sea_orm::{FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::bounded;
use crate::sql::{all, marks};
use crate::tx;

#[derive(FromQueryResult)]
struct IdRow {
    id: i64,
}

/// Deletes up to `limit` rows of the table; `which` says which ones, and in whose order an index has them. For rows that
/// nobody changes any more: they are not looked at again. How many went.
pub(crate) async fn sweep<const N: usize>(
    database: &Database,
    during: &'static str,
    table: &str,
    which: &str,
    values: [Value; N],
    limit: u32,
) -> Result<u64, PortFailure> {
    let sql = format!("SELECT id FROM {table} WHERE {which} LIMIT {limit}");
    sweep_found(database, during, table, &sql, values).await
}

/// Deletes the rows of the table whose ids the query finds. How many went.
pub(crate) async fn sweep_found<const N: usize>(
    database: &Database,
    during: &'static str,
    table: &str,
    find: &str,
    values: [Value; N],
) -> Result<u64, PortFailure> {
    // Read first and then named: a `DELETE` that looked for its rows would lock, on MySQL, what it reads on the way.
    let old: Vec<IdRow> = bounded(during, all(database.reader(), find, values)).await?;
    if old.is_empty() {
        return Ok(0);
    }
    let sql = format!("DELETE FROM {table} WHERE id IN ({})", marks(old.len()));
    let ids: Vec<Value> = old.into_iter().map(|row| row.id.into()).collect();
    tx::write(database, during, &sql, ids).await
}
