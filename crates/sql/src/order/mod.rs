//! Orders in SQL: `place` and `apply` write, `row` reads strictly, `queries` serves pages, `offers` serves pricing.

mod apply;
mod desk;
mod find;
mod offers;
mod place;
mod queries;
mod row;

pub use desk::SqlOrderDeskQueries;
pub use find::SqlOrderRepository;
pub use offers::SqlOfferQueries;
pub use queries::SqlOrderQueries;

pub(crate) use apply::{guard_order, write_change};
pub(crate) use queries::nutrition_of;
