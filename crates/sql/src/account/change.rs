//! The transaction that stores another password.

use async_trait::async_trait;
use ef_domain::account::PasswordChange;
use ef_domain::shared::Vault;
use sea_orm::DatabaseTransaction;

use crate::mail;
use crate::sql::{execute, moment};
use crate::tx::{Stop, Work};

/// A password on its way into its row. The epoch is the guard: it was raised by whatever ended the session that the
/// change was asked for in.
pub(super) struct ChangingPassword<'a> {
    pub(super) change: &'a PasswordChange,
    pub(super) vault: &'a dyn Vault,
}

#[async_trait]
impl Work for ChangingPassword<'_> {
    type Output = i64;
    type Refusal = ();

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<i64, Stop<()>> {
        let change = self.change;
        let sql = "UPDATE user SET password = ?, session_epoch = session_epoch + 1, updated_at = ? \
             WHERE id = ? AND session_epoch = ? AND closed_at IS NULL";
        let values =
            [change.password.expose().into(), moment(change.at), change.user.get().into(), change.epoch.into()];
        if execute(tx, sql, values).await?.rows_affected() == 0 {
            return Err(Stop::Refused(()));
        }
        mail::write(tx, self.vault, &change.mail).await?;
        Ok(change.epoch.saturating_add(1))
    }
}
