//! What log-ins at Naver promise.

use super::super::code::ErrorCode as E;
use super::super::openapi::{Api, form};
use super::{arrive, depart, identities, join, link, webhook};

const TO_A_PAGE: &str = "On to a page of the shop, which says what came of it.";

/// The operations.
pub fn describe(api: &mut Api) {
    flow(api);
    linking(api);
    newcomers(api);
    let mut partners = api.tag("Partners", "What partners call. Anybody can; signatures or questions back decide.");
    partners
        .post("/api/webhooks/naver", "hearNaver", webhook::naver)
        .about("Somebody cut the link to the shop at Naver")
        .answers_nothing(204, "Heard.")
        .fails([E::UnknownRoute]);
}

fn flow(api: &mut Api) {
    let mut naver = api.tag("Naver", "Log-ins at Naver: addresses that a browser visits, not a script.");
    naver
        .get("/api/oauth2/naver", "enterNaver", depart::enter)
        .about("The log-in page's button")
        .redirects(302, "On to the departure.");
    naver
        .get("/oauth2/authorization/naver", "departToNaver", depart::depart)
        .about("Begins a log-in and sends the browser to Naver")
        .redirects(302, "On to Naver; to a page of the shop where nobody can be sent there.");
    naver
        .get("/login/oauth2/code/naver", "arriveFromNaver", arrive::arrive)
        .about("Takes a browser back from Naver and sends it on")
        .query("state", "What binds the return to its departure.", form::any_text())
        .query("code", "Naver's word for who it is; absent where he refused.", form::any_text())
        .redirects(302, TO_A_PAGE);
}

fn linking(api: &mut Api) {
    let page = || form::any_text();
    let mut naver = api.tag("Naver", "");
    naver
        .get("/api/auth/link/naver", "beginLinkingNaver", link::begin)
        .about("Begins to link Naver to the account of whoever is signed in")
        .answers(200, "A page that asks for the password.", "text/html; charset=utf-8", page())
        .redirects(302, "On to the departure, or to a page of the shop that says why not.");
    naver
        .post("/api/auth/link/naver", "linkNaverWithPassword", link::begin_with_password)
        .about("Begins it with the password that the page asked for")
        .redirects(302, TO_A_PAGE)
        .redirects(303, "On to the departure.")
        .answers(400, "The page again: another password.", "text/html; charset=utf-8", page())
        .answers(429, "The page again: too many tries.", "text/html; charset=utf-8", page())
        .answers(503, "The page again: try later.", "text/html; charset=utf-8", page());
    let mut account = api.tag("My account", "");
    account
        .get("/api/users/me/identities", "listMyIdentities", identities::list)
        .about("What opens the account: a password, partners' log-ins");
    account
        .delete("/api/users/me/identities/naver", "unlinkNaver", identities::unlink)
        .about("Naver shall not open the account any more")
        .fails([E::NotFound, E::InvalidPassword, E::LastWayIn, E::TooManyRequests]);
}

fn newcomers(api: &mut Api) {
    let mut naver = api.tag("Naver", "");
    naver
        .get("/api/auth/oauth-temp-info", "showNaverNewcomer", join::pending)
        .about("What Naver told of the newcomer in this browser")
        .fails([E::OauthSessionExpired]);
    naver
        .post("/api/auth/signup-with-oauth", "signUpWithNaver", join::join)
        .about("Opens his account and signs him in")
        .created()
        .sets_cookies()
        .fails([E::OauthSessionExpired, E::DuplicateEmail, E::DuplicatePhone, E::IdentityInUse, E::TooManyRequests]);
}
