//! What arrives.

use ef_domain::notice::Mailer;
use ef_sandbox::SandboxConfig;
use ef_ses::{Encryption, SesConfig, SesMailer, smtp_password};
use serde_json::json;

use super::support::{Partner, SENDER, mail};

#[tokio::test]
async fn a_mail_arrives_with_both_parts_and_its_headers() {
    let partner = Partner::start().await;
    let config = SesConfig { configuration_set: Some("main".to_owned()), ..partner.config() };
    let id = SesMailer::try_new(config).unwrap().send(&mail(42, "reader@home.kr")).await.unwrap();
    let inbox = partner.inbox().await;
    assert_eq!(inbox.len(), 1);
    let message = inbox.first().unwrap();
    assert_eq!(message["id"], id.as_str());
    assert_eq!(message["to"], json!(["reader@home.kr"]));
    assert!(message["from"].as_str().unwrap().contains(SENDER), "{message}");
    assert_eq!(message["subject"], "[에너지팩토리] 비밀번호 재설정 인증번호");
    assert!(message["text"].as_str().unwrap().lines().any(|line| line == "012345"), "{message}");
    assert!(message["html"].as_str().unwrap().contains(">012345</td>"), "{message}");
    let raw = partner.look(&format!("messages/{}/raw", id.as_str())).await;
    assert!(raw.contains("\r\nX-SES-MESSAGE-TAGS: outbox_id=42, letter=RESET_CODE\r\n"), "{raw}");
    assert!(raw.contains("\r\nX-SES-CONFIGURATION-SET: main\r\n"), "{raw}");
    assert!(raw.contains("\r\nAuto-Submitted: auto-generated\r\n"), "{raw}");
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998));
    let delivered = partner.look(&format!("messages/{}/delivered", id.as_str())).await;
    assert!(!delivered.contains("X-SES-"), "{delivered}");
}

#[tokio::test]
async fn the_partners_name_for_a_mail_is_what_it_reports_by() {
    let partner = Partner::start().await;
    let id = partner.sends("reader@home.kr").await.unwrap();
    let groups: Vec<usize> = id.as_str().split('-').map(str::len).collect();
    assert_eq!(groups, [16, 8, 4, 4, 4, 12, 6], "{id:?}");
}

#[tokio::test]
async fn a_connection_that_is_encrypted_from_its_first_byte_works_as_well() {
    let listen = Some(std::net::SocketAddr::from(([127, 0, 0, 1], 0)));
    let partner = Partner::start_with(SandboxConfig { smtps_listen: listen, ..SandboxConfig::for_tests() }).await;
    let config = SesConfig {
        port: partner.sandbox.smtps_address().unwrap().port(),
        encryption: Encryption::Wrapped,
        ..partner.config()
    };
    SesMailer::try_new(config).unwrap().send(&mail(1, "reader@home.kr")).await.unwrap();
    assert_eq!(partner.inbox().await.len(), 1);
}

#[tokio::test]
async fn a_password_derived_from_the_secret_key_is_accepted() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned().into();
    let password = "BFrwSu3BsGr8nvY2bDCyObUpnNCGFtmAY0j+5nSYn0ZQ";
    let credentials = vec![ef_sandbox::SmtpCredentials::new("AKIAEXAMPLE", password)];
    let partner =
        Partner::start_with(SandboxConfig { smtp_credentials: credentials, ..SandboxConfig::for_tests() }).await;
    let with = |region| SesConfig {
        username: "AKIAEXAMPLE".to_owned(),
        password: smtp_password(&secret, region),
        ..partner.config()
    };
    SesMailer::try_new(with("ap-northeast-2")).unwrap().send(&mail(1, "reader@home.kr")).await.unwrap();
    assert!(SesMailer::try_new(with("us-east-1")).unwrap().send(&mail(2, "reader@home.kr")).await.is_err());
}
