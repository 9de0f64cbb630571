//! Who somebody is: accounts, passwords, sessions, log-ins at a partner, second factors.

mod address_book;
mod appoint_administrators;
mod caller;
mod change_password;
mod change_second_factor;
mod close_account;
mod edit_profile;
mod email;
mod end_link;
#[cfg(test)]
mod fixtures;
mod identity_provider;
mod join_with_partner;
mod keep_addresses;
mod limits;
mod link_identity;
mod log_in;
#[path = "account.rs"]
mod model;
mod partner_log_in;
mod password;
mod password_resets;
mod phone;
mod prove_password;
mod repository;
mod reset_password;
mod second_factor;
mod session_store;
mod session_token;
mod sessions;
mod sign_up;
mod store_pulse;
mod unlink_identity;

#[cfg(any(test, feature = "mock"))]
pub use address_book::MockAddressBook;
pub use address_book::{AddAddressFailure, AddressBook, SavedAddress};
pub use appoint_administrators::{AppointAdministrators, AppointError, Appointed, NewAdministrator};
pub use caller::{Caller, Device};
pub use change_password::{ChangePassword, ChangePasswordCommand, ChangePasswordError};
pub use change_second_factor::{ChangeSecondFactor, ChangeSecondFactorError, Enrolled};
pub use close_account::CloseAccount;
pub use edit_profile::{EditProfile, EditProfileError};
pub use email::Email;
pub use end_link::{EndLink, EndLinkError};
pub use identity_provider::{
    AddMemberFailure, Departure, FlowSecrets, Identity, IdentityRepository, LinkFailure, PartnerLogIn,
    PartnerLogInError, Profile, Subject, UnlinkFailure,
};
#[cfg(any(test, feature = "mock"))]
pub use identity_provider::{MockIdentityRepository, MockPartnerLogIn};
pub use join_with_partner::{JoinWithPartner, JoinWithPartnerCommand, JoinWithPartnerError};
pub use keep_addresses::{KeepAddresses, KeepAddressesError};
pub use limits::{AccountLimits, Throttle, Throttled};
pub use link_identity::{BeginLinkError, FinishLinkError, LinkIdentity, LinkIntent};
pub use log_in::{GuessQueue, LogIn, LogInCommand, LogInError};
pub use model::{Account, BirthDate, IdentityProvider, NewAccount};
pub use partner_log_in::{Arrival, LogInWithPartner, LogInWithPartnerError, PartnersGuest};
#[cfg(any(test, feature = "mock"))]
pub use password::MockPasswordHasher;
pub use password::{HashedPassword, Password, PasswordHasher};
#[cfg(any(test, feature = "mock"))]
pub use password_resets::MockResetRepository;
pub use password_resets::{
    CodeHash, FinishResetFailure, NewReset, PasswordReset, RESET_TRIES, Redemption, ResetAddress, ResetKeys,
    ResetLifetime, ResetOwner, ResetRepository, ResetToken, ResetTokenHash,
};
pub use phone::Phone;
pub use prove_password::{ProvePassword, ProvePasswordError};
#[cfg(any(test, feature = "mock"))]
pub use repository::MockAccountRepository;
pub use repository::{
    AccountRepository, AddAccountFailure, ChangePasswordFailure, Credentials, PasswordChange, Standing,
};
pub use reset_password::{
    RequestReset, RequestResetError, ResetPassword, ResetPasswordError, VerifyResetCode, VerifyResetCodeError,
};
pub use second_factor::{
    FactorConfirmation, NewSecret, OneTimePasswords, RecoveryCode, RecoveryHash, SecondFactorRepository, SecondFactors,
    ShownSecret, StoredFactor, TypedSecret,
};
#[cfg(any(test, feature = "mock"))]
pub use second_factor::{MockOneTimePasswords, MockSecondFactorRepository};
#[cfg(any(test, feature = "mock"))]
pub use session_store::MockSessionStore;
pub use session_store::{Rotation, SESSIONS_OF_ACCOUNT, SessionOwner, SessionRecord, SessionStore, SessionSummary};
pub use session_token::{RefreshToken, SessionId, SessionKeys, TokenHash};
pub use sessions::{RefreshError, SessionLifetime, Sessions, SignedIn};
pub use sign_up::{NewMember, SignUp, SignUpCommand, SignUpError};
pub use store_pulse::StorePulse;
pub use unlink_identity::{UnlinkIdentity, UnlinkIdentityCommand, UnlinkIdentityError};
