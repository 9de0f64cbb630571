//! `GET /api/users/me`

use actix_web::{HttpRequest, web};

use super::super::code::ErrorCode;
use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
use super::super::renew::authenticate_or_renew;
use super::super::settings::HttpSettings;
use super::dto::AccountView;
use crate::shop::Shop;

/// The signed-in person's account: `GET /api/users/me`.
///
/// The front end never renews its session for this call, so an expired access token is renewed here from the refresh
/// cookie. Nobody being signed in is the normal case of a visitor: 401, quietly.
pub async fn me(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
) -> Handled<AccountView> {
    let (person, renewed) = authenticate_or_renew(&shop, &settings, &request)
        .await?
        .ok_or_else(|| ApiError::new(ErrorCode::Unauthorized))?;
    match shop.members.edit_profile.show(&person.actor).await {
        Ok(account) => Ok(Answer::ok(AccountView::from(account)).cookies(renewed)),
        Err(error) => Err(ApiError::from(error).cookies(renewed)),
    }
}
