//! The port's suite on a file, and what only a file can get wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ef_contract::sessions::{Family, GRACE, LIFETIME, start};
use ef_domain::account::{Rotation, SessionStore};
use ef_domain::shared::{FailureKind, Timestamp};
use ef_embedded::EmbeddedSessionStore;
use tempfile::TempDir;
use tokio::time::timeout;

async fn store_in_its_folder() -> (EmbeddedSessionStore, TempDir) {
    let folder = folder();
    (open(folder.path()).await, folder)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

async fn open(folder: &Path) -> EmbeddedSessionStore {
    EmbeddedSessionStore::connect(&file(folder)).await.expect("the file opens")
}

fn file(folder: &Path) -> PathBuf {
    folder.join("sessions.db")
}

async fn rotate(store: &EmbeddedSessionStore, family: &Family, turn: usize) -> Rotation {
    family.present(store, turn, start()).await
}

ef_contract::session_store_tests!(store_in_its_folder().await);

#[tokio::test]
async fn sessions_survive_that_the_file_is_opened_again() {
    let (folder, family) = (folder(), Family::fresh());
    let store = open(folder.path()).await;
    store.begin(&family.record).await.unwrap();
    assert!(matches!(rotate(&store, &family, 0).await, Rotation::Rotated { .. }));
    drop(store);
    let store = open(folder.path()).await;
    assert!(matches!(rotate(&store, &family, 0).await, Rotation::WithinGrace { .. }));
    assert!(matches!(rotate(&store, &family, 1).await, Rotation::Rotated { .. }));
}

/// Of a process that was killed, the operating system keeps exactly the bytes it had written: a copy of the files at
/// that moment, with the store still open, is what the next process finds.
#[tokio::test]
async fn sessions_survive_a_killed_process() {
    let (before, after, family) = (folder(), folder(), Family::fresh());
    let store = open(before.path()).await;
    store.begin(&family.record).await.unwrap();
    assert!(matches!(rotate(&store, &family, 0).await, Rotation::Rotated { .. }));
    for name in ["sessions.db", "sessions.db-wal"] {
        std::fs::copy(before.path().join(name), after.path().join(name)).unwrap();
    }
    let survivor = open(after.path()).await;
    assert!(matches!(rotate(&survivor, &family, 1).await, Rotation::Rotated { .. }));
}

/// While a server replaces another, both have the file open.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_with_the_file_open_agree_on_who_rotated() {
    let folder = folder();
    let (one, other) = (open(folder.path()).await, open(folder.path()).await);
    for _ in 0..10 {
        let family = Family::fresh();
        one.begin(&family.record).await.unwrap();
        let answers = tokio::join!(rotate(&one, &family, 0), rotate(&other, &family, 0));
        let rotated = [&answers.0, &answers.1].into_iter().filter(|it| matches!(it, Rotation::Rotated { .. })).count();
        assert_eq!(rotated, 1, "{answers:?}");
    }
}

#[tokio::test]
async fn sessions_that_ran_out_leave_the_file_when_somebody_signs_in() {
    let (folder, old) = (folder(), Family::fresh());
    let store = open(folder.path()).await;
    store.begin(&old.record).await.unwrap();
    let mut new = Family::fresh();
    new.record.began_at = old.record.expires_at;
    new.record.expires_at = new.record.began_at.after(LIFETIME);
    store.begin(&new.record).await.unwrap();
    drop(store);
    let kept = sqlx::SqlitePool::connect(&format!("sqlite://{}", file(folder.path()).display())).await.unwrap();
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM session").fetch_all(&kept).await.unwrap();
    assert_eq!(ids, [new.record.id.as_str()]);
}

/// A file that the version before this one left behind.
async fn file_of_before(path: &Path, families: &[&Family]) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("the file takes it");
    let schema = "CREATE TABLE session (id TEXT NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL, epoch INTEGER NOT NULL, \
        current TEXT NOT NULL, spent TEXT, spent_at INTEGER, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID";
    sqlx::query(schema).execute(&pool).await.expect("the file takes it");
    for family in families {
        let record = &family.record;
        sqlx::query("INSERT INTO session (id, user_id, epoch, current, expires_at) VALUES (?, ?, ?, ?, ?)")
            .bind(record.id.as_str())
            .bind(record.user.get())
            .bind(record.epoch)
            .bind(record.current.as_str())
            .bind(record.expires_at.millis())
            .execute(&pool)
            .await
            .expect("the file takes it");
    }
    pool.close().await;
}

#[tokio::test]
async fn sessions_of_the_version_before_go_on_as_if_begun_long_ago() {
    let (folder, family) = (folder(), Family::fresh());
    let user = family.record.user;
    file_of_before(&file(folder.path()), &[&family]).await;
    let store = open(folder.path()).await;
    let long_ago = Timestamp::from_millis(0).unwrap();
    assert!(store.is_live(&family.record.id, start()).await.unwrap());
    assert_eq!(store.owner(&family.record.id).await.unwrap().unwrap().began_at, long_ago);
    assert!(matches!(rotate(&store, &family, 0).await, Rotation::Rotated { .. }));
    let new = Family::of(user);
    store.begin(&new.record).await.unwrap();
    drop(store);

    let listed = open(folder.path()).await.list(user, start()).await.unwrap();
    assert_eq!(listed.len(), 2);
    let old = listed.iter().find(|session| session.id == family.record.id).unwrap();
    assert_eq!((old.device.as_str(), old.began_at, old.used_at), ("", long_ago, start()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_can_bring_one_file_up_to_date() {
    let (folder, family) = (folder(), Family::fresh());
    file_of_before(&file(folder.path()), &[&family]).await;
    let (one, other) = tokio::join!(open(folder.path()), open(folder.path()));
    for store in [one, other] {
        assert!(store.is_live(&family.record.id, start()).await.unwrap());
    }
}

/// Every signed-in request looks; a slow disk under somebody's log-in must not hold it up.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_looks_waits_for_no_writer() {
    let (folder, family) = (folder(), Family::fresh());
    let store = open(folder.path()).await;
    store.begin(&family.record).await.unwrap();
    let blocker = sqlx::SqlitePool::connect(&format!("sqlite://{}", file(folder.path()).display())).await.unwrap();
    let writing = blocker.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let begun = timeout(Duration::from_millis(300), store.begin(&Family::fresh().record)).await;
    assert!(begun.is_err(), "writers wait");
    let look = async {
        assert!(store.is_live(&family.record.id, start()).await.unwrap());
        assert_eq!(store.list(family.record.user, start()).await.unwrap().len(), 1);
        assert!(store.owner(&family.record.id).await.unwrap().is_some());
    };
    timeout(Duration::from_secs(1), look).await.expect("readers do not");
    writing.rollback().await.unwrap();
}

/// A request that its client gave up leaves neither a lock nor half a rotation behind.
#[tokio::test]
async fn a_call_that_was_given_up_holds_nobody_up() {
    let (folder, family) = (folder(), Family::fresh());
    let store = open(folder.path()).await;
    store.begin(&family.record).await.unwrap();
    for patience in 0..100 {
        // Given up a little later each time: waiting for its turn, in the transaction, at its end.
        let _ = timeout(Duration::from_micros(patience * 10), family.present(&store, 0, start())).await;
    }
    let later = start().after(GRACE);
    let answer = family.present(&store, 0, later).await;
    assert!(matches!(answer, Rotation::Rotated { .. } | Rotation::WithinGrace { .. }), "{answer:?}");
}

#[tokio::test]
async fn a_file_that_is_something_else_is_corrupt() {
    let folder = folder();
    std::fs::write(file(folder.path()), "this is a shopping list, and a long one: ".repeat(100)).unwrap();
    let failure = EmbeddedSessionStore::connect(&file(folder.path())).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Corrupt, "{:?}", std::error::Error::source(&failure));
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_unreachable() {
    let folder = folder();
    let failure = EmbeddedSessionStore::connect(&folder.path().join("nowhere/sessions.db")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
}
