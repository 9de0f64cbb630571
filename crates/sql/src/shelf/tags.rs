//! Tags as administrators keep them.

use async_trait::async_trait;
use ef_domain::catalogue::{ChangeTagFailure, Tag, TagChange, TagRepository, TagUsage};
use ef_domain::shared::{Page, PageRequest, PortFailure, TagId};
use sea_orm::{DatabaseTransaction, FromQueryResult};

use crate::audit;
use crate::connect::Database;
use crate::failure::{bounded, corrupt, is_duplicate_of, is_referenced};
use crate::sql::{all, execute, moment, one};
use crate::tx::{self, Stop, TxFailure, Work};

const READING: &str = "reading tags";
const CHANGING: &str = "changing a tag";

/// Tags in MySQL or SQLite.
pub struct SqlTagRepository {
    database: Database,
}

impl SqlTagRepository {
    /// A repository over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct Count {
    rows_found: i64,
}

#[derive(FromQueryResult)]
struct TagRow {
    id: i64,
    name: String,
}

#[derive(FromQueryResult)]
struct UsageRow {
    id: i64,
    name: String,
    products: i64,
}

#[async_trait]
impl TagRepository for SqlTagRepository {
    async fn list(&self, page: PageRequest) -> Result<Page<TagUsage>, PortFailure> {
        let reader = self.database.reader();
        let sql = "SELECT COUNT(*) AS rows_found FROM tags";
        let count: Option<Count> = bounded(READING, one(reader, sql, [])).await?;
        let total = count.and_then(|count| u64::try_from(count.rows_found).ok()).unwrap_or_default();
        let sql = format!(
            "SELECT t.id, t.name, (SELECT COUNT(*) FROM product_tags pt WHERE pt.tag_id = t.id) AS products \
             FROM tags t ORDER BY t.name LIMIT {} OFFSET ?",
            page.size()
        );
        let rows: Vec<UsageRow> = bounded(READING, all(reader, &sql, [page.offset().into()])).await?;
        let usage = |row: UsageRow| {
            let products = u64::try_from(row.products).map_err(|error| corrupt(READING, error))?;
            Ok(TagUsage { tag: Tag { id: TagId::new(row.id), name: row.name }, products })
        };
        let rows = rows.into_iter().map(usage).collect::<Result<_, PortFailure>>()?;
        Ok(Page { rows, request: page, total })
    }

    async fn find(&self, id: TagId) -> Result<Option<Tag>, PortFailure> {
        let sql = "SELECT id, name FROM tags WHERE id = ?";
        let row: Option<TagRow> = bounded(READING, one(self.database.reader(), sql, [id.get().into()])).await?;
        Ok(row.map(|row| Tag { id: TagId::new(row.id), name: row.name }))
    }

    async fn apply(&self, change: &TagChange) -> Result<(), ChangeTagFailure> {
        match tx::run(&self.database, CHANGING, &Changing(change)).await {
            Ok(()) => Ok(()),
            Err(TxFailure::Refused(Refusal::Stale)) => Err(ChangeTagFailure::Stale),
            Err(TxFailure::Refused(Refusal::NameTaken)) => Err(ChangeTagFailure::NameTaken),
            Err(TxFailure::Refused(Refusal::InUse)) => Err(ChangeTagFailure::InUse),
            Err(TxFailure::Failed(failure) | TxFailure::CommitUnknown(failure)) => Err(failure.into()),
        }
    }
}

enum Refusal {
    Stale,
    NameTaken,
    InUse,
}

struct Changing<'a>(&'a TagChange);

#[async_trait]
impl Work for Changing<'_> {
    type Output = ();
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<(), Stop<Refusal>> {
        let TagChange { tag, name, entry } = self.0;
        let refused = |error| {
            if is_duplicate_of(&error, "name") {
                Stop::Refused(Refusal::NameTaken)
            } else if is_referenced(&error) {
                Stop::Refused(Refusal::InUse)
            } else {
                Stop::Failed(error)
            }
        };
        let (id, known) = (tag.id.get(), tag.name.as_str());
        let done = if let Some(name) = name {
            // Products before tags: the lock order of whoever changes a product.
            let sql = "UPDATE product SET version = version + 1, updated_at = ? \
                 WHERE id IN (SELECT pt.product_id FROM product_tags pt WHERE pt.tag_id = ?)";
            execute(tx, sql, [moment(entry.at), id.into()]).await?;
            let sql = "UPDATE tags SET name = ?, updated_at = ? WHERE id = ? AND name = ?";
            execute(tx, sql, [name.as_str().into(), moment(entry.at), id.into(), known.into()]).await
        } else {
            // The foreign key of the products that bear it is the guard.
            execute(tx, "DELETE FROM tags WHERE id = ? AND name = ?", [id.into(), known.into()]).await
        };
        if done.map_err(refused)?.rows_affected() == 0 {
            return Err(Stop::Refused(Refusal::Stale));
        }
        audit::write(tx, entry).await?;
        Ok(())
    }
}
