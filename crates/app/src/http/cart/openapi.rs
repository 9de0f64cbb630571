//! What the cart promises.

use super::super::code::ErrorCode as E;
use super::super::openapi::Api;
use super::change::{add, change, clear, remove, remove_selected, show};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut cart = api.tag("Cart", "What a shopper wants to buy.");
    cart.get("/api/cart", "showCart", show).about("The shopper's cart, with what delivery would cost");
    cart.post("/api/cart", "addToCart", add)
        .about("Puts more of a variant into the cart")
        .details("What is there already is added to; a line holds 999 pieces at most.")
        .created()
        .fails([E::NotFound, E::NotForSale, E::InsufficientStock])
        .link("changeCartLine", [("cartItemId", "$response.body#/data/id")])
        .link("removeCartLine", [("cartItemId", "$response.body#/data/id")]);
    cart.delete("/api/cart", "clearCart", clear).about("Empties the cart");
    cart.delete("/api/cart/selected", "removeCartLines", remove_selected)
        .about("Removes some lines")
        .details("Lines that are not in the shopper's cart are passed over.");
    cart.patch("/api/cart/{cartItemId}", "changeCartLine", change).about("Sets the quantity of a line").fails([
        E::CartItemNotFound,
        E::NotForSale,
        E::InsufficientStock,
        E::NotFound,
    ]);
    cart.delete("/api/cart/{cartItemId}", "removeCartLine", remove)
        .about("Removes a line")
        .fails([E::CartItemNotFound]);
}
