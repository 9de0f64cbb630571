//! Somebody joins who came from a partner's log-in.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{Clock, PortFailure, Role};

use super::{
    AddAccountFailure, AddMemberFailure, BirthDate, Caller, Email, IdentityRepository, NewAccount, NewMember, Phone,
    Profile, Sessions, Standing, Throttle, Throttled,
};

/// Opens accounts that a partner's log-in opens.
pub struct JoinWithPartner {
    /// Where accounts are kept with what opens them.
    pub identities: Arc<dyn IdentityRepository>,
    /// Signs the new member in.
    pub sessions: Arc<Sessions>,
    /// Stops those who open accounts by the hundred.
    pub throttle: Arc<Throttle>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
}

/// What the sign-up form sends, and who the partner said it was.
#[derive(Clone, Debug)]
pub struct JoinWithPartnerCommand {
    /// Who it was.
    pub profile: Profile,
    /// 1 to 100 characters.
    pub name: String,
    /// Unique. What the partner told is not changed by the form.
    pub email: Email,
    /// Unique.
    pub phone: Phone,
    /// A real day.
    pub birth_date: BirthDate,
    /// 1 to 500 characters.
    pub address: String,
    /// From where.
    pub caller: Caller,
}

/// Why nobody joined.
#[derive(Debug, Error)]
pub enum JoinWithPartnerError {
    /// The partner told another e-mail address than the form.
    #[error("the partner told another e-mail address")]
    EmailDiffers,
    /// The e-mail address has an account. Its owner logs in there and links the partner; it is never done for him.
    #[error("the e-mail address has an account already")]
    EmailTaken,
    /// The telephone number has an account.
    #[error("the telephone number has an account already")]
    PhoneTaken,
    /// The partner's log-in opens an account.
    #[error("the identity opens an account already")]
    AlreadyInUse,
    /// Too many sign-ups from there.
    #[error(transparent)]
    Throttled(#[from] Throttled),
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<AddMemberFailure> for JoinWithPartnerError {
    fn from(failure: AddMemberFailure) -> Self {
        match failure {
            AddMemberFailure::Account(AddAccountFailure::EmailTaken) => Self::EmailTaken,
            AddMemberFailure::Account(AddAccountFailure::PhoneTaken) => Self::PhoneTaken,
            AddMemberFailure::Account(AddAccountFailure::Unavailable(failure)) => Self::Unavailable(failure),
            AddMemberFailure::AlreadyInUse => Self::AlreadyInUse,
        }
    }
}

impl JoinWithPartner {
    /// Opens the account, without a password, and signs its owner in.
    pub async fn run(&self, command: JoinWithPartnerCommand) -> Result<NewMember, JoinWithPartnerError> {
        let JoinWithPartnerCommand { profile, name, email, phone, birth_date, address, caller } = command;
        if profile.email.is_some_and(|told| told != email) {
            return Err(JoinWithPartnerError::EmailDiffers);
        }
        self.throttle.sign_up(caller.address).await?;
        let account = NewAccount {
            email,
            password: None,
            name,
            phone: Some(phone),
            birth_date: Some(birth_date),
            address: Some(address),
            role: Role::User,
            created_at: self.clock.now(),
        };
        let user = self.identities.add_member(&account, &profile.identity).await?;
        let session = self.sessions.begin_if_possible(user, Standing::of_new(Role::User), &caller.device).await;
        Ok(NewMember { user, session })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::account::fixtures::{caller, identity, profile, sessions, throttle};
    use crate::account::{MockIdentityRepository, MockSessionStore};
    use crate::shared::{Allowance, ManualClock, MockRateLimiter, UserId};
    use crate::testing::at;

    fn command(profile: Profile, email: &str) -> JoinWithPartnerCommand {
        JoinWithPartnerCommand {
            profile,
            name: "홍길동".to_owned(),
            email: Email::parse(email).unwrap(),
            phone: Phone::parse("010-1234-5678").unwrap(),
            birth_date: BirthDate::parse("1991-03-04", at(0)).unwrap(),
            address: "서울시 중구".to_owned(),
            caller: caller(),
        }
    }

    fn use_case(allowed: Allowance, stored: usize) -> JoinWithPartner {
        let mut limiter = MockRateLimiter::new();
        limiter.expect_take().returning(move |_, _, _| Ok(allowed));
        let mut identities = MockIdentityRepository::new();
        identities
            .expect_add_member()
            .times(stored)
            .withf(|account, given| account.password.is_none() && *given == identity())
            .returning(|_, _| Ok(UserId::new(7)));
        let mut store = MockSessionStore::new();
        store.expect_begin().times(stored).returning(|_| Ok(()));
        JoinWithPartner {
            identities: Arc::new(identities),
            sessions: sessions(store),
            throttle: throttle(limiter),
            clock: Arc::new(ManualClock::at(at(0))),
        }
    }

    #[tokio::test]
    async fn a_newcomer_joins_without_a_password_and_is_signed_in() {
        let member = use_case(Allowance::Granted, 1).run(command(profile(), "hong@naver.com")).await.unwrap();
        assert!(member.session.is_some_and(|session| session.user == member.user));
    }

    #[tokio::test]
    async fn an_address_that_the_partner_told_cannot_be_edited() {
        let outcome = use_case(Allowance::Granted, 0).run(command(profile(), "victim@naver.com")).await;
        assert!(matches!(outcome, Err(JoinWithPartnerError::EmailDiffers)), "{outcome:?}");
    }

    #[tokio::test]
    async fn an_address_that_the_partner_kept_to_itself_is_the_forms() {
        let silent = Profile { email: None, ..profile() };
        use_case(Allowance::Granted, 1).run(command(silent, "mine@example.com")).await.unwrap();
    }

    #[tokio::test]
    async fn joining_meets_the_limit_of_sign_ups() {
        let refused = Allowance::Refused { retry_after: Duration::from_secs(9) };
        let outcome = use_case(refused, 0).run(command(profile(), "hong@naver.com")).await;
        assert!(
            matches!(outcome, Err(JoinWithPartnerError::Throttled(Throttled::TooMany { retry_after })) if retry_after.as_secs() == 9)
        );
    }
}
