//! The two cookies that keep a browser signed in, built in one place.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration as CookieDuration;
use actix_web::cookie::{Cookie, SameSite};
use ef_domain::account::SignedIn;
use secrecy::ExposeSecret;

use crate::shop::Shop;
use crate::tokens::AccessClaims;

use super::actor;
use super::settings::HttpSettings;

/// The cookie with the access token.
pub const ACCESS: &str = "accessToken";
/// The cookie with the refresh token. No page ever needs it, so it travels to the API only.
pub const REFRESH: &str = "refreshToken";

const ACCESS_PATH: &str = "/";
const REFRESH_PATH: &str = "/api";

/// A cookie that keeps something else than a session, for as long as it is of use.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its name.
    pub name: &'static str,
    /// Where it travels to, and nowhere else.
    pub path: &'static str,
    /// How long the browser keeps it.
    pub lifetime: std::time::Duration,
}

/// The cookie of that place with that content.
pub fn keep(settings: &HttpSettings, place: &Place, content: String) -> Cookie<'static> {
    build(settings, place.name, place.path, content, place.lifetime)
}

/// The cookie that makes a browser forget that place.
pub fn forget(settings: &HttpSettings, place: &Place) -> Cookie<'static> {
    build(settings, place.name, place.path, String::new(), std::time::Duration::ZERO)
}

/// The access cookie of somebody who is signed in, issued afresh; his session stays as it is.
pub fn access(shop: &Shop, settings: &HttpSettings, person: &actor::SignedIn) -> Cookie<'static> {
    let claims = AccessClaims {
        user: person.actor.user,
        epoch: person.epoch,
        session: person.session.clone(),
        auth_time: person.auth_time,
    };
    build(settings, ACCESS, ACCESS_PATH, shop.tokens.issue(&claims, shop.clock.now()), shop.tokens.lifetime())
}

/// The cookies of somebody who just signed in or renewed his session.
pub fn signed_in(shop: &Shop, settings: &HttpSettings, signed_in: &SignedIn) -> [Cookie<'static>; 2] {
    let access = shop.tokens.issue(&signed_in.into(), shop.clock.now());
    let refresh = signed_in.refresh.expose().expose_secret().to_owned();
    [
        build(settings, ACCESS, ACCESS_PATH, access, shop.tokens.lifetime()),
        build(settings, REFRESH, REFRESH_PATH, refresh, shop.sessions.lifetime.refresh),
    ]
}

/// The cookies that make a browser forget both tokens.
pub fn signed_out(settings: &HttpSettings) -> [Cookie<'static>; 2] {
    let gone = std::time::Duration::ZERO;
    [
        build(settings, ACCESS, ACCESS_PATH, String::new(), gone),
        build(settings, REFRESH, REFRESH_PATH, String::new(), gone),
    ]
}

/// The value of a cookie that the request carries; an empty one counts as absent.
pub fn value(request: &HttpRequest, name: &str) -> Option<String> {
    let cookie = request.cookie(name)?;
    (!cookie.value().is_empty()).then(|| cookie.value().to_owned())
}

fn build(
    settings: &HttpSettings,
    name: &'static str,
    path: &'static str,
    value: String,
    lifetime: std::time::Duration,
) -> Cookie<'static> {
    let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(name, value)
        .path(path)
        .max_age(CookieDuration::seconds(seconds))
        .http_only(true)
        .secure(settings.cookie_secure)
        .same_site(SameSite::Lax)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_out_forgets_each_cookie_where_it_was_set() {
        let mut settings = HttpSettings::for_tests();
        let written = |settings: &HttpSettings| signed_out(settings).map(|cookie| cookie.to_string());
        assert_eq!(
            written(&settings),
            [
                "accessToken=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0",
                "refreshToken=; HttpOnly; SameSite=Lax; Path=/api; Max-Age=0"
            ]
        );
        settings.cookie_secure = true;
        assert!(written(&settings).iter().all(|cookie| cookie.contains("; Secure")));
    }
}
