//! `OpenID Connect`: discovery, keys and identity tokens.

use actix_web::{HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Naver;
use super::state::ACCESS_LIFE;
use crate::clock::Moment;
use crate::keys;

/// The key's name in the key set and in the tokens' headers.
const KEY_ID: &str = "sandbox-only-1";

/// Who the identity tokens are from: `{sandbox}/naver`.
#[derive(Debug, Clone)]
pub(crate) struct Issuer(pub(crate) String);

/// Routes below `/naver`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/.well-known/openid-configuration", web::get().to(discovery))
        .route("/oauth2/jwks", web::get().to(key_set));
}

async fn discovery(naver: web::Data<Naver>) -> HttpResponse {
    let Issuer(issuer) = naver.issuer();
    HttpResponse::Ok().json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "jwks_uri": format!("{issuer}/oauth2/jwks"),
        "userinfo_endpoint": format!("{issuer}/v1/nid/me"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "scopes_supported": ["openid", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "none"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn key_set() -> HttpResponse {
    match keys::public_half() {
        Some(half) => HttpResponse::Ok().json(json!({"keys": [{
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": half.modulus, "e": half.exponent,
        }]})),
        None => HttpResponse::InternalServerError().finish(),
    }
}

/// A signed statement of who logged in, with no more claims than Naver makes.
pub(crate) fn identity_token(
    issuer: &Issuer,
    client_id: &str,
    subject: &str,
    nonce: Option<&str>,
    now: Moment,
) -> Option<String> {
    let mut claims = json!({
        "iss": issuer.0,
        "sub": subject,
        "aud": client_id,
        "iat": now.timestamp(),
        "exp": (now + ACCESS_LIFE).timestamp(),
    });
    if let (Some(nonce), Some(map)) = (nonce, claims.as_object_mut()) {
        map.insert("nonce".to_owned(), json!(nonce));
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT", "kid": KEY_ID})), part(&claims));
    let signature = keys::sign_sha256(signed.as_bytes())?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
