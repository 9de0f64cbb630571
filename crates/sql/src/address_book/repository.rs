//! The address book.

use async_trait::async_trait;
use ef_domain::account::{AddAddressFailure, AddressBook, Phone, SavedAddress};
use ef_domain::order::{PostalCode, Recipient};
use ef_domain::shared::{AddressId, PortFailure, Timestamp, UserId};
use sea_orm::{FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, moment};
use crate::tx::{self, TxFailure};

use super::write::{Adding, Preferring, Refusal, Removing};

const READING: &str = "reading an address book";
const CHANGING: &str = "changing an address book";

/// Address books in MySQL or SQLite.
pub struct SqlAddressBook {
    database: Database,
}

impl SqlAddressBook {
    /// The address books of the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The user's addresses that meet one more condition, the oldest first.
    async fn addresses(
        &self,
        user: UserId,
        condition: &str,
        id: Option<AddressId>,
    ) -> Result<Vec<SavedAddress>, PortFailure> {
        let sql = format!(
            "SELECT id, recipient_name, phone, postal_code, address_line1, address_line2, is_default \
             FROM user_address WHERE user_id = ? {condition} ORDER BY id"
        );
        let values = [Some(user.get()), id.map(AddressId::get)].into_iter().flatten().map(Value::from);
        let rows: Vec<AddressRow> = bounded(READING, all(self.database.reader(), &sql, values)).await?;
        rows.into_iter().map(AddressRow::address).collect()
    }

    async fn address(&self, user: UserId, id: AddressId) -> Result<Option<SavedAddress>, PortFailure> {
        Ok(self.addresses(user, "AND id = ?", Some(id)).await?.pop())
    }
}

#[derive(FromQueryResult)]
struct AddressRow {
    id: i64,
    recipient_name: String,
    phone: Option<String>,
    postal_code: String,
    address_line1: String,
    address_line2: Option<String>,
    is_default: bool,
}

impl AddressRow {
    fn address(self) -> Result<SavedAddress, PortFailure> {
        let phone = self.phone.as_deref().ok_or_else(|| corrupt(READING, "an address without a number"))?;
        Ok(SavedAddress {
            id: AddressId::new(self.id),
            recipient: Recipient {
                name: self.recipient_name,
                phone: Phone::parse(phone).map_err(|error| corrupt(READING, error))?,
                postal_code: PostalCode::parse(&self.postal_code).map_err(|error| corrupt(READING, error))?,
                address_line1: self.address_line1,
                address_line2: self.address_line2,
            },
            is_default: self.is_default,
        })
    }
}

#[async_trait]
impl AddressBook for SqlAddressBook {
    async fn list(&self, user: UserId) -> Result<Vec<SavedAddress>, PortFailure> {
        self.addresses(user, "", None).await
    }

    async fn add(
        &self,
        user: UserId,
        recipient: &Recipient,
        most: usize,
        now: Timestamp,
    ) -> Result<SavedAddress, AddAddressFailure> {
        match tx::run(&self.database, CHANGING, &Adding { user, recipient, most, now }).await {
            Ok((id, is_default)) => Ok(SavedAddress { id, recipient: recipient.clone(), is_default }),
            Err(TxFailure::Refused(Refusal::Full)) => Err(AddAddressFailure::Full),
            Err(TxFailure::Refused(Refusal::Closed)) => Err(AddAddressFailure::Closed),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }

    async fn change(
        &self,
        user: UserId,
        id: AddressId,
        recipient: &Recipient,
        now: Timestamp,
    ) -> Result<Option<SavedAddress>, PortFailure> {
        // Which address is the default does not change: this one needs no turn.
        let sql = "UPDATE user_address SET recipient_name = ?, phone = ?, postal_code = ?, address_line1 = ?, \
             address_line2 = ?, updated_at = ? WHERE id = ? AND user_id = ?";
        let values = [
            recipient.name.as_str().into(),
            recipient.phone.as_str().into(),
            recipient.postal_code.as_str().into(),
            recipient.address_line1.as_str().into(),
            recipient.address_line2.clone().into(),
            moment(now),
            id.get().into(),
            user.get().into(),
        ];
        tx::write(&self.database, CHANGING, sql, values).await?;
        self.address(user, id).await
    }

    async fn remove(&self, user: UserId, id: AddressId, now: Timestamp) -> Result<bool, PortFailure> {
        match tx::run(&self.database, CHANGING, &Removing { user, id, now }).await {
            Ok(()) => Ok(true),
            Err(TxFailure::Refused(())) => Ok(false),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }

    async fn make_default(
        &self,
        user: UserId,
        id: AddressId,
        now: Timestamp,
    ) -> Result<Option<SavedAddress>, PortFailure> {
        match tx::run(&self.database, CHANGING, &Preferring { user, id, now }).await {
            Ok(()) => self.address(user, id).await,
            Err(TxFailure::Refused(())) => Ok(None),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure),
        }
    }
}
