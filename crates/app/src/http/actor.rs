//! Who is asking: from a cookie or a header to an [`Actor`].

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use ef_domain::shared::Actor;

use crate::shop::Shop;

use super::code::ErrorCode;
use super::cookies;
use super::error::ApiError;

/// The signed-in person. The session guard put it there before the request reached its handler; a handler that asks
/// for one on a route without the guard gets 401, never a stranger.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn(pub Actor);

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().copied().ok_or_else(|| ApiError::new(ErrorCode::Unauthorized)))
    }
}

/// The person that the request's access token belongs to, as he stands now; `None` for anybody else.
///
/// The account is asked on every request, in one statement: a role that was taken away or an epoch that ended must not
/// live on in a token. A token names the account and its epoch, not the session: logging out ends the session, and an
/// access token that was copied before is good until it runs out, ten minutes at most.
pub async fn authenticate(shop: &Shop, request: &HttpRequest) -> Result<Option<Actor>, ApiError> {
    let Some(token) = access_token(request) else { return Ok(None) };
    let Some(claims) = shop.tokens.verify(&token, shop.clock.now()) else { return Ok(None) };
    let standing = shop.accounts.standing(claims.user).await?;
    let current = standing.filter(|standing| standing.session_epoch == claims.epoch);
    Ok(current.map(|standing| Actor { user: claims.user, role: standing.role }))
}

fn access_token(request: &HttpRequest) -> Option<String> {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    bearer.or_else(|| cookies::value(request, cookies::ACCESS))
}

#[cfg(test)]
mod tests {
    use actix_web::cookie::Cookie;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_token_comes_in_a_header_or_a_cookie_and_the_header_wins() {
        let cookie = Cookie::new(cookies::ACCESS, "from-cookie");
        let both = TestRequest::default().insert_header(("Authorization", "bearer from-header")).cookie(cookie.clone());
        assert_eq!(access_token(&both.to_http_request()).as_deref(), Some("from-header"));
        let other = TestRequest::default().insert_header(("Authorization", "Basic eDp5")).cookie(cookie);
        assert_eq!(access_token(&other.to_http_request()).as_deref(), Some("from-cookie"));
        assert_eq!(access_token(&TestRequest::default().to_http_request()), None);
    }
}
