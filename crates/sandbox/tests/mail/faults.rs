use std::time::{Duration, Instant};

use ef_sandbox::Sandbox;
use serde_json::json;
use tokio::net::TcpStream;

use crate::support::{Talker, control, get_json, pair, plain, start};

async fn fault(sandbox: &Sandbox, kind: &str) {
    control(sandbox, "/mail/control/faults", json!({"kind": kind, "times": 1, "delay_ms": 300})).await;
}

async fn count(sandbox: &Sandbox) -> usize {
    get_json(sandbox, "/mail/messages").await.as_array().unwrap().len()
}

#[tokio::test]
async fn a_refused_message_is_not_in_the_inbox_and_the_next_one_is() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    for (kind, code) in [("refuse_454", "454 Throttling"), ("refuse_554", "554 "), ("refuse_451", "451 ")] {
        fault(&sandbox, kind).await;
        let refusal = talker.note("a@b.example", kind).await;
        assert!(refusal.starts_with(code), "{refusal}");
    }
    assert_eq!(count(&sandbox).await, 0);
    assert!(talker.note("a@b.example", "fine").await.starts_with("250"));
    assert_eq!(count(&sandbox).await, 1);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_dot_leaves_the_message_accepted() {
    let sandbox = start().await;
    fault(&sandbox, "drop_after_data").await;
    let mut talker = Talker::authenticated(&sandbox).await;
    assert_eq!(talker.note("a@b.example", "unknown").await, "gone");
    assert_eq!(get_json(&sandbox, "/mail/messages").await[0]["subject"], "unknown");
}

#[tokio::test]
async fn a_delay_withholds_the_last_reply() {
    let sandbox = start().await;
    fault(&sandbox, "delay").await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let asked = Instant::now();
    assert!(talker.note("a@b.example", "slow").await.starts_with("250"));
    assert!(asked.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn connections_can_be_turned_away_and_logins_can_fail_for_a_moment() {
    let sandbox = start().await;
    fault(&sandbox, "refuse_421").await;
    let stream = TcpStream::connect(sandbox.smtp_address()).await.unwrap();
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut tokio::io::BufReader::new(stream), &mut line).await.unwrap();
    assert_eq!(line, "421 Too many concurrent SMTP connections\r\n");
    fault(&sandbox, "auth_454").await;
    let mut talker = Talker::encrypted(&sandbox).await;
    let log_in = format!("AUTH PLAIN {}", plain(&pair()));
    assert_eq!(talker.say(&log_in).await, "454 Temporary authentication failure");
    assert_eq!(talker.say(&log_in).await, "235 Authentication successful.");
}
