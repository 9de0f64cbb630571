//! Column types that MySQL and SQLite store alike.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// Builds columns for one of the databases.
#[derive(Clone, Copy)]
pub(crate) struct Columns(DatabaseBackend);

impl Columns {
    pub(crate) fn of(manager: &SchemaManager<'_>) -> Self {
        Self(manager.get_database_backend())
    }

    fn is_mysql(self) -> bool {
        self.0 == DatabaseBackend::MySql
    }

    /// `id BIGINT AUTO_INCREMENT PRIMARY KEY`. In SQLite only an `INTEGER` key counts up.
    pub(crate) fn id(self) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new("id"));
        if self.is_mysql() {
            column.big_integer()
        } else {
            column.integer()
        };
        column.not_null().auto_increment().primary_key().take()
    }

    /// A moment in UTC to the millisecond. SQLite keeps RFC 3339 text, which sorts as time does.
    pub(crate) fn moment(self, name: &'static str) -> ColumnDef {
        let kind = if self.is_mysql() { "DATETIME(3)" } else { "datetime_text" };
        ColumnDef::new(Alias::new(name)).custom(Alias::new(kind)).take()
    }

    /// Text that is compared byte by byte: addresses, keys, codes. MySQL wants the collation right behind the
    /// type; the older `utf8mb4_bin` would not tell a trailing space.
    pub(crate) fn exact(self, name: &'static str, length: u32) -> ColumnDef {
        let mut column = ColumnDef::new(Alias::new(name));
        if self.is_mysql() {
            let kind = format!("VARCHAR({length}) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin");
            column.custom(Alias::new(kind)).take()
        } else {
            column.string_len(length).take()
        }
    }

    /// `created_at` and `updated_at`, which the repositories set from the shop's clock.
    pub(crate) fn stamps(self) -> [ColumnDef; 2] {
        [self.moment("created_at").not_null().take(), self.moment("updated_at").not_null().take()]
    }
}

/// A table with its id and its stamps, for [`create`].
pub(crate) fn table(name: &'static str, columns: Columns) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name)).if_not_exists().col(columns.id());
    for stamp in columns.stamps() {
        table.col(stamp);
    }
    table
}

/// A column of that name.
pub(crate) fn col(name: &'static str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// A foreign key to another table's id. Nothing is ever deleted through one.
pub(crate) fn references(from: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("fk_{from}_{column}"))
        .from(Alias::new(from), Alias::new(column))
        .to(Alias::new(to), Alias::new("id"))
        .on_delete(ForeignKeyAction::Restrict)
        .take()
}

/// An index over some columns, for [`create`].
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("ix_{table}_{}", columns.join("_"))).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// An index over columns whose values together are unique, for [`create`].
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    index(table, columns).name(format!("ux_{table}_{}", columns.join("_"))).unique().take()
}

/// Adds a column that may be empty, unless a start that was cut off half way has added it.
pub(crate) async fn add_column(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    if manager.has_column(table, column.get_column_name()).await? {
        return Ok(());
    }
    manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).take()).await
}

/// Adds an index to a table that exists, unless a start that was cut off half way has added it.
pub(crate) async fn add_index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    if manager.has_index(table, format!("ix_{table}_{}", columns.join("_"))).await? {
        return Ok(());
    }
    manager.create_index(index(table, columns)).await
}

/// Creates the table with its indexes, or what is missing of them: a start that was cut off half way is repeated, and
/// neither database undoes the half that was done. MySQL makes a table with its indexes in one statement and knows no
/// `CREATE INDEX IF NOT EXISTS`; SQLite takes indexes in statements of their own.
pub(crate) async fn create<const N: usize>(
    manager: &SchemaManager<'_>,
    mut table: TableCreateStatement,
    mut indexes: [IndexCreateStatement; N],
) -> Result<(), DbErr> {
    if Columns::of(manager).is_mysql() {
        for index in &mut indexes {
            table.index(index);
        }
        return manager.create_table(table).await;
    }
    manager.create_table(table).await?;
    for index in &mut indexes {
        manager.create_index(index.if_not_exists().take()).await?;
    }
    Ok(())
}
