use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App as Web, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ef_sandbox::Sandbox;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::support::{Talker, client, control, get, get_json, start};

struct Desk {
    arrived: mpsc::UnboundedSender<Value>,
    answers: Arc<Mutex<Vec<u16>>>,
}

/// A subscriber: confirms nothing by itself.
struct Subscriber {
    url: String,
    arrived: mpsc::UnboundedReceiver<Value>,
    answers: Arc<Mutex<Vec<u16>>>,
}

async fn receive(desk: web::Data<Desk>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let document: Value = serde_json::from_slice(&body).unwrap();
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("none");
    assert_eq!(header("content-type"), "text/plain; charset=UTF-8");
    assert_eq!(header("x-amz-sns-message-type"), document["Type"].as_str().unwrap());
    // The answer is chosen before the test hears of the arrival: what it orders then is for the next one.
    let status = desk.answers.lock().unwrap().pop().unwrap_or(200);
    desk.arrived.send(document).unwrap();
    HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap()).finish()
}

impl Subscriber {
    fn start() -> Self {
        let (sender, arrived) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(Vec::new()));
        let desk = web::Data::new(Desk { arrived: sender, answers: Arc::clone(&answers) });
        let server = HttpServer::new(move || Web::new().app_data(desk.clone()).route("/sns", web::post().to(receive)));
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/sns", server.addrs()[0]);
        tokio::spawn(server.run());
        Self { url, arrived, answers }
    }

    async fn next(&mut self) -> Value {
        tokio::time::timeout(Duration::from_secs(20), self.arrived.recv()).await.unwrap().unwrap()
    }

    async fn stays_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(300), self.arrived.recv()).await.is_err()
    }

    /// Subscribes and confirms; the plain-text message after it is taken off.
    async fn subscribe(&mut self, sandbox: &Sandbox, more: Value) {
        let mut settings = json!({"url": self.url, "signature_version": "2"});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        control(sandbox, "/mail/control/sns", settings).await;
        let asked = self.next().await;
        assert_eq!(asked["Type"], "SubscriptionConfirmation");
        let visit = client().get(asked["SubscribeURL"].as_str().unwrap()).send().await.unwrap();
        assert!(visit.text().await.unwrap().contains("<SubscriptionArn>"));
        let first = self.next().await;
        assert!(serde_json::from_str::<Value>(first["Message"].as_str().unwrap()).is_err(), "plain text comes first");
    }
}

/// The text that the signature covers.
fn signed_text(document: &Value) -> String {
    let names: &[&str] = if document["Type"] == "Notification" {
        &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    } else {
        &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    };
    names.iter().flat_map(|name| [*name, "\n", document[*name].as_str().unwrap(), "\n"]).collect()
}

async fn signature_fits(sandbox: &Sandbox, document: &Value) -> bool {
    let keys = get_json(sandbox, "/naver/oauth2/jwks").await;
    let part = |name: &str| {
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(keys["keys"][0][name].as_str().unwrap()).unwrap()
    };
    let public = RsaPublicKeyComponents { n: part("n"), e: part("e") };
    let algorithm = if document["SignatureVersion"] == "1" {
        &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
    } else {
        &RSA_PKCS1_2048_8192_SHA256
    };
    let signature = STANDARD.decode(document["Signature"].as_str().unwrap()).unwrap();
    public.verify(algorithm, signed_text(document).as_bytes(), &signature).is_ok()
}

fn event(document: &Value) -> Value {
    serde_json::from_str(document["Message"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_bounce_is_told_to_a_subscriber_who_confirmed_under_a_signature_that_fits() {
    let sandbox = start().await;
    let mut subscriber = Subscriber::start();
    subscriber.subscribe(&sandbox, json!({})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    let message = "From: no-reply@shop.example\r\nSubject: test\r\nX-SES-MESSAGE-TAGS: outbox_id=42\r\n\r\nhello";
    let reply = talker.mail("no-reply@shop.example", &["bounce+1@simulator.amazonses.com"], message).await;
    let sent = subscriber.next().await;
    let bounced = subscriber.next().await;
    assert!(signature_fits(&sandbox, &sent).await && signature_fits(&sandbox, &bounced).await);
    let mut events = [event(&sent), event(&bounced)];
    events.sort_by_key(|event| event["eventType"].to_string());
    assert_eq!((&events[0]["eventType"], &events[1]["eventType"]), (&json!("Bounce"), &json!("Send")));
    let bounce = &events[0]["bounce"];
    assert_eq!((&bounce["bounceType"], &bounce["bounceSubType"]), (&json!("Permanent"), &json!("General")));
    assert_eq!(bounce["bouncedRecipients"][0]["emailAddress"], "bounce+1@simulator.amazonses.com");
    let mail = &events[0]["mail"];
    assert_eq!(format!("250 Ok {}", mail["messageId"].as_str().unwrap()), reply);
    assert_eq!(mail["tags"]["outbox_id"], json!(["42"]));
    assert_eq!(mail["commonHeaders"]["subject"], "test");
}

#[tokio::test]
async fn nobody_hears_anything_before_confirming_and_a_wrong_token_confirms_nothing() {
    let sandbox = start().await;
    let mut subscriber = Subscriber::start();
    control(&sandbox, "/mail/control/sns", json!({"url": subscriber.url, "signature_version": "1"})).await;
    let asked = subscriber.next().await;
    assert!(signature_fits(&sandbox, &asked).await, "the old signature fits, too");
    let certificate = get(&sandbox, asked["SigningCertURL"].as_str().unwrap().strip_prefix(&sandbox.url()).unwrap());
    assert!(certificate.await.starts_with("-----BEGIN CERTIFICATE-----"));
    let wrong = format!("{}/mail/sns?Action=ConfirmSubscription&Token=wrong", sandbox.url());
    assert_eq!(client().get(wrong).send().await.unwrap().status(), 400);
    Talker::authenticated(&sandbox).await.note("complaint@simulator.amazonses.com", "x").await;
    assert!(subscriber.stays_quiet().await);
}

#[tokio::test]
async fn a_complaint_follows_a_delivery_and_a_bounced_address_is_suppressed() {
    let sandbox = start().await;
    let mut subscriber = Subscriber::start();
    subscriber.subscribe(&sandbox, json!({})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    talker.note("complaint@simulator.amazonses.com", "x").await;
    let mut names = Vec::new();
    for _ in 0..3 {
        names.push(event(&subscriber.next().await)["eventType"].as_str().unwrap().to_owned());
    }
    names.sort_unstable();
    assert_eq!(names, ["Complaint", "Delivery", "Send"]);

    talker.note("gone@b.example", "x").await;
    control(&sandbox, "/mail/control/events", json!({"to": "gone@b.example", "kind": "bounce"})).await;
    assert_eq!(get_json(&sandbox, "/mail/control/suppressed").await, json!(["gone@b.example"]));
    assert!(talker.note("gone@b.example", "again").await.starts_with("250"), "a suppressed address is accepted");
    let mut subtypes = Vec::new();
    for _ in 0..5 {
        subtypes.extend(event(&subscriber.next().await)["bounce"]["bounceSubType"].as_str().map(str::to_owned));
    }
    subtypes.sort_unstable();
    assert_eq!(subtypes, ["General", "OnAccountSuppressionList"]);
}

#[tokio::test]
async fn a_500_is_tried_again_and_a_400_is_not() {
    let sandbox = start().await;
    let mut subscriber = Subscriber::start();
    subscriber.subscribe(&sandbox, json!({"retry_scale": 0.001})).await;
    let mut talker = Talker::authenticated(&sandbox).await;
    talker.note("a@b.example", "x").await;
    let _both = (subscriber.next().await, subscriber.next().await);
    *subscriber.answers.lock().unwrap() = vec![200, 503];
    let late = |kind: &str| json!({"to": "a@b.example", "kind": kind});
    control(&sandbox, "/mail/control/events", late("delivery")).await;
    assert_eq!(subscriber.next().await["MessageId"], subscriber.next().await["MessageId"]);
    *subscriber.answers.lock().unwrap() = vec![400];
    control(&sandbox, "/mail/control/events", late("complaint")).await;
    subscriber.next().await;
    assert!(subscriber.stays_quiet().await);
}

#[tokio::test]
async fn notices_can_come_twice_be_forged_and_point_to_a_foreign_certificate() {
    let sandbox = start().await;
    let mut subscriber = Subscriber::start();
    subscriber.subscribe(&sandbox, json!({})).await;
    let foreign = "https://evil.example/SimpleNotificationService-1.pem";
    let settings =
        json!({"url": subscriber.url, "duplicate": true, "wrong_signature": true, "signing_cert_url": foreign});
    control(&sandbox, "/mail/control/sns", settings).await;
    Talker::authenticated(&sandbox).await.note("a@b.example", "x").await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let document = subscriber.next().await;
        assert_eq!(document["SigningCertURL"], foreign);
        assert!(!signature_fits(&sandbox, &document).await);
        ids.push(document["MessageId"].as_str().unwrap().to_owned());
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2);
}
