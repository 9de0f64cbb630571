//! `DELETE /api/users/me/totp`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::caller::Calling;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::settings::HttpSettings;
use super::dto::PasswordAndCodeBody;
use crate::shop::Shop;

/// Removes the second factor: `DELETE /api/users/me/totp`. This browser stays signed in, all others do not. Where no new
/// session can be had just now, this one is out as well.
pub async fn remove(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    person: SignedIn,
    caller: Calling,
    body: Json<PasswordAndCodeBody>,
) -> Handled<()> {
    let (password, code) = body.0.into_proofs()?;
    let session = shop.members.change_second_factor.remove(person.actor, password, &code, &caller.0).await?;
    let cookies = session.map(|session| cookies::signed_in(&shop, &settings, &session));
    Ok(Answer::ok(()).cookies(cookies.unwrap_or_else(|| cookies::signed_out(&settings))))
}
