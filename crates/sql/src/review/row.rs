//! From a review's columns to its values. The rating is a decimal in the table and half steps everywhere else.

use ef_domain::review::{Rating, ReviewText};
use ef_domain::shared::{PortFailure, Timestamp};
use sea_orm::prelude::DateTimeUtc;

use crate::failure::corrupt;

/// The half steps of `review` under that alias. One spelling for both databases: a whole number in MySQL, an integer in
/// SQLite.
pub(super) fn half_steps(alias: &str) -> String {
    format!("CAST({alias}.rating * 2 AS SIGNED INTEGER)")
}

pub(super) fn rating(half_steps: i64, during: &'static str) -> Result<Rating, PortFailure> {
    Rating::from_half_steps(half_steps).map_err(|error| corrupt(during, error))
}

pub(super) fn text(body: Option<String>) -> Option<ReviewText> {
    body.map(ReviewText::stored)
}

/// When it was changed, if it ever was.
pub(super) fn changed_at(version: i64, updated_at: DateTimeUtc) -> Option<Timestamp> {
    (version > 0).then(|| Timestamp::new(updated_at))
}
