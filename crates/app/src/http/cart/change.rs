//! `/api/cart/**`

use actix_web::web;
use ef_domain::shared::CartItemId;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::path::PathId;
use super::super::view::Pictures;
use super::dto::{AddToCartBody, CartLineView, CartView, ChangeQuantityBody, RemoveSelectedBody};
use crate::shop::Shop;

/// The shopper's cart: `GET /api/cart`.
pub async fn show(shop: web::Data<Shop>, SignedIn { actor, .. }: SignedIn, pictures: Pictures) -> Handled<CartView> {
    let cart = shop.carts.show(&actor).await?;
    Ok(Answer::ok(CartView::try_new(cart, shop.shipping, &pictures)?))
}

/// More of a variant: `POST /api/cart`.
pub async fn add(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    body: Json<AddToCartBody>,
) -> Handled<CartLineView> {
    let line = shop.carts.add(body.0.into_command(actor)?).await?;
    Ok(Answer::created(CartLineView::try_new(line, &pictures)?))
}

/// Another quantity on a line: `PATCH /api/cart/{cartItemId}`.
pub async fn change(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    pictures: Pictures,
    item: PathId<CartItemId>,
    body: Json<ChangeQuantityBody>,
) -> Handled<CartLineView> {
    let line = shop.carts.change(&actor, item.0, body.0.try_into()?).await?;
    Ok(Answer::ok(CartLineView::try_new(line, &pictures)?))
}

/// Away with one line: `DELETE /api/cart/{cartItemId}`.
pub async fn remove(shop: web::Data<Shop>, SignedIn { actor, .. }: SignedIn, item: PathId<CartItemId>) -> Handled<()> {
    shop.carts.remove(&actor, item.0).await?;
    Ok(Answer::ok(()))
}

/// Away with some lines: `DELETE /api/cart/selected`, with a body.
pub async fn remove_selected(
    shop: web::Data<Shop>,
    SignedIn { actor, .. }: SignedIn,
    body: Json<RemoveSelectedBody>,
) -> Handled<()> {
    let items: Vec<CartItemId> = body.0.try_into()?;
    shop.carts.remove_selected(&actor, &items).await?;
    Ok(Answer::ok(()))
}

/// Away with everything: `DELETE /api/cart`.
pub async fn clear(shop: web::Data<Shop>, SignedIn { actor, .. }: SignedIn) -> Handled<()> {
    shop.carts.clear(&actor).await?;
    Ok(Answer::ok(()))
}
