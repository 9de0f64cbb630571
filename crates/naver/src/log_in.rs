//! The port, put together: departure, exchange, profile.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ef_domain::account::{Departure, FlowSecrets, Identity, PartnerLogIn, PartnerLogInError, Profile};
use ef_domain::shared::{Clock, Entropy, FailureKind, PortFailure, Timestamp};
use openidconnect::url::Url;
use secrecy::SecretString;

use crate::classic::Classic;
use crate::openid::OpenId;
use crate::transport::Transport;
use crate::{notice, profile};

/// Which of their two protocols is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// OpenID Connect, with PKCE and an identity token.
    OpenId,
    /// OAuth 2.0 as they spoke it first.
    Classic,
}

/// Where Naver is, who we are to it, and how long it may take.
#[derive(Clone, Debug)]
pub struct NaverConfig {
    /// Which protocol.
    pub protocol: Protocol,
    /// The application's id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: SecretString,
    /// `https://nid.naver.com`: who signs identity tokens, and where the discovery document is.
    pub issuer: String,
    /// `https://nid.naver.com`: where the classic endpoints are.
    pub auth_base_url: String,
    /// `https://openapi.naver.com`: where profiles are.
    pub api_base_url: String,
    /// How long a connection may take to come about.
    pub connect_timeout: Duration,
    /// How long a call may take.
    pub total_timeout: Duration,
}

enum Speaks {
    OpenId(Box<OpenId>),
    Classic(Classic),
}

/// Naver Login.
pub struct NaverLogIn {
    transport: Transport,
    speaks: Speaks,
    client_id: String,
    client_secret: SecretString,
    api_base_url: String,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for NaverLogIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NaverLogIn").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl NaverLogIn {
    /// The partner. Nothing is sent yet.
    ///
    /// # Errors
    /// [`FailureKind::Corrupt`] for an address that is none, or on a machine without root certificates.
    pub fn new(config: NaverConfig, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Self, PortFailure> {
        let NaverConfig { protocol, client_id, client_secret, issuer, auth_base_url, api_base_url, .. } = config;
        let auth = match protocol {
            Protocol::OpenId => &issuer,
            Protocol::Classic => &auth_base_url,
        };
        let called = [auth.as_str(), api_base_url.as_str()];
        let transport = Transport::try_new(config.connect_timeout, config.total_timeout, &called)?;
        let speaks = match protocol {
            Protocol::OpenId => Speaks::OpenId(Box::new(OpenId::try_new(&issuer, &client_id, &client_secret, clock)?)),
            Protocol::Classic => Speaks::Classic(Classic {
                base: Url::parse(&auth_base_url)
                    .map_err(|error| PortFailure::new(FailureKind::Corrupt, "setting up naver", error))?,
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
            }),
        };
        let api_base_url = api_base_url.trim_end_matches('/').to_owned();
        Ok(Self { transport, speaks, client_id, client_secret, api_base_url, entropy })
    }

    /// 256 random bits, as text that an address and a PKCE verifier can hold.
    fn secret(&self) -> SecretString {
        SecretString::from(URL_SAFE_NO_PAD.encode(self.entropy.bytes::<32>()))
    }
}

#[async_trait]
impl PartnerLogIn for NaverLogIn {
    async fn depart(&self, callback: &str) -> Result<Departure, PortFailure> {
        let secrets = FlowSecrets { state: self.secret(), nonce: self.secret(), verifier: self.secret() };
        let url = match &self.speaks {
            Speaks::OpenId(openid) => openid.departure(&self.transport, &secrets, callback).await?,
            Speaks::Classic(classic) => classic.departure(&secrets, callback),
        };
        Ok(Departure { url, secrets })
    }

    async fn arrive(
        &self,
        code: &SecretString,
        secrets: &FlowSecrets,
        callback: &str,
    ) -> Result<Profile, PartnerLogInError> {
        let token = match &self.speaks {
            Speaks::OpenId(openid) => openid.exchange(&self.transport, code, secrets, callback).await?,
            Speaks::Classic(classic) => classic.exchange(&self.transport, code, secrets, callback).await?,
        };
        profile::read(&self.transport, &self.api_base_url, &token).await
    }

    fn ended_link(&self, notice: &[u8], now: Timestamp) -> Option<Identity> {
        notice::ended_link(notice, &self.client_id, &self.client_secret, now)
    }
}
