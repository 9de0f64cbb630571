//! The reconciliation list: every approval and every cancel as a row of its own.

use serde::Deserialize;

use super::codes::Refusal;
use super::state::State;
use super::wire::Transaction;
use crate::clock::parse_korean_wall_time;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    start_date: String,
    end_date: String,
    starting_after: Option<String>,
    limit: Option<usize>,
}

const DEFAULT_LIMIT: usize = 100;
const LARGEST_LIMIT: usize = 5000;

/// The rows between two Korean wall times, after a given row.
pub(crate) fn list(state: &State, query: &str) -> Result<Vec<Transaction>, Refusal> {
    let malformed = || Refusal::of("INVALID_REQUEST");
    let query = actix_web::web::Query::<Query>::from_query(query).map_err(|_| malformed())?.into_inner();
    let from = parse_korean_wall_time(&query.start_date).ok_or_else(malformed)?;
    let to = parse_korean_wall_time(&query.end_date).ok_or_else(malformed)?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    if limit == 0 || limit > LARGEST_LIMIT {
        return Err(malformed());
    }
    let rows = state.transactions();
    let after = match &query.starting_after {
        None => 0,
        Some(key) => rows.iter().position(|booked| booked.row.transaction_key == *key).ok_or_else(malformed)? + 1,
    };
    let matching = rows.iter().skip(after).filter(|booked| from <= booked.at && booked.at <= to);
    Ok(matching.take(limit).map(|booked| booked.row.clone()).collect())
}
