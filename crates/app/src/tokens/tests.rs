use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;

const LIFETIME: Duration = Duration::from_mins(10);

fn keys(current: &str, previous: Option<&str>) -> Keys {
    let key = |text: &str| SigningKey::new(text.repeat(32).into_bytes());
    Keys {
        access: key(current),
        access_previous: previous.map(key),
        refresh: key("r"),
        vault: key("v"),
        vault_previous: None,
    }
}

fn tokens() -> AccessTokens {
    AccessTokens::new(&keys("a", None), LIFETIME)
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000).unwrap()
}

fn later(seconds: u64) -> Timestamp {
    now().after(Duration::from_secs(seconds))
}

fn whose() -> AccessClaims {
    AccessClaims {
        user: UserId::new(7),
        epoch: 3,
        session: SessionId::parse("0123456789abcdef0123456789abcdef").unwrap(),
        auth_time: Timestamp::from_millis(now().millis() - 60_000).unwrap(),
    }
}

fn good_claims() -> Value {
    let iat = now().to_utc().timestamp();
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "7", "token_type": TOKEN_TYPE, "epoch": 3,
        "sid": "0123456789abcdef0123456789abcdef", "auth_time": iat - 60,
        "iat": iat, "nbf": iat, "exp": iat + 600,
    })
}

/// A token with one claim replaced (or, by `null`, removed), signed with our own key.
fn forged(claim: &str, value: Value) -> String {
    let mut claims = good_claims();
    let fields = claims.as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(claim);
    } else {
        fields.insert(claim.to_owned(), value);
    }
    encode(&tokens().header, &claims, &tokens().signing).unwrap()
}

fn with_header(header: &Value, token: &str) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

#[test]
fn a_token_says_whose_it_is() {
    let token = tokens().issue(&whose(), now());
    assert_eq!(tokens().verify(&token, now()), Some(whose()));
    assert_eq!(
        tokens().verify(&encode(&tokens().header, &good_claims(), &tokens().signing).unwrap(), now()),
        Some(whose())
    );
}

#[test]
fn a_token_ends_with_its_lifetime_and_the_leeway() {
    let token = tokens().issue(&whose(), now());
    assert!(tokens().verify(&token, later(604)).is_some());
    assert!(tokens().verify(&token, later(605)).is_none());
}

#[test]
fn a_token_of_the_future_is_refused() {
    let token = tokens().issue(&whose(), later(6));
    assert!(tokens().verify(&token, now()).is_none());
    assert!(tokens().verify(&token, later(1)).is_some());
    let iat = now().to_utc().timestamp();
    assert!(tokens().verify(&forged("iat", json!(iat + 6)), now()).is_none());
    assert!(tokens().verify(&forged("nbf", json!(iat + 6)), now()).is_none());
}

#[test]
fn a_wrong_or_missing_claim_is_refused() {
    let wrong = [
        ("iss", json!("somebody-else")),
        ("aud", json!("another-api")),
        ("aud", json!(["another-api"])),
        ("token_type", json!("refresh")),
        ("sub", json!("seven")),
        ("exp", json!("tomorrow")),
        ("epoch", json!("3")),
        ("sid", json!("0123456789ABCDEF0123456789ABCDEF")),
        ("auth_time", json!(i64::MAX)),
    ];
    for (claim, value) in wrong {
        assert!(tokens().verify(&forged(claim, value.clone()), now()).is_none(), "{claim}: {value}");
        assert!(tokens().verify(&forged(claim, Value::Null), now()).is_none(), "no {claim}");
    }
}

#[test]
fn no_other_algorithm_is_accepted() {
    let kid = tokens().header.kid.unwrap();
    let token = tokens().issue(&whose(), now());
    for alg in ["none", "None", "HS384", "HS512", "RS256", "ES256", "EdDSA"] {
        let header = json!({ "alg": alg, "typ": "JWT", "kid": kid });
        assert!(tokens().verify(&with_header(&header, &token), now()).is_none(), "{alg}");
        let unsigned = with_header(&header, &token);
        let unsigned = unsigned.rsplit_once('.').unwrap().0;
        assert!(tokens().verify(&format!("{unsigned}."), now()).is_none(), "{alg}, unsigned");
    }
    // Truly signed with our key, but by another algorithm of the same family.
    let header = Header { kid: Some(kid), ..Header::new(Algorithm::HS512) };
    let confused = encode(&header, &good_claims(), &tokens().signing).unwrap();
    assert!(tokens().verify(&confused, now()).is_none());
}

#[test]
fn a_tampered_token_is_refused() {
    let token = tokens().issue(&whose(), now());
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let claims = URL_SAFE_NO_PAD.encode(claims.replace("\"7\"", "\"8\""));
    assert!(tokens().verify(&format!("{header}.{claims}.{signature}"), now()).is_none());
    for rubbish in ["", ".", "..", "a.b.c", &token[..token.len() - 2], &format!("{token}.x")] {
        assert!(tokens().verify(rubbish, now()).is_none(), "{rubbish}");
    }
}

#[test]
fn an_unknown_or_missing_key_id_is_refused() {
    let token = tokens().issue(&whose(), now());
    assert!(tokens().verify(&with_header(&json!({ "alg": "HS256", "typ": "JWT" }), &token), now()).is_none());
    let header = Header { kid: Some("0123456789abcdef".to_owned()), ..Header::new(Algorithm::HS256) };
    let stranger = encode(&header, &good_claims(), &tokens().signing).unwrap();
    assert!(tokens().verify(&stranger, now()).is_none());
}

#[test]
fn a_replaced_key_is_accepted_until_it_is_dropped() {
    let old = tokens().issue(&whose(), now());
    let during = AccessTokens::new(&keys("b", Some("a")), LIFETIME);
    let after = AccessTokens::new(&keys("b", None), LIFETIME);
    assert!(during.verify(&old, now()).is_some());
    assert!(after.verify(&old, now()).is_none());
    let new = during.issue(&whose(), now());
    assert!(after.verify(&new, now()).is_some());
    assert!(tokens().verify(&new, now()).is_none());
}
