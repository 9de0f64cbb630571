//! Every fault that the sandbox can be ordered to have.

use std::time::Duration;

use ef_domain::account::PartnerLogIn;
use ef_domain::shared::FailureKind;
use ef_naver::Protocol;
use serde_json::json;

use crate::support::{CALLBACK, Partner, Wanted, failure, refusal};

const BOTH: [Protocol; 2] = [Protocol::OpenId, Protocol::Classic];

#[tokio::test]
async fn a_token_endpoint_in_trouble_is_a_failure_whatever_it_says() {
    for protocol in BOTH {
        let partner = Partner::with(&Wanted { protocol, ..Wanted::default() }).await;
        for (kind, expected) in [
            ("error_200", FailureKind::Unreachable),
            ("http_500", FailureKind::Unreachable),
            ("garbage", FailureKind::Corrupt),
            ("execute_then_drop", FailureKind::Unreachable),
        ] {
            partner.breaks("token", kind).await;
            assert_eq!(failure(partner.logs_in("sandbox_user=hong").await).kind(), expected, "{protocol:?} {kind}");
        }
        partner.logs_in("sandbox_user=hong").await.unwrap();
    }
}

#[tokio::test]
async fn an_exchange_that_takes_too_long_is_given_up_and_its_code_is_spent() {
    for protocol in BOTH {
        let partner = Partner::with(&Wanted { protocol, total: Duration::from_millis(700), ..Wanted::default() }).await;
        let (code, secrets) = partner.code("sandbox_user=hong").await;
        let delay = json!({"on": "token", "kind": "delay", "times": 1, "delay_ms": 3000});
        partner.pull("/naver/control/faults", delay).await;
        let outcome = partner.naver.arrive(&code, &secrets, CALLBACK).await;
        assert_eq!(failure(outcome).kind(), FailureKind::TimedOut, "{protocol:?}");
        refusal(partner.naver.arrive(&code, &secrets, CALLBACK).await);
    }
}

#[tokio::test]
async fn one_bad_moment_of_the_profile_is_bridged() {
    let partner = Partner::start().await;
    for kind in ["error_200", "http_500", "execute_then_drop"] {
        partner.breaks("profile", kind).await;
        partner.logs_in("sandbox_user=hong").await.unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
    partner.breaks("profile", "garbage").await;
    assert_eq!(failure(partner.logs_in("sandbox_user=hong").await).kind(), FailureKind::Corrupt);
}
