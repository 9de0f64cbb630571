//! The partner's refusals, each as the sandbox brings it about.

use ef_domain::notice::{Mailer, SendFailure};
use ef_ses::{SesConfig, SesMailer};
use serde_json::{Value, json};

use super::support::{Partner, class, mail};

/// What becomes of the second of two mails when the partner treats us like that.
async fn treated(account: Value, set: Option<&str>) -> Result<ef_domain::notice::MessageId, SendFailure> {
    let partner = Partner::start().await;
    partner.pull("account", account).await;
    let config = SesConfig { configuration_set: set.map(str::to_owned), ..partner.config() };
    let mailer = SesMailer::try_new(config).unwrap();
    let _ = mailer.send(&mail(1, "first@home.kr")).await;
    mailer.send(&mail(2, "reader@home.kr")).await
}

#[tokio::test]
async fn limits_make_a_mail_wait() {
    assert_eq!(class(&treated(json!({"daily_quota": 1}), None).await), "later");
    assert_eq!(class(&treated(json!({"rate_per_second": 1}), None).await), "later");
}

#[tokio::test]
async fn a_sender_that_is_not_verified_is_our_fault() {
    let outcome = treated(json!({"verified": ["elsewhere.kr"]}), None).await;
    let Err(SendFailure::Misconfigured(reason)) = outcome else { panic!("{outcome:?}") };
    assert!(reason.contains("not verified") && !reason.contains('@'), "{reason}");
}

#[tokio::test]
async fn a_recipient_whom_a_new_account_may_not_write_to_is_no_fault_of_others() {
    let outcome = treated(json!({"verified": ["energy-factory.kr"], "sandboxed": true}), None).await;
    assert_eq!(class(&outcome), "refused", "{outcome:?}");
}

#[tokio::test]
async fn a_configuration_set_that_does_not_exist_is_our_fault() {
    let account = json!({"configuration_sets": ["main"]});
    assert_eq!(class(&treated(account.clone(), Some("nope")).await), "misconfigured");
    assert_eq!(class(&treated(account, Some("main")).await), "sent");
}

#[tokio::test]
async fn a_message_that_is_too_long_stays_so() {
    assert_eq!(class(&treated(json!({"max_message_bytes": 500}), None).await), "refused");
}

#[tokio::test]
async fn a_wrong_password_is_our_fault_and_stays_out_of_the_reason() {
    let partner = Partner::start().await;
    let config = SesConfig { password: "wrong-password".to_owned().into(), ..partner.config() };
    let outcome = SesMailer::try_new(config).unwrap().send(&mail(1, "reader@home.kr")).await;
    let Err(SendFailure::Misconfigured(reason)) = outcome else { panic!("{outcome:?}") };
    assert!(reason.starts_with("535 ") && !reason.contains("wrong-password"), "{reason}");
    assert!(partner.inbox().await.is_empty());
}
