//! The relay's customer: credentials, verified identities, limits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::{Deserialize, Serialize};

/// The region that is played; messages and passwords name it.
pub(crate) const REGION: &str = "ap-northeast-2";
/// The built-in user's name, in two pieces so that nobody takes it for a leaked key.
const USER: &str = concat!("AK", "IASANDBOX000000001");
const SECRET: &str = "sandbox-only/not-a-secret/not-a-secret/0";
/// The first byte of every password of the present form.
const VERSION: u8 = 0x04;

/// A user name and a password for the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpCredentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl SmtpCredentials {
    /// That pair as it is.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    /// The pair that the relay always knows; its password is derived from a secret as the partner derives it.
    pub fn built_in() -> Self {
        Self::new(USER, derived_password(SECRET, REGION))
    }
}

/// The password that belongs to a secret in a region.
fn derived_password(secret: &str, region: &str) -> String {
    let first = format!("AWS4{secret}").into_bytes();
    let steps = ["11111111", region, "ses", "aws4_request", "SendRawEmail"];
    let key = steps.iter().fold(first, |key, step| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), step.as_bytes()).as_ref().to_vec()
    });
    STANDARD.encode([&[VERSION], key.as_slice()].concat())
}

/// How the relay treats this customer. By default as one of long standing: everything is verified, nothing is limited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Account {
    /// Verified addresses and domains; `null`: all.
    pub(crate) verified: Option<Vec<String>>,
    /// Whether the account is new: mail goes to verified addresses only.
    pub(crate) sandboxed: bool,
    /// Known configuration sets; `null`: whichever is named.
    pub(crate) configuration_sets: Option<Vec<String>>,
    /// Recipients in 24 hours; `null`: no end.
    pub(crate) daily_quota: Option<usize>,
    /// Recipients in one second; `null`: no end.
    pub(crate) rate_per_second: Option<usize>,
    pub(crate) max_message_bytes: usize,
    /// A silent connection is closed after so long.
    pub(crate) idle_ms: u64,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            verified: None,
            sandboxed: false,
            configuration_sets: None,
            daily_quota: None,
            rate_per_second: None,
            max_message_bytes: 40 * 1024 * 1024,
            idle_ms: 10_000,
        }
    }
}

impl Account {
    /// Whether that address, its domain or a domain above it is verified.
    pub(crate) fn is_verified(&self, address: &str) -> bool {
        let Some(verified) = &self.verified else { return true };
        let address = address.to_lowercase();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
        verified
            .iter()
            .map(|identity| identity.to_lowercase())
            .any(|identity| identity == address || identity == domain || domain.ends_with(&format!(".{identity}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_derived_as_the_partner_derives_them() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let passwords = [
            ("us-east-1", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"),
            ("ap-northeast-2", "BFrwSu3BsGr8nvY2bDCyObUpnNCGFtmAY0j+5nSYn0ZQ"),
            ("us-west-2", "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd"),
        ];
        for (region, password) in passwords {
            assert_eq!(derived_password(secret, region), password);
        }
        assert_eq!(SECRET.len(), 40);
    }

    #[test]
    fn a_verified_domain_stands_for_its_addresses_and_subdomains() {
        let account = Account { verified: Some(vec!["shop.example".to_owned()]), ..Account::default() };
        assert!(account.is_verified("no-reply@shop.example") && account.is_verified("a@Mail.Shop.example"));
        assert!(!account.is_verified("a@otherShop.example") && !account.is_verified("shop.example@evil.example"));
    }
}
