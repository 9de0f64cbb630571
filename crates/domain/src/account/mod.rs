//! Who somebody is: accounts, passwords and sessions.

mod email;
mod log_in;
#[path = "account.rs"]
mod model;
mod password;
mod phone;
mod repository;
mod sessions;
mod sign_up;

pub use email::Email;
pub use log_in::{LogIn, LogInError};
pub use model::{Account, BirthDate, IdentityProvider, NewAccount};
#[cfg(any(test, feature = "mock"))]
pub use password::MockPasswordHasher;
pub use password::{HashedPassword, Password, PasswordHasher};
pub use phone::Phone;
#[cfg(any(test, feature = "mock"))]
pub use repository::MockAccountRepository;
pub use repository::{AccountRepository, AddAccountFailure, Credentials, Standing};
#[cfg(any(test, feature = "mock"))]
pub use sessions::MockSessionStore;
pub use sessions::{
    RefreshError, RefreshToken, Rotation, SessionId, SessionKeys, SessionLifetime, SessionRecord, SessionStore,
    Sessions, SignedIn, TokenHash,
};
pub use sign_up::{NewMember, SignUp, SignUpCommand, SignUpError};
