//! `POST /api/auth/login`

use actix_web::web;

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
    body: Json<LogInBody>,
) -> Handled<LoggedInView> {
    let (email, password) = body.0.into_credentials()?;
    let signed_in = shop.log_in.run(email.as_ref(), password).await?;
    let view = LoggedInView::new(signed_in.user, signed_in.standing.role);
    let answer = Answer::with(SuccessCode::LoggedIn, view);
    Ok(answer.cookies(cookies::signed_in(&shop, &settings, &signed_in)))
}
