//! The notice of a link that a user cut at Naver: encrypted, signed, and delivered once or never.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use md5::{Digest as _, Md5};
use ring::hmac;

use crate::clock::Moment;

/// The fields of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) client_id: String,
    pub(crate) encrypt_unique_id: String,
    pub(crate) timestamp: String,
    pub(crate) signature: String,
}

impl Form {
    /// What Naver posts about the user of that `id`; `iv` has to be fresh.
    pub(crate) fn about(id: &str, client_id: &str, client_secret: &str, iv: [u8; 16], now: Moment) -> Self {
        let key: [u8; 16] = Md5::digest(client_secret.as_bytes()).into();
        let sealed = cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(id.as_bytes());
        let encrypt_unique_id = URL_SAFE.encode([iv.as_slice(), &sealed].concat());
        let timestamp = now.timestamp().to_string();
        let text = format!("clientId={client_id}&encryptUniqueId={encrypt_unique_id}&timestamp={timestamp}");
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), text.as_bytes());
        Self { client_id: client_id.to_owned(), encrypt_unique_id, timestamp, signature: URL_SAFE.encode(signature) }
    }

    /// Posts it. Anything but a 204 counts as failed, and nobody tries again.
    pub(crate) async fn post(&self, client: &reqwest::Client, url: &str) -> String {
        let fields = [
            ("clientId", &self.client_id),
            ("encryptUniqueId", &self.encrypt_unique_id),
            ("timestamp", &self.timestamp),
            ("signature", &self.signature),
        ];
        match client.post(url).form(&fields).send().await {
            Ok(answer) => answer.status().as_u16().to_string(),
            Err(error) if error.is_timeout() => "time-out".to_owned(),
            Err(_) => "unreachable".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_notice_of_the_reference_comes_out_byte_for_byte() {
        let iv = std::array::from_fn(|index| u8::try_from(index).unwrap());
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let form = Form::about("naver-user-0001", "testclient", "testsecret", iv, now);
        assert_eq!(form.encrypt_unique_id, "AAECAwQFBgcICQoLDA0OD2s_SvOOIGiJqFz6Xw0Eono=");
        assert_eq!(form.signature, "MM5ge_1Shq-YJ9g5ZeXW1rOaTgF-QKir6NpFc7SRCUI=");
    }
}
