//! Connections: whom they go to, and what is said on them.

use std::net::SocketAddr;
use std::time::Duration;

use ef_domain::notice::{Mailer, SendFailure};
use ef_sandbox::SandboxConfig;
use ef_ses::{Authority, SesConfig, SesMailer};
use serde_json::json;

use super::stub::Stub;
use super::support::{Partner, class, mail, patience};

fn to_stub(partner: &Partner, stub: &Stub, span: Duration) -> SesMailer {
    SesMailer::try_new(SesConfig { port: stub.port, patience: patience(span), ..partner.config() }).unwrap()
}

#[tokio::test]
async fn nothing_secret_is_said_to_a_relay_that_offers_no_encryption() {
    let partner = Partner::start().await;
    let stub = Stub::start("220 relay ESMTP\r\n", "250-relay\r\n250-AUTH PLAIN LOGIN\r\n250 Ok\r\n").await;
    let outcome = to_stub(&partner, &stub, Duration::from_secs(5)).send(&mail(1, "reader@home.kr")).await;
    assert_eq!(class(&outcome), "misconfigured", "{outcome:?}");
    let said = stub.heard().join("\n");
    assert!(said.starts_with("EHLO energy-factory.kr"), "{said}");
    assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
}

#[tokio::test]
async fn a_relay_whose_certificate_nobody_vouches_for_gets_no_password() {
    let (partner, other) = (Partner::start().await, Partner::start().await);
    let foreign = Authority::Pem(other.sandbox.smtp_certificate_pem().to_owned());
    for authority in [foreign, Authority::Public] {
        let config = SesConfig { authority, ..partner.config() };
        let outcome = SesMailer::try_new(config).unwrap().send(&mail(1, "reader@home.kr")).await;
        assert_eq!(class(&outcome), "misconfigured", "{outcome:?}");
    }
    assert!(partner.inbox().await.is_empty());
}

#[tokio::test]
async fn a_relay_of_another_name_gets_no_password() {
    let everywhere = Some(SocketAddr::from(([0, 0, 0, 0], 0)));
    let partner = Partner::start_with(SandboxConfig { smtp_listen: everywhere, ..SandboxConfig::for_tests() }).await;
    // The certificate names 127.0.0.1 and localhost, and no other address of this machine.
    let config = SesConfig { host: "127.0.0.2".to_owned(), ..partner.config() };
    let outcome = SesMailer::try_new(config).unwrap().send(&mail(1, "reader@home.kr")).await;
    assert_eq!(class(&outcome), "misconfigured", "{outcome:?}");
    assert!(partner.inbox().await.is_empty());
}

#[tokio::test]
async fn a_stand_in_that_was_started_anew_is_known_again_by_the_second_mail() {
    let partner = Partner::start().await;
    let same_place = SandboxConfig {
        listen: partner.sandbox.address(),
        smtp_listen: Some(partner.sandbox.smtp_address()),
        ..SandboxConfig::default()
    };
    let authority = Authority::At(format!("{}/mail/certificate", partner.sandbox.url()));
    let mailer = SesMailer::try_new(SesConfig { authority, ..partner.config() }).unwrap();
    assert_eq!(class(&mailer.send(&mail(1, "reader@home.kr")).await), "sent");
    partner.sandbox.stop().await;
    assert_eq!(class(&mailer.send(&mail(2, "reader@home.kr")).await), "later");

    let anew = Partner::start_with(same_place).await;
    assert_eq!(class(&mailer.send(&mail(2, "reader@home.kr")).await), "misconfigured");
    assert_eq!(class(&mailer.send(&mail(2, "reader@home.kr")).await), "sent");
    assert_eq!(anew.inbox().await.len(), 1);
}

#[tokio::test]
async fn a_connection_is_used_again_and_one_that_was_closed_meanwhile_is_replaced() {
    let partner = Partner::start().await;
    partner.pull("account", json!({"idle_ms": 400})).await;
    let mailer = partner.mailer();
    assert_eq!(class(&mailer.send(&mail(1, "reader@home.kr")).await), "sent");
    // A relay that takes nobody new shows that the second mail needs nobody new.
    partner.breaks("refuse_421").await;
    assert_eq!(class(&mailer.send(&mail(2, "reader@home.kr")).await), "sent");
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(
        class(&mailer.send(&mail(3, "reader@home.kr")).await),
        "later",
        "the kept one is closed, a new one refused"
    );
    assert_eq!(class(&mailer.send(&mail(3, "reader@home.kr")).await), "sent");
    assert_eq!(partner.inbox().await.len(), 3);
}

#[tokio::test]
async fn a_relay_that_is_not_there_or_says_nothing_makes_mails_wait_and_nobody_else() {
    let partner = Partner::start().await;
    let gone = Stub::gone().await;
    let config = SesConfig { port: gone, ..partner.config() };
    assert_eq!(class(&SesMailer::try_new(config).unwrap().send(&mail(1, "reader@home.kr")).await), "later");
    let silent = Stub::start("", "").await;
    let began = std::time::Instant::now();
    let outcome = to_stub(&partner, &silent, Duration::from_millis(300)).send(&mail(1, "reader@home.kr")).await;
    assert!(matches!(outcome, Err(SendFailure::Later(_))), "{outcome:?}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_relay_that_refuses_us_at_the_door_is_our_fault() {
    let partner = Partner::start().await;
    let stub = Stub::start("554 go away\r\n", "").await;
    let outcome = to_stub(&partner, &stub, Duration::from_secs(5)).send(&mail(1, "reader@home.kr")).await;
    assert_eq!(class(&outcome), "misconfigured", "{outcome:?}");
}

#[tokio::test]
async fn many_mails_at_once_all_arrive() {
    let partner = Partner::start().await;
    let mailer = std::sync::Arc::new(partner.mailer());
    for round in 0..3 {
        let sending: Vec<_> = (0..8)
            .map(|number| {
                let mailer = std::sync::Arc::clone(&mailer);
                tokio::spawn(async move { mailer.send(&mail(number, &format!("reader{number}@home.kr"))).await })
            })
            .collect();
        for sent in sending {
            assert_eq!(class(&sent.await.unwrap()), "sent", "round {round}");
        }
    }
    assert_eq!(partner.inbox().await.len(), 24);
}
