//! A relay that misbehaves for a moment.

use std::time::Duration;

use ef_domain::notice::Mailer;
use ef_ses::{Patience, SesConfig, SesMailer};
use serde_json::json;

use super::support::{PATIENT, Partner, class, mail};

#[tokio::test]
async fn each_fault_has_its_meaning_and_is_over_afterwards() {
    for (kind, expected, arrived) in [
        ("refuse_421", "later", 0),
        ("auth_454", "later", 0),
        ("refuse_451", "later", 0),
        ("refuse_454", "later", 0),
        ("refuse_554", "refused", 0),
        ("drop_after_data", "unknown", 1),
    ] {
        let partner = Partner::start().await;
        partner.breaks(kind).await;
        let mailer = partner.mailer();
        let outcome = mailer.send(&mail(1, "reader@home.kr")).await;
        assert_eq!(class(&outcome), expected, "{kind}: {outcome:?}");
        assert_eq!(partner.inbox().await.len(), arrived, "{kind}");
        assert_eq!(class(&mailer.send(&mail(2, "reader@home.kr")).await), "sent", "after {kind}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let partner = Partner::start().await;
    partner.pull("faults", json!({"kind": "delay", "times": 1, "delay_ms": 20_000})).await;
    let patience = Patience { content: Duration::from_millis(300), ..PATIENT };
    let mailer = SesMailer::try_new(SesConfig { patience, ..partner.config() }).unwrap();
    assert_eq!(class(&mailer.send(&mail(1, "reader@home.kr")).await), "unknown");
    assert_eq!(partner.inbox().await.len(), 1, "it went out");
}

#[tokio::test]
async fn a_fault_on_a_kept_connection_hurts_one_mail() {
    let partner = Partner::start().await;
    let mailer = partner.mailer();
    assert_eq!(class(&mailer.send(&mail(1, "reader@home.kr")).await), "sent");
    partner.breaks("drop_after_data").await;
    assert_eq!(class(&mailer.send(&mail(2, "reader@home.kr")).await), "unknown", "never sent twice by itself");
    assert_eq!(class(&mailer.send(&mail(3, "reader@home.kr")).await), "sent");
    assert_eq!(partner.inbox().await.len(), 3);
}
