//! Whole log-ins, in both protocols.

use std::collections::HashMap;

use ef_domain::account::{IdentityProvider, PartnerLogIn};
use reqwest::Url;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::stub::{Stub, claims, signed};
use crate::support::{CALLBACK, CLIENT, Partner, Wanted, adapter, refusal, secrets};

#[tokio::test]
async fn an_openid_log_in_tells_who_it_was() {
    let partner = Partner::start().await;
    let profile = partner.logs_in("sandbox_user=hong").await.unwrap();
    assert_eq!(profile.identity.provider, IdentityProvider::Naver);
    assert_eq!(profile.email.unwrap().as_str(), "hong@naver.com");
    assert_eq!(profile.name.as_deref(), Some("홍길동"));
    assert_eq!(profile.phone.unwrap().as_str(), "010-1234-5678");
}

#[tokio::test]
async fn both_protocols_know_somebody_by_one_id() {
    let openid = Partner::start().await;
    let classic = Partner::classic().await;
    let one = openid.logs_in("sandbox_user=kim").await.unwrap();
    let again = openid.logs_in("sandbox_user=kim").await.unwrap();
    let other = classic.logs_in("sandbox_user=kim").await.unwrap();
    assert_eq!(one, other);
    assert_eq!(one, again);
}

#[tokio::test]
async fn what_somebody_withholds_is_absent() {
    let partner = Partner::start().await;
    let profile = partner.logs_in("sandbox_user=hong&sandbox_items=nickname").await.unwrap();
    assert_eq!((profile.email, profile.name, profile.phone), (None, None, None));
    assert!(!profile.identity.subject.as_str().is_empty());
}

#[tokio::test]
async fn a_departure_asks_for_what_the_documents_name() {
    let query =
        |url: &str| -> HashMap<String, String> { Url::parse(url).unwrap().query_pairs().into_owned().collect() };
    let partner = Partner::start().await;
    let departure = partner.naver.depart(CALLBACK).await.unwrap();
    let asked = query(&departure.url);
    assert!(departure.url.contains("/naver/oauth2/authorize?"), "{}", departure.url);
    assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
    assert_eq!((asked["redirect_uri"].as_str(), asked["code_challenge_method"].as_str()), (CALLBACK, "S256"));
    assert_eq!(asked["scope"], "openid profile");
    assert_eq!(asked["state"], departure.secrets.state.expose_secret());
    assert_eq!(asked["nonce"], departure.secrets.nonce.expose_secret());
    assert!(!departure.url.contains(departure.secrets.verifier.expose_secret()));

    let partner = Partner::classic().await;
    let departure = partner.naver.depart(CALLBACK).await.unwrap();
    let asked = query(&departure.url);
    assert!(departure.url.contains("/naver/oauth2.0/authorize?"), "{}", departure.url);
    assert_eq!(asked.len(), 4);
    assert_eq!(asked["state"], departure.secrets.state.expose_secret());
}

#[tokio::test]
async fn no_two_departures_share_a_secret() {
    let partner = Partner::start().await;
    let naver = &partner.naver;
    let (one, two) = (naver.depart(CALLBACK).await.unwrap().secrets, naver.depart(CALLBACK).await.unwrap().secrets);
    let all = [one.state, one.nonce, one.verifier, two.state, two.nonce, two.verifier];
    let distinct: std::collections::HashSet<_> = all.iter().map(ExposeSecret::expose_secret).collect();
    assert_eq!(distinct.len(), 6);
    assert!(all.iter().all(|secret| secret.expose_secret().len() == 43));
}

#[tokio::test]
async fn somebody_who_refuses_comes_back_without_a_code() {
    for partner in [Partner::start().await, Partner::classic().await] {
        let departure = partner.naver.depart(CALLBACK).await.unwrap();
        let back = partner.visit(&departure, "sandbox_user=hong&sandbox_answer=refuse").await;
        assert_eq!(back["error"], "access_denied");
        assert!(!back.contains_key("code"));
    }
}

#[tokio::test]
async fn a_code_is_good_once() {
    for partner in [Partner::start().await, Partner::classic().await] {
        let (code, secrets) = partner.code("sandbox_user=hong").await;
        partner.naver.arrive(&code, &secrets, CALLBACK).await.unwrap();
        let why = refusal(partner.naver.arrive(&code, &secrets, CALLBACK).await);
        assert!(why.contains("no valid data in session"), "{why}");
    }
}

#[tokio::test]
async fn a_code_is_worth_nothing_to_another_log_in() {
    let partner = Partner::start().await;
    let (code, _) = partner.code("sandbox_user=hong").await;
    let (_, of_another) = partner.code("sandbox_user=kim").await;
    let why = refusal(partner.naver.arrive(&code, &of_another, CALLBACK).await);
    assert!(why.contains("code_verifier"), "{why}");
}

#[tokio::test]
async fn a_wrong_secret_is_a_refusal() {
    for protocol in [ef_naver::Protocol::OpenId, ef_naver::Protocol::Classic] {
        let partner = Partner::with(&Wanted { protocol, secret: "wrong", ..Wanted::default() }).await;
        let why = refusal(partner.logs_in("sandbox_user=hong").await);
        assert!(why.contains("wrong client id / client secret pair"), "{why}");
    }
}

#[tokio::test]
async fn a_nonce_that_is_not_repeated_is_no_reason_to_refuse() {
    let partner = Partner::start().await;
    partner.pull("/naver/control/apps", json!({"client_id": CLIENT, "id_token_nonce": false})).await;
    partner.logs_in("sandbox_user=hong").await.unwrap();
}

#[tokio::test]
async fn the_secret_travels_in_the_body_and_a_token_arrives_as_it_was_given() {
    let stub = Stub::start(|issuer| signed("stub-1", &claims(issuer)), |_, _| None).await;
    for protocol in [ef_naver::Protocol::OpenId, ef_naver::Protocol::Classic] {
        let (naver, _) = adapter(&stub.url, &Wanted { protocol, ..Wanted::default() });
        naver.arrive(&"a+b/c=".into(), &secrets(), CALLBACK).await.unwrap();
    }
    let exchanges = [stub.seen("/oauth2/token"), stub.seen("/oauth2.0/token")].concat();
    assert_eq!(exchanges.len(), 2);
    for exchange in &exchanges {
        assert!(exchange.head.starts_with("POST "), "{exchange:?}");
        assert!(!exchange.head.to_lowercase().contains("authorization:"), "{exchange:?}");
        assert!(exchange.body.contains("client_secret=sandboxsecret"), "{exchange:?}");
        assert!(exchange.body.contains("code=a%2Bb%2Fc%3D"), "{exchange:?}");
    }
    assert!(exchanges[0].body.contains(&format!("code_verifier={}", "v".repeat(43))));
    assert!(exchanges[1].body.contains("state=state"));
    for profile in stub.seen("/v1/nid/me") {
        assert!(profile.head.contains("Bearer AAAA+/="), "{profile:?}");
    }
}
