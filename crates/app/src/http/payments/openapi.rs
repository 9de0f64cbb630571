//! What payments promise.

use super::super::code::ErrorCode as E;
use super::super::openapi::Api;
use super::super::openapi::form;
use super::super::refund_account::MAX_REASON;
use super::{confirm, refund, show, toss};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut payments = api.tag("Payments", "Money for orders.");
    payments
        .post("/api/payments/toss/confirm", "confirmPayment", confirm)
        .about("Takes an order's money, once however often it is asked")
        .details("A success means that the money is there. 504: nobody knows yet; the order will tell.")
        .fails([E::NotFound, E::AccessDenied, E::PaymentFailed, E::DepositPending, E::OutcomeUnknown, E::Conflict])
        .link("showOrder", [("orderNumber", "$response.body#/data/orderNumber")]);
    payments.get("/api/payments/{id}", "showPayment", show).about("One payment").fails([E::NotFound, E::AccessDenied]);
    payments
        .post("/api/payments/toss/{id}/cancel", "refundPayment", refund)
        .about("Gives a payment back, and ends its order with that")
        .details(
            "Until the parcel leaves. A deposit goes back to the account that is given. 504: nobody knows yet whether the \
             money went back; the order will tell.",
        )
        .query("reason", "Why.", form::text::<MAX_REASON>())
        .fails([E::NotFound, E::AccessDenied, E::NotCancellable, E::Conflict])
        .fails([E::PaymentCancelFailed, E::RefundAccountRequired, E::OutcomeUnknown]);
    let mut partners = api.tag("Partners", "What partners call. Anybody can; signatures or questions back decide.");
    partners
        .post("/api/webhooks/toss", "hearToss", toss)
        .about("Something became of a payment")
        .details("Nothing in it is believed: the shop asks the partner about the order's payments, settled ones too.");
}
