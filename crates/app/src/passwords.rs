//! Passwords, hashed with Argon2id.
//!
//! Hashing costs a core tens of milliseconds and 19 MiB on purpose. It runs on threads of its own, never more at once
//! than there are permits, so that a storm of log-ins leaves CPU and memory for the rest of the shop.

mod memory;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use ef_domain::account::{HashedPassword, Password, PasswordHasher};
use ef_domain::shared::{Entropy, FailureKind, PortFailure};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use thiserror::Error;
use tokio::sync::Semaphore;

use crate::config::PasswordsConfig;
use memory::Buffers;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = Params::DEFAULT_OUTPUT_LEN;
/// No password is longer: the policy allows 200 characters of at most 4 bytes, and behind them a code may stand.
const MAX_ATTEMPT_BYTES: usize = 1024;
/// The dearest hash that is compared to, the same as the dearest that can be configured.
const MAX_MEMORY_KIB: u32 = 1_048_576;

type Reason = Box<dyn Error + Send + Sync>;

/// Hashes with Argon2id under the configured cost; verifies under the cost that the stored hash names.
pub struct Argon2Hasher {
    params: Params,
    entropy: Arc<dyn Entropy>,
    permits: Arc<Semaphore>,
    buffers: Arc<Buffers>,
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
        let params = Params::new(memory_kib, iterations, parallelism, Some(HASH_BYTES)).map_err(CostError)?;
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
            buffers: Arc::new(Buffers::of(params.block_count())),
            params,
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
        work: impl FnOnce(&Buffers) -> Result<T, Reason> + Send + 'static,
    ) -> Result<T, PortFailure> {
        let permit = tokio::time::timeout(self.queue, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|waited| PortFailure::new(FailureKind::TimedOut, during, waited))?
            .map_err(|closed| PortFailure::new(FailureKind::Unreachable, during, closed))?;
        let buffers = Arc::clone(&self.buffers);
        tokio::task::spawn_blocking(move || {
            let outcome = work(&buffers);
            drop(permit);
            outcome
        })
        .await
        .map_err(|lost| PortFailure::new(FailureKind::Unreachable, during, lost))?
        .map_err(|reason| PortFailure::new(FailureKind::Corrupt, during, reason))
    }

    async fn hash_text(&self, password: SecretString) -> Result<HashedPassword, PortFailure> {
        let (salt, params) = (self.entropy.bytes::<SALT_BYTES>(), self.params.clone());
        self.in_turn("hashing a password", move |buffers| new_hash(password.expose_secret(), &salt, params, buffers))
            .await
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    async fn hash(&self, password: Password) -> Result<HashedPassword, PortFailure> {
        self.hash_text(SecretString::from(password.expose())).await
    }

    async fn hash_again(&self, password: SecretString) -> Result<HashedPassword, PortFailure> {
        self.hash_text(password).await
    }

    fn is_outdated(&self, hash: &HashedPassword) -> bool {
        let is_todays = |hash: &PasswordHash| {
            let (Ok((algorithm, version, params)), Some(output)) = (cost(hash), hash.hash) else { return false };
            (algorithm, version, output.len()) == (Algorithm::Argon2id, Version::V0x13, HASH_BYTES)
                && params.m_cost() == self.params.m_cost()
                && params.t_cost() == self.params.t_cost()
                && params.p_cost() == self.params.p_cost()
        };
        !PasswordHash::new(hash.expose()).is_ok_and(|hash| is_todays(&hash))
    }

    async fn verify(&self, attempt: SecretString, hash: Option<HashedPassword>) -> Result<bool, PortFailure> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.decoy.clone());
        let matches = self
            .in_turn("comparing a password", move |buffers| matches(attempt.expose_secret(), hash.expose(), buffers))
            .await?;
        Ok(matches && known)
    }
}

fn new_hash(password: &str, salt: &[u8], params: Params, buffers: &Buffers) -> Result<HashedPassword, Reason> {
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let mut hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: (&params).try_into()?,
        salt: Some(Salt::new(salt)?),
        hash: None,
    };
    let mut output = [0; HASH_BYTES];
    compute(&Argon2::new(algorithm, version, params), password, salt, &mut output, buffers)?;
    hash.hash = Some(Output::new(&output)?);
    Ok(HashedPassword::new(hash.to_string()))
}

fn matches(attempt: &str, stored: &str, buffers: &Buffers) -> Result<bool, Reason> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(expected)) = (stored.salt, stored.hash) else {
        return Err("a hash without its salt or without itself".into());
    };
    let (algorithm, version, params) = cost(&stored)?;
    if params.m_cost() > MAX_MEMORY_KIB {
        return Err("a hash that asks for more memory than a server should give".into());
    }
    // A text that nobody can have as his password is not worth reading, and takes as long as any other.
    let possible = attempt.len() <= MAX_ATTEMPT_BYTES;
    let attempt = if possible { attempt } else { "" };
    let mut buffer = [0; Output::MAX_LENGTH];
    let computed = buffer.get_mut(..expected.len()).ok_or("a hash of another length")?;
    compute(&Argon2::new(algorithm, version, params), attempt, &salt, computed, buffers)?;
    Ok(bool::from(computed.ct_eq(expected.as_bytes())) && possible)
}

fn compute(
    argon2: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    output: &mut [u8],
    buffers: &Buffers,
) -> Result<(), argon2::Error> {
    buffers.with(argon2.params().block_count(), |memory| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, memory)
    })
}

/// How a stored hash was made.
fn cost(hash: &PasswordHash) -> Result<(Algorithm, Version, Params), Reason> {
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from)?;
    Ok((Algorithm::try_from(hash.algorithm.as_str())?, version, Params::try_from(hash)?))
}

#[cfg(test)]
mod tests;
