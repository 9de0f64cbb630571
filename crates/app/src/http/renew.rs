//! Staying signed in where a page cannot ask for it.
//!
//! The front end renews its session when a call is answered by 401. A few requests cannot be repeated like that: the
//! first look at who is signed in, a stream of events, a link that the browser itself follows. They renew the session
//! from the refresh cookie on their own.

use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use ef_domain::account::{RefreshError, RefreshToken};

use crate::shop::Shop;

use super::actor::{SignedIn, authenticate};
use super::cookies;
use super::error::ApiError;
use super::settings::HttpSettings;

/// Who is asking, and the cookies to answer with if his session was renewed for it; `None` for a visitor.
///
/// A session that was renewed stays renewed whatever comes now: the cookies go into every answer, also that of a failure.
/// A browser that did not learn its new token would come back with the spent one, like a thief.
pub async fn authenticate_or_renew(
    shop: &Shop,
    settings: &HttpSettings,
    request: &HttpRequest,
) -> Result<Option<(SignedIn, Vec<Cookie<'static>>)>, ApiError> {
    if let Some(person) = authenticate(shop, request).await? {
        return Ok(Some((person, Vec::new())));
    }
    let presented = cookies::value(request, cookies::REFRESH);
    let Some(presented) = presented.as_deref().and_then(RefreshToken::parse) else { return Ok(None) };
    match shop.sessions.refresh(&presented).await {
        Ok(session) => Ok(Some(((&session).into(), cookies::signed_in(shop, settings, &session).into()))),
        Err(RefreshError::Invalid) => Ok(None),
        Err(error @ (RefreshError::Throttled(_) | RefreshError::Unavailable(_))) => Err(error.into()),
    }
}
