use crate::support::{Talker, get, get_json, mailer, send_letter, start};

#[tokio::test]
async fn a_real_mailer_that_trusts_the_published_certificate_delivers_a_korean_letter() {
    let sandbox = start().await;
    let pem = get(&sandbox, "/mail/certificate").await;
    assert_eq!(pem, sandbox.smtp_certificate_pem());
    let reply = send_letter(&mailer(&sandbox, &pem), "홍길동 <hong@b.example>").await;
    let mails = get_json(&sandbox, "/mail/messages").await;
    let mail = &mails[0];
    assert!(reply.ends_with(mail["id"].as_str().unwrap()), "{reply}");
    assert_eq!(
        (mail["from"].as_str(), mail["from_name"].as_str()),
        (Some("no-reply@shop.example"), Some("에너지팩토리"))
    );
    assert_eq!(mail["to"], serde_json::json!(["hong@b.example"]));
    assert_eq!(mail["subject"], "주문이 완료되었습니다");
    assert!(mail["text"].as_str().unwrap().contains("홍길동 님.") && mail["text"].as_str().unwrap().contains("ORD-1"));
    assert!(mail["html"].as_str().unwrap().contains("<b>홍길동</b>"));
    assert!(mail["received_at"].as_str().unwrap().ends_with("+09:00"));
}

#[tokio::test]
async fn base64_and_attachments_are_read_and_the_newest_comes_first() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let mixed = "From: a@shop.example\r\nSubject: =?UTF-8?B?7LKo67aA?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: base64\r\n\r\n7JWI64WV\r\n--x\r\nContent-Type: application/pdf\r\n\
        Content-Disposition: attachment; filename=\"bill.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n--x--";
    assert!(talker.mail("a@shop.example", &["one@b.example"], mixed).await.starts_with("250"));
    assert!(talker.note("two@b.example", "later").await.starts_with("250"));
    let mails = get_json(&sandbox, "/mail/messages").await;
    assert_eq!(mails[0]["subject"], "later");
    assert_eq!((&mails[1]["subject"], &mails[1]["text"]), (&"첨부".into(), &"안녕".into()));
    assert_eq!(mails[1]["attachments"][0]["name"], "bill.pdf");
    assert_eq!(mails[1]["attachments"][0]["bytes"], 4);
    assert_eq!(mails[1]["html"], serde_json::Value::Null);
    let filtered = get_json(&sandbox, "/mail/messages?to=ONE@b.example").await;
    assert_eq!(filtered.as_array().unwrap().len(), 1);
    let latest = get_json(&sandbox, "/mail/messages?latest=1").await;
    assert_eq!(latest[0]["subject"], "later");
}

#[tokio::test]
async fn the_original_is_kept_and_the_delivered_one_has_the_relay_s_headers() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let message = "From: a@shop.example\r\nSubject: tagged\r\nX-SES-MESSAGE-TAGS: outbox_id=42\r\n\
        X-SES-CONFIGURATION-SET: main\r\nMessage-ID: <own@shop.example>\r\n\r\nhello";
    let reply = talker.mail("a@shop.example", &["a@b.example"], message).await;
    let id = reply.strip_prefix("250 Ok ").unwrap();
    assert_eq!(get(&sandbox, &format!("/mail/messages/{id}/raw")).await, format!("{message}\r\n"));
    let delivered = get(&sandbox, &format!("/mail/messages/{id}/delivered")).await;
    assert!(!delivered.contains("X-SES-") && !delivered.contains("own@shop.example"));
    assert!(delivered.contains(&format!("Message-ID: <{id}@ap-northeast-2.amazonses.com>")));
    let shown = get_json(&sandbox, &format!("/mail/messages/{id}")).await;
    assert_eq!(shown["configuration_set"], "main");
    assert_eq!(shown["tags"], serde_json::json!([["outbox_id", "42"]]));
}

#[tokio::test]
async fn the_inbox_is_a_page() {
    let sandbox = start().await;
    assert!(get(&sandbox, "/mail").await.contains("받은 메일"));
    assert_eq!(get_json(&sandbox, "/mail/messages").await, serde_json::json!([]));
}
