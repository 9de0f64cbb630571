//! Accounts in SQL.

use async_trait::async_trait;
use ef_domain::account::{
    Account, AccountRepository, AddAccountFailure, BirthDate, Credentials, Email, HashedPassword, IdentityProvider,
    NewAccount, Phone, Standing,
};
use ef_domain::shared::{PortFailure, Role, Timestamp, UserId};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter};

use crate::connect::Database;
use crate::entity::user;
use crate::failure::{bounded, corrupt, failed, is_duplicate_of};
use crate::sql::one;

const READING: &str = "reading an account";
const ADDING: &str = "adding an account";

/// Accounts in MySQL or SQLite.
pub struct SqlAccountRepository {
    database: Database,
}

impl SqlAccountRepository {
    /// A repository over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct StandingRow {
    role: String,
    session_epoch: i64,
}

#[async_trait]
impl AccountRepository for SqlAccountRepository {
    async fn add(&self, account: &NewAccount) -> Result<UserId, AddAccountFailure> {
        let row = user::ActiveModel {
            email: Set(account.email.as_str().to_owned()),
            password: Set(Some(account.password.expose().to_owned())),
            name: Set(account.name.clone()),
            phone: Set(account.phone.as_ref().map(|phone| phone.as_str().to_owned())),
            role: Set(account.role.name().to_owned()),
            provider: Set(IdentityProvider::Local.name().to_owned()),
            birth_date: Set(account.birth_date.map(BirthDate::get)),
            address: Set(account.address.clone()),
            session_epoch: Set(0),
            created_at: Set(account.created_at.to_utc()),
            updated_at: Set(account.created_at.to_utc()),
            ..Default::default()
        };
        // No look beforehand: of two sign-ups at once the unique index lets one through, and names what was taken.
        match user::Entity::insert(row).exec(self.database.writer()).await {
            Ok(inserted) => Ok(UserId::new(inserted.last_insert_id)),
            Err(error) if is_duplicate_of(&error, "email") => Err(AddAccountFailure::EmailTaken),
            Err(error) if is_duplicate_of(&error, "phone") => Err(self.taken(account, error).await),
            Err(error) => Err(failed(ADDING)(error).into()),
        }
    }

    async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, PortFailure> {
        let row = user::Entity::find().filter(user::Column::Email.eq(email.as_str()));
        let Some(row) = bounded(READING, row.one(self.database.reader())).await? else {
            return Ok(None);
        };
        Ok(Some(Credentials {
            user: UserId::new(row.id),
            password: row.password.map(HashedPassword::new),
            standing: Standing { role: role(&row.role)?, session_epoch: row.session_epoch },
        }))
    }

    async fn standing(&self, user: UserId) -> Result<Option<Standing>, PortFailure> {
        let sql = "SELECT role, session_epoch FROM user WHERE id = ?";
        let row: Option<StandingRow> = bounded(READING, one(self.database.reader(), sql, [user.get().into()])).await?;
        row.map(|row| Ok(Standing { role: role(&row.role)?, session_epoch: row.session_epoch })).transpose()
    }

    async fn find(&self, user: UserId) -> Result<Option<Account>, PortFailure> {
        let row = user::Entity::find_by_id(user.get()).one(self.database.reader());
        let row = bounded(READING, row).await?;
        row.map(account).transpose()
    }
}

impl SqlAccountRepository {
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

fn account(row: user::Model) -> Result<Account, PortFailure> {
    Ok(Account {
        id: UserId::new(row.id),
        email: Email::parse(&row.email).map_err(|error| corrupt(READING, error))?,
        name: row.name,
        phone: row.phone.as_deref().map(Phone::parse).transpose().map_err(|error| corrupt(READING, error))?,
        birth_date: row.birth_date.map(BirthDate::stored),
        address: row.address,
        provider: IdentityProvider::parse(&row.provider).ok_or_else(|| corrupt(READING, "an unknown provider"))?,
        role: role(&row.role)?,
        created_at: Timestamp::new(row.created_at),
    })
}

fn role(name: &str) -> Result<Role, PortFailure> {
    Role::parse(name).ok_or_else(|| corrupt(READING, "an unknown role"))
}
