//! `POST /api/auth/logout`

use actix_web::{HttpRequest, web};
use ef_domain::account::RefreshToken;

use super::super::cookies;
use super::super::envelope::{Answer, Handled};
use super::super::settings::HttpSettings;
use crate::shop::Shop;

/// Ends the session and forgets both cookies: `POST /api/auth/logout`. It never fails: a page that signs somebody out
/// cannot do anything about a failure, and the browser forgets the session in any case.
pub async fn log_out(shop: web::Data<Shop>, settings: web::Data<HttpSettings>, request: HttpRequest) -> Handled<()> {
    let cookie = cookies::value(&request, cookies::REFRESH);
    if let Some(token) = cookie.as_deref().and_then(RefreshToken::parse)
        && let Err(failure) = shop.sessions.end(&token).await
    {
        let error: &dyn std::error::Error = &failure;
        tracing::warn!(error, "a session was signed out in its browser only");
    }
    Ok(Answer::ok(()).cookies(cookies::signed_out(&settings)))
}
