//! Codes that change every half minute: TOTP of RFC 6238, as every authenticator computes it.

use ef_domain::account::{OneTimePasswords, ShownSecret};
use ef_domain::shared::{FailureKind, PortFailure, Timestamp};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use totp_rs::{Algorithm, Builder, Secret, Totp, TotpError};

/// The only parameters that every authenticator understands; an address that says otherwise is ignored by some.
const ALGORITHM: Algorithm = Algorithm::SHA1;
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// How many steps a clock may be fast or slow.
const DRIFT_STEPS: u16 = 1;
/// Under which name an authenticator lists the code.
const ISSUER: &str = "Energy Factory";

/// TOTP with SHA-1, six digits and half a minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct TotpCodes;

impl OneTimePasswords for TotpCodes {
    fn step_of(&self, code: &str, secret: &SecretSlice<u8>, now: Timestamp) -> Option<u64> {
        let seconds = u64::try_from(now.millis()).ok()? / 1000;
        builder(secret).build().ok()?.check(code, seconds)
    }

    fn show(&self, secret: &SecretSlice<u8>, account: &str) -> Result<ShownSecret, PortFailure> {
        let address = builder(secret)
            .with_issuer(Some(ISSUER))
            // A colon would end the issuer's name.
            .with_account_name(account.replace(':', "_"))
            .build()
            .and_then(|totp: Totp| totp.to_url())
            .map_err(|error| unusable(&error))?;
        Ok(ShownSecret {
            text: SecretString::from(Secret::from(secret.expose_secret()).to_base32()),
            address: SecretString::from(address),
        })
    }
}

fn builder(secret: &SecretSlice<u8>) -> Builder {
    Builder::new()
        .with_algorithm(ALGORITHM)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_skew(DRIFT_STEPS)
        .with_secret(secret.expose_secret())
}

fn unusable(error: &TotpError) -> PortFailure {
    PortFailure::new(FailureKind::Corrupt, "showing a second factor", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the RFC's test vectors.
    fn secret() -> SecretSlice<u8> {
        SecretSlice::from(b"12345678901234567890".to_vec())
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn step(code: &str, seconds: i64) -> Option<u64> {
        TotpCodes.step_of(code, &secret(), at(seconds))
    }

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        // RFC 6238, appendix B, SHA-1; six digits are the last six of its eight.
        for (seconds, code) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let expected = u64::try_from(seconds / 30).unwrap();
            assert_eq!(step(&code[2..], seconds), Some(expected), "{seconds}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        // The code of step 1, which lasts from 30 to 59.
        for (seconds, expected) in
            [(0, Some(1)), (29, Some(1)), (59, Some(1)), (60, Some(1)), (89, Some(1)), (90, None)]
        {
            assert_eq!(step("287082", seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn what_is_not_six_digits_is_no_code() {
        for text in ["", "28708", "2870820", "+28708", "２８７０８２", "94287082", "287O82"] {
            assert_eq!(step(text, 59), None, "{text}");
        }
        assert_eq!(TotpCodes.step_of("287082", &SecretSlice::from(vec![1]), at(59)), None);
        assert_eq!(step("287082", -1), None);
    }

    #[test]
    fn a_secret_is_shown_as_authenticators_take_it() {
        let shown = TotpCodes.show(&secret(), "admin@energy-factory.kr").unwrap();
        assert_eq!(shown.text.expose_secret(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let address = "otpauth://totp/Energy%20Factory:admin%40energy-factory.kr\
            ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Energy%20Factory";
        assert_eq!(shown.address.expose_secret(), address);
    }
}
