//! `GET /api/users/me/totp`, `POST /api/users/me/totp` and `POST /api/users/me/totp/verify`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::caller::Calling;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::settings::HttpSettings;
use super::dto::{CodeBody, PasswordBody, RecoveryCodesView, SecretView, StatusView};
use crate::shop::Shop;

/// Whether the person has a second factor: `GET /api/users/me/totp`.
pub async fn status(shop: web::Data<Shop>, person: SignedIn) -> Handled<StatusView> {
    let enrolled = shop.members.change_second_factor.is_enrolled(person.actor.user).await?;
    Ok(Answer::ok(StatusView { enrolled }))
}

/// Makes up a secret: `POST /api/users/me/totp`. Nothing asks for its codes before it is verified.
pub async fn enrol(
    shop: web::Data<Shop>,
    person: SignedIn,
    caller: Calling,
    body: Json<PasswordBody>,
) -> Handled<SecretView> {
    let shown = shop.members.change_second_factor.enrol(person.actor, body.0.into_password()?, &caller.0).await?;
    Ok(Answer::ok(SecretView::from(&shown)))
}

/// Takes a first code of that secret: `POST /api/users/me/totp/verify`. This browser stays signed in, all others do not.
/// Where no new session can be had just now, this one is out as well.
pub async fn verify(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    person: SignedIn,
    caller: Calling,
    body: Json<CodeBody>,
) -> Handled<RecoveryCodesView> {
    let code = body.0.into_code()?;
    let enrolled = shop.members.change_second_factor.confirm(person.actor, &code, &caller.0.device).await?;
    let answer = Answer::ok(RecoveryCodesView::from(enrolled.recovery.as_slice()));
    let cookies = enrolled.session.map(|session| cookies::signed_in(&shop, &settings, &session));
    Ok(answer.cookies(cookies.unwrap_or_else(|| cookies::signed_out(&settings))))
}
