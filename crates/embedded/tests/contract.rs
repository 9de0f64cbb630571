//! The port's suite on a file, and what only a file can get wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ef_contract::sessions::{Family, GRACE, LIFETIME, start};
use ef_domain::account::{Rotation, SessionStore};
use ef_domain::shared::FailureKind;
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
