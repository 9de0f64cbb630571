//! A buyer looks at a payment of his.

use std::sync::Arc;

use thiserror::Error;

use crate::order::OrderRepository;
use crate::shared::{Actor, PaymentId, PortFailure};

use super::{Payment, PaymentRepository};

/// Shows payments.
pub struct ShowPayment {
    /// Where orders are kept.
    pub orders: Arc<dyn OrderRepository>,
    /// Where payments are kept.
    pub payments: Arc<dyn PaymentRepository>,
}

/// Why a payment is not shown.
#[derive(Debug, Error)]
pub enum ShowPaymentError {
    /// There is no such payment.
    #[error("the payment does not exist")]
    NotFound,
    /// It is for somebody else's order.
    #[error("the payment belongs to somebody else")]
    NotYours,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl ShowPayment {
    /// The payment, if the actor's order is what it is for.
    pub async fn run(&self, actor: &Actor, id: PaymentId) -> Result<Payment, ShowPaymentError> {
        let payment = self.payments.find_by_id(id).await?.ok_or(ShowPaymentError::NotFound)?;
        let order = self.orders.find_by_number(payment.order_number).await?.ok_or(ShowPaymentError::NotFound)?;
        order.owned_by(actor).map(|_| payment).ok_or(ShowPaymentError::NotYours)
    }
}
