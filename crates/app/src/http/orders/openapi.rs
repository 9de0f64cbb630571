//! What orders promise.

use ef_domain::order::{OrderStatus, PaymentStatus};

use super::super::code::ErrorCode as E;
use super::super::envelope::SuccessCode;
use super::super::openapi::{Api, form};
use super::super::refund_account::MAX_REASON;
use super::{cancel, history, place, show};

/// The operations.
pub fn describe(api: &mut Api) {
    const NUMBER: [(&str, &str); 1] = [("orderNumber", "$response.body#/data/orderNumber")];
    let mut orders = api.tag("Orders", "What a shopper buys.");
    orders
        .post("/api/orders", "placeOrder", place)
        .about("Holds the stock and places the order")
        .details(
            "The stock is held for a quarter of an hour, in which the order is paid. Asked again for what an unpaid \
             order of the same buyer holds already, that order is the answer, with 200.",
        )
        .succeeds([SuccessCode::Created, SuccessCode::Success])
        .fails([E::NotFound, E::NotForSale, E::PriceChanged, E::InsufficientStock, E::Conflict])
        .link("showOrder", NUMBER)
        .link("cancelOrder", NUMBER);
    orders
        .get("/api/orders", "listOrders", history)
        .about("One page of the buyer's orders, newest first")
        .details("Without a filter, orders that await payment are left out.")
        .query("status", "Of this status only.", form::one_of(OrderStatus::ALL.map(OrderStatus::name)))
        .query("paymentStatus", "Whose payment stands so.", form::one_of(PaymentStatus::ALL.map(PaymentStatus::name)))
        .paged();
    orders.get("/api/orders/{orderNumber}", "showOrder", show).about("One order").fails([E::NotFound, E::AccessDenied]);
    orders
        .patch("/api/orders/{orderNumber}/cancel", "cancelOrder", cancel)
        .about("Cancels an order until its parcel leaves")
        .details(
            "A paid order is cancelled together with its refund, one that awaits a deposit after its account is closed. \
             504: nobody knows yet whether the money went back; the order will tell.",
        )
        .query("reason", "Why.", form::text::<MAX_REASON>())
        .fails([E::NotFound, E::AccessDenied, E::NotCancellable, E::Conflict])
        .fails([E::PaymentCancelFailed, E::RefundAccountRequired, E::OutcomeUnknown]);
}
