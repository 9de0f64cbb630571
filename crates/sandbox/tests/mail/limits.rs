use serde_json::json;

use crate::support::{Talker, control, get_json, note, start};

#[tokio::test]
async fn an_unverified_sender_fails_at_the_end_of_the_message() {
    let sandbox = start().await;
    control(&sandbox, "/mail/control/account", json!({"verified": ["shop.example"]})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let refusal = talker.mail("no@where.example", &["a@b.example"], "From: no@where.example\r\n\r\nx").await;
    assert_eq!(
        refusal,
        "554 Message rejected: Email address is not verified. The following identities failed the check in region \
         AP-NORTHEAST-2: no@where.example"
    );
    let header_only = talker.mail("ok@shop.example", &["a@b.example"], "From: no@where.example\r\n\r\nx").await;
    assert!(header_only.ends_with(": no@where.example"), "{header_only}");
    assert!(talker.note("a@b.example", "fine").await.starts_with("250"));
}

#[tokio::test]
async fn a_new_account_writes_to_verified_people_and_the_simulator_only() {
    let sandbox = start().await;
    let account = json!({"verified": ["shop.example", "me@b.example"], "sandboxed": true});
    control(&sandbox, "/mail/control/account", account).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    assert!(talker.note("you@b.example", "x").await.ends_with("AP-NORTHEAST-2: you@b.example"));
    assert!(talker.note("me@b.example", "x").await.starts_with("250"));
    assert!(talker.note("success@simulator.amazonses.com", "x").await.starts_with("250"));
}

#[tokio::test]
async fn an_unknown_configuration_set_is_refused() {
    let sandbox = start().await;
    control(&sandbox, "/mail/control/account", json!({"configuration_sets": ["main"]})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let message = format!("X-SES-CONFIGURATION-SET: nope\r\n{}", note("x"));
    let refusal = talker.mail("no-reply@shop.example", &["a@b.example"], &message).await;
    assert_eq!(refusal, "554 Configuration Set does not exist: Configuration set <nope> does not exist.");
}

#[tokio::test]
async fn the_rate_and_the_daily_quota_count_recipients_on_the_sandbox_s_clock() {
    let sandbox = start().await;
    control(&sandbox, "/mail/control/account", json!({"rate_per_second": 1})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    assert!(talker.note("a@b.example", "x").await.starts_with("250"));
    assert_eq!(talker.note("a@b.example", "x").await, "454 Throttling failure: Maximum sending rate exceeded");
    control(&sandbox, "/clock", json!({"advance_s": 2})).await;
    assert!(talker.note("a@b.example", "x").await.starts_with("250"));

    control(&sandbox, "/mail/control/account", json!({"daily_quota": 3})).await;
    let two = ["a@b.example", "c@d.example"];
    let refusal = talker.mail("no-reply@shop.example", &two, &note("x")).await;
    assert_eq!(refusal, "454 Throttling failure: Daily message quota exceeded");
    assert!(talker.note("success@simulator.amazonses.com", "x").await.starts_with("250"), "the simulator is free");
    assert!(talker.note("a@b.example", "x").await.starts_with("250"));
    control(&sandbox, "/clock", json!({"advance_s": 86_400})).await;
    assert!(talker.mail("no-reply@shop.example", &two, &note("x")).await.starts_with("250"));
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_when_announced_and_when_sent() {
    let sandbox = start().await;
    control(&sandbox, "/mail/control/account", json!({"max_message_bytes": 100_000})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    assert_eq!(talker.say("MAIL FROM:<a@shop.example> SIZE=100001").await, "552 Message is too long.");
    let long = format!("{}\r\n{}", note("long"), "x".repeat(200_000));
    assert_eq!(talker.mail("a@shop.example", &["a@b.example"], &long).await, "552 Message is too long.");
    assert!(talker.note("a@b.example", "short").await.starts_with("250"), "the conversation goes on");
    assert_eq!(get_json(&sandbox, "/mail/messages").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn fifty_recipients_are_the_most_and_no_header_stands_twice() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let many: Vec<String> = (0..51).map(|number| format!("a{number}@b.example")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let refusal = talker.mail("no-reply@shop.example", &many, &note("x")).await;
    assert_eq!(refusal, "554 Transaction failed: Recipient count exceeds 50.");
    let twice = format!("Subject: first\r\n{}", note("second"));
    let refusal = talker.mail("no-reply@shop.example", &many[..50], &twice).await;
    assert!(refusal.starts_with("554 Transaction failed"), "{refusal}");
}
