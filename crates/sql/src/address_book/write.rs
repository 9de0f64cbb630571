//! The transactions that keep one default in every book. They take turns at the account's row, so that each sees what
//! the one before it left.

use async_trait::async_trait;
use ef_domain::order::Recipient;
use ef_domain::shared::{AddressId, Timestamp, UserId};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::sql::{all, execute, moment};
use crate::tx::{Stop, Work};

/// Why an address was not added.
pub(super) enum Refusal {
    /// The book is full.
    Full,
    /// The account is closed.
    Closed,
}

/// An address on its way into a book. Yields its id and whether it is the default.
pub(super) struct Adding<'a> {
    pub(super) user: UserId,
    pub(super) recipient: &'a Recipient,
    pub(super) most: usize,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Work for Adding<'_> {
    type Output = (AddressId, bool);
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(AddressId, bool), Stop<Refusal>> {
        if !take_turn(tx, self.user, self.now).await? {
            return Err(Stop::Refused(Refusal::Closed));
        }
        let known = entries(tx, self.user).await?;
        if known.len() >= self.most {
            return Err(Stop::Refused(Refusal::Full));
        }
        let is_default = known.is_empty();
        let sql = "INSERT INTO user_address (user_id, recipient_name, phone, postal_code, address_line1, \
             address_line2, is_default, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let recipient = self.recipient;
        let values: [Value; 9] = [
            self.user.get().into(),
            recipient.name.as_str().into(),
            recipient.phone.as_str().into(),
            recipient.postal_code.as_str().into(),
            recipient.address_line1.as_str().into(),
            recipient.address_line2.clone().into(),
            is_default.into(),
            moment(self.now),
            moment(self.now),
        ];
        let id = execute(tx, sql, values).await?.last_insert_id();
        let id = i64::try_from(id).map_err(|error| Stop::Corrupt(error.to_string()))?;
        Ok((AddressId::new(id), is_default))
    }
}

/// An address on its way out. After the default one, the oldest that is left takes its place.
pub(super) struct Removing {
    pub(super) user: UserId,
    pub(super) id: AddressId,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Work for Removing {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        take_turn(tx, self.user, self.now).await?;
        let sql = "DELETE FROM user_address WHERE id = ? AND user_id = ?";
        if execute(tx, sql, [self.id.get().into(), self.user.get().into()]).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        let left = entries(tx, self.user).await?;
        match left.first() {
            Some(oldest) if !left.iter().any(|entry| entry.is_default) => {
                let sql = "UPDATE user_address SET is_default = TRUE, updated_at = ? WHERE id = ?";
                execute(tx, sql, [moment(self.now), oldest.id.into()]).await?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// An address that is about to be the default.
pub(super) struct Preferring {
    pub(super) user: UserId,
    pub(super) id: AddressId,
    pub(super) now: Timestamp,
}

#[async_trait]
impl Work for Preferring {
    type Output = ();
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<()>> {
        take_turn(tx, self.user, self.now).await?;
        if !entries(tx, self.user).await?.iter().any(|entry| entry.id == self.id.get()) {
            return Err(Stop::Refused(()));
        }
        let sql = "UPDATE user_address SET is_default = CASE WHEN id = ? THEN TRUE ELSE FALSE END, updated_at = ? \
             WHERE user_id = ?";
        execute(tx, sql, [self.id.get().into(), moment(self.now), self.user.get().into()]).await?;
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Entry {
    id: i64,
    is_default: bool,
}

/// What is in the book, the oldest first.
async fn entries(tx: &DatabaseTransaction, user: UserId) -> Result<Vec<Entry>, DbErr> {
    let sql = "SELECT id, is_default FROM user_address WHERE user_id = ? ORDER BY id";
    all(tx, sql, [user.get().into()]).await
}

/// Locks the account's row until the end of the transaction; `false` where the account is closed.
async fn take_turn(tx: &DatabaseTransaction, user: UserId, now: Timestamp) -> Result<bool, DbErr> {
    let sql = "UPDATE user SET updated_at = ? WHERE id = ? AND closed_at IS NULL";
    Ok(execute(tx, sql, [moment(now), user.get().into()]).await?.rows_affected() == 1)
}
