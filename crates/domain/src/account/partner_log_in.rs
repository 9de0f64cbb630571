//! Somebody comes back from a partner's log-in.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use crate::shared::PortFailure;

use super::{Device, FlowSecrets, IdentityRepository, PartnerLogIn, PartnerLogInError, Profile, Sessions, SignedIn};

/// What a browser brings back from a partner, and what was kept of its departure. The caller has compared the state.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The partner's code, good once.
    pub code: SecretString,
    /// What was kept.
    pub secrets: FlowSecrets,
    /// The address that the partner was told to send the browser to.
    pub callback: String,
}

/// Signs people in by a partner's log-in.
pub struct LogInWithPartner {
    /// The partner.
    pub partner: Arc<dyn PartnerLogIn>,
    /// Which of its people has which account.
    pub identities: Arc<dyn IdentityRepository>,
    /// Begins the session.
    pub sessions: Arc<Sessions>,
}

/// Who came back.
#[derive(Debug)]
pub enum PartnersGuest {
    /// Somebody who has an account here.
    Member(SignedIn),
    /// Somebody who has none. He may join.
    Newcomer(Profile),
}

/// Why nobody was signed in.
#[derive(Debug, Error)]
pub enum LogInWithPartnerError {
    /// What the partner said cannot be used.
    #[error(transparent)]
    Partner(#[from] PartnerLogInError),
    /// The account asks for a second factor, which a partner does not ask for: its owner logs in with his password.
    #[error("the account needs a second factor")]
    SecondFactorRequired,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl LogInWithPartner {
    /// Signs in whoever the partner says it was, if his identity opens an account. Nothing else finds an account: an
    /// e-mail address at a partner proves nothing.
    pub async fn run(&self, arrival: &Arrival, device: &Device) -> Result<PartnersGuest, LogInWithPartnerError> {
        let Arrival { code, secrets, callback } = arrival;
        let profile = self.partner.arrive(code, secrets, callback).await?;
        let Some((user, standing)) = self.identities.find(&profile.identity).await? else {
            return Ok(PartnersGuest::Newcomer(profile));
        };
        if standing.second_factor {
            return Err(LogInWithPartnerError::SecondFactorRequired);
        }
        Ok(PartnersGuest::Member(self.sessions.begin(user, standing, device).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::fixtures::{arrival, caller, identity, profile, sessions};
    use crate::account::{MockIdentityRepository, MockPartnerLogIn, MockSessionStore, Standing};
    use crate::shared::{Role, UserId};

    fn use_case(found: Option<Standing>, begun: usize) -> LogInWithPartner {
        let mut partner = MockPartnerLogIn::new();
        partner.expect_arrive().times(1).returning(|_, _, _| Ok(profile()));
        let mut identities = MockIdentityRepository::new();
        identities
            .expect_find()
            .withf(|asked| *asked == identity())
            .returning(move |_| Ok(found.map(|standing| (UserId::new(7), standing))));
        let mut store = MockSessionStore::new();
        store.expect_begin().times(begun).returning(|_| Ok(()));
        LogInWithPartner { partner: Arc::new(partner), identities: Arc::new(identities), sessions: sessions(store) }
    }

    #[tokio::test]
    async fn a_known_identity_is_signed_in() {
        let guest = use_case(Some(Standing::of_new(Role::User)), 1).run(&arrival(), &caller().device).await.unwrap();
        assert!(matches!(guest, PartnersGuest::Member(session) if session.user == UserId::new(7)));
    }

    #[tokio::test]
    async fn an_unknown_identity_is_a_newcomer_and_gets_no_session() {
        let guest = use_case(None, 0).run(&arrival(), &caller().device).await.unwrap();
        assert!(matches!(guest, PartnersGuest::Newcomer(newcomer) if newcomer == profile()));
    }

    #[tokio::test]
    async fn a_partners_log_in_does_not_go_round_a_second_factor() {
        let enrolled = Standing { second_factor: true, ..Standing::of_new(Role::Admin) };
        let outcome = use_case(Some(enrolled), 0).run(&arrival(), &caller().device).await;
        assert!(matches!(outcome, Err(LogInWithPartnerError::SecondFactorRequired)));
    }
}
