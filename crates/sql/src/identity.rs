//! Log-ins at partners that open accounts, in SQL.
//!
//! Nobody looks beforehand whether an identity or an account is free: the unique indexes decide. Whatever changes what
//! opens an account touches the account's row first, so that it happens one after the other.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::account::{
    AddAccountFailure, AddMemberFailure, Identity, IdentityProvider, IdentityRepository, LinkFailure, NewAccount,
    Standing, UnlinkFailure,
};
use ef_domain::notice::NewMail;
use ef_domain::shared::{PortFailure, Timestamp, UserId, Vault};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, FromQueryResult};

use crate::account::{STANDING, StandingRow, new_row};
use crate::connect::Database;
use crate::entity::user;
use crate::failure::{bounded, is_duplicate_of};
use crate::mail;
use crate::sql::{execute, moment, one};
use crate::tx::{self, Stop, TxFailure, Work};

const READING: &str = "reading an identity";
const JOINING: &str = "adding an account with an identity";
const LINKING: &str = "linking an identity";
const UNLINKING: &str = "unlinking an identity";
const FORGETTING: &str = "forgetting an identity";

/// Both unique indexes of the table carry its name.
const TABLE: &str = "user_identity";

/// Identities in MySQL or SQLite.
pub struct SqlIdentityRepository {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl SqlIdentityRepository {
    /// A repository over the database. What it tells people is sealed in the vault until it is sent.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }
}

#[derive(FromQueryResult)]
struct OpenedRow {
    id: i64,
    #[sea_orm(nested)]
    standing: StandingRow,
}

#[async_trait]
impl IdentityRepository for SqlIdentityRepository {
    async fn find(&self, identity: &Identity) -> Result<Option<(UserId, Standing)>, PortFailure> {
        let sql = format!(
            "SELECT u.id, {STANDING} FROM user_identity i JOIN user u ON u.id = i.user_id \
             WHERE i.provider = ? AND i.subject = ? AND u.closed_at IS NULL"
        );
        let values = [identity.provider.name().into(), identity.subject.as_str().into()];
        let row: Option<OpenedRow> = bounded(READING, one(self.database.reader(), &sql, values)).await?;
        row.map(|row| Ok((UserId::new(row.id), row.standing.standing(READING)?))).transpose()
    }

    async fn add_member(&self, account: &NewAccount, identity: &Identity) -> Result<UserId, AddMemberFailure> {
        match tx::run(&self.database, JOINING, &Joining { account, identity }).await {
            Ok(user) => Ok(user),
            Err(TxFailure::Refused(refusal)) => Err(refusal),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => {
                Err(AddAccountFailure::from(failure).into())
            }
        }
    }

    async fn link(&self, user: UserId, epoch: i64, identity: &Identity, mail: &NewMail) -> Result<(), LinkFailure> {
        let work = Linking { user, epoch, identity, mail, vault: self.vault.as_ref() };
        match tx::run(&self.database, LINKING, &work).await {
            Ok(()) => Ok(()),
            Err(TxFailure::Refused(refusal)) => Err(refusal),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }

    async fn unlink(&self, user: UserId, provider: IdentityProvider, mail: &NewMail) -> Result<(), UnlinkFailure> {
        let work = Unlinking { user, provider, mail, vault: self.vault.as_ref() };
        match tx::run(&self.database, UNLINKING, &work).await {
            Ok(()) => Ok(()),
            Err(TxFailure::Refused(refusal)) => Err(refusal),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }

    async fn forget(&self, user: UserId, identity: &Identity, mail: &NewMail) -> Result<bool, PortFailure> {
        let work = Forgetting { user, identity, mail, vault: self.vault.as_ref() };
        match tx::run(&self.database, FORGETTING, &work).await {
            Ok(()) => Ok(true),
            Err(TxFailure::Refused(())) => Ok(false),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }
}

/// An account and what opens it, on their way into their rows.
struct Joining<'a> {
    account: &'a NewAccount,
    identity: &'a Identity,
}

#[async_trait]
impl Work for Joining<'_> {
    type Output = UserId;
    type Refusal = AddMemberFailure;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<UserId, Stop<AddMemberFailure>> {
        let refused = |failure: AddAccountFailure| Stop::Refused(failure.into());
        let user = match user::Entity::insert(new_row(self.account)).exec(tx).await {
            Ok(inserted) => UserId::new(inserted.last_insert_id),
            Err(error) if is_duplicate_of(&error, "email") => return Err(refused(AddAccountFailure::EmailTaken)),
            Err(error) if is_duplicate_of(&error, "phone") => return Err(refused(self.taken(tx).await?)),
            Err(error) => return Err(error.into()),
        };
        match insert(tx, user, self.identity, self.account.created_at).await {
            Ok(()) => Ok(user),
            Err(error) if is_duplicate_of(&error, TABLE) => Err(Stop::Refused(AddMemberFailure::AlreadyInUse)),
            Err(error) => Err(error.into()),
        }
    }
}

#[derive(FromQueryResult)]
struct IdRow {
    #[allow(dead_code, reason = "that there is a row is the answer")]
    id: i64,
}

impl Joining<'_> {
    /// MySQL names one broken index only: where both are taken, the address is what the form reports.
    async fn taken(&self, tx: &DatabaseTransaction) -> Result<AddAccountFailure, DbErr> {
        let email = self.account.email.as_str().into();
        let row: Option<IdRow> = one(tx, "SELECT id FROM user WHERE email = ?", [email]).await?;
        Ok(if row.is_some() { AddAccountFailure::EmailTaken } else { AddAccountFailure::PhoneTaken })
    }
}

/// An identity that is about to open an account. The epoch is the guard: it was raised by whatever ended the session
/// that the link was asked for in.
struct Linking<'a> {
    user: UserId,
    epoch: i64,
    identity: &'a Identity,
    mail: &'a NewMail,
    vault: &'a dyn Vault,
}

#[async_trait]
impl Work for Linking<'_> {
    type Output = ();
    type Refusal = LinkFailure;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<LinkFailure>> {
        let sql = "UPDATE user SET updated_at = ? WHERE id = ? AND session_epoch = ? AND closed_at IS NULL";
        let values = [moment(self.mail.queued_at), self.user.get().into(), self.epoch.into()];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(LinkFailure::Stale));
        }
        match insert(tx, self.user, self.identity, self.mail.queued_at).await {
            Ok(()) => {}
            Err(error) if is_duplicate_of(&error, TABLE) => return Err(Stop::Refused(self.taken(tx).await?)),
            Err(error) => return Err(error.into()),
        }
        mail::write(tx, self.vault, self.mail).await?;
        Ok(())
    }
}

impl Linking<'_> {
    /// Which of the two indexes refused. The account's row is ours, so nobody unlinks meanwhile.
    async fn taken(&self, tx: &DatabaseTransaction) -> Result<LinkFailure, DbErr> {
        let sql = "SELECT id FROM user_identity WHERE user_id = ? AND provider = ?";
        let values = [self.user.get().into(), self.identity.provider.name().into()];
        let row: Option<IdRow> = one(tx, sql, values).await?;
        Ok(if row.is_some() { LinkFailure::AlreadyLinked } else { LinkFailure::AlreadyInUse })
    }
}

/// An identity that its owner does not want to open his account any more.
struct Unlinking<'a> {
    user: UserId,
    provider: IdentityProvider,
    mail: &'a NewMail,
    vault: &'a dyn Vault,
}

#[async_trait]
impl Work for Unlinking<'_> {
    type Output = ();
    type Refusal = UnlinkFailure;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<UnlinkFailure>> {
        let user = self.user.get();
        if !take_turn(tx, self.user, self.mail.queued_at).await? {
            return Err(Stop::Refused(UnlinkFailure::NotLinked));
        }
        let sql = "DELETE FROM user_identity WHERE user_id = ? AND provider = ?";
        if execute(tx, sql, [user.into(), self.provider.name().into()]).await?.rows_affected() == 0 {
            return Err(Stop::Refused(UnlinkFailure::NotLinked));
        }
        // Looked at after the account's row is ours: of two ways in that go at once, the second one stays.
        let sql = "SELECT u.id FROM user u WHERE u.id = ? AND (u.password IS NOT NULL \
             OR EXISTS (SELECT 1 FROM user_identity i WHERE i.user_id = u.id))";
        let opened: Option<IdRow> = one(tx, sql, [user.into()]).await?;
        if opened.is_none() {
            return Err(Stop::Refused(UnlinkFailure::LastWayIn));
        }
        mail::write(tx, self.vault, self.mail).await?;
        Ok(())
    }
}

/// An identity that is no more.
struct Forgetting<'a> {
    user: UserId,
    identity: &'a Identity,
    mail: &'a NewMail,
    vault: &'a dyn Vault,
}

#[async_trait]
impl Work for Forgetting<'_> {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        let user = self.user.get();
        if !take_turn(tx, self.user, self.mail.queued_at).await? {
            return Err(Stop::Refused(()));
        }
        let Identity { provider, subject } = self.identity;
        let sql = "DELETE FROM user_identity WHERE user_id = ? AND provider = ? AND subject = ?";
        let values = [user.into(), provider.name().into(), subject.as_str().into()];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        mail::write(tx, self.vault, self.mail).await?;
        Ok(())
    }
}

/// Takes the account's row, so that changes of its identities come one after the other; `false` where it is closed.
async fn take_turn(tx: &DatabaseTransaction, user: UserId, at: Timestamp) -> Result<bool, DbErr> {
    let sql = "UPDATE user SET updated_at = ? WHERE id = ? AND closed_at IS NULL";
    Ok(execute(tx, sql, [moment(at), user.get().into()]).await?.rows_affected() > 0)
}

async fn insert(tx: &DatabaseTransaction, user: UserId, identity: &Identity, at: Timestamp) -> Result<(), DbErr> {
    let sql = "INSERT INTO user_identity (user_id, provider, subject, created_at, updated_at) VALUES (?, ?, ?, ?, ?)";
    let Identity { provider, subject } = identity;
    let values = [user.get().into(), provider.name().into(), subject.as_str().into(), moment(at), moment(at)];
    execute(tx, sql, values).await.map(|_| ())
}
