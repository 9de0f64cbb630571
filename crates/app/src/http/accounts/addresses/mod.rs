//! The address book: `/api/users/me/addresses`.

mod dto;

use actix_web::web;
use ef_domain::shared::AddressId;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::path::PathId;
use crate::shop::Shop;

use dto::AddressBody;
pub use dto::AddressView;

/// The signed-in person's addresses, in the order in which they were added: `GET /api/users/me/addresses`.
pub async fn list(shop: web::Data<Shop>, person: SignedIn) -> Handled<Vec<AddressView>> {
    let addresses = shop.members.addresses.list(&person.actor).await?;
    Ok(Answer::ok(addresses.into_iter().map(AddressView::from).collect()))
}

/// Adds an address; the first one is the default: `POST /api/users/me/addresses`.
pub async fn add(shop: web::Data<Shop>, person: SignedIn, body: Json<AddressBody>) -> Handled<AddressView> {
    let added = shop.members.addresses.add(&person.actor, &body.0.into_recipient()?).await?;
    Ok(Answer::created(AddressView::from(added)))
}

/// Changes an address: `PUT /api/users/me/addresses/{id}`.
pub async fn change(
    shop: web::Data<Shop>,
    person: SignedIn,
    id: PathId<AddressId>,
    body: Json<AddressBody>,
) -> Handled<AddressView> {
    let changed = shop.members.addresses.change(&person.actor, id.0, &body.0.into_recipient()?).await?;
    Ok(Answer::ok(AddressView::from(changed)))
}

/// Removes an address: `DELETE /api/users/me/addresses/{id}`.
pub async fn remove(shop: web::Data<Shop>, person: SignedIn, id: PathId<AddressId>) -> Handled<()> {
    shop.members.addresses.remove(&person.actor, id.0).await?;
    Ok(Answer::ok(()))
}

/// Makes an address the default: `PUT /api/users/me/addresses/{id}/default`.
pub async fn make_default(shop: web::Data<Shop>, person: SignedIn, id: PathId<AddressId>) -> Handled<AddressView> {
    let preferred = shop.members.addresses.make_default(&person.actor, id.0).await?;
    Ok(Answer::ok(AddressView::from(preferred)))
}
