//! `GET /api/auth/oauth-temp-info` and `POST /api/auth/signup-with-oauth`: a newcomer joins.

use actix_web::{HttpRequest, web};

use super::super::accounts::NewAccountView;
use super::super::caller::Calling;
use super::super::code::ErrorCode;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
use super::super::json::Json;
use super::super::settings::HttpSettings;
use super::dto::{JoinBody, PendingView};
use super::kept;
use crate::shop::Shop;

/// What Naver told of the newcomer in this browser: `GET /api/auth/oauth-temp-info`.
pub(super) async fn pending(shop: web::Data<Shop>, request: HttpRequest) -> Handled<PendingView> {
    let profile = kept::pending(&shop, &request).ok_or_else(|| ApiError::new(ErrorCode::OauthSessionExpired))?;
    Ok(Answer::ok(profile.into()))
}

/// Opens his account and signs him in: `POST /api/auth/signup-with-oauth`. Who he is at Naver is what this browser
/// keeps under seal, and no part of the form.
pub(super) async fn join(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    request: HttpRequest,
    calling: Calling,
    body: Json<JoinBody>,
) -> Handled<NewAccountView> {
    let profile = kept::pending(&shop, &request).ok_or_else(|| ApiError::new(ErrorCode::OauthSessionExpired))?;
    let command = body.0.into_command(profile, shop.clock.now(), calling.0)?;
    let (email, name) = (command.email.to_string(), command.name.clone());
    let member = shop.members.join_with_partner.run(command).await?;
    let view = NewAccountView { id: member.user.get(), email, name };
    let session = member.session.map(|session| cookies::signed_in(&shop, &settings, &session));
    let forget = kept::forget_pending(&settings);
    Ok(Answer::created(view).cookies(session.into_iter().flatten()).cookies([forget]))
}
