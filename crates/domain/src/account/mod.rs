//! Who somebody is: accounts, passwords, sessions, log-ins at a partner, second factors.

mod caller;
mod email;
mod identity_provider;
mod limits;
mod log_in;
#[path = "account.rs"]
mod model;
mod password;
mod phone;
mod repository;
mod second_factor;
mod session_store;
mod session_token;
mod sessions;
mod sign_up;
mod store_pulse;

pub use caller::{Caller, Device};
pub use email::Email;
pub use identity_provider::{
    AddMemberFailure, Departure, FlowSecrets, Identity, IdentityRepository, LinkFailure, PartnerLogIn,
    PartnerLogInError, Profile, Subject, UnlinkFailure,
};
#[cfg(any(test, feature = "mock"))]
pub use identity_provider::{MockIdentityRepository, MockPartnerLogIn};
pub use limits::{AccountLimits, Throttle, Throttled};
pub use log_in::{GuessQueue, LogIn, LogInCommand, LogInError};
pub use model::{Account, BirthDate, IdentityProvider, NewAccount};
#[cfg(any(test, feature = "mock"))]
pub use password::MockPasswordHasher;
pub use password::{HashedPassword, Password, PasswordHasher};
pub use phone::Phone;
#[cfg(any(test, feature = "mock"))]
pub use repository::MockAccountRepository;
pub use repository::{
    AccountRepository, AddAccountFailure, ChangePasswordFailure, Credentials, PasswordChange, Standing,
};
#[cfg(any(test, feature = "mock"))]
pub use second_factor::{MockOneTimePasswords, MockSecondFactorRepository};
pub use second_factor::{
    OneTimePasswords, RecoveryHash, SecondFactorRepository, SecondFactors, StoredFactor, TypedSecret,
};
#[cfg(any(test, feature = "mock"))]
pub use session_store::MockSessionStore;
pub use session_store::{Rotation, SessionOwner, SessionRecord, SessionStore, SessionSummary};
pub use session_token::{RefreshToken, SessionId, SessionKeys, TokenHash};
pub use sessions::{RefreshError, SessionLifetime, Sessions, SignedIn};
pub use sign_up::{NewMember, SignUp, SignUpCommand, SignUpError};
pub use store_pulse::StorePulse;
