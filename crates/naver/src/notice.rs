//! The notice that somebody cut the link to us at Naver, or closed his account there. Naver sends it once.
//!
//! Both its keys are the MD5 of the client's secret; the user's id is encrypted, the three fields before the signature
//! are signed.

use std::collections::HashMap;
use std::time::Duration;

use aes::Aes128;
use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use ef_domain::account::{Identity, IdentityProvider, Subject};
use ef_domain::shared::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use openidconnect::url::form_urlencoded;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far the notice's moment may be from ours: it is sent at once, and never again.
const FRESH: Duration = Duration::from_mins(5);
const IV_BYTES: usize = 16;
/// Whether the text is padded is written nowhere.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whose link the notice says has ended; `None` for a notice that is not Naver's, not for us, or not of now.
pub(crate) fn ended_link(
    notice: &[u8],
    client_id: &str,
    client_secret: &SecretString,
    now: Timestamp,
) -> Option<Identity> {
    let fields: HashMap<String, String> = form_urlencoded::parse(notice).into_owned().collect();
    let field = |name: &str| fields.get(name).map(String::as_str);
    let (client, sealed, at) = (field("clientId")?, field("encryptUniqueId")?, field("timestamp")?);
    let key: [u8; 16] = Md5::digest(client_secret.expose_secret()).into();
    let signed = format!("clientId={client}&encryptUniqueId={sealed}&timestamp={at}");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&BASE64.decode(field("signature")?).ok()?).ok()?;

    let at = Timestamp::from_millis(at.parse::<i64>().ok()?.checked_mul(1000)?)?;
    if client != client_id || now.since(at).max(at.since(now)) > FRESH {
        return None;
    }
    let subject = Subject::parse(&decrypt(&key, &BASE64.decode(sealed).ok()?)?)?;
    Some(Identity { provider: IdentityProvider::Naver, subject })
}

fn decrypt(key: &[u8; 16], sealed: &[u8]) -> Option<String> {
    let (iv, sealed) = sealed.split_at_checked(IV_BYTES)?;
    let iv: [u8; IV_BYTES] = iv.try_into().ok()?;
    let cipher = cbc::Decryptor::<Aes128>::new(&(*key).into(), &iv.into());
    String::from_utf8(cipher.decrypt_padded_vec::<Pkcs7>(sealed).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALED: &str = "AAECAwQFBgcICQoLDA0OD2s_SvOOIGiJqFz6Xw0Eono=";
    const SIGNATURE: &str = "MM5ge_1Shq-YJ9g5ZeXW1rOaTgF-QKir6NpFc7SRCUI=";
    const AT: i64 = 1_700_000_000;

    fn notice(client: &str, sealed: &str, at: i64, signature: &str) -> String {
        form_urlencoded::Serializer::new(String::new())
            .append_pair("clientId", client)
            .append_pair("encryptUniqueId", sealed)
            .append_pair("timestamp", &at.to_string())
            .append_pair("signature", signature)
            .finish()
    }

    fn signed(client: &str, sealed: &str, at: i64) -> String {
        let key: [u8; 16] = Md5::digest("testsecret").into();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("clientId={client}&encryptUniqueId={sealed}&timestamp={at}").as_bytes());
        notice(client, sealed, at, &BASE64.encode(mac.finalize().into_bytes()))
    }

    fn read_at(notice: &str, seconds: i64) -> Option<String> {
        let now = Timestamp::from_millis(seconds * 1000).unwrap();
        let identity = ended_link(notice.as_bytes(), "testclient", &"testsecret".into(), now)?;
        Some(identity.subject.as_str().to_owned())
    }

    #[test]
    fn the_notice_of_the_reference_is_read() {
        let notice = notice("testclient", SEALED, AT, SIGNATURE);
        assert_eq!(read_at(&notice, AT).as_deref(), Some("naver-user-0001"));
        assert_eq!(read_at(&notice, AT + 299).as_deref(), Some("naver-user-0001"));
    }

    #[test]
    fn padding_may_be_there_or_not() {
        let bare = SEALED.trim_end_matches('=');
        assert_eq!(read_at(&signed("testclient", bare, AT), AT).as_deref(), Some("naver-user-0001"));
        let trimmed = notice("testclient", SEALED, AT, SIGNATURE.trim_end_matches('='));
        assert_eq!(read_at(&trimmed, AT).as_deref(), Some("naver-user-0001"));
    }

    #[test]
    fn a_notice_that_is_old_or_of_the_future_is_none() {
        let notice = notice("testclient", SEALED, AT, SIGNATURE);
        assert_eq!(read_at(&notice, AT + 301), None);
        assert_eq!(read_at(&notice, AT - 301), None);
    }

    #[test]
    fn a_notice_that_was_changed_or_is_for_another_is_none() {
        for wrong in [
            notice("testclient", SEALED, AT + 1, SIGNATURE),
            notice("other", SEALED, AT, SIGNATURE),
            notice("testclient", &SEALED.replace("D2s_", "D2t_"), AT, SIGNATURE),
            notice("testclient", SEALED, AT, ""),
            notice("testclient", SEALED, AT, "MM5g"),
            signed("other", SEALED, AT),
            signed("testclient", "AAEC", AT),
            signed("testclient", "AAECAwQFBgcICQoLDA0ODw==", AT),
            signed("testclient", "no base64!", AT),
            String::new(),
            "clientId=testclient&timestamp=5".to_owned(),
        ] {
            assert_eq!(read_at(&wrong, AT), None, "{wrong}");
        }
    }
}
