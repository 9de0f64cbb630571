//! What choosing another password promises.

use super::super::code::ErrorCode as E;
use super::super::openapi::Api;
use super::{reset, send_code, verify_code};

/// The operations.
pub fn describe(api: &mut Api) {
    let mut resets = api.tag("Password reset", "A code by mail, a token for the code, a password for the token.");
    resets
        .post("/api/auth/password-reset/send-code", "sendResetCode", send_code::send_code)
        .about("Sends a code to a mailbox")
        .details("The answer is the same whether the address has an account or not.")
        .fails([E::TooManyRequests]);
    resets
        .post("/api/auth/password-reset/verify-code", "verifyResetCode", verify_code::verify_code)
        .about("Trades the code for a token")
        .fails([E::ResetCodeVoid, E::WrongResetCode, E::TooManyRequests]);
    resets
        .post("/api/auth/password-reset", "resetPassword", reset::reset)
        .about("Trades the token for a new password, and signs every device out")
        .fails([E::InvalidResetToken, E::TooManyRequests]);
}
