//! A payment: one attempt to take an order's money through the payment partner.
//!
//! The shape is *intent, call, settle*. The intent is stored before the partner is called, so that a crash at any point
//! leaves a trace; the call happens with no transaction open; its outcome is settled together with the order, in one
//! transaction. A call has three outcomes: taken, not taken, unknown. Unknown is never treated as not taken: the
//! payment stays open, the order keeps its stock, and [`ReconcilePayments`] asks the partner until it knows.
//!
//! | From | Fact | To |
//! | --- | --- | --- |
//! | - | intent stored | requested |
//! | requested, awaiting deposit | approved as agreed | approved |
//! | requested, awaiting deposit | approved, but not as agreed or with no order to keep | refund due |
//! | requested | definitely not taken | declined |
//! | requested | virtual account issued | awaiting deposit |
//! | awaiting deposit | account closed | declined |
//! | declined, may be repeated | intent stored anew | requested |
//! | declined | approved after all | refund due |
//! | approved | refund asked for | refund due |
//! | approved, refund due | money went back | refunded |
//! | refund due, as asked for | definitely refused | approved |
//! | refund due, automatically | the buyer's account is known now | refund due |

mod account;
mod close_deposit;
mod confirm_payment;
mod gateway;
#[path = "payment.rs"]
mod model;
mod reconcile_payments;
mod refund;
mod refund_call;
mod refund_payment;
mod repository;
mod settle;
mod settlement;
mod show_payment;

pub use account::{Deposit, DepositAccount, RefundAccount, RefundAccountError, SealedAccount, bank_name};
pub use close_deposit::{CloseDeposit, CloseDepositCommand, CloseDepositError};
pub use confirm_payment::{ConfirmPayment, ConfirmPaymentCommand, ConfirmPaymentError, ConfirmTiming};
#[cfg(any(test, feature = "mock"))]
pub use gateway::MockPaymentGateway;
pub use gateway::{
    Approval, CancelOutcome, CancelRequest, ConfirmOutcome, ConfirmRequest, Decline, DeclineKind, LookUp, PartnerView,
    PaymentGateway,
};
pub use model::{
    IdempotencyKey, NewPayment, Payment, PaymentKey, PaymentKeyError, PaymentMethod, PaymentState, RefundCause,
};
pub use reconcile_payments::{ReconcilePayments, ReconcileReport};
pub use refund::{RefundIntent, RefundStart, start_refund};
pub use refund_call::RefundCall;
pub use refund_payment::{RefundPayment, RefundPaymentCommand, RefundPaymentError, RefundTarget};
#[cfg(any(test, feature = "mock"))]
pub use repository::MockPaymentRepository;
pub use repository::{OpenFailure, PaymentRepository};
pub use settle::{DepositHold, SettlePayment};
pub use settlement::{PaymentChange, PaymentEvidence, Settlement, settle};
pub use show_payment::{ShowPayment, ShowPaymentError};
