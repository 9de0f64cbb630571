//! The sandbox's memory: a journal of keyed records in one SQLite file, or nothing at all when it runs in memory.
//!
//! The working state lives in memory; every change is handed to one writer, in order, as one batch. The writer commits
//! whatever has gathered in one transaction, so that many concurrent payments share one `fsync`. Nobody is answered
//! before [`Store::settled`] says that all they could have seen is on disk: `kill -9` undoes nothing that was told.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use tokio::sync::{mpsc, watch};

const FILE_NAME: &str = "sandbox.sqlite";
const LARGEST_BATCH: usize = 512;
/// How long a start waits for the sandbox before it to let go of the file.
const LONGEST_HANDOVER: Duration = Duration::from_secs(2);

/// What can be wrong with the sandbox's memory.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("cannot make the data folder {0}")]
    Folder(PathBuf, #[source] std::io::Error),
    /// The file cannot be opened or read; another sandbox may hold it.
    #[error("cannot open the memory file in {0}")]
    Open(PathBuf, #[source] sqlx::Error),
    /// A record does not read as what it should be.
    #[error("record {key} of kind {kind} is corrupt")]
    Corrupt {
        /// The record's kind.
        kind: String,
        /// The record's key.
        key: String,
        /// Why it does not read.
        #[source]
        source: serde_json::Error,
    },
}

/// The memory file could not be written: nothing may be promised any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotDurable;

/// One remembered thing.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) body: String,
}

impl Record {
    /// The body as what it was when it was put.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.body).map_err(|source| StoreError::Corrupt {
            kind: self.kind.clone(),
            key: self.key.clone(),
            source,
        })
    }
}

/// One change of the memory.
#[derive(Debug)]
pub(crate) enum Write {
    /// Remember, or remember anew.
    Put { kind: &'static str, key: String, body: String },
    /// Forget one thing.
    Delete { kind: &'static str, key: String },
    /// Forget everything.
    Clear,
}

impl Write {
    /// Remembers `value` as JSON. A value that has no JSON form is a bug in the sandbox and is logged as such.
    pub(crate) fn put(kind: &'static str, key: impl Into<String>, value: &impl serde::Serialize) -> Self {
        let body = serde_json::to_string(value).unwrap_or_else(|error| {
            tracing::error!(%error, kind, "a record has no JSON form");
            "null".to_owned()
        });
        Self::Put { kind, key: key.into(), body }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    UpTo(u64),
    Broken,
}

type Batch = (u64, Vec<Write>);

#[derive(Debug)]
struct Queue {
    last: u64,
    sender: Option<mpsc::UnboundedSender<Batch>>,
}

#[derive(Debug)]
struct Journal {
    queue: Mutex<Queue>,
    progress: watch::Receiver<Progress>,
}

/// The handle that everything in the sandbox remembers through.
#[derive(Debug)]
pub(crate) struct Store {
    journal: Option<Journal>,
}

impl Store {
    /// Opens the memory in `folder` (or a memory that forgets, without one) and reads all that it holds.
    pub(crate) async fn open(folder: Option<&Path>) -> Result<(Self, Vec<Record>), StoreError> {
        let Some(folder) = folder else {
            return Ok((Self { journal: None }, Vec::new()));
        };
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder(folder.to_owned(), source))?;
        let opened = async {
            let mut file = connect(&folder.join(FILE_NAME)).await?;
            let records = read_all(&mut file).await?;
            Ok((file, records))
        };
        let (file, records) = opened.await.map_err(|source| StoreError::Open(folder.to_owned(), source))?;
        let (sender, inbox) = mpsc::unbounded_channel();
        let (told, progress) = watch::channel(Progress::UpTo(0));
        tokio::spawn(keep(file, inbox, told));
        let queue = Mutex::new(Queue { last: 0, sender: Some(sender) });
        Ok((Self { journal: Some(Journal { queue, progress }) }, records))
    }

    /// Hands over one change; its writes are stored together or not at all.
    pub(crate) fn submit(&self, writes: Vec<Write>) {
        let Some(journal) = self.journal.as_ref().filter(|_| !writes.is_empty()) else {
            return;
        };
        let mut queue = journal.queue();
        queue.last += 1;
        let number = queue.last;
        // A closed inbox means a broken or stopped writer: `settled` reports it.
        let _ = queue.sender.as_ref().map(|sender| sender.send((number, writes)));
    }

    /// Waits until everything submitted so far is on disk.
    pub(crate) async fn settled(&self) -> Result<(), NotDurable> {
        let Some(journal) = &self.journal else { return Ok(()) };
        let wanted = journal.queue().last;
        let mut progress = journal.progress.clone();
        let reached = progress
            .wait_for(|progress| match progress {
                Progress::UpTo(done) => *done >= wanted,
                Progress::Broken => true,
            })
            .await
            .map_err(|_| NotDurable)?;
        if *reached == Progress::Broken { Err(NotDurable) } else { Ok(()) }
    }

    /// Writes what is left and closes the file.
    pub(crate) async fn close(&self) {
        let Some(journal) = &self.journal else { return };
        journal.queue().sender = None;
        let mut progress = journal.progress.clone();
        while progress.changed().await.is_ok() {}
    }
}

impl Journal {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn connect(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let mut connection = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        // Two sandboxes over one memory would each believe a different truth.
        .locking_mode(SqliteLockingMode::Exclusive)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(LONGEST_HANDOVER)
        .disable_statement_logging()
        .connect()
        .await?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, \
         PRIMARY KEY (kind, key)) WITHOUT ROWID",
    )
    .execute(&mut connection)
    .await?;
    Ok(connection)
}

async fn read_all(file: &mut SqliteConnection) -> Result<Vec<Record>, sqlx::Error> {
    let rows = sqlx::query("SELECT kind, key, body FROM record ORDER BY kind, key").fetch_all(file).await?;
    rows.into_iter()
        .map(|row| Ok(Record { kind: row.try_get(0)?, key: row.try_get(1)?, body: row.try_get(2)? }))
        .collect()
}

/// The one writer: takes what has gathered, commits it, tells how far it got.
async fn keep(mut file: SqliteConnection, mut inbox: mpsc::UnboundedReceiver<Batch>, told: watch::Sender<Progress>) {
    let mut gathered = Vec::new();
    while inbox.recv_many(&mut gathered, LARGEST_BATCH).await > 0 {
        let Some(last) = gathered.last().map(|(number, _)| *number) else {
            continue;
        };
        let writes = gathered.drain(..).flat_map(|(_, writes)| writes).collect();
        if let Err(error) = commit(&mut file, writes).await {
            tracing::error!(%error, "the sandbox cannot write its memory any more");
            told.send_replace(Progress::Broken);
            return;
        }
        told.send_replace(Progress::UpTo(last));
    }
    if let Err(error) = file.close().await {
        tracing::warn!(%error, "the sandbox's memory did not close cleanly");
    }
}

async fn commit(file: &mut SqliteConnection, writes: Vec<Write>) -> Result<(), sqlx::Error> {
    let mut transaction = file.begin().await?;
    for write in writes {
        let query = match write {
            Write::Put { kind, key, body } => {
                sqlx::query("INSERT OR REPLACE INTO record (kind, key, body) VALUES (?, ?, ?)")
                    .bind(kind)
                    .bind(key)
                    .bind(body)
            }
            Write::Delete { kind, key } => {
                sqlx::query("DELETE FROM record WHERE kind = ? AND key = ?").bind(kind).bind(key)
            }
            Write::Clear => sqlx::query("DELETE FROM record"),
        };
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_settled_is_there_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let (store, records) = Store::open(Some(folder.path())).await.unwrap();
        assert!(records.is_empty());
        store.submit(vec![Write::put("a", "1", &"one"), Write::put("a", "2", &"two")]);
        store.submit(vec![Write::Delete { kind: "a", key: "1".to_owned() }]);
        store.settled().await.unwrap();
        store.close().await;

        let (_store, records) = Store::open(Some(folder.path())).await.unwrap();
        let bodies: Vec<_> = records.iter().map(|record| record.body.as_str()).collect();
        assert_eq!(bodies, ["\"two\""]);
    }

    #[tokio::test]
    async fn a_memory_without_a_folder_is_settled_at_once() {
        let (store, _) = Store::open(None).await.unwrap();
        store.submit(vec![Write::Clear]);
        assert_eq!(store.settled().await, Ok(()));
    }
}
