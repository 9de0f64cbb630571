//! Log-ins at a partner.

use async_trait::async_trait;
use secrecy::SecretString;
use thiserror::Error;

use crate::notice::NewMail;
use crate::shared::{PortFailure, Timestamp, UserId};

use super::{AddAccountFailure, Email, IdentityProvider, NewAccount, Phone, Standing};

/// Somebody, as a partner knows him: a partner and its own id of that person, which says nothing to anybody else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The partner.
    pub provider: IdentityProvider,
    /// Its id of that person: 1 to 64 visible ASCII characters, compared byte by byte.
    pub subject: Subject,
}

/// A partner's id of a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subject(String);

impl Subject {
    /// The id, if the text can be one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a partner tells of somebody who has just logged in there. Everything but the id may be withheld; nothing of it
/// is verified, so it fills in forms and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who it is.
    pub identity: Identity,
    /// A contact address.
    pub email: Option<Email>,
    /// A name.
    pub name: Option<String>,
    /// A mobile number.
    pub phone: Option<Phone>,
}

/// A log-in that is about to happen at the partner: where the browser goes, and what must be kept to recognise its
/// return.
#[derive(Clone, Debug)]
pub struct Departure {
    /// Where the browser goes.
    pub url: String,
    /// What is kept meanwhile.
    pub secrets: FlowSecrets,
}

/// What binds a log-in's return to its departure. Kept by the browser, sealed.
#[derive(Clone, Debug)]
pub struct FlowSecrets {
    /// Comes back in the address; proves that this browser began this log-in.
    pub state: SecretString,
    /// Comes back in the partner's token, if the partner repeats it.
    pub nonce: SecretString,
    /// Proves to the partner that whoever redeems the code began the log-in (PKCE).
    pub verifier: SecretString,
}

/// Why a log-in at the partner told us nothing.
#[derive(Debug, Error)]
pub enum PartnerLogInError {
    /// The partner does not know the code, or not any more; or its answer does not belong to this log-in.
    #[error("the partner's log-in cannot be used: {0}")]
    Refused(String),
    /// The partner could not be asked. The code may be spent: the log-in begins again.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// A partner at whom people log in.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PartnerLogIn: Send + Sync {
    /// Begins a log-in whose answer the partner sends to `callback`.
    async fn depart(&self, callback: &str) -> Result<Departure, PortFailure>;

    /// Trades the code of a log-in's answer for who it was. The caller has compared the state. A code is presented
    /// once, whatever comes of it.
    async fn arrive(
        &self,
        code: &SecretString,
        secrets: &FlowSecrets,
        callback: &str,
    ) -> Result<Profile, PartnerLogInError>;

    /// Whose link a notice of the partner's reports as ended: the raw body of its request. `None` if the notice is not
    /// the partner's, not meant for us, or stale.
    fn ended_link(&self, notice: &[u8], now: Timestamp) -> Option<Identity>;
}

/// Why an identity was not linked to an account.
#[derive(Debug, Error)]
pub enum LinkFailure {
    /// The account has an identity of that partner.
    #[error("the account has an identity of that partner already")]
    AlreadyLinked,
    /// The identity opens another account.
    #[error("the identity opens another account")]
    AlreadyInUse,
    /// The account has another epoch by now, or is gone.
    #[error("the account has changed")]
    Stale,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Why an account with an identity was not stored.
#[derive(Debug, Error)]
pub enum AddMemberFailure {
    /// The account cannot be.
    #[error(transparent)]
    Account(#[from] AddAccountFailure),
    /// The identity opens another account.
    #[error("the identity opens another account")]
    AlreadyInUse,
}

/// Why an identity was not removed.
#[derive(Debug, Error)]
pub enum UnlinkFailure {
    /// The account has none of that partner.
    #[error("the account has no such identity")]
    NotLinked,
    /// Nothing else opens the account.
    #[error("nothing else opens the account")]
    LastWayIn,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Which identity opens which account. An identity opens one account; an account has one identity of a partner.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait IdentityRepository: Send + Sync {
    /// The account that the identity opens.
    async fn find(&self, identity: &Identity) -> Result<Option<(UserId, Standing)>, PortFailure>;

    /// Stores an account and the identity that opens it, or neither.
    async fn add_member(&self, account: &NewAccount, identity: &Identity) -> Result<UserId, AddMemberFailure>;

    /// Lets the identity open the account, if the account still has that epoch, and queues the mail. Of two calls at
    /// once with one identity or for one account, one gets the named refusal. The identity that the account has
    /// already is [`LinkFailure::AlreadyLinked`] too.
    async fn link(&self, user: UserId, epoch: i64, identity: &Identity, mail: &NewMail) -> Result<(), LinkFailure>;

    /// Removes the account's identity of that partner unless nothing else opens the account, and queues the mail.
    async fn unlink(&self, user: UserId, provider: IdentityProvider, mail: &NewMail) -> Result<(), UnlinkFailure>;

    /// Removes the identity from that account, because the partner says that it is no more, and queues the mail; `false`
    /// if it does not open that account any more. Unlike [`unlink`](Self::unlink) this may leave an account that nothing
    /// opens: its owner gets in by resetting his password.
    async fn forget(&self, user: UserId, identity: &Identity, mail: &NewMail) -> Result<bool, PortFailure>;
}
