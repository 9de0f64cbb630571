//! Profiles that Naver does not give, or not as it should.

use ef_domain::account::PartnerLogIn;
use ef_domain::shared::FailureKind;
use serde_json::json;

use crate::stub::{Reply, Stub, claims, signed};
use crate::support::{CALLBACK, CLIENT, Partner, Wanted, adapter, failure, refusal, secrets};

async fn naver_whose_profile_is(reply: impl Fn(usize) -> Option<Reply> + Send + Sync + 'static) -> Stub {
    Stub::start(
        |issuer| signed("stub-1", &claims(issuer)),
        move |seen, before| if seen.path == "/v1/nid/me" { reply(before) } else { None },
    )
    .await
}

#[tokio::test]
async fn an_application_without_the_profile_api_learns_nothing() {
    let partner = Partner::start().await;
    partner.pull("/naver/control/apps", json!({"client_id": CLIENT, "profile_api": false})).await;
    assert!(refusal(partner.logs_in("sandbox_user=hong").await).contains("403"));
}

#[tokio::test]
async fn a_token_that_naver_does_not_take_back_is_a_refusal_and_asked_about_once() {
    let body = json!({"resultcode": "024", "message": "Authentication failed (인증 실패하였습니다.)"}).to_string();
    let stub = naver_whose_profile_is(move |_| Some(Reply::Text(401, body.clone()))).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    assert!(refusal(naver.arrive(&"code".into(), &secrets(), CALLBACK).await).contains("024"));
    assert_eq!(stub.seen("/v1/nid/me").len(), 1);
}

#[tokio::test]
async fn a_profile_without_an_id_is_nobody() {
    let stub =
        naver_whose_profile_is(|_| Some(Reply::json(&json!({"resultcode": "00", "response": {"email": "a@b.kr"}}))))
            .await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    assert_eq!(failure(naver.arrive(&"code".into(), &secrets(), CALLBACK).await).kind(), FailureKind::Corrupt);
}

#[tokio::test]
async fn a_profile_call_that_broke_off_is_repeated_once_and_the_exchange_never() {
    let stub = naver_whose_profile_is(|before| (before == 0).then_some(Reply::HangUp)).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    naver.arrive(&"code".into(), &secrets(), CALLBACK).await.unwrap();
    assert_eq!((stub.seen("/v1/nid/me").len(), stub.seen("/oauth2/token").len()), (2, 1));

    let stub = naver_whose_profile_is(|_| Some(Reply::Text(500, "{}".to_owned()))).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    assert_eq!(failure(naver.arrive(&"code".into(), &secrets(), CALLBACK).await).kind(), FailureKind::Unreachable);
    assert_eq!((stub.seen("/v1/nid/me").len(), stub.seen("/oauth2/token").len()), (2, 1));
}
