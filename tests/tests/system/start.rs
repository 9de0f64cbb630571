//! From nothing to an open shop, and what keeps it closed.

use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;

use crate::binaries;
use crate::world::{DEMO_PASSWORD, QUIET, World, on_every_store};

on_every_store! { seeding_twice_changes_nothing }

/// The target of a debug build, the password's hash included.
const READY_WITHIN: Duration = Duration::from_secs(1);

#[tokio::test]
async fn an_empty_data_folder_is_ready_within_a_second() {
    binaries::server();
    let mut best = Duration::MAX;
    for _ in 0..3 {
        // Nothing else of this program runs meanwhile. The lock is given back to let this world have its share.
        drop(QUIET.write().await);
        let mut world = World::on_one_machine().await;
        best = best.min(world.open().await);
    }
    assert!(best < READY_WITHIN, "the best of three starts took {best:?}");
}

async fn seeding_twice_changes_nothing(mut world: World) {
    world.open().await;
    let tables = world.tables().await;
    let mut first = Vec::new();
    let names = ["product", "product_variant", "product_nutrients", "product_tags", "tags", "stock_ledger", "user"];
    for name in names {
        first.push(tables.number(&format!("SELECT COUNT(*) FROM `{name}`")).await);
    }
    assert!(first.iter().all(|rows| *rows > 0), "the first start fills the shelf: {first:?}");
    let sums = "SELECT CAST(SUM(stock * 31 + price + id) AS SIGNED) FROM product_variant";
    let shelf = tables.number(sums).await;
    world.kill_9_and_reopen().await;
    for (name, rows) in names.iter().zip(first) {
        assert_eq!(tables.number(&format!("SELECT COUNT(*) FROM `{name}`")).await, rows, "{name}");
    }
    assert_eq!(tables.number(sums).await, shelf);
    world.visitor().logs_in("shopper@energy-factory.kr", DEMO_PASSWORD).await.data();
}

/// Runs the server until it ends by itself: its exit code and what it complained about.
async fn refuses(variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let running = Command::new(binaries::server())
        .env_clear()
        .env("EF__DATA_DIR", folder.path())
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(20), running).await.expect("it should have ended").unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[tokio::test]
async fn production_without_its_secrets_stays_closed() {
    let (code, complaint) = refuses(&[("EF__PROFILE", "production")]).await;
    assert_eq!(code, Some(2), "{complaint}");
    assert!(complaint.contains("toss.secret_key"), "{complaint}");
}

#[tokio::test]
async fn every_mistake_of_a_configuration_is_reported_at_once() {
    let (code, complaint) = refuses(&[
        ("EF__PROFILE", "production"),
        ("EF__SANDBOX__ENABLED", "true"),
        ("EF__HTTP__LISTEN", "nowhere"),
        ("EF__ORDER__HOLD_SECONDS", "soon"),
        ("EF__KEYS__ACCESS", "short"),
        ("EF__HTTP__LISTENS", "127.0.0.1:1"),
    ])
    .await;
    assert_eq!(code, Some(2), "{complaint}");
    let keys =
        ["toss.secret_key", "sandbox.enabled", "http.listen", "order.hold_seconds", "keys.access", "http.listens"];
    for key in keys {
        assert!(complaint.contains(key), "{key} is not among:\n{complaint}");
    }
}
