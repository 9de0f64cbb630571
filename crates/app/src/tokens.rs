//! Access tokens: who somebody is, signed, for ten minutes.
//!
//! A token names the account, the epoch that its session began under, and the session; whether both still stand and what
//! the account may do is asked on every request. HS256 is the only algorithm, chosen by the server and never by the token's header; the
//! header's `kid` only says which of the two live keys to check with.

use std::time::Duration;

use ef_domain::account::{SessionId, SignedIn};
use ef_domain::shared::{Timestamp, UserId, hex};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::keys::{Keys, SigningKey};

const ISSUER: &str = "energy-factory";
const AUDIENCE: &str = "energy-factory-api";
const TOKEN_TYPE: &str = "access";
/// How far the clocks of two instances may differ.
const LEEWAY_SECONDS: i64 = 5;

/// Whom a good token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// The account.
    pub user: UserId,
    /// The account's epoch when the session began.
    pub epoch: i64,
    /// The session.
    pub session: SessionId,
    /// When the session began: when its owner last proved who he is. To the second.
    pub auth_time: Timestamp,
}

impl From<&SignedIn> for AccessClaims {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            user: signed_in.user,
            epoch: signed_in.standing.session_epoch,
            session: signed_in.refresh.session().clone(),
            auth_time: signed_in.since,
        }
    }
}

/// Issues and checks access tokens.
pub struct AccessTokens {
    header: Header,
    signing: EncodingKey,
    /// By key id: the current key, and the one before it while that is being replaced.
    checking: Vec<(String, DecodingKey)>,
    validation: Validation,
    lifetime: Duration,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    token_type: String,
    epoch: i64,
    sid: String,
    auth_time: i64,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl AccessTokens {
    /// Tokens signed with the current key, and accepted for the given time if signed with any live one.
    pub fn new(keys: &Keys, lifetime: Duration) -> Self {
        let live = [Some(&keys.access), keys.access_previous.as_ref()].into_iter().flatten();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library would read the system's clock; `is_current` goes by the injected one.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self {
            header: Header { kid: Some(key_id(&keys.access)), ..Header::new(Algorithm::HS256) },
            signing: EncodingKey::from_secret(keys.access.expose()),
            checking: live.map(|key| (key_id(key), DecodingKey::from_secret(key.expose()))).collect(),
            validation,
            lifetime,
        }
    }

    /// A token for that person.
    ///
    /// # Panics
    /// Never: text and numbers can always be signed with a shared key.
    pub fn issue(&self, whose: &AccessClaims, now: Timestamp) -> String {
        let iat = now.to_utc().timestamp();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: whose.user.to_string(),
            token_type: TOKEN_TYPE.to_owned(),
            epoch: whose.epoch,
            sid: whose.session.as_str().to_owned(),
            auth_time: whose.auth_time.to_utc().timestamp(),
            iat,
            nbf: iat,
            exp: now.after(self.lifetime).to_utc().timestamp(),
        };
        encode(&self.header, &claims, &self.signing).expect("text and numbers can always be signed with a shared key")
    }

    /// Whom the token belongs to, if it is one of ours and current.
    pub fn verify(&self, token: &str, now: Timestamp) -> Option<AccessClaims> {
        let kid = decode_header(token).ok()?.kid?;
        let (_, key) = self.checking.iter().find(|(id, _)| *id == kid)?;
        let claims: Claims = decode(token, key, &self.validation).ok()?.claims;
        if claims.token_type != TOKEN_TYPE || !is_current(&claims, now) {
            return None;
        }
        Some(AccessClaims {
            user: UserId::new(claims.sub.parse().ok()?),
            epoch: claims.epoch,
            session: SessionId::parse(&claims.sid)?,
            auth_time: Timestamp::from_millis(claims.auth_time.checked_mul(1000)?)?,
        })
    }

    /// How long a token is good for.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }
}

fn is_current(claims: &Claims, now: Timestamp) -> bool {
    let now = now.to_utc().timestamp();
    let latest_start = now.saturating_add(LEEWAY_SECONDS);
    let earliest_end = now.saturating_sub(LEEWAY_SECONDS);
    claims.iat <= latest_start && claims.nbf <= latest_start && claims.exp > earliest_end
}

/// A name for the key that gives nothing of it away.
fn key_id(key: &SigningKey) -> String {
    hex(&Sha256::digest(key.expose())).chars().take(16).collect()
}

#[cfg(test)]
mod tests;
