//! `POST /api/auth/login`

use actix_web::web;

use super::super::caller::Calling;
use super::super::cookies;
use super::super::envelope::{Answer, Handled, SuccessCode};
use super::super::json::Json;
use super::super::settings::HttpSettings;
use super::dto::{LogInBody, LoggedInView};
use crate::shop::Shop;

/// Signs somebody in: `POST /api/auth/login`.
pub async fn log_in(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    caller: Calling,
    body: Json<LogInBody>,
) -> Handled<LoggedInView> {
    let signed_in = shop.members.log_in.run(body.0.into_command(caller.0)?).await?;
    let view = LoggedInView::new(signed_in.user, signed_in.standing.role);
    let answer = Answer::with(SuccessCode::LoggedIn, view);
    Ok(answer.cookies(cookies::signed_in(&shop, &settings, &signed_in)))
}
