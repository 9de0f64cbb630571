//! Naver, from its section of the configuration to its desk in the shop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ef_domain::account::{
    AccountRepository, EndLink, IdentityRepository, LinkIdentity, LogInWithPartner, PartnerLogIn, ProvePassword,
    Sessions,
};
use ef_domain::shared::{Clock, Entropy, PortFailure};
use ef_naver::{NaverConfig, NaverLogIn, Protocol};

use crate::config::{NaverProtocol, NaverSection};
use crate::shop::NaverDesk;

/// Naver, if there is an application to log in to; with the sandbox there for what has no address.
///
/// # Errors
/// [`PortFailure`] where no client can be built.
pub fn naver(
    config: &NaverSection,
    sandbox: SocketAddr,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Result<Option<Arc<dyn PartnerLogIn>>, PortFailure> {
    let Some(app) = &config.app else { return Ok(None) };
    let config = NaverConfig {
        protocol: match config.protocol {
            NaverProtocol::OpenId => Protocol::OpenId,
            NaverProtocol::Classic => Protocol::Classic,
        },
        client_id: app.client_id.clone(),
        client_secret: app.client_secret.clone(),
        issuer: config.address(config.issuer.as_ref(), sandbox),
        auth_base_url: config.address(config.auth_base_url.as_ref(), sandbox),
        api_base_url: config.address(config.api_base_url.as_ref(), sandbox),
        connect_timeout: config.connect_timeout,
        total_timeout: config.total_timeout,
    };
    Ok(Some(Arc::new(NaverLogIn::new(config, Arc::clone(clock), Arc::clone(entropy))?)))
}

/// What everything at the desk works with.
pub(super) struct Staff<'a> {
    pub(super) identities: &'a Arc<dyn IdentityRepository>,
    pub(super) accounts: &'a Arc<dyn AccountRepository>,
    pub(super) sessions: &'a Arc<Sessions>,
    pub(super) password: &'a Arc<ProvePassword>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) fresh: Duration,
}

/// The desk where people come from and go to that partner.
pub(super) fn desk(partner: Arc<dyn PartnerLogIn>, staff: &Staff<'_>) -> NaverDesk {
    let Staff { identities, accounts, sessions, password, clock, fresh } = staff;
    NaverDesk {
        log_in: LogInWithPartner {
            partner: Arc::clone(&partner),
            identities: Arc::clone(identities),
            sessions: Arc::clone(sessions),
        },
        link: LinkIdentity {
            partner: Arc::clone(&partner),
            identities: Arc::clone(identities),
            accounts: Arc::clone(accounts),
            password: Arc::clone(password),
            clock: Arc::clone(clock),
            fresh: *fresh,
        },
        end_link: EndLink {
            partner: Arc::clone(&partner),
            identities: Arc::clone(identities),
            accounts: Arc::clone(accounts),
            clock: Arc::clone(clock),
        },
        partner,
    }
}
