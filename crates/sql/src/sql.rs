//! Small helpers to write SQL once for both databases.

use ef_domain::shared::{PortFailure, Quantity, Timestamp, Won};
use sea_orm::{ConnectionTrait, DbErr, ExecResult, FromQueryResult, Statement, Value};

use crate::failure::corrupt;

/// A statement with `?` placeholders.
pub(crate) fn statement(on: &impl ConnectionTrait, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(on.get_database_backend(), sql, values)
}

/// Executes it.
pub(crate) async fn execute(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<ExecResult, DbErr> {
    on.execute_raw(statement(on, sql, values)).await
}

/// All of its rows.
pub(crate) async fn all<R: FromQueryResult>(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<R>, DbErr> {
    R::find_by_statement(statement(on, sql, values)).all(on).await
}

/// Its first row.
pub(crate) async fn one<R: FromQueryResult>(
    on: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Option<R>, DbErr> {
    R::find_by_statement(statement(on, sql, values)).one(on).await
}

/// `?, ?, ?` for that many values.
pub(crate) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// A moment as a value.
pub(crate) fn moment(at: Timestamp) -> Value {
    at.to_utc().into()
}

/// A moment that may be missing as a value.
pub(crate) fn moment_or_null(at: Option<Timestamp>) -> Value {
    at.map(Timestamp::to_utc).into()
}

/// An amount from a column.
pub(crate) fn won(amount: i64, during: &'static str) -> Result<Won, PortFailure> {
    Won::try_new(amount).map_err(|error| corrupt(during, error))
}

/// Pieces from a column.
pub(crate) fn quantity(pieces: i64, during: &'static str) -> Result<Quantity, PortFailure> {
    Quantity::try_new(pieces).map_err(|error| corrupt(during, error))
}
