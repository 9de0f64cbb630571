//! Where browsers are sent: to pages of the front end, by name. No part of an address comes from a request.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;

use super::super::settings::HttpSettings;

/// A page of the front end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// Signed in.
    Products,
    /// A link that was not finished in time, or whose session ended meanwhile.
    LinkRanOut,
    /// A newcomer fills in the form.
    SignUp,
    /// The log-in came to nothing.
    LogInFailed,
    /// Only a member can link.
    NotSignedIn,
    /// Linked.
    Linked,
    /// The account has a log-in at Naver.
    AlreadyLinked,
    /// That log-in opens another account.
    AlreadyInUse,
    /// Not linked for any other reason.
    NotLinked,
}

impl Page {
    const fn path(self) -> &'static str {
        match self {
            Self::Products => "/products",
            Self::LinkRanOut => "/products?error=session_expired",
            Self::SignUp => "/signup?oauth=pending",
            Self::LogInFailed => "/login?error",
            Self::NotSignedIn => "/login?error=not_authenticated",
            Self::Linked => "/mypage?link=success",
            Self::AlreadyLinked => "/mypage?link=error&reason=already_linked",
            Self::AlreadyInUse => "/mypage?link=error&reason=already_in_use",
            Self::NotLinked => "/mypage?link=error&reason=unknown_error",
        }
    }
}

/// Sends the browser to that page.
pub(super) fn to_page(
    settings: &HttpSettings,
    page: Page,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    to(StatusCode::FOUND, &format!("{}{}", settings.frontend_origin, page.path()), cookies)
}

/// Sends the browser to that address.
pub(super) fn to(
    status: StatusCode,
    address: &str,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((LOCATION, address));
    for cookie in cookies {
        response.cookie(cookie);
    }
    response.finish()
}
