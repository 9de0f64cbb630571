//! Who is asking: from a cookie or a header to a person.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use ef_domain::account::{self, SessionId};
use ef_domain::shared::{Actor, Timestamp};

use crate::shop::Shop;

use super::code::ErrorCode;
use super::cookies;
use super::error::ApiError;

/// The signed-in person. The session guard put it there before the request reached its handler; a handler that asks
/// for one on a route without the guard gets 401, never a stranger.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub actor: Actor,
    /// By which session.
    pub session: SessionId,
    /// The account's epoch, which is that of the session.
    pub epoch: i64,
    /// When the session began: when he last proved who he is.
    pub auth_time: Timestamp,
    /// Whether his log-in asks for a second factor.
    pub second_factor: bool,
}

impl From<&account::SignedIn> for SignedIn {
    fn from(session: &account::SignedIn) -> Self {
        Self {
            actor: Actor { user: session.user, role: session.standing.role },
            session: session.refresh.session().clone(),
            epoch: session.standing.session_epoch,
            auth_time: session.since,
            second_factor: session.standing.second_factor,
        }
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| ApiError::new(ErrorCode::Unauthorized)))
    }
}

/// The person that the request's access token belongs to, as he stands now; `None` for anybody else.
///
/// On every request the account is asked for its standing, in one statement, and the session store whether the session
/// lives, both at once: a role that was taken away, an epoch that ended or a session that was signed out must not live
/// on in a token. While the store does not answer, the token and the account decide alone.
pub async fn authenticate(shop: &Shop, request: &HttpRequest) -> Result<Option<SignedIn>, ApiError> {
    let Some(token) = access_token(request) else { return Ok(None) };
    let Some(claims) = shop.tokens.verify(&token, shop.clock.now()) else { return Ok(None) };
    let standing = shop.accounts.standing(claims.user);
    let (standing, lives) = futures::join!(standing, shop.sessions.lives(&claims.session));
    let current = standing?.filter(|standing| lives && standing.session_epoch == claims.epoch);
    Ok(current.map(|standing| SignedIn {
        actor: Actor { user: claims.user, role: standing.role },
        session: claims.session,
        epoch: claims.epoch,
        auth_time: claims.auth_time,
        second_factor: standing.second_factor,
    }))
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
