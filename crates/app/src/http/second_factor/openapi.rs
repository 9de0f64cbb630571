//! What the second factor promises.

use super::super::code::ErrorCode as E;
use super::super::openapi::Api;
use super::{enrol, remove, replace_recovery_codes, status, verify};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut factor =
        api.tag("Second factor", "For those who run the shop: codes of an authenticator beside the password.");
    factor.get("/api/users/me/totp", "showSecondFactor", status).about("Whether the person has a second factor");
    factor
        .post("/api/users/me/totp", "enrolSecondFactor", enrol)
        .about("Makes up a secret for the authenticator")
        .details("Nothing asks for its codes before it is verified. No other answer ever holds the secret.")
        .fails([E::AccessDenied, E::InvalidPassword, E::SecondFactorEnrolled, E::TooManyRequests]);
    factor
        .post("/api/users/me/totp/verify", "verifySecondFactor", verify)
        .about("Takes a first code of the secret, and signs every other device out")
        .sets_cookies()
        .fails([E::AccessDenied, E::WrongSecondFactor, E::SecondFactorEnrolled, E::NoSecondFactor, E::TooManyRequests]);
    factor
        .post("/api/users/me/totp/recovery-codes", "replaceRecoveryCodes", replace_recovery_codes)
        .about("New recovery codes in place of the old ones")
        .fails([E::AccessDenied, E::WrongSecondFactor, E::NoSecondFactor, E::TooManyRequests]);
    factor
        .delete("/api/users/me/totp", "removeSecondFactor", remove)
        .about("Removes the second factor, and signs every other device out")
        .sets_cookies()
        .fails([E::AccessDenied, E::InvalidPassword, E::WrongSecondFactor, E::NoSecondFactor, E::TooManyRequests]);
}
