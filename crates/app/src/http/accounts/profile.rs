//! `GET /api/users/profile`, `PUT /api/users/additional-info`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::AccountView;
use super::profile_dto::CompletionBody;
use crate::shop::Shop;

/// The signed-in person's account: `GET /api/users/profile`.
pub async fn show(shop: web::Data<Shop>, person: SignedIn) -> Handled<AccountView> {
    let account = shop.members.edit_profile.show(&person.actor).await?;
    Ok(Answer::ok(AccountView::from(account)))
}

/// Stores date of birth and address, which an account that a partner's log-in opened may lack:
/// `PUT /api/users/additional-info`.
pub async fn complete(shop: web::Data<Shop>, person: SignedIn, body: Json<CompletionBody>) -> Handled<AccountView> {
    let (birth_date, address) = body.0.into_completion(shop.clock.now())?;
    let account = shop.members.edit_profile.complete(&person.actor, birth_date, &address).await?;
    Ok(Answer::ok(AccountView::from(account)))
}
