//! The partners' signing key: identity tokens and notices are signed with it.
//!
//! `sandbox-only.rsa.pk8` is a fixed RSA key that anybody can read here. Making one takes an unoptimised build many
//! seconds, and what it signs convinces nobody but a program that was told to believe this sandbox.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{CertificateParams, DnType, SerialNumber};
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::{Digest as _, Sha1};

/// The key as PKCS#8.
pub(crate) const PRIVATE_KEY: &[u8] = include_bytes!("sandbox-only.rsa.pk8");

/// The key's public half, base64url, as a JSON Web Key prints it.
#[derive(Debug, Clone)]
pub(crate) struct PublicHalf {
    pub(crate) modulus: String,
    pub(crate) exponent: String,
}

fn pair() -> Option<&'static KeyPair> {
    static PAIR: OnceLock<Option<KeyPair>> = OnceLock::new();
    let read = || KeyPair::from_pkcs8(PRIVATE_KEY).inspect_err(|error| tracing::error!(%error, "the key is broken"));
    PAIR.get_or_init(|| read().ok()).as_ref()
}

/// The public half.
pub(crate) fn public_half() -> Option<PublicHalf> {
    let components: PublicKeyComponents<Vec<u8>> = pair()?.public().into();
    Some(PublicHalf { modulus: URL_SAFE_NO_PAD.encode(components.n), exponent: URL_SAFE_NO_PAD.encode(components.e) })
}

/// RSA PKCS#1 v1.5 over SHA-256.
pub(crate) fn sign_sha256(text: &[u8]) -> Option<Vec<u8>> {
    let pair = pair()?;
    let mut signature = vec![0; pair.public().modulus_len()];
    let dice = ring::rand::SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &dice, text, &mut signature).ok()?;
    Some(signature)
}

/// What stands before a SHA-1 digest inside an RSA PKCS#1 v1.5 signature (RFC 8017, section 9.2).
const SHA1_PREFIX: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// RSA PKCS#1 v1.5 over SHA-1: out of date everywhere but in the first version of the notices' signature.
pub(crate) fn sign_sha1(text: &[u8]) -> Option<Vec<u8>> {
    static KEY: OnceLock<Option<RsaPrivateKey>> = OnceLock::new();
    let key = KEY.get_or_init(|| RsaPrivateKey::from_pkcs8_der(PRIVATE_KEY).ok()).as_ref()?;
    let scheme = Pkcs1v15Sign { hash_len: Some(20), prefix: SHA1_PREFIX.into() };
    key.sign(scheme, &Sha1::digest(text)).ok()
}

/// A certificate for the key that signs itself, always the same one.
pub(crate) fn certificate_pem() -> Option<String> {
    let mut parameters = CertificateParams::new(vec!["sns.amazonaws.com".to_owned()]).ok()?;
    parameters.distinguished_name.push(DnType::CommonName, "Sandbox-only notices");
    parameters.serial_number = Some(SerialNumber::from(1));
    let key = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&PRIVATE_KEY.into(), &rcgen::PKCS_RSA_SHA256).ok()?;
    Some(parameters.self_signed(&key).ok()?.pem())
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RsaPublicKeyComponents};

    use super::*;

    #[test]
    fn both_signatures_fit_the_public_half() {
        let half = public_half().unwrap();
        let part = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let public = RsaPublicKeyComponents { n: part(&half.modulus), e: part(&half.exponent) };
        let old = sign_sha1(b"text").unwrap();
        public.verify(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, b"text", &old).unwrap();
        let new = sign_sha256(b"text").unwrap();
        public.verify(&ring::signature::RSA_PKCS1_2048_8192_SHA256, b"text", &new).unwrap();
    }

    #[test]
    fn the_certificate_is_the_same_every_time() {
        assert_eq!(certificate_pem().unwrap(), certificate_pem().unwrap());
    }
}
