//! The audit trail in SQL: written inside the transaction of the change that it tells of, and never altered.

use async_trait::async_trait;
use ef_domain::catalogue::ImageName;
use ef_domain::shared::{
    AuditAction, AuditChange, AuditChanges, AuditEntry, AuditId, AuditQueries, AuditRecord, AuditSubject, AuditValue,
    Page, PageRequest, PortFailure, Timestamp, UserId,
};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};
use serde_json::{Number, Value as Json, json};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, execute, moment, one};

const READING: &str = "reading the audit trail";

/// Writes an entry down, in the transaction of the change.
pub(crate) async fn write(tx: &DatabaseTransaction, entry: &AuditEntry) -> Result<(), DbErr> {
    let sql = "INSERT INTO audit_log (actor_id, action, subject, subject_id, changes, reason, created_at, updated_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    execute(tx, sql, values(entry)).await.map(|_| ())
}

/// Writes the entry of an erased picture down, unless a product or a line of an order shows the picture under whatever
/// address; whether it was written. The name is random: no other address ends in it.
pub(crate) async fn write_unless_shown(
    tx: &DatabaseTransaction,
    entry: &AuditEntry,
    name: &ImageName,
) -> Result<bool, DbErr> {
    let sql = "INSERT INTO audit_log (actor_id, action, subject, subject_id, changes, reason, created_at, updated_at) \
         SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM product WHERE image_url LIKE ?) \
         AND NOT EXISTS (SELECT 1 FROM order_items WHERE image_url LIKE ?)";
    let address: Value = format!("%/{name}").into();
    let values = values(entry).into_iter().chain([address.clone(), address]);
    Ok(execute(tx, sql, values).await?.rows_affected() == 1)
}

fn values(entry: &AuditEntry) -> [Value; 8] {
    [
        entry.actor.get().into(),
        entry.action.name().into(),
        entry.subject.kind().into(),
        entry.subject.number().into(),
        changes_to_json(&entry.changes).to_string().into(),
        entry.reason.clone().into(),
        moment(entry.at),
        moment(entry.at),
    ]
}

/// The audit trail of MySQL or SQLite.
pub struct SqlAuditQueries {
    database: Database,
}

impl SqlAuditQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct Count {
    rows_found: i64,
}

#[derive(FromQueryResult)]
struct AuditRow {
    id: i64,
    actor_id: i64,
    actor_name: Option<String>,
    action: String,
    subject: String,
    subject_id: i64,
    changes: String,
    reason: Option<String>,
    created_at: DateTimeUtc,
}

#[async_trait]
impl AuditQueries for SqlAuditQueries {
    async fn page(&self, subject: Option<AuditSubject>, page: PageRequest) -> Result<Page<AuditRecord>, PortFailure> {
        let reader = self.database.reader();
        let (condition, mut values): (_, Vec<Value>) = match subject {
            Some(subject) => {
                ("WHERE a.subject = ? AND a.subject_id = ?", vec![subject.kind().into(), subject.number().into()])
            }
            None => ("", Vec::new()),
        };
        let sql = format!("SELECT COUNT(*) AS rows_found FROM audit_log a {condition}");
        let count: Option<Count> = bounded(READING, one(reader, &sql, values.clone())).await?;
        let total = count.and_then(|count| u64::try_from(count.rows_found).ok()).unwrap_or_default();
        if page.offset() >= total {
            return Ok(Page { rows: Vec::new(), request: page, total });
        }
        let sql = format!(
            "SELECT a.id, a.actor_id, u.name AS actor_name, a.action, a.subject, a.subject_id, a.changes, a.reason, \
             a.created_at FROM audit_log a LEFT JOIN user u ON u.id = a.actor_id {condition} \
             ORDER BY a.id DESC LIMIT {} OFFSET ?",
            page.size()
        );
        values.push(page.offset().into());
        let rows: Vec<AuditRow> = bounded(READING, all(reader, &sql, values)).await?;
        let rows = rows.into_iter().map(record).collect::<Result<_, _>>()?;
        Ok(Page { rows, request: page, total })
    }
}

fn record(row: AuditRow) -> Result<AuditRecord, PortFailure> {
    let changes = serde_json::from_str(&row.changes).map_err(|error| corrupt(READING, error))?;
    Ok(AuditRecord {
        id: AuditId::new(row.id),
        actor_name: row.actor_name,
        entry: AuditEntry {
            actor: UserId::new(row.actor_id),
            action: AuditAction::parse(&row.action).ok_or_else(|| corrupt(READING, "an unknown action"))?,
            subject: AuditSubject::parse(&row.subject, row.subject_id)
                .ok_or_else(|| corrupt(READING, "an unknown subject"))?,
            changes: changes_from_json(&changes).ok_or_else(|| corrupt(READING, "changes that nobody wrote"))?,
            reason: row.reason,
            at: Timestamp::new(row.created_at),
        },
    })
}

fn changes_to_json(changes: &AuditChanges) -> Json {
    let one = |change: &AuditChange| json!({ "field": change.field, "before": to_json(&change.before), "after": to_json(&change.after) });
    changes.iter().map(one).collect()
}

fn changes_from_json(document: &Json) -> Option<AuditChanges> {
    let one = |change: &Json| {
        Some(AuditChange {
            field: change.get("field")?.as_str()?.to_owned(),
            before: from_json(change.get("before")?)?,
            after: from_json(change.get("after")?)?,
        })
    };
    document.as_array()?.iter().map(one).collect()
}

fn to_json(value: &AuditValue) -> Json {
    match value {
        AuditValue::Nothing => Json::Null,
        AuditValue::Text(text) => json!(text),
        AuditValue::Whole(number) => json!(number),
        AuditValue::Number(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        AuditValue::Flag(flag) => json!(flag),
        AuditValue::Texts(texts) => json!(texts),
    }
}

fn from_json(value: &Json) -> Option<AuditValue> {
    Some(match value {
        Json::Null => AuditValue::Nothing,
        Json::String(text) => AuditValue::Text(text.clone()),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => AuditValue::Whole(whole),
            None => AuditValue::Number(number.as_f64()?),
        },
        Json::Bool(flag) => AuditValue::Flag(*flag),
        Json::Array(texts) => {
            AuditValue::Texts(texts.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<_>>()?)
        }
        Json::Object(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let mut changes = AuditChanges::new();
        changes.note("price", 8500, 9000);
        changes.note("weight", 0.5, 300.0);
        changes.note("brand", None::<String>, "들판");
        changes.note("default", false, true);
        changes.note("tags", vec!["단백질".to_owned()], Vec::<String>::new());
        let document = changes_to_json(&changes).to_string();
        assert_eq!(changes_from_json(&serde_json::from_str(&document).unwrap()), Some(changes));
    }
}
