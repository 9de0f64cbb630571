//! The mail room of the suites, on SQL.

use std::sync::Arc;

use async_trait::async_trait;
use ef_contract::mail::{MailRoom, MailRow};
use ef_contract::vault::GlassVault;
use ef_domain::account::Email;
use ef_domain::notice::{Letter, MailOutbox, NewMail, SuppressionList};
use ef_domain::shared::{MailId, Purpose, Timestamp, Vault};
use ef_sql::{SqlMailOutbox, SqlSuppressionList};

use super::SqlShop;

#[async_trait]
impl MailRoom for SqlShop {
    fn outbox(&self) -> Arc<dyn MailOutbox> {
        Arc::new(SqlMailOutbox::new(self.database.clone(), Arc::new(GlassVault)))
    }

    fn suppressed(&self) -> Arc<dyn SuppressionList> {
        Arc::new(SqlSuppressionList::new(self.database.clone()))
    }

    async fn queue(&self, mail: &NewMail) -> MailId {
        let Letter::PasswordChanged { at } = mail.letter else { panic!("only that letter is written here") };
        let content = format!("{{\"at\": {}}}", at.millis());
        let sql = "INSERT INTO mail_outbox (recipient, letter, payload, state, next_attempt_at, lapses_at, created_at, \
                   updated_at) VALUES (?, ?, ?, 'QUEUED', ?, ?, ?, ?)";
        let now = mail.queued_at.to_utc();
        let values = [
            mail.to.as_str().into(),
            mail.letter.kind().into(),
            GlassVault.seal(Purpose::Letter, content.as_bytes()).into(),
            now.into(),
            mail.lapses_at.map(Timestamp::to_utc).into(),
            now.into(),
            now.into(),
        ];
        self.execute(sql, values).await.unwrap();
        MailId::new(self.number("SELECT MAX(id) FROM mail_outbox", []).await)
    }

    async fn row(&self, mail: MailId) -> MailRow {
        let sql = "SELECT state, CONCAT(payload, recipient), CAST(attempts AS SIGNED), message_id, reason FROM mail_outbox WHERE id = ?";
        let rows = self.rows(sql, [mail.get().into()]).await;
        let row = rows.first().expect("the mail exists");
        MailRow {
            state: row.try_get_by_index(0).unwrap(),
            is_sealed: !row.try_get_by_index::<String>(1).unwrap().is_empty(),
            attempts: row.try_get_by_index(2).unwrap(),
            message_id: row.try_get_by_index(3).unwrap(),
            reason: row.try_get_by_index(4).unwrap(),
        }
    }

    async fn rows(&self) -> Vec<MailId> {
        let rows = SqlShop::rows(self, "SELECT id FROM mail_outbox ORDER BY id", []).await;
        rows.iter().map(|row| MailId::new(row.try_get_by_index(0).unwrap())).collect()
    }

    async fn falsify(&self, mail: MailId) {
        let sql = "UPDATE mail_outbox SET payload = 'broken' WHERE id = ?";
        self.execute(sql, [mail.get().into()]).await.unwrap();
    }

    async fn suppression(&self, of: &Email) -> Option<String> {
        let sql = "SELECT reason FROM mail_suppression WHERE email = ?";
        let rows = self.rows(sql, [of.as_str().into()]).await;
        rows.first().map(|row| row.try_get_by_index(0).unwrap())
    }
}
