//! What payments promise.

use super::super::code::ErrorCode as E;
use super::super::openapi::Api;
use super::{confirm, toss};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut payments = api.tag("Payments", "Money for orders.");
    payments
        .post("/api/payments/toss/confirm", "confirmPayment", confirm)
        .about("Takes an order's money, once however often it is asked")
        .details("A success means that the money is there. 504: nobody knows yet; the order will tell.")
        .fails([E::NotFound, E::AccessDenied, E::PaymentFailed, E::DepositPending, E::OutcomeUnknown, E::Conflict])
        .link("showOrder", [("orderNumber", "$response.body#/data/orderNumber")]);
    let mut partners = api.tag("Partners", "What partners call. Anybody can; signatures or questions back decide.");
    partners
        .post("/api/webhooks/toss", "hearToss", toss)
        .about("Something became of a payment")
        .details("Nothing in it is believed: the shop asks the partner about the order's open payments.");
}
