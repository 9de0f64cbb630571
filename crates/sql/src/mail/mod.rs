//! The mail outbox: letters leave the transaction that makes them true as sealed rows; a job sends them.

mod letter;
mod write;

pub(crate) use write::{write, write_discarded};
