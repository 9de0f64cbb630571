//! Secrets in somebody else's hands, sealed with ChaCha20-Poly1305.
//!
//! A sealed text is the URL-safe base64, without padding, of
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | the version of this layout |
//! | 4 | which key sealed it |
//! | 12 | the nonce, random |
//! | the rest | the content, encrypted, and 16 bytes that prove it whole |
//!
//! The first five bytes and the purpose are authenticated with the content. Keys are derived from the configured
//! secrets, so that the same secret may serve something else under another label. To replace a secret, move it to
//! `keys.vault_previous` until whatever it sealed has run out: it still opens and seals nothing new.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ef_domain::shared::{Entropy, Purpose, Vault};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use crate::keys::SigningKey;

/// The layout described above.
const VERSION: u8 = 1;
/// How many bytes tell one key from another.
const KEY_ID_BYTES: usize = 4;
/// The version and the key.
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES;
/// Keeps keys that are derived here apart from those that somebody else derives from the same secret.
const SALT: &[u8] = b"energy-factory vault";

/// A vault whose keys come from the configuration: every instance that has them opens what another sealed.
pub struct KeyedVault {
    current: VaultKey,
    previous: Option<VaultKey>,
    entropy: Arc<dyn Entropy>,
}

impl KeyedVault {
    /// A vault that seals with the first secret, and opens what either of the two sealed.
    pub fn new(current: &SigningKey, previous: Option<&SigningKey>, entropy: Arc<dyn Entropy>) -> Self {
        Self { current: VaultKey::derive(current), previous: previous.map(VaultKey::derive), entropy }
    }

    fn key_of(&self, id: &[u8]) -> Option<&VaultKey> {
        [Some(&self.current), self.previous.as_ref()].into_iter().flatten().find(|key| key.id == id)
    }
}

impl Vault for KeyedVault {
    fn seal(&self, purpose: Purpose, plain: &[u8]) -> String {
        let head = self.current.head();
        let nonce = self.entropy.bytes::<NONCE_LEN>();
        let mut content = plain.to_vec();
        self.current
            .cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(authenticated(&head, purpose)),
                &mut content,
            )
            .expect("only a content of 256 GiB is too long to be sealed");
        URL_SAFE_NO_PAD.encode([head.as_slice(), nonce.as_slice(), content.as_slice()].concat())
    }

    fn open(&self, purpose: Purpose, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
        let (version, id) = head.split_first()?;
        let key = self.key_of(id).filter(|_| *version == VERSION)?;
        let (nonce, content) = rest.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = content.to_vec();
        let plain = key.cipher.open_in_place(nonce, Aad::from(authenticated(head, purpose)), &mut content).ok()?;
        Some(plain.to_vec())
    }
}

/// A key for something else than sealing, derived from the same secret. The label belongs to one use and never changes.
pub fn derived_key(secret: &SigningKey, label: &str) -> Vec<u8> {
    let mut key = vec![0; 32];
    expand(&extract(secret), label.as_bytes(), &mut key);
    key
}

struct VaultKey {
    id: [u8; KEY_ID_BYTES],
    cipher: LessSafeKey,
}

impl VaultKey {
    fn derive(secret: &SigningKey) -> Self {
        let secret = extract(secret);
        let mut id = [0; KEY_ID_BYTES];
        expand(&secret, b"key id", &mut id);
        let mut key = [0; 32];
        expand(&secret, b"sealing", &mut key);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &key).expect("32 bytes are a ChaCha20 key");
        Self { id, cipher: LessSafeKey::new(key) }
    }

    fn head(&self) -> [u8; HEAD_BYTES] {
        let [a, b, c, d] = self.id;
        [VERSION, a, b, c, d]
    }
}

fn authenticated(head: &[u8], purpose: Purpose) -> Vec<u8> {
    [head, purpose.name().as_bytes()].concat()
}

/// How many bytes HKDF is to expand to.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn extract(secret: &SigningKey) -> Prk {
    Salt::new(HKDF_SHA256, SALT).extract(secret.expose())
}

fn expand(secret: &Prk, label: &[u8], into: &mut [u8]) {
    let label = [label];
    let bytes = secret.expand(&label, Length(into.len())).expect("HKDF expands to 8160 bytes");
    bytes.fill(into).expect("as many bytes as were announced");
}

#[cfg(test)]
#[path = "vault/tests.rs"]
mod tests;
