//! From rows to accounts and back.

use ef_domain::account::{
    Account, BirthDate, Credentials, Email, HashedPassword, IdentityProvider, NewAccount, Phone, Standing,
};
use ef_domain::shared::{PortFailure, Role, Timestamp, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::{Date, DateTimeUtc};

use crate::entity::user;
use crate::failure::corrupt;

/// What [`StandingRow`] reads of an account `u`.
pub(crate) const STANDING: &str = "u.role, u.session_epoch, \
    EXISTS (SELECT 1 FROM user_totp t WHERE t.user_id = u.id AND t.is_confirmed = TRUE) AS second_factor";

/// What [`AccountRow`] reads of an account `u`.
pub(super) const ACCOUNT: &str = "u.id, u.email, u.name, u.phone, u.birth_date, u.address, u.role, u.created_at, \
    u.password IS NOT NULL AS has_password, \
    (SELECT MIN(i.provider) FROM user_identity i WHERE i.user_id = u.id) AS provider";

/// The standing of an account.
#[derive(FromQueryResult)]
pub(crate) struct StandingRow {
    role: String,
    session_epoch: i64,
    second_factor: i64,
}

impl StandingRow {
    /// The standing, if the row is one that the shop could have written.
    pub(crate) fn standing(&self, during: &'static str) -> Result<Standing, PortFailure> {
        Ok(Standing {
            role: role(&self.role, during)?,
            session_epoch: self.session_epoch,
            second_factor: self.second_factor != 0,
        })
    }
}

/// What a log-in is checked against.
#[derive(FromQueryResult)]
pub(super) struct CredentialsRow {
    id: i64,
    email: String,
    password: Option<String>,
    #[sea_orm(nested)]
    standing: StandingRow,
}

impl CredentialsRow {
    pub(super) fn credentials(self, during: &'static str) -> Result<Credentials, PortFailure> {
        Ok(Credentials {
            user: UserId::new(self.id),
            email: Email::parse(&self.email).map_err(|error| corrupt(during, error))?,
            password: self.password.map(HashedPassword::new),
            standing: self.standing.standing(during)?,
        })
    }
}

/// An account as its owner sees it.
#[derive(FromQueryResult)]
pub(super) struct AccountRow {
    id: i64,
    email: String,
    name: String,
    phone: Option<String>,
    birth_date: Option<Date>,
    address: Option<String>,
    role: String,
    created_at: DateTimeUtc,
    has_password: i64,
    provider: Option<String>,
}

impl AccountRow {
    pub(super) fn account(self, during: &'static str) -> Result<Account, PortFailure> {
        let provider = match self.provider.as_deref() {
            Some(name) => IdentityProvider::parse(name).ok_or_else(|| corrupt(during, "an unknown provider"))?,
            None => IdentityProvider::Local,
        };
        Ok(Account {
            id: UserId::new(self.id),
            email: Email::parse(&self.email).map_err(|error| corrupt(during, error))?,
            name: self.name,
            phone: self.phone.as_deref().map(Phone::parse).transpose().map_err(|error| corrupt(during, error))?,
            birth_date: self.birth_date.map(BirthDate::stored),
            address: self.address,
            provider,
            has_password: self.has_password != 0,
            role: role(&self.role, during)?,
            created_at: Timestamp::new(self.created_at),
        })
    }
}

/// The row of a new account.
pub(crate) fn new_row(account: &NewAccount) -> user::ActiveModel {
    let opened_by = match account.password {
        Some(_) => IdentityProvider::Local,
        None => IdentityProvider::Naver,
    };
    user::ActiveModel {
        email: Set(account.email.as_str().to_owned()),
        password: Set(account.password.as_ref().map(|password| password.expose().to_owned())),
        name: Set(account.name.clone()),
        phone: Set(account.phone.as_ref().map(|phone| phone.as_str().to_owned())),
        role: Set(account.role.name().to_owned()),
        provider: Set(opened_by.name().to_owned()),
        birth_date: Set(account.birth_date.map(BirthDate::get)),
        address: Set(account.address.clone()),
        session_epoch: Set(0),
        created_at: Set(account.created_at.to_utc()),
        updated_at: Set(account.created_at.to_utc()),
        ..Default::default()
    }
}

fn role(name: &str, during: &'static str) -> Result<Role, PortFailure> {
    Role::parse(name).ok_or_else(|| corrupt(during, "an unknown role"))
}
