//! Identity tokens that are not what they should be.

use std::time::Duration;

use ef_domain::account::{PartnerLogIn, PartnerLogInError, Profile};
use serde_json::{Value, json};

use crate::stub::{Reply, Stub, bare, claims, claims_with, key_set, signed, signed_with_secret};
use crate::support::{CALLBACK, SECRET, Wanted, adapter, failure, refusal, secrets};

async fn arrives_with(token: impl Fn(&str) -> String + Send + Sync + 'static) -> Result<Profile, PartnerLogInError> {
    let stub = Stub::start(token, |_, _| None).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    let outcome = naver.arrive(&"code".into(), &secrets(), CALLBACK).await;
    if outcome.is_err() {
        assert!(stub.seen("/v1/nid/me").is_empty(), "nobody asks for a profile on the strength of a bad token");
    }
    outcome
}

async fn arrives_with_claims(other: Value) -> Result<Profile, PartnerLogInError> {
    arrives_with(move |issuer| signed("stub-1", &claims_with(issuer, &other))).await
}

#[tokio::test]
async fn a_good_token_is_good_with_and_without_our_nonce() {
    arrives_with_claims(json!({})).await.unwrap();
    arrives_with_claims(json!({"nonce": "nonce"})).await.unwrap();
}

#[tokio::test]
async fn the_nonce_of_another_log_in_is_refused() {
    refusal(arrives_with_claims(json!({"nonce": "another"})).await);
    refusal(arrives_with_claims(json!({"nonce": ""})).await);
}

#[tokio::test]
async fn a_token_of_another_issuer_for_another_client_or_of_another_time_is_refused() {
    refusal(arrives_with_claims(json!({"iss": "https://evil.example"})).await);
    refusal(arrives_with_claims(json!({"aud": "another-client"})).await);
    refusal(arrives_with_claims(json!({"aud": ["sandboxclient", "another-client"]})).await);
    refusal(arrives_with_claims(json!({"exp": 1_700_000_000})).await);
}

#[tokio::test]
async fn a_token_that_is_signed_by_nobody_or_with_the_wrong_key_is_refused() {
    refusal(arrives_with(|issuer| bare(&claims(issuer))).await);
    refusal(arrives_with(|issuer| signed_with_secret(SECRET, &claims(issuer))).await);
    let broken = |issuer: &str| {
        let token = signed("stub-1", &claims(issuer));
        let (text, signature) = token.rsplit_once('.').unwrap();
        format!("{text}.{}", signature.chars().rev().collect::<String>())
    };
    assert!(arrives_with(broken).await.is_err());
}

#[tokio::test]
async fn an_answer_without_a_token_that_can_be_read_is_a_failure() {
    failure(arrives_with(|_| "rubbish".to_owned()).await);
    failure(arrives_with(|_| String::new()).await);
}

#[tokio::test]
async fn a_clock_that_is_a_little_ahead_does_not_outdate_a_token() {
    let stub = Stub::start(|issuer| signed("stub-1", &claims(issuer)), |_, _| None).await;
    let (naver, clock) = adapter(&stub.url, &Wanted::default());
    clock.advance(Duration::from_secs(3630));
    naver.arrive(&"code".into(), &secrets(), CALLBACK).await.unwrap();
    clock.advance(Duration::from_mins(1));
    refusal(naver.arrive(&"code".into(), &secrets(), CALLBACK).await);
}

#[tokio::test]
async fn a_new_key_is_looked_for_once() {
    let rotated = |seen: &crate::stub::Seen, before: usize| match seen.path.as_str() {
        "/oauth2/jwks" if before > 0 => Some(Reply::json(&key_set("stub-2"))),
        _ => None,
    };
    let stub = Stub::start(|issuer| signed("stub-2", &claims(issuer)), rotated).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    naver.arrive(&"code".into(), &secrets(), CALLBACK).await.unwrap();
    naver.arrive(&"code".into(), &secrets(), CALLBACK).await.unwrap();
    assert_eq!(stub.seen("/oauth2/jwks").len(), 2);

    let stub = Stub::start(|issuer| signed("nobodys", &claims(issuer)), |_, _| None).await;
    let (naver, _) = adapter(&stub.url, &Wanted::default());
    refusal(naver.arrive(&"code".into(), &secrets(), CALLBACK).await);
    assert_eq!(stub.seen("/oauth2/jwks").len(), 2);
    assert_eq!(stub.seen("/oauth2/token").len(), 1);
}
