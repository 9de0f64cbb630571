//! The mail outbox: letters leave the transaction that makes them true as sealed rows; a job sends them. A row that is
//! done names neither letter nor recipient any more: whom the shop once wrote to is nobody's business later.

mod claim;
mod letter;
mod order_letter;
mod outbox;
mod suppression;
mod write;

pub use outbox::SqlMailOutbox;
pub use suppression::SqlSuppressionList;
pub(crate) use write::{write, write_all, write_discarded};
