//! OpenID Connect: discovery, the departure with PKCE, the exchange, and the identity token's verification.
//!
//! Naver's user info is not what the standard says it is, so it is not asked for here: see `profile.rs`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ef_domain::account::{FlowSecrets, PartnerLogInError};
use ef_domain::shared::{Clock, FailureKind, PortFailure, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AccessToken, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, ConfigurationError,
    CsrfToken, DiscoveryError, IssuerUrl, JsonWebKeySet, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    TokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::Mutex as Turn;

use crate::token::{TokenTransport, refused, unreadable};
use crate::transport::Transport;

const DISCOVERING: &str = "reading naver's discovery document";
const READING_KEYS: &str = "reading naver's keys";
const DEPARTING: &str = "beginning a log-in at naver";
/// How long their document and keys are believed without asking again.
const FRESH: Duration = Duration::from_hours(1);
/// How long nobody asks again after they did not answer: those who wait in line do not wait for a time-out each.
const RESPITE: Duration = Duration::from_secs(2);
/// How far their clock may be ahead of or behind ours.
const SKEW: Duration = Duration::from_mins(1);

/// Their OpenID Connect endpoints as far as they are known, and who we are to them.
pub(crate) struct OpenId {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
    /// Who asks has it: one at a time.
    asking: Turn<()>,
}

/// What discovery told.
#[derive(Default)]
struct Memory {
    known: Option<(Arc<CoreProviderMetadata>, Timestamp)>,
    failed_at: Option<Timestamp>,
}

impl Memory {
    /// What is known, however old.
    fn known(&self) -> Option<Arc<CoreProviderMetadata>> {
        self.known.as_ref().map(|(provider, _)| Arc::clone(provider))
    }

    /// What is known and not old.
    fn fresh(&self, now: Timestamp) -> Option<Arc<CoreProviderMetadata>> {
        let (provider, since) = self.known.as_ref()?;
        (now.since(*since) < FRESH).then(|| Arc::clone(provider))
    }

    fn rests(&self, now: Timestamp) -> bool {
        self.failed_at.is_some_and(|failed| now.since(failed) < RESPITE)
    }
}

impl OpenId {
    /// The endpoints of that issuer. Nothing is asked yet, so that the shop starts while Naver is down.
    pub(crate) fn try_new(
        issuer: &str,
        client_id: &str,
        client_secret: &SecretString,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PortFailure> {
        let issuer = IssuerUrl::new(issuer.to_owned())
            .map_err(|error| PortFailure::new(FailureKind::Corrupt, DISCOVERING, error))?;
        Ok(Self {
            issuer,
            client_id: ClientId::new(client_id.to_owned()),
            client_secret: ClientSecret::new(client_secret.expose_secret().to_owned()),
            clock,
            memory: Mutex::default(),
            asking: Turn::default(),
        })
    }

    /// Where the browser goes.
    pub(crate) async fn departure(
        &self,
        transport: &Transport,
        secrets: &FlowSecrets,
        callback: &str,
    ) -> Result<String, PortFailure> {
        let provider = self.provider(transport).await?;
        let verifier = PkceCodeVerifier::new(secrets.verifier.expose_secret().to_owned());
        let state = CsrfToken::new(secrets.state.expose_secret().to_owned());
        let nonce = Nonce::new(secrets.nonce.expose_secret().to_owned());
        let client = CoreClient::from_provider_metadata(provider.as_ref().clone(), self.client_id.clone(), None)
            .set_redirect_uri(redirect(callback)?);
        let (url, _, _) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    /// Trades the code for an access token, once, and checks the identity token that comes with it.
    pub(crate) async fn exchange(
        &self,
        transport: &Transport,
        code: &SecretString,
        secrets: &FlowSecrets,
        callback: &str,
    ) -> Result<SecretString, PartnerLogInError> {
        let provider = self.provider(transport).await?;
        let secret = Some(self.client_secret.clone());
        let client = CoreClient::from_provider_metadata(provider.as_ref().clone(), self.client_id.clone(), secret)
            .set_redirect_uri(redirect(callback)?)
            .set_auth_type(AuthType::RequestBody);
        let http = TokenTransport(transport);
        let answer = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .map_err(|error: ConfigurationError| PortFailure::new(FailureKind::Corrupt, DISCOVERING, error))?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.expose_secret().to_owned()))
            .request_async(&http)
            .await
            .map_err(told)?;
        let token = answer.id_token().ok_or_else(|| unreadable("answered no identity token"))?;
        self.verify(transport, &provider, token, &secrets.nonce).await?;
        Ok(secret_of(answer.access_token()))
    }

    /// Whether the token is Naver's, for us, of now and of this log-in. Keys change: one that is not known is looked
    /// for once more.
    async fn verify(
        &self,
        transport: &Transport,
        provider: &CoreProviderMetadata,
        token: &CoreIdToken,
        nonce: &SecretString,
    ) -> Result<(), PartnerLogInError> {
        let verdict = match self.judge(provider.jwks().clone(), token, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let keys = self.renew_keys(transport, provider).await?;
                self.judge(keys, token, nonce)
            }
            verdict => verdict,
        };
        verdict.map_err(|error| PartnerLogInError::Refused(format!("the identity token is not good: {error}")))
    }

    fn judge(
        &self,
        keys: CoreJsonWebKeySet,
        token: &CoreIdToken,
        nonce: &SecretString,
    ) -> Result<(), ClaimsVerificationError> {
        let now = self.clock.now().to_utc() - SKEW;
        // A verifier that knows no shared secret: a token that is "signed" with what the client knows proves nothing.
        let verifier = CoreIdTokenVerifier::new_public_client(self.client_id.clone(), self.issuer.clone(), keys)
            .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
            .set_time_fn(move || now);
        // Naver does not promise to repeat the nonce. One that is there must be ours.
        let ours = |given: Option<&Nonce>| match given {
            Some(given) if !same(given.secret(), nonce.expose_secret()) => Err("another log-in's nonce".to_owned()),
            Some(_) | None => Ok(()),
        };
        token.claims(&verifier, ours).map(|_| ())
    }

    /// Their endpoints and keys, asked for when they are needed and again when they are old. Old ones serve everybody
    /// else while one asks, and whoever asks if Naver does not answer him.
    async fn provider(&self, transport: &Transport) -> Result<Arc<CoreProviderMetadata>, PortFailure> {
        if let Some(fresh) = self.memory().fresh(self.clock.now()) {
            return Ok(fresh);
        }
        let known = self.memory().known();
        let _turn = match (self.asking.try_lock(), known) {
            (Ok(turn), _) => turn,
            (Err(_), Some(old)) => return Ok(old),
            (Err(_), None) => self.asking.lock().await,
        };
        // Whoever had the turn before may have been answered, or has just waited in vain.
        let now = self.clock.now();
        let (fresh, rests) = {
            let memory = self.memory();
            (memory.fresh(now), memory.rests(now))
        };
        if let Some(fresh) = fresh {
            return Ok(fresh);
        }
        let asked = if rests {
            Err(PortFailure::new(FailureKind::Unreachable, DISCOVERING, "it failed a moment ago"))
        } else {
            let asked = CoreProviderMetadata::discover_async(self.issuer.clone(), transport).await;
            asked.map_err(|error| undiscovered(DISCOVERING, error))
        };
        let mut memory = self.memory();
        match asked {
            Ok(provider) => {
                let provider = Arc::new(provider);
                *memory = Memory { known: Some((Arc::clone(&provider), now)), failed_at: None };
                Ok(provider)
            }
            Err(failure) => {
                if !rests {
                    memory.failed_at = Some(self.clock.now());
                }
                memory.known().ok_or(failure)
            }
        }
    }

    /// For a look or a swap: nothing is awaited with it in hand.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What a panic left behind is whole: it is replaced in one piece.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew_keys(
        &self,
        transport: &Transport,
        provider: &CoreProviderMetadata,
    ) -> Result<CoreJsonWebKeySet, PortFailure> {
        let keys: CoreJsonWebKeySet = JsonWebKeySet::fetch_async(provider.jwks_uri(), transport)
            .await
            .map_err(|error| undiscovered(READING_KEYS, error))?;
        let renewed = Arc::new(provider.clone().set_jwks(keys.clone()));
        self.memory().known = Some((renewed, self.clock.now()));
        Ok(keys)
    }
}

fn redirect(callback: &str) -> Result<RedirectUrl, PortFailure> {
    RedirectUrl::new(callback.to_owned()).map_err(|error| PortFailure::new(FailureKind::Corrupt, DEPARTING, error))
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn secret_of(token: &AccessToken) -> SecretString {
    SecretString::from(token.secret().as_str())
}

fn told(error: RequestTokenError<PortFailure, StandardErrorResponse<CoreErrorResponseType>>) -> PartnerLogInError {
    match error {
        RequestTokenError::ServerResponse(refusal) => {
            refused(refusal.error().as_ref(), refusal.error_description().map_or("", String::as_str))
        }
        RequestTokenError::Request(failure) => failure.into(),
        // The path only: the document may hold a token.
        RequestTokenError::Parse(error, _) => unreadable(format!("no token can be read at {}", error.path())),
        RequestTokenError::Other(what) => unreadable(what),
    }
}

fn undiscovered(during: &'static str, error: DiscoveryError<PortFailure>) -> PortFailure {
    match error {
        DiscoveryError::Request(failure) => failure,
        DiscoveryError::Response(status, _, what) => {
            let kind = if status.is_server_error() { FailureKind::Unreachable } else { FailureKind::Corrupt };
            PortFailure::new(kind, during, what)
        }
        other => PortFailure::new(FailureKind::Corrupt, during, other),
    }
}
