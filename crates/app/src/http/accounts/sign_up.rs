//! `POST /api/users/signup`

use actix_web::web;

use super::super::caller::Calling;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::super::settings::HttpSettings;
use super::dto::{NewAccountView, SignUpBody};
use crate::shop::Shop;

/// Opens an account and signs its owner in: `POST /api/users/signup`. Where no session can be had just now, the account
/// is open all the same, and its owner logs in later.
pub async fn sign_up(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    caller: Calling,
    body: Json<SignUpBody>,
) -> Handled<NewAccountView> {
    let command = body.0.into_command(shop.clock.now(), caller.0)?;
    let (email, name) = (command.email.to_string(), command.name.clone());
    let member = shop.members.sign_up.run(command).await?;
    let view = NewAccountView { id: member.user.get(), email, name };
    let cookies = member.session.map(|session| cookies::signed_in(&shop, &settings, &session));
    Ok(Answer::created(view).cookies(cookies.into_iter().flatten()))
}
