//! A Naver that is down, slow, or not itself.

use std::sync::Arc;
use std::time::Duration;

use ef_domain::account::PartnerLogIn;
use ef_domain::shared::FailureKind;
use ef_naver::Protocol;
use serde_json::json;
use tokio::time::Instant;

use crate::stub::{Reply, Seen, Stub, claims, signed};
use crate::support::{CALLBACK, Wanted, adapter, failure, secrets};

const DISCOVERY: &str = "/.well-known/openid-configuration";

async fn naver(answer: impl Fn(&Seen, usize) -> Option<Reply> + Send + Sync + 'static) -> Stub {
    Stub::start(|issuer| signed("stub-1", &claims(issuer)), answer).await
}

#[tokio::test]
async fn a_shop_starts_while_naver_is_down_and_finds_it_when_it_is_back() {
    let stub = naver(|seen, before| (seen.path == DISCOVERY && before == 0).then_some(Reply::HangUp)).await;
    let (naver, clock) = adapter(&stub.url, &Wanted::default());
    assert_eq!(naver.depart(CALLBACK).await.unwrap_err().kind(), FailureKind::Unreachable);
    // For a moment nobody asks again, however many want to log in.
    assert!(naver.depart(CALLBACK).await.is_err());
    assert_eq!(stub.seen(DISCOVERY).len(), 1);
    clock.advance(Duration::from_secs(3));
    naver.depart(CALLBACK).await.unwrap();
}

#[tokio::test]
async fn what_discovery_told_is_kept_asked_for_again_and_kept_on_while_naver_is_down() {
    let stub =
        naver(|seen, before| (seen.path == DISCOVERY && before == 1).then_some(Reply::Text(503, "{}".into()))).await;
    let (naver, clock) = adapter(&stub.url, &Wanted::default());
    for _ in 0..3 {
        naver.depart(CALLBACK).await.unwrap();
    }
    assert_eq!(stub.seen(DISCOVERY).len(), 1);
    clock.advance(Duration::from_hours(2));
    naver.depart(CALLBACK).await.unwrap();
    assert_eq!(stub.seen(DISCOVERY).len(), 2);
    clock.advance(Duration::from_secs(3));
    naver.depart(CALLBACK).await.unwrap();
    naver.depart(CALLBACK).await.unwrap();
    assert_eq!(stub.seen(DISCOVERY).len(), 3);
}

#[tokio::test]
async fn while_naver_hangs_one_waits_for_it_and_everybody_else_goes_by_the_old_document() {
    let stub = naver(|seen, before| (seen.path == DISCOVERY && before > 0).then_some(Reply::Silence)).await;
    let wanted = Wanted { total: Duration::from_secs(3), ..Wanted::default() };
    let (naver, clock) = adapter(&stub.url, &wanted);
    let naver = Arc::new(naver);
    naver.depart(CALLBACK).await.unwrap();
    clock.advance(Duration::from_hours(1));
    let asking = tokio::spawn({
        let naver = Arc::clone(&naver);
        async move { naver.depart(CALLBACK).await }
    });
    while stub.seen(DISCOVERY).len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for _ in 0..20 {
        naver.depart(CALLBACK).await.unwrap();
    }
    assert!(!asking.is_finished(), "the others waited as long as the one who asked");
    asking.await.unwrap().unwrap();
    assert_eq!(stub.seen(DISCOVERY).len(), 2);
}

#[tokio::test]
async fn where_nothing_is_known_yet_all_wait_for_the_one_who_asks() {
    let stub = naver(|seen, _| (seen.path == DISCOVERY).then_some(Reply::Silence)).await;
    let (naver, _) = adapter(&stub.url, &Wanted { total: Duration::from_millis(500), ..Wanted::default() });
    let naver = Arc::new(naver);
    let depart = |_| {
        let naver = Arc::clone(&naver);
        tokio::spawn(async move { naver.depart(CALLBACK).await })
    };
    for outcome in (0..5).map(depart).collect::<Vec<_>>() {
        assert!(outcome.await.unwrap().is_err());
    }
    assert_eq!(stub.seen(DISCOVERY).len(), 1);
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer_is_not_believed() {
    let other = json!({
        "issuer": "https://evil.example", "authorization_endpoint": "https://evil.example/a",
        "token_endpoint": "https://evil.example/t", "jwks_uri": "https://evil.example/k",
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let stub = naver(move |seen, _| (seen.path == DISCOVERY).then(|| Reply::json(&other))).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    assert_eq!(naver.depart(CALLBACK).await.unwrap_err().kind(), FailureKind::Corrupt);
}

#[tokio::test]
async fn a_partner_that_says_nothing_or_does_not_stop_talking_is_left_in_time() {
    let silent = || Some(Reply::Silence);
    let endless = || Some(Reply::Endless);
    for (protocol, path) in [(Protocol::OpenId, "/oauth2/token"), (Protocol::Classic, "/oauth2.0/token")] {
        for reply in [silent, endless] {
            let stub = naver(move |seen, _| if seen.path == path { reply() } else { None }).await;
            let wanted = Wanted { protocol, total: Duration::from_millis(500), ..Wanted::default() };
            let (naver, _) = adapter(&stub.url, &wanted);
            let began = Instant::now();
            failure(naver.arrive(&"code".into(), &secrets(), CALLBACK).await);
            assert!(began.elapsed() < Duration::from_secs(5));
            assert_eq!(stub.seen(path).len(), 1, "a code is presented once");
        }
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let (naver, _) = adapter("http://127.0.0.1:1", &Wanted { protocol: Protocol::Classic, ..Wanted::default() });
    let outcome = naver.arrive(&"code".into(), &secrets(), CALLBACK).await;
    assert_eq!(failure(outcome).kind(), FailureKind::Unreachable);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_secret_in_hand() {
    let stub = naver(|seen, _| (seen.path == "/oauth2/token").then(|| Reply::Text(302, String::new()))).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    assert_eq!(failure(naver.arrive(&"code".into(), &secrets(), CALLBACK).await).kind(), FailureKind::Corrupt);
}

#[tokio::test]
async fn no_error_repeats_a_secret() {
    let token = json!({"access_token": 5, "token_type": "bearer", "id_token": "SECRET-TOKEN"});
    let stub = naver(move |seen, _| seen.path.ends_with("/token").then(|| Reply::json(&token))).await;
    for protocol in [Protocol::OpenId, Protocol::Classic] {
        let (naver, _) = adapter(&stub.url, &Wanted { protocol, ..Wanted::default() });
        let error = failure(naver.arrive(&"SECRET-CODE".into(), &secrets(), CALLBACK).await);
        let printed = format!("{error:?} {error}");
        assert!(!printed.contains("SECRET-") && !printed.contains("sandboxsecret"), "{printed}");
    }
}
