//! `GET /api/users/me`

use actix_web::cookie::Cookie;
use actix_web::{HttpRequest, web};
use ef_domain::account::{RefreshError, RefreshToken};
use ef_domain::shared::UserId;

use super::super::actor::authenticate;
use super::super::code::ErrorCode;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
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
    let (user, renewed) = match authenticate(&shop, &request).await? {
        Some(actor) => (actor.user, Vec::new()),
        None => renew(&shop, &settings, &request).await?,
    };
    // A session that was renewed stays renewed whatever comes now: a browser that did not learn its new token would come
    // back with the spent one, like a thief.
    match find(&shop, user).await {
        Ok(account) => Ok(Answer::ok(account).cookies(renewed)),
        Err(error) => Err(error.cookies(renewed)),
    }
}

async fn find(shop: &Shop, user: UserId) -> Result<AccountView, ApiError> {
    let account = shop.accounts.find(user).await?;
    account.map(AccountView::from).ok_or_else(|| ApiError::new(ErrorCode::Unauthorized))
}

async fn renew(
    shop: &Shop,
    settings: &HttpSettings,
    request: &HttpRequest,
) -> Result<(UserId, Vec<Cookie<'static>>), ApiError> {
    let nobody = || ApiError::new(ErrorCode::Unauthorized);
    let cookie = cookies::value(request, cookies::REFRESH).ok_or_else(nobody)?;
    let presented = RefreshToken::parse(&cookie).ok_or_else(nobody)?;
    let signed_in = shop.sessions.refresh(&presented).await.map_err(|error| match error {
        RefreshError::Invalid => nobody(),
        RefreshError::Unavailable(failure) => failure.into(),
    })?;
    Ok((signed_in.user, cookies::signed_in(shop, settings, &signed_in).into()))
}
