//! `POST /api/auth/refresh`

use actix_web::{HttpRequest, web};
use ef_domain::account::RefreshToken;

use super::super::code::ErrorCode;
use super::super::cookies;
use super::super::envelope::{Answer, Handled, SuccessCode};
use super::super::error::ApiError;
use super::super::settings::HttpSettings;
use crate::shop::Shop;

/// Trades the refresh cookie for a new pair: `POST /api/auth/refresh`. The body does not matter.
pub async fn refresh(shop: web::Data<Shop>, settings: web::Data<HttpSettings>, request: HttpRequest) -> Handled<()> {
    let presented = parse(cookies::value(&request, cookies::REFRESH).as_deref())?;
    let signed_in = shop.sessions.refresh(&presented).await?;
    let answer = Answer::with(SuccessCode::Refreshed, ());
    Ok(answer.cookies(cookies::signed_in(&shop, &settings, &signed_in)))
}

/// The token that the cookie holds. One with three parts is an access token in the wrong place (or a token of the
/// server before this one), which is told apart from one that ran out.
fn parse(cookie: Option<&str>) -> Result<RefreshToken, ApiError> {
    let text = cookie.ok_or_else(|| ApiError::new(ErrorCode::RefreshTokenRequired))?;
    RefreshToken::parse(text).ok_or_else(|| match text.split('.').count() {
        3 => ApiError::new(ErrorCode::InvalidTokenType),
        _ => ApiError::new(ErrorCode::InvalidRefreshToken),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_refresh_token_is_told_apart() {
        let code = |cookie| parse(cookie).unwrap_err().code();
        assert_eq!(code(None), ErrorCode::RefreshTokenRequired);
        assert_eq!(code(Some("eyJh.eyJi.c2ln")), ErrorCode::InvalidTokenType);
        assert_eq!(code(Some("rubbish")), ErrorCode::InvalidRefreshToken);
        let token = format!("{}.{}", "a".repeat(32), "b".repeat(64));
        assert!(parse(Some(&token)).is_ok());
    }
}
