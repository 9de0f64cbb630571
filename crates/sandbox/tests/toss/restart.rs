use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ef_sandbox::SandboxConfig;
use serde_json::json;

use crate::support::{Merchant, Receiver, send, start_with};

/// The program itself, remembering in `folder`.
fn program(folder: &Path) -> (Child, Merchant) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ef-sandbox"))
        .args(["--data", folder.to_str().unwrap()])
        .env("EF__SANDBOX__LISTEN", "127.0.0.1:0")
        .env_remove("EF__SANDBOX__WEBHOOK_URL")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let console =
        lines.find_map(|line| line.unwrap().strip_prefix("console").map(|url| url.trim().to_owned())).unwrap();
    (child, Merchant::at(console.trim_end_matches('/').to_owned()))
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_killed_sandbox_keeps_what_it_answered_and_replays_it() {
    let folder = tempfile::tempdir().unwrap();
    let (child, merchant) = program(folder.path());
    let key = merchant.authenticated("order-000001", 1000).await;
    let first = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once")).await;
    merchant.advance(86_400).await;
    kill(child);

    let (child, merchant) = program(folder.path());
    let replayed = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once")).await;
    assert_eq!((first.status, first.text), (replayed.status, replayed.text));
    let cancelled = send(merchant.cancel(&key, &json!({"cancelReason": "x"}))).await.payment();
    assert!(cancelled["cancels"][0]["canceledAt"].as_str() > cancelled["approvedAt"].as_str(), "the clock stays ahead");
    kill(child);
}

#[tokio::test]
async fn a_kill_between_execution_and_answer_leaves_the_payment_done_and_the_key_free() {
    let folder = tempfile::tempdir().unwrap();
    let (child, merchant) = program(folder.path());
    let key = merchant.authenticated("order-000001", 1000).await;
    merchant.fault("confirm", "delay", 60_000).await;
    let lost = tokio::spawn(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once").send());
    while merchant.look_up(&key).await["status"] != "DONE" {
        tokio::task::yield_now().await;
    }
    kill(child);
    assert!(lost.await.unwrap().is_err());

    let (child, merchant) = program(folder.path());
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");
    let replayed = send(merchant.confirm(&key, "order-000001", 1000).header("idempotency-key", "once")).await;
    assert_eq!(replayed.payment()["status"], "DONE");
    kill(child);
}

#[tokio::test]
async fn a_stopped_sandbox_goes_on_where_it_was_and_still_delivers_what_it_owes() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SandboxConfig { data_dir: Some(folder.path().to_owned()), ..SandboxConfig::for_tests() };
    let mut receiver = Receiver::start();
    let (sandbox, merchant) = start_with(config()).await;
    merchant.control("/toss/control/webhooks", json!({"url": receiver.url})).await;
    receiver.answer(&[503]);
    let key = merchant.paid("order-000001", 1000).await;
    let first = receiver.next().await;
    assert!(receiver.stays_quiet().await);
    sandbox.stop().await;

    let (_sandbox, merchant) = start_with(config()).await;
    assert_eq!(merchant.look_up(&key).await["status"], "DONE");
    merchant.advance(61).await;
    assert_eq!(receiver.next().await.body, first.body);
    let second = send(merchant.confirm(&key, "order-000001", 1000)).await;
    assert_eq!(second.refusal().1, "ALREADY_PROCESSED_PAYMENT");
}

#[tokio::test]
async fn a_reset_is_remembered_too() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SandboxConfig { data_dir: Some(folder.path().to_owned()), ..SandboxConfig::for_tests() };
    let (sandbox, merchant) = start_with(config()).await;
    merchant.paid("order-000001", 1000).await;
    merchant.control("/reset", json!({})).await;
    let kept = merchant.paid("order-000002", 1000).await;
    sandbox.stop().await;

    let (_sandbox, merchant) = start_with(config()).await;
    let list = send(merchant.client.get(format!("{}/toss/control/payments", merchant.url))).await.json();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["paymentKey"], json!(kept));
}

#[tokio::test]
async fn two_sandboxes_cannot_share_one_memory() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SandboxConfig { data_dir: Some(folder.path().to_owned()), ..SandboxConfig::for_tests() };
    let (_sandbox, _merchant) = start_with(config()).await;
    assert!(ef_sandbox::Sandbox::start(config()).await.is_err());
}

#[tokio::test]
async fn an_empty_folder_is_opened_in_a_moment_and_the_same_port_can_be_taken_again() {
    let folder = tempfile::tempdir().unwrap();
    let config = SandboxConfig { data_dir: Some(folder.path().join("new")), ..SandboxConfig::for_tests() };
    let started = Instant::now();
    let (sandbox, _merchant) = start_with(config.clone()).await;
    // A start takes about 20 ms; the bound leaves room for a busy machine.
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    let listen = sandbox.address();
    sandbox.stop().await;
    let (sandbox, merchant) = start_with(SandboxConfig { listen, ..config }).await;
    assert_eq!(sandbox.address(), listen);
    merchant.paid("order-000001", 1000).await;
}
