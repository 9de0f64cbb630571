//! `PUT /api/users/password`

use actix_web::web;

use super::super::actor::SignedIn;
use super::super::caller::Calling;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::form::JsonOrForm;
use super::super::settings::HttpSettings;
use super::profile_dto::ChangePasswordBody;
use crate::shop::Shop;

/// Changes the signed-in person's password and signs every device out but this one: `PUT /api/users/password`. Where
/// no new session can be had just now, this one is out as well.
pub async fn change(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    person: SignedIn,
    caller: Calling,
    body: JsonOrForm<ChangePasswordBody>,
) -> Handled<()> {
    let renewed = shop.members.change_password.run(body.0.into_command(&person, caller.0)?).await?;
    let cookies = renewed.map(|session| cookies::signed_in(&shop, &settings, &session));
    Ok(Answer::ok(()).cookies(cookies.unwrap_or_else(|| cookies::signed_out(&settings))))
}
