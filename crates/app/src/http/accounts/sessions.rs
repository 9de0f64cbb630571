//! `GET /api/users/me/sessions`, `DELETE /api/users/me/sessions` and `DELETE /api/users/me/sessions/{id}`

use actix_web::web;
use ef_domain::account::SessionId;

use super::super::actor::SignedIn;
use super::super::code::ErrorCode;
use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
use super::super::path::{NO_SESSION, PathId};
use super::super::settings::HttpSettings;
use super::dto::SessionView;
use crate::shop::Shop;

/// Where somebody is signed in, the session used last first: `GET /api/users/me/sessions`.
pub async fn list(shop: web::Data<Shop>, person: SignedIn) -> Handled<Vec<SessionView>> {
    let sessions = shop.sessions.list(person.actor.user, person.epoch).await?;
    let view = |session| SessionView::new(session, &person.session);
    Ok(Answer::ok(sessions.iter().map(view).collect()))
}

/// Signs one device out: `DELETE /api/users/me/sessions/{id}`. If it is this one, its browser forgets its tokens.
pub async fn end_one(
    shop: web::Data<Shop>,
    settings: web::Data<HttpSettings>,
    person: SignedIn,
    session: PathId<SessionId>,
) -> Handled<()> {
    let ended = shop.sessions.end_one(person.actor.user, &session.0).await?;
    let answer = ended.then(|| Answer::ok(())).ok_or_else(|| ApiError::saying(ErrorCode::NotFound, NO_SESSION))?;
    let forgotten = (session.0 == person.session).then(|| cookies::signed_out(&settings));
    Ok(answer.cookies(forgotten.into_iter().flatten()))
}

/// Signs every other device out: `DELETE /api/users/me/sessions`.
pub async fn end_others(shop: web::Data<Shop>, person: SignedIn) -> Handled<()> {
    shop.sessions.end_others(person.actor.user, &person.session).await?;
    Ok(Answer::ok(()))
}
