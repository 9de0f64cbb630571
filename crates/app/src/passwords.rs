//! Passwords, hashed with Argon2id.
//!
//! Hashing costs a core tens of milliseconds and 19 MiB on purpose. It runs on threads of its own, never more at once
//! than there are permits, so that a storm of log-ins leaves CPU and memory for the rest of the shop.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version, password_hash};
use async_trait::async_trait;
use ef_domain::account::{HashedPassword, Password, PasswordHasher};
use ef_domain::shared::{Entropy, FailureKind, PortFailure};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::config::PasswordsConfig;

const SALT_BYTES: usize = 16;

/// Hashes with Argon2id under the configured cost; verifies under the cost that the stored hash names.
pub struct Argon2Hasher {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
    permits: Arc<Semaphore>,
    queue: Duration,
    /// A hash of the configured cost that no password has: what an unknown account is compared to.
    decoy: HashedPassword,
}

/// The configured cost cannot be computed with.
#[derive(Debug, Error)]
#[error("argon2 refuses the configured cost: {0}")]
pub struct CostError(argon2::Error);

impl Argon2Hasher {
    /// A hasher of the configured cost.
    ///
    /// # Errors
    /// [`CostError`] where Argon2 does not know such a cost.
    pub fn try_new(config: &PasswordsConfig, entropy: Arc<dyn Entropy>) -> Result<Self, CostError> {
        let PasswordsConfig { memory_kib, iterations, parallelism, concurrency, queue } = *config;
        let params = Params::new(memory_kib, iterations, parallelism, None).map_err(CostError)?;
        let permits = concurrency.unwrap_or_else(|| {
            let cpus = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            cpus.saturating_sub(1).max(1)
        });
        // Comparing costs the same whatever the hash is, so the decoy need not be the hash of anything.
        let decoy = format!(
            "$argon2id$v=19$m={memory_kib},t={iterations},p={parallelism}$ZGVjb3ktZGVjb3ktZGVjbw${}",
            "A".repeat(43)
        );
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            entropy,
            permits: Arc::new(Semaphore::new(permits)),
            queue,
            decoy: HashedPassword::new(decoy),
        })
    }

    /// Runs the work on a thread of its own when it is its turn. The permit travels with the work: a caller who hangs
    /// up frees nothing that is still being used.
    async fn in_turn<T: Send + 'static>(
        &self,
        during: &'static str,
        work: impl FnOnce(Argon2<'static>) -> Result<T, PortFailure> + Send + 'static,
    ) -> Result<T, PortFailure> {
        let permit = tokio::time::timeout(self.queue, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|waited| PortFailure::new(FailureKind::TimedOut, during, waited))?
            .map_err(|closed| PortFailure::new(FailureKind::Unreachable, during, closed))?;
        let argon2 = self.argon2.clone();
        tokio::task::spawn_blocking(move || {
            let outcome = work(argon2);
            drop(permit);
            outcome
        })
        .await
        .map_err(|lost| PortFailure::new(FailureKind::Unreachable, during, lost))?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Password) -> Result<HashedPassword, PortFailure> {
        let salt = self.entropy.bytes::<SALT_BYTES>();
        self.in_turn("hashing a password", move |argon2| {
            let hash = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt);
            hash.map(|hash| HashedPassword::new(hash.to_string())).map_err(|error| corrupt("hashing a password", error))
        })
        .await
    }

    async fn verify(&self, attempt: SecretString, hash: Option<HashedPassword>) -> Result<bool, PortFailure> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let matches = self
            .in_turn("comparing a password", move |argon2| {
                let hash = PasswordHash::new(hash.expose()).map_err(|error| corrupt("comparing a password", error))?;
                match argon2.verify_password(attempt.expose_secret().as_bytes(), &hash) {
                    Ok(()) => Ok(true),
                    Err(password_hash::Error::PasswordInvalid) => Ok(false),
                    Err(error) => Err(corrupt("comparing a password", error)),
                }
            })
            .await?;
        Ok(matches && known)
    }
}

fn corrupt(during: &'static str, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PortFailure {
    PortFailure::new(FailureKind::Corrupt, during, error)
}

#[cfg(test)]
mod tests {
    use ef_domain::shared::CountingEntropy;

    use super::*;

    const CHEAP: PasswordsConfig = PasswordsConfig {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        concurrency: Some(2),
        queue: Duration::from_secs(6),
    };

    fn hasher(config: &PasswordsConfig) -> Argon2Hasher {
        Argon2Hasher::try_new(config, Arc::new(CountingEntropy::default())).unwrap()
    }

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    async fn verify(hasher: &Argon2Hasher, text: &str, hash: &HashedPassword) -> bool {
        hasher.verify(SecretString::from(text), Some(hash.clone())).await.unwrap()
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let hasher = hasher(&CHEAP);
        let hash = hasher.hash(password("Almond-2024!")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{}", hash.expose());
        assert!(verify(&hasher, "Almond-2024!", &hash).await);
        assert!(!verify(&hasher, "almond-2024!", &hash).await);
        assert!(!verify(&hasher, "", &hash).await);
    }

    #[tokio::test]
    async fn two_hashes_of_one_password_differ() {
        let hasher = hasher(&CHEAP);
        let first = hasher.hash(password("Almond-2024!")).await.unwrap();
        let second = hasher.hash(password("Almond-2024!")).await.unwrap();
        assert_ne!(first.expose(), second.expose());
    }

    #[tokio::test]
    async fn a_hash_outlives_a_change_of_cost() {
        let hash = hasher(&CHEAP).hash(password("Almond-2024!")).await.unwrap();
        let dearer = hasher(&PasswordsConfig { memory_kib: 128, iterations: 2, ..CHEAP });
        assert!(verify(&dearer, "Almond-2024!", &hash).await);
        assert!(!verify(&dearer, "Almond-2025!", &hash).await);
    }

    #[tokio::test]
    async fn nobody_has_the_decoys_password() {
        let hasher = hasher(&CHEAP);
        assert!(!hasher.verify(SecretString::from("Almond-2024!"), None).await.unwrap());
    }

    #[tokio::test]
    async fn an_unreadable_hash_is_a_failure_and_not_a_wrong_password() {
        for stored in ["", "plain", "$argon2id$v=19$m=64,t=1,p=1$c2FsdA", "$md5$x$y"] {
            let outcome =
                hasher(&CHEAP).verify(SecretString::from("x"), Some(HashedPassword::new(stored.to_owned()))).await;
            assert!(!matches!(outcome, Ok(true)), "{stored}");
        }
        let outcome =
            hasher(&CHEAP).verify(SecretString::from("x"), Some(HashedPassword::new("plain".to_owned()))).await;
        assert_eq!(outcome.unwrap_err().kind(), FailureKind::Corrupt);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_never_comes_ends_the_wait() {
        let hasher = hasher(&PasswordsConfig { concurrency: Some(1), ..CHEAP });
        let _busy = hasher.permits.acquire().await.unwrap();
        let outcome = hasher.verify(SecretString::from("x"), None).await;
        assert_eq!(outcome.unwrap_err().kind(), FailureKind::TimedOut);
    }
}
