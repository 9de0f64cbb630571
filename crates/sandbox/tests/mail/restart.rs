use std::time::{Duration, Instant};

use ef_sandbox::{Sandbox, SandboxConfig};
use serde_json::json;

use crate::support::{Talker, control, get_json, start};

#[tokio::test]
async fn messages_and_the_certificate_outlive_the_sandbox_and_a_reset_keeps_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let config = || SandboxConfig { data_dir: Some(folder.path().to_owned()), ..SandboxConfig::for_tests() };
    let sandbox = Sandbox::start(config()).await.unwrap();
    let pem = sandbox.smtp_certificate_pem().to_owned();
    let reply = Talker::authenticated(&sandbox).await.note("a@b.example", "kept").await;
    sandbox.stop().await;

    let sandbox = Sandbox::start(config()).await.unwrap();
    assert_eq!(sandbox.smtp_certificate_pem(), pem);
    let mails = get_json(&sandbox, "/mail/messages").await;
    assert_eq!(format!("250 Ok {}", mails[0]["id"].as_str().unwrap()), reply);
    control(&sandbox, "/reset", json!({})).await;
    assert_eq!(get_json(&sandbox, "/mail/messages").await, json!([]));
    sandbox.stop().await;

    let sandbox = Sandbox::start(config()).await.unwrap();
    assert_eq!(sandbox.smtp_certificate_pem(), pem);
    assert_eq!(get_json(&sandbox, "/mail/messages").await, json!([]));
}

#[tokio::test]
async fn an_empty_folder_costs_no_noticeable_time() {
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let config = SandboxConfig { data_dir: Some(folder.path().join("new")), ..SandboxConfig::for_tests() };
    let _sandbox = Sandbox::start(config).await.unwrap();
    // A start takes about 30 ms; the bound leaves room for a busy machine.
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

#[tokio::test]
async fn two_sandboxes_on_free_ports_do_not_fight_over_the_relay_s_usual_port() {
    let (one, two) = (start().await, start().await);
    assert_ne!(one.smtp_address(), two.smtp_address());
}
