//! The keys that tokens are signed with: given by the configuration, or made up once and kept in the data folder, so
//! that shoppers stay signed in across a restart.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ef_domain::shared::{Entropy, hex};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use thiserror::Error;

use crate::config::KeysConfig;
use crate::private_file;

/// How many random bytes a key that is made up has.
const KEY_BYTES: usize = 32;

/// A key to sign with.
pub struct SigningKey(SecretBox<Vec<u8>>);

impl SigningKey {
    /// The key of these bytes: at least 32, and random.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

impl From<&SecretString> for SigningKey {
    fn from(text: &SecretString) -> Self {
        Self::new(text.expose_secret().as_bytes().to_vec())
    }
}

/// Every key of the server.
#[derive(Debug)]
pub struct Keys {
    /// Signs access tokens.
    pub access: SigningKey,
    /// Signed access tokens until a moment ago: they are still accepted.
    pub access_previous: Option<SigningKey>,
    /// Derives refresh tokens.
    pub refresh: SigningKey,
    /// Seals what is kept in cookies and rows.
    pub vault: SigningKey,
    /// Sealed until a while ago: it still opens.
    pub vault_previous: Option<SigningKey>,
}

/// A key can be neither read nor kept.
#[derive(Debug, Error)]
#[error("the key {path} can be neither read nor kept")]
pub struct KeyError {
    path: PathBuf,
    source: io::Error,
}

impl Keys {
    /// The keys that the configuration names; those that it does not name are made up once in `{data_dir}/keys`.
    ///
    /// # Errors
    /// [`KeyError`] where the data folder does not let itself be used.
    pub fn load(config: &KeysConfig, data_dir: &Path, entropy: &dyn Entropy) -> Result<Self, KeyError> {
        let kept = |given: Option<&SecretString>, name| match given {
            Some(key) => Ok(SigningKey::from(key)),
            None => kept(&data_dir.join("keys").join(name), entropy),
        };
        Ok(Self {
            access: kept(config.access.as_ref(), "access")?,
            access_previous: config.access_previous.as_ref().map(SigningKey::from),
            refresh: kept(config.refresh.as_ref(), "refresh")?,
            vault: kept(config.vault.as_ref(), "vault")?,
            vault_previous: config.vault_previous.as_ref().map(SigningKey::from),
        })
    }
}

/// The key in the file. It is text (hexadecimal digits) so that an operator can move it into the environment unchanged.
fn kept(path: &Path, entropy: &dyn Entropy) -> Result<SigningKey, KeyError> {
    let make_up = || hex(&entropy.bytes::<KEY_BYTES>());
    let text = private_file::read_or_create(path, make_up).and_then(|text| {
        if text.len() < KEY_BYTES {
            Err(io::Error::new(io::ErrorKind::InvalidData, "it is too short"))
        } else {
            Ok(text)
        }
    });
    text.map(|text| SigningKey::new(text.into_bytes())).map_err(|source| KeyError { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use ef_domain::shared::CountingEntropy;

    use super::*;

    const NOTHING: KeysConfig =
        KeysConfig { access: None, access_previous: None, refresh: None, vault: None, vault_previous: None };

    #[test]
    fn keys_survive_a_restart_and_differ() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = CountingEntropy::default();
        let before = Keys::load(&NOTHING, folder.path(), &entropy).unwrap();
        let after = Keys::load(&NOTHING, folder.path(), &entropy).unwrap();
        assert_eq!(before.access.expose(), after.access.expose());
        assert_eq!(before.refresh.expose(), after.refresh.expose());
        assert_eq!(before.vault.expose(), after.vault.expose());
        assert_ne!(before.vault.expose(), before.refresh.expose());
        assert_ne!(before.access.expose(), before.refresh.expose());
        assert_eq!(before.access.expose().len(), 64);
    }

    #[test]
    fn given_keys_are_used_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let key = |text: &str| Some(SecretString::from(text.repeat(32)));
        let config = KeysConfig {
            access: key("a"),
            access_previous: key("b"),
            refresh: key("c"),
            vault: key("d"),
            vault_previous: key("e"),
        };
        let keys = Keys::load(&config, &folder.path().join("absent"), &CountingEntropy::default()).unwrap();
        assert_eq!(keys.access.expose(), "a".repeat(32).as_bytes());
        assert_eq!(keys.access_previous.unwrap().expose(), "b".repeat(32).as_bytes());
        assert_eq!(keys.vault.expose(), "d".repeat(32).as_bytes());
        assert_eq!(keys.vault_previous.unwrap().expose(), "e".repeat(32).as_bytes());
        assert!(!folder.path().join("absent").exists());
    }

    #[test]
    fn a_truncated_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("keys")).unwrap();
        std::fs::write(folder.path().join("keys/access"), "").unwrap();
        let error = Keys::load(&NOTHING, folder.path(), &CountingEntropy::default()).unwrap_err();
        assert!(error.to_string().contains("access"), "{error}");
    }
}
