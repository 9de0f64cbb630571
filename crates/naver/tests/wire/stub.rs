//! A Naver of a few lines that says whatever a test wants.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{CLIENT, now};

/// The sandbox's key, which is nobody's secret; making one takes an unoptimised build many seconds.
const KEY: &[u8] = include_bytes!("../../../sandbox/src/keys/sandbox-only.rsa.pk8");

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub head: String,
    pub body: String,
}

/// What to do with a request.
pub enum Reply {
    /// Send this and hang up.
    Text(u16, String),
    /// Hang up.
    HangUp,
    /// Say nothing and keep the line open.
    Silence,
    /// Begin an answer and never finish it.
    Endless,
}

impl Reply {
    pub fn json(body: &Value) -> Self {
        Self::Text(200, body.to_string())
    }
}

/// The server. It lives as long as its test.
pub struct Stub {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    /// A Naver that answers what `answer` has an opinion of, and everything else as it should; its identity tokens are
    /// what `token` makes of the issuer.
    pub async fn start(
        token: impl Fn(&str) -> String + Send + Sync + 'static,
        answer: impl Fn(&Seen, usize) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, issuer) = (Arc::new(Mutex::new(Vec::<Seen>::new())), url.clone());
        let log = Arc::clone(&seen);
        let reply = Arc::new(move |request: &Seen, before: usize| {
            answer(request, before).unwrap_or_else(|| ordinary(request, &issuer, &token))
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, reply) = (Arc::clone(&log), Arc::clone(&reply));
                tokio::spawn(async move { serve(stream, &log, &*reply).await });
            }
        });
        Self { url, seen }
    }

    /// What was asked of that path so far.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.path == path).cloned().collect()
    }
}

fn ordinary(request: &Seen, issuer: &str, token: &impl Fn(&str) -> String) -> Reply {
    match request.path.as_str() {
        "/.well-known/openid-configuration" => Reply::json(&json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
            "token_endpoint": format!("{issuer}/oauth2/token"),
            "jwks_uri": format!("{issuer}/oauth2/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        })),
        "/oauth2/jwks" => Reply::json(&key_set("stub-1")),
        "/oauth2/token" | "/oauth2.0/token" => Reply::json(&json!({
            "access_token": "AAAA+/=", "token_type": "bearer", "expires_in": "3600", "id_token": token(issuer),
        })),
        "/v1/nid/me" => {
            Reply::json(&json!({"resultcode": "00", "message": "success", "response": {"id": "stub-person"}}))
        }
        _ => Reply::Text(404, String::new()),
    }
}

fn pair() -> KeyPair {
    KeyPair::from_pkcs8(KEY).unwrap()
}

/// The public key under that name.
pub fn key_set(kid: &str) -> Value {
    let half: PublicKeyComponents<Vec<u8>> = pair().public().into();
    let text = |bytes: Vec<u8>| URL_SAFE_NO_PAD.encode(bytes);
    json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": text(half.n), "e": text(half.e)}]})
}

/// The claims of a token of now, for us.
pub fn claims(issuer: &str) -> Value {
    let seconds = now().millis() / 1000;
    json!({"iss": issuer, "sub": "somebody", "aud": CLIENT, "iat": seconds, "exp": seconds + 3600})
}

/// The claims with some of them replaced.
pub fn claims_with(issuer: &str, other: &Value) -> Value {
    let mut claims = claims(issuer);
    claims.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    claims
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// A token, signed as it says.
pub fn signed(kid: &str, claims: &Value) -> String {
    let text = unsigned(&json!({"alg": "RS256", "typ": "JWT", "kid": kid}), claims);
    let pair = pair();
    let mut signature = vec![0; pair.public().modulus_len()];
    let dice = ring::rand::SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &dice, text.as_bytes(), &mut signature).unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A token that says that it is not signed.
pub fn bare(claims: &Value) -> String {
    format!("{}.", unsigned(&json!({"alg": "none"}), claims))
}

/// A token signed with a secret that both sides know.
pub fn signed_with_secret(secret: &str, claims: &Value) -> String {
    let text = unsigned(&json!({"alg": "HS256", "typ": "JWT"}), claims);
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, text.as_bytes())))
}

async fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, reply: &(impl Fn(&Seen, usize) -> Reply + Send + Sync)) {
    let Some(request) = read(&mut stream).await else { return };
    let before = {
        let mut log = log.lock().unwrap();
        let before = log.iter().filter(|seen| seen.path == request.path).count();
        log.push(request.clone());
        before
    };
    match reply(&request, before) {
        Reply::Text(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json;charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all(format!("{head}{body}").as_bytes()).await);
        }
        Reply::HangUp => {}
        Reply::Silence => tokio::time::sleep(Duration::from_mins(1)).await,
        Reply::Endless => {
            let head = stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 100000000000\r\n\r\n").await;
            let mut open = head.is_ok();
            while open {
                open = stream.write_all(&[b' '; 8_192]).await.is_ok();
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(chunk.get(..count)?);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head_lower = head.to_lowercase();
        let length = head_lower.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            let path = head.split(' ').nth(1)?.to_owned();
            return Some(Seen { path, head: head.to_owned(), body: body.to_owned() });
        }
    }
}
