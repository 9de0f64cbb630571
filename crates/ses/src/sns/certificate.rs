//! The certificate that vouches for a notice's signature.
//!
//! What makes it the partner's is where it comes from: its own host, over TLS that public authorities vouch for. It is
//! served without the certificates above it, so there is no chain to check; its dates are checked.

use ef_domain::shared::Timestamp;
use reqwest::Url;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaParameters, UnparsedPublicKey,
};
use x509_cert::Certificate;
use x509_cert::der::DecodePem as _;

use super::reader::StandIn;

/// `rsaEncryption`, the only kind of key that notices are signed with.
const RSA: &str = "1.2.840.113549.1.1.1";

/// Which addresses in a notice are the partner's.
#[derive(Clone, Debug)]
pub(super) struct Sources {
    /// Who is believed in the partner's place.
    pub(super) stand_in: Option<StandIn>,
}

impl Sources {
    /// Where the certificate is fetched from, if one may come from that address.
    pub(super) fn certificate(&self, address: &str) -> Option<Url> {
        self.document(address).filter(|url| url.path().strip_suffix(".pem").is_some())
    }

    /// Where the document is fetched from, if the address is the partner's.
    pub(super) fn document(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return None;
        }
        let Some(stand_in) = &self.stand_in else {
            let is_partners =
                url.scheme() == "https" && url.port().is_none() && url.host_str().is_some_and(is_partners_host);
            return is_partners.then_some(url);
        };
        let known = Url::parse(&stand_in.public_origin).is_ok_and(|known| known.origin() == url.origin());
        let mut found = Url::parse(&stand_in.origin).ok().filter(|_| known)?;
        found.set_path(url.path());
        found.set_query(url.query());
        Some(found)
    }
}

/// `sns.<region>.amazonaws.com`, in China with `.cn` behind it.
fn is_partners_host(host: &str) -> bool {
    let host = host.strip_suffix(".cn").unwrap_or(host);
    let region = host.strip_prefix("sns.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
    region.is_some_and(|region| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        region.len() >= 3 && region.bytes().all(fits)
    })
}

/// The public key of a certificate, and when it is good.
#[derive(Clone, Debug)]
pub(super) struct SigningKey {
    key: Vec<u8>,
    good_from: u128,
    good_until: u128,
}

impl SigningKey {
    /// The key in a PEM document.
    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        let certificate = Certificate::from_pem(pem).ok()?.tbs_certificate;
        let public = certificate.subject_public_key_info;
        if public.algorithm.oid.to_string() != RSA {
            return None;
        }
        let validity = certificate.validity;
        Some(Self {
            key: public.subject_public_key.raw_bytes().to_vec(),
            good_from: validity.not_before.to_unix_duration().as_millis(),
            good_until: validity.not_after.to_unix_duration().as_millis(),
        })
    }

    /// Whether its certificate is good at that moment.
    pub(super) fn is_good_at(&self, now: Timestamp) -> bool {
        u128::try_from(now.millis()).is_ok_and(|now| (self.good_from..=self.good_until).contains(&now))
    }

    /// Whether it signed the text. Version 1 of the signature is SHA-1, version 2 SHA-256.
    pub(super) fn signed(&self, version: &str, text: &str, signature: &[u8]) -> bool {
        let scheme: &'static RsaParameters = match version {
            "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            _ => return false,
        };
        UnparsedPublicKey::new(scheme, &self.key).verify(text.as_bytes(), signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Sources = Sources { stand_in: None };

    #[test]
    fn certificates_come_from_the_partners_own_host() {
        for good in [
            "https://sns.ap-northeast-2.amazonaws.com/SimpleNotificationService-7c4e.pem",
            "https://sns.cn-north-1.amazonaws.com.cn/a.pem",
            "https://SNS.us-east-1.amazonaws.com/a.pem",
        ] {
            assert!(STRICT.certificate(good).is_some(), "{good}");
        }
        for evil in [
            "http://sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.us-east-1.amazonaws.com/a.crt",
            "https://sns.us-east-1.amazonaws.com:8443/a.pem",
            "https://sns.us-east-1.amazonaws.com.evil.example/a.pem",
            "https://evil.example/sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.us-east-1.amazonaws.com@evil.example/a.pem",
            "https://user@sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.evil.example#.us-east-1.amazonaws.com/a.pem",
            "https://sns.x.y.amazonaws.com/a.pem",
            "https://s3.amazonaws.com/a.pem",
            "https://sns.us.amazonaws.com/a.pem",
            "https://sns.us-east-1.amazonaws.com/a.crt?x=.pem",
            "file:///etc/a.pem",
            "http://127.0.0.1:9090/mail/sns/a.pem",
            "",
        ] {
            assert!(STRICT.certificate(evil).is_none(), "{evil}");
        }
    }

    #[test]
    fn a_stand_in_is_believed_under_its_own_name_and_found_where_it_is() {
        let (origin, public_origin) = ("http://sandbox:9090".to_owned(), "http://localhost:9090".to_owned());
        let sources = Sources { stand_in: Some(StandIn { origin, public_origin }) };
        let certificate = sources.certificate("http://localhost:9090/mail/sns/a.pem");
        assert_eq!(certificate.unwrap().as_str(), "http://sandbox:9090/mail/sns/a.pem");
        let visit = sources.document("http://localhost:9090/mail/sns?Action=ConfirmSubscription&Token=t");
        assert_eq!(visit.unwrap().as_str(), "http://sandbox:9090/mail/sns?Action=ConfirmSubscription&Token=t");
        for evil in [
            "http://localhost:90901/a.pem",
            "http://localhost:9091/a.pem",
            "https://localhost:9090/a.pem",
            "http://localhost:9090@evil/a.pem",
            "http://sandbox:9090/a.pem",
            "https://sns.us-east-1.amazonaws.com/a.pem",
        ] {
            assert!(sources.certificate(evil).is_none(), "{evil}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_no_key() {
        assert!(SigningKey::from_pem("").is_none());
        assert!(SigningKey::from_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_none());
    }
}
