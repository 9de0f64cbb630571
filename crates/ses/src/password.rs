//! The password of the relay, derived from a secret access key as the partner documents it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};

/// The first byte of every password of the present form.
const VERSION: u8 = 0x04;

/// The SMTP password that belongs to a secret access key in a region. The key itself is not accepted there.
pub fn smtp_password(secret_access_key: &SecretString, region: &str) -> SecretString {
    let first = format!("AWS4{}", secret_access_key.expose_secret()).into_bytes();
    let steps = ["11111111", region, "ses", "aws4_request", "SendRawEmail"];
    let key = steps.iter().fold(first, |key, step| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), step.as_bytes()).as_ref().to_vec()
    });
    SecretString::from(STANDARD.encode([&[VERSION], key.as_slice()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_fit_the_vectors_of_the_documentation() {
        let secret = SecretString::from("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        for (region, password) in [
            ("us-east-1", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"),
            ("ap-northeast-2", "BFrwSu3BsGr8nvY2bDCyObUpnNCGFtmAY0j+5nSYn0ZQ"),
            ("us-west-2", "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd"),
        ] {
            assert_eq!(smtp_password(&secret, region).expose_secret(), password);
        }
    }
}
