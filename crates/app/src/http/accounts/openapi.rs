//! What accounts and sessions promise.

use super::super::code::ErrorCode as E;
use super::super::cookies;
use super::super::envelope::SuccessCode;
use super::super::openapi::Api;
use super::addresses::{self, AddressView};
use super::dto::SessionView;
use super::{close, log_in, log_out, me, password, profile, refresh, sessions, sign_up};

/// The operations.
pub fn describe(api: &mut Api) {
    doors(api);
    own_account(api);
    own_sessions(api);
    own_addresses(api);
}

fn doors(api: &mut Api) {
    let mut auth = api.tag("Log-in", "Who somebody is: accounts, sessions, and what proves them.");
    auth.post("/api/users/signup", "signUp", sign_up)
        .about("Opens an account and signs its owner in")
        .created()
        .sets_cookies()
        .fails([E::DuplicateEmail, E::DuplicatePhone, E::TooManyRequests]);
    auth.post("/api/auth/login", "logIn", log_in)
        .about("Signs somebody in")
        .details(
            "The tokens travel in cookies that no script can read; in the body they are empty. Whoever has a second \
             factor sends its code as `totp`, or right behind the password.",
        )
        .succeeds([SuccessCode::LoggedIn])
        .sets_cookies()
        .fails([E::LogInFailed, E::SecondFactorRequired, E::TooManyRequests]);
    auth.post("/api/auth/refresh", "refreshSession", refresh)
        .about("Trades the refresh cookie for a new pair of tokens")
        .details("Takes no body. A refresh token is good once; a repeat within a few seconds gets the same answer.")
        .succeeds([SuccessCode::Refreshed])
        .sets_cookies()
        .shown_by(cookies::REFRESH)
        .fails([E::RefreshTokenRequired, E::InvalidTokenType, E::InvalidRefreshToken, E::TooManyRequests]);
    auth.post("/api/auth/logout", "logOut", log_out)
        .about("Ends the session and forgets both cookies")
        .details("It never fails: without a session there is nothing to end.")
        .sets_cookies();
}

fn own_account(api: &mut Api) {
    let mut account = api.tag("My account", "The signed-in person's own account.");
    account
        .get("/api/users/me", "showMe", me)
        .about("The signed-in person's account")
        .details("An access token that ran out is renewed by the refresh cookie. For a visitor: 401.")
        .renews()
        .fails([E::Unauthorized, E::TooManyRequests]);
    account
        .delete("/api/users/me", "closeMyAccount", close::close)
        .about("Closes the account, on every device at once")
        .sets_cookies();
    account.get("/api/users/profile", "showMyProfile", profile::show).about("The signed-in person's account");
    account
        .put("/api/users/additional-info", "completeMyProfile", profile::complete)
        .about("Stores date of birth and address, which an account that Naver opened may lack");
    account
        .put("/api/users/password", "changeMyPassword", password::change)
        .about("Changes the password and signs every other device out")
        .sets_cookies()
        .fails([E::InvalidPassword, E::TooManyRequests]);
}

fn own_sessions(api: &mut Api) {
    let mut sessions = api.tag("My account", "");
    sessions
        .get("/api/users/me/sessions", "listMySessions", sessions::list)
        .about("Where the person is signed in, the session used last first")
        .list_of::<SessionView>()
        .link("endMySession", [("id", "$response.body#/data/0/id")]);
    sessions
        .delete("/api/users/me/sessions", "endMyOtherSessions", sessions::end_others)
        .about("Signs every other device out");
    sessions
        .delete("/api/users/me/sessions/{id}", "endMySession", sessions::end_one)
        .about("Signs one device out")
        .fails([E::NotFound]);
}

fn own_addresses(api: &mut Api) {
    const ID: [(&str, &str); 1] = [("id", "$response.body#/data/id")];
    let mut book = api.tag("My addresses", "Where the person's parcels may go.");
    book.get("/api/users/me/addresses", "listMyAddresses", addresses::list)
        .about("The address book, the default address first")
        .list_of::<AddressView>();
    book.post("/api/users/me/addresses", "addMyAddress", addresses::add)
        .about("Adds an address; the first one is the default")
        .created()
        .link("changeMyAddress", ID)
        .link("makeMyAddressDefault", ID)
        .link("removeMyAddress", ID);
    book.put("/api/users/me/addresses/{id}", "changeMyAddress", addresses::change)
        .about("Writes an address anew")
        .fails([E::NotFound]);
    book.put("/api/users/me/addresses/{id}/default", "makeMyAddressDefault", addresses::make_default)
        .about("Makes an address the default")
        .fails([E::NotFound]);
    book.delete("/api/users/me/addresses/{id}", "removeMyAddress", addresses::remove)
        .about("Removes an address")
        .fails([E::NotFound]);
}
