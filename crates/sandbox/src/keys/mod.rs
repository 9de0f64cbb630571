//! The partners' signing key: identity tokens and notices are signed with it.
//!
//! `sandbox-only.rsa.pk8` is a fixed RSA key that anybody can read here. Making one takes an unoptimised build many
//! seconds, and what it signs convinces nobody but a program that was told to believe this sandbox.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;

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
