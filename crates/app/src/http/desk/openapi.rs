//! What the administrators' side of orders promises.

use ef_domain::order::{OrderStatus, PaymentStatus};

use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, form};
use super::{advance, review};

/// The operations.
pub fn describe(api: &mut Api) {
    const ORDER: [(&str, &str); 1] = [("orderId", "$response.body#/data/id")];
    let mut desk = api.tag("Order desk", "Orders as those see and move them who run the shop.");
    desk.get("/api/admin/orders", "listAllOrders", review::list)
        .about("One page of all orders, newest first")
        .details(
            "Orders that await payment are among them. `statusCounts` says how many orders of each status there are, \
             whatever status was asked for.",
        )
        .query("status", "Of this status only.", form::one_of(OrderStatus::ALL.map(OrderStatus::name)))
        .query("paymentStatus", "Whose payment stands so.", form::one_of(PaymentStatus::ALL.map(PaymentStatus::name)))
        .query("from", "Placed on this day in Korea or later, or at this moment or later.", form::any_text())
        .query("to", "Placed on this day in Korea or earlier, or before this moment.", form::any_text())
        .query("buyer", "Of this account only.", form::id())
        .query(
            "keyword",
            "An order's number or its beginning, or a part of: the buyer's name, e-mail address or telephone number, \
             the recipient's name or telephone number (with or without hyphens), the name of a product.",
            form::search_text(),
        )
        .query("sort", "In this order.", form::one_of(["createdAt,desc", "createdAt,asc"]))
        .paged();
    desk.get("/api/admin/orders/{orderId}", "showAnyOrder", review::show)
        .about("Everything about one order")
        .details("By its `id`; an order's number finds it in the list.")
        .versioned()
        .fails([E::NotFound])
        .link("advanceOrder", ORDER)
        .link("refundOrder", ORDER);
    desk.patch("/api/admin/orders/{orderId}/status", "advanceOrder", advance::advance)
        .about("Gives an order another status")
        .details(
            "SHIPPED and DELIVERED move a paid order on. CANCELLED calls an unpaid order off and gives the money of a \
             paid one back, for which there must be a reason. What an order is already it stays: nothing happens, and \
             nobody is told again.",
        )
        .versioned()
        .fails([
            E::NotFound,
            E::StatusNotReachable,
            E::NotCancellable,
            E::RefundAccountRequired,
            E::Conflict,
            E::PaymentCancelFailed,
            E::OutcomeUnknown,
        ]);
    desk.post("/api/admin/orders/{orderId}/refund", "refundOrder", advance::refund)
        .about("Gives the money of a paid order back")
        .details(
            "Goods that have not left the shop return to the shelf unless `restock` says otherwise. Once the parcel has \
             left, `restock` must be said.",
        )
        .versioned()
        .fails([
            E::NotFound,
            E::NotCancellable,
            E::RefundAccountRequired,
            E::Conflict,
            E::PaymentCancelFailed,
            E::OutcomeUnknown,
        ]);
    desk.get("/api/admin/summary", "showShopSummary", review::summary)
        .about("How the shop does today")
        .details("Days are counted in Korea. Revenue is what today's orders were charged whose money is there.");
}
