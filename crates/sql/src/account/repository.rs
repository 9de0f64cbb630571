//! The account repository.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::account::{
    Account, AccountRepository, AddAccountFailure, BirthDate, ChangePasswordFailure, Credentials, Email,
    HashedPassword, NewAccount, PasswordChange, Standing,
};
use ef_domain::notice::NewMail;
use ef_domain::shared::{PortFailure, Role, Timestamp, UserId, Vault};
use sea_orm::{DbErr, EntityTrait, Value};

use crate::connect::Database;
use crate::entity::user;
use crate::failure::{bounded, failed, is_duplicate_of};
use crate::sql::{moment, one};
use crate::tx::{self, TxFailure};

use super::change::ChangingPassword;
use super::close::Closing;
use super::row::{ACCOUNT, AccountRow, CredentialsRow, STANDING, StandingRow, new_row};

const READING: &str = "reading an account";
const ADDING: &str = "adding an account";
const CHANGING: &str = "changing an account";
const CHANGING_PASSWORD: &str = "changing a password";
const CLOSING: &str = "closing an account";

/// Accounts in MySQL or SQLite.
pub struct SqlAccountRepository {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl SqlAccountRepository {
    /// A repository over the database. What it tells people is sealed in the vault until it is sent.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }

    async fn credentials_where(&self, condition: &str, value: Value) -> Result<Option<Credentials>, PortFailure> {
        let sql = format!(
            "SELECT u.id, u.email, u.password, {STANDING} FROM user u WHERE {condition} AND u.closed_at IS NULL"
        );
        let row: Option<CredentialsRow> = bounded(READING, one(self.database.reader(), &sql, [value])).await?;
        row.map(|row| row.credentials(READING)).transpose()
    }

    /// MySQL names one broken index only, and not always the first: where both are taken, the address is what the
    /// form reports.
    async fn taken(&self, account: &NewAccount, error: DbErr) -> AddAccountFailure {
        tracing::debug!(%error, "a sign-up met a unique index");
        match self.credentials(&account.email).await {
            Ok(Some(_)) => AddAccountFailure::EmailTaken,
            Ok(None) => AddAccountFailure::PhoneTaken,
            Err(failure) => failure.into(),
        }
    }
}

#[async_trait]
impl AccountRepository for SqlAccountRepository {
    async fn add(&self, account: &NewAccount) -> Result<UserId, AddAccountFailure> {
        // No look beforehand: of two sign-ups at once the unique index lets one through, and names what was taken.
        let insert = || user::Entity::insert(new_row(account)).exec(self.database.writer());
        match tx::repeated(ADDING, insert).await? {
            Ok(inserted) => Ok(UserId::new(inserted.last_insert_id)),
            Err(error) if is_duplicate_of(&error, "email") => Err(AddAccountFailure::EmailTaken),
            Err(error) if is_duplicate_of(&error, "phone") => Err(self.taken(account, error).await),
            Err(error) => Err(failed(ADDING)(error).into()),
        }
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, PortFailure> {
        self.credentials_where("u.email = ?", email.as_str().into()).await
    }

    async fn credentials_of(&self, user: UserId) -> Result<Option<Credentials>, PortFailure> {
        self.credentials_where("u.id = ?", user.get().into()).await
    }

    async fn standing(&self, user: UserId) -> Result<Option<Standing>, PortFailure> {
        let sql = format!("SELECT {STANDING} FROM user u WHERE u.id = ? AND u.closed_at IS NULL");
        let row = one(self.database.reader(), &sql, [user.get().into()]);
        let row: Option<StandingRow> = bounded(READING, row).await?;
        row.map(|row| row.standing(READING)).transpose()
    }

    async fn find(&self, user: UserId) -> Result<Option<Account>, PortFailure> {
        let sql = format!("SELECT {ACCOUNT} FROM user u WHERE u.id = ? AND u.closed_at IS NULL");
        let row = one(self.database.reader(), &sql, [user.get().into()]);
        let row: Option<AccountRow> = bounded(READING, row).await?;
        row.map(|row| row.account(READING)).transpose()
    }

    async fn replace_hash(&self, user: UserId, old: &HashedPassword, new: &HashedPassword) -> Result<(), PortFailure> {
        let sql = "UPDATE user SET password = ? WHERE id = ? AND password = ? AND closed_at IS NULL";
        let values = [new.expose().into(), user.get().into(), old.expose().into()];
        tx::write(&self.database, CHANGING, sql, values).await?;
        Ok(())
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<i64, ChangePasswordFailure> {
        let work = ChangingPassword { change, vault: self.vault.as_ref() };
        match tx::run(&self.database, CHANGING_PASSWORD, &work).await {
            Ok(epoch) => Ok(epoch),
            Err(TxFailure::Refused(())) => Err(ChangePasswordFailure::Stale),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }

    async fn complete(
        &self,
        user: UserId,
        birth_date: BirthDate,
        address: &str,
        now: Timestamp,
    ) -> Result<bool, PortFailure> {
        let sql = "UPDATE user SET birth_date = ?, address = ?, updated_at = ? WHERE id = ? AND closed_at IS NULL";
        let values = [birth_date.get().into(), address.into(), moment(now), user.get().into()];
        Ok(tx::write(&self.database, CHANGING, sql, values).await? == 1)
    }

    async fn change_role(&self, email: &Email, role: Role, now: Timestamp) -> Result<bool, PortFailure> {
        let sql = "UPDATE user SET role = ?, session_epoch = session_epoch + 1, updated_at = ? \
             WHERE email = ? AND closed_at IS NULL";
        let values = [role.name().into(), moment(now), email.as_str().into()];
        Ok(tx::write(&self.database, CHANGING, sql, values).await? == 1)
    }

    async fn close(&self, user: UserId, mail: &NewMail) -> Result<bool, PortFailure> {
        let work = Closing { user, mail, vault: self.vault.as_ref() };
        match tx::run(&self.database, CLOSING, &work).await {
            Ok(()) => Ok(true),
            Err(TxFailure::Refused(())) => Ok(false),
            // Whoever asks again learns whether it was stored.
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }
}
