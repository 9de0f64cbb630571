//! How somebody shows who he is.

use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, RefOr};

use super::super::cookies;

/// The scheme for callers without cookies.
pub(super) const BEARER: &str = "bearer";

/// The schemes, for the document.
pub(super) fn add_schemes(components: &mut Components) {
    let cookie =
        |name: &str, about: &str| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(name, about)));
    let access = cookie(cookies::ACCESS, "The access token of a session. Log-in sets it; it lives a few minutes.");
    let refresh = cookie(
        cookies::REFRESH,
        "What renews a session: for `POST /api/auth/refresh`, and for the two operations that renew by themselves.",
    );
    let about = "The access token in a header, for callers that keep no cookies. It wins over the cookie.";
    let bearer =
        HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(about)).build();
    for (name, scheme) in
        [(cookies::ACCESS, access), (cookies::REFRESH, refresh), (BEARER, SecurityScheme::Http(bearer))]
    {
        components.security_schemes.insert(name.to_owned(), RefOr::T(scheme));
    }
}

/// Any of these will do.
pub(super) fn any_of(schemes: &[&str]) -> Vec<SecurityRequirement> {
    let none: [&str; 0] = [];
    schemes.iter().map(|scheme| SecurityRequirement::new(*scheme, none)).collect()
}

/// What the session guard asks for.
pub(super) const SESSION: [&str; 2] = [cookies::ACCESS, BEARER];
