//! Payments in SQL: the intent and its outcome, each one transaction together with the order.

mod repository;
mod row;
mod write;

pub use repository::SqlPaymentRepository;

pub(crate) use row::payment;
