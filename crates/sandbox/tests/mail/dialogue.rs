use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ef_sandbox::{Sandbox, SandboxConfig, SmtpCredentials};
use serde_json::json;
use tokio::io::BufReader;
use tokio::net::TcpStream;

use crate::support::{Talker, Wire, control, encrypt, get_json, note, pair, plain, start};

#[tokio::test]
async fn before_tls_the_relay_offers_starttls_and_after_it_two_ways_to_log_in() {
    let sandbox = start().await;
    let mut talker = Talker::connect(&sandbox).await;
    let clear = talker.say("EHLO shop.example").await;
    assert_eq!(clear, "250-email-smtp.amazonaws.com|250-8BITMIME|250-SIZE 41943040|250-STARTTLS|250 Ok");
    let mut talker = Talker::encrypted(&sandbox).await;
    let offer = talker.say("EHLO shop.example").await;
    assert_eq!(offer, "250-email-smtp.amazonaws.com|250-8BITMIME|250-SIZE 41943040|250-AUTH PLAIN LOGIN|250 Ok");
}

#[tokio::test]
async fn nothing_is_possible_without_tls_and_nothing_is_sent_without_a_login() {
    let sandbox = start().await;
    let mut talker = Talker::connect(&sandbox).await;
    let wanted = "530 Must issue a STARTTLS command first";
    assert_eq!(talker.say(&format!("AUTH PLAIN {}", plain(&pair()))).await, wanted);
    assert_eq!(talker.say("MAIL FROM:<a@b.example>").await, wanted);
    let mut talker = Talker::encrypted(&sandbox).await;
    assert_eq!(talker.say("MAIL FROM:<a@b.example>").await, "530 Authentication required");
}

#[tokio::test]
async fn what_is_smuggled_in_behind_starttls_is_forgotten() {
    let sandbox = start().await;
    let stream = TcpStream::connect(sandbox.smtp_address()).await.unwrap();
    let boxed: Box<dyn Wire> = Box::new(stream);
    let mut wire = BufReader::new(boxed);
    {
        use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
        let mut line = String::new();
        wire.read_line(&mut line).await.unwrap();
        wire.write_all(b"STARTTLS\r\nMAIL FROM:<smuggler@evil.example>\r\n").await.unwrap();
        line.clear();
        wire.read_line(&mut line).await.unwrap();
        assert_eq!(line, "220 Ready to start TLS\r\n");
    }
    // The relay reads the smuggled line as a part of neither conversation.
    let _still_talks = encrypt(wire.into_inner(), &sandbox).await;
}

#[tokio::test]
async fn plain_and_login_work_in_each_of_their_forms() {
    let sandbox = start().await;
    let SmtpCredentials { user, password } = pair();
    let ok = "235 Authentication successful.";
    let mut talker = Talker::encrypted(&sandbox).await;
    assert_eq!(talker.say("AUTH PLAIN").await, "334 Ok");
    assert_eq!(talker.say(&plain(&pair())).await, ok);
    let mut talker = Talker::encrypted(&sandbox).await;
    assert_eq!(talker.say("AUTH LOGIN").await, "334 VXNlcm5hbWU6");
    assert_eq!(talker.say(&STANDARD.encode(&user)).await, "334 UGFzc3dvcmQ6");
    assert_eq!(talker.say(&STANDARD.encode(&password)).await, ok);
    let mut talker = Talker::encrypted(&sandbox).await;
    assert_eq!(talker.say("AUTH CRAM-MD5").await, "504 Unrecognized authentication type");
    assert!(talker.say("AUTH PLAIN *").await.starts_with("501"));
}

#[tokio::test]
async fn a_wrong_password_or_user_is_refused_and_configured_ones_are_taken() {
    let more = SmtpCredentials::new("shop", "secret");
    let config = SandboxConfig { smtp_credentials: vec![more.clone()], ..SandboxConfig::for_tests() };
    let sandbox = Sandbox::start(config).await.unwrap();
    for wrong in [SmtpCredentials::new(pair().user, "wrong"), SmtpCredentials::new("nobody", pair().password)] {
        let mut talker = Talker::encrypted(&sandbox).await;
        let refusal = talker.say(&format!("AUTH PLAIN {}", plain(&wrong))).await;
        assert_eq!(refusal, "535 Authentication Credentials Invalid");
        assert_eq!(talker.say("MAIL FROM:<a@b.example>").await, "530 Authentication required");
    }
    let mut talker = Talker::encrypted(&sandbox).await;
    assert_eq!(talker.say(&format!("AUTH PLAIN {}", plain(&more))).await, "235 Authentication successful.");
}

#[tokio::test]
async fn an_accepted_message_gets_an_id_of_the_partner_s_form() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let reply = talker.note("a@b.example", "one").await;
    let id = reply.strip_prefix("250 Ok ").unwrap();
    let groups: Vec<_> = id.split('-').collect();
    assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [16, 8, 4, 4, 4, 12, 6]);
    assert!(groups.iter().all(|group| group.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))));
    assert_eq!(get_json(&sandbox, "/mail/messages").await[0]["id"], json!(id));
    assert_eq!(talker.say("QUIT").await, "221 Bye");
    assert_eq!(talker.hear().await, "gone");
}

#[tokio::test]
async fn commands_out_of_order_and_bad_addresses_are_refused() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    assert!(talker.say("RCPT TO:<a@b.example>").await.starts_with("503"));
    assert!(talker.say("DATA").await.starts_with("503"));
    assert_eq!(talker.say("MAIL FROM:a@b.example").await, "501 Invalid MAIL FROM address provided");
    assert_eq!(talker.say("MAIL FROM:<홍@b.example>").await, "501 Invalid MAIL FROM address provided");
    assert_eq!(talker.say("MAIL FROM:<a@b.example> BODY=8BITMIME SIZE=100").await, "250 Ok");
    assert_eq!(talker.say("RCPT TO:nobody").await, "501 Invalid RCPT TO address provided");
    assert_eq!(talker.say("RCPT TO:<nobody>").await, "553 <nobody> Invalid email address");
    assert_eq!(talker.say("NOOP").await, "250 Ok");
    assert_eq!(talker.say("RSET").await, "250 Ok");
    assert!(talker.say("RCPT TO:<a@b.example>").await.starts_with("503"), "RSET forgets the sender");
    assert!(talker.say("WHAT").await.starts_with("500"));
}

#[tokio::test]
async fn commands_that_arrive_together_are_answered_one_by_one() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    talker.send("MAIL FROM:<no-reply@shop.example>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n").await;
    assert_eq!(talker.hear().await, "250 Ok");
    assert_eq!(talker.hear().await, "250 Ok");
    assert!(talker.hear().await.starts_with("354"));
    talker.send(&format!("{}\r\n.\r\nNOOP\r\n", note("together"))).await;
    assert!(talker.hear().await.starts_with("250 Ok 010c"));
    assert_eq!(talker.hear().await, "250 Ok");
}

#[tokio::test]
async fn doubled_dots_are_undone_and_a_bare_line_feed_ends_nothing() {
    let sandbox = start().await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let message = "From: a@shop.example\r\nSubject: dots\r\n\r\n..leading\r\nsmuggled\n.\nstill here\r\n...";
    assert!(talker.mail("a@shop.example", &["a@b.example"], message).await.starts_with("250 Ok "));
    let mails = get_json(&sandbox, "/mail/messages").await;
    assert_eq!(mails[0]["text"], ".leading\nsmuggled\n.\nstill here\n..\n");
}

#[tokio::test]
async fn a_silent_client_is_told_so_and_left() {
    let sandbox = start().await;
    control(&sandbox, "/mail/control/account", json!({"idle_ms": 100})).await;
    let mut talker = Talker::connect(&sandbox).await;
    assert_eq!(talker.hear().await, "451 4.4.2 Timeout waiting for data from client.");
    assert_eq!(talker.hear().await, "gone");
}

#[tokio::test]
async fn a_wrapped_relay_is_encrypted_from_the_first_byte() {
    let config = SandboxConfig { smtps_listen: Some("127.0.0.1:0".parse().unwrap()), ..SandboxConfig::for_tests() };
    let sandbox = Sandbox::start(config).await.unwrap();
    let stream = TcpStream::connect(sandbox.smtps_address().unwrap()).await.unwrap();
    let mut wire = BufReader::new(encrypt(Box::new(stream), &sandbox).await);
    let mut greeting = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut wire, &mut greeting).await.unwrap();
    assert!(greeting.starts_with("220 email-smtp.amazonaws.com ESMTP"), "{greeting}");
}
