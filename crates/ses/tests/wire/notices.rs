//! Notices, as the sandbox's topic posts them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ef_domain::account::Email;
use ef_domain::notice::{Feedback, FeedbackReader, Notice, ReadNoticeError};
use ef_domain::shared::{ManualClock, Timestamp};
use ef_ses::{SnsConfig, SnsFeedbackReader, StandIn};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::support::Partner;

const TOPIC: &str = "arn:aws:sns:ap-northeast-2:123456789012:ses-events";

/// Somebody who takes what the topic posts and answers 200 to all of it.
struct Subscriber {
    url: String,
    got: Arc<Mutex<Vec<String>>>,
}

impl Subscriber {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notices", listener.local_addr().unwrap());
        let got = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&got);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = Arc::clone(&log);
                tokio::spawn(async move { take(stream, &log).await });
            }
        });
        Self { url, got }
    }

    /// The first document that fits, once it has come.
    async fn gets(&self, what: &str) -> String {
        let wait = async {
            loop {
                let found = self.got.lock().unwrap().iter().find(|text| text.contains(what)).cloned();
                if let Some(found) = found {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let found = tokio::time::timeout(Duration::from_secs(20), wait).await;
        found.unwrap_or_else(|_| panic!("{what} never came: {:?}", self.got.lock().unwrap()))
    }

    fn count(&self, what: &str) -> usize {
        self.got.lock().unwrap().iter().filter(|text| text.contains(what)).count()
    }
}

async fn take(mut stream: TcpStream, log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let Ok(read @ 1..) = stream.read(&mut chunk).await else { return };
        request.extend_from_slice(chunk.get(..read).unwrap());
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() < length.unwrap_or(usize::MAX) {
            continue;
        }
        log.lock().unwrap().push(body.to_owned());
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        return;
    }
}

/// The topic, a subscriber who has confirmed, and the reader under test.
struct World {
    partner: Partner,
    subscriber: Subscriber,
    reader: SnsFeedbackReader,
    clock: Arc<ManualClock>,
}

impl World {
    async fn with(settings: Value) -> Self {
        let (partner, subscriber) = (Partner::start().await, Subscriber::start().await);
        let mut settings = settings;
        settings["url"] = json!(subscriber.url);
        partner.pull("sns", settings).await;
        let confirmation = subscriber.gets("SubscriptionConfirmation").await;
        let clock = Arc::new(ManualClock::at(said_at(&confirmation)));
        let config = SnsConfig { topic_arns: vec![topic(&confirmation)], stand_in: Some(stand_in(&partner)) };
        let reader = SnsFeedbackReader::try_new(config, clock.clone()).unwrap();
        Self { partner, subscriber, reader, clock }
    }

    /// Confirms the subscription, whatever the reader thinks of it.
    async fn confirmed(self) -> Self {
        let confirmation = self.subscriber.gets("SubscriptionConfirmation").await;
        let wire: Value = serde_json::from_str(&confirmation).unwrap();
        let visit = wire["SubscribeURL"].as_str().unwrap().split("/mail/").nth(1).unwrap();
        self.partner.look(visit).await;
        self
    }

    /// The notice of a mail to that address that came back.
    async fn bounce(&self, to: &str) -> String {
        self.partner.sends(to).await.unwrap();
        self.subscriber.gets("bounceType").await
    }

    async fn read(&self, document: &str) -> Result<Notice, ReadNoticeError> {
        self.reader.read(document.as_bytes()).await
    }
}

fn stand_in(partner: &Partner) -> StandIn {
    StandIn { origin: partner.sandbox.url(), public_origin: partner.sandbox.public_url() }
}

fn wire(document: &str) -> Value {
    serde_json::from_str(document).unwrap()
}

fn topic(document: &str) -> String {
    wire(document)["TopicArn"].as_str().unwrap().to_owned()
}

fn said_at(document: &str) -> Timestamp {
    let text = wire(document)["Timestamp"].as_str().unwrap().to_owned();
    Timestamp::new(text.parse().unwrap())
}

fn forged(outcome: &Result<Notice, ReadNoticeError>) -> bool {
    matches!(outcome, Err(ReadNoticeError::Forged(_)))
}

#[tokio::test]
async fn a_subscription_is_confirmed_and_bounces_and_complaints_are_read() {
    for version in ["1", "2"] {
        let world = World::with(json!({"signature_version": version})).await;
        let confirmation = world.subscriber.gets("SubscriptionConfirmation").await;
        assert_eq!(world.read(&confirmation).await.unwrap().feedback, Feedback::Other);
        let first = world.subscriber.gets("Successfully validated").await;
        assert_eq!(world.read(&first).await.unwrap().feedback, Feedback::Other);

        let bounce = world.bounce("bounce@simulator.amazonses.com").await;
        let notice = world.read(&bounce).await.unwrap();
        assert_eq!(notice.id.as_str(), wire(&bounce)["MessageId"]);
        let recipients = vec![Email::parse("bounce@simulator.amazonses.com").unwrap()];
        assert_eq!(notice.feedback, Feedback::Bounced { recipients, permanent: true });

        world.partner.sends("complaint@simulator.amazonses.com").await.unwrap();
        let complaint = world.subscriber.gets("complainedRecipients").await;
        let recipients = vec![Email::parse("complaint@simulator.amazonses.com").unwrap()];
        assert_eq!(
            world.read(&complaint).await.unwrap().feedback,
            Feedback::Complained { recipients, unwelcome: true }
        );
    }
}

#[tokio::test]
async fn a_mailbox_that_is_full_for_now_bounces_for_now() {
    let world = World::with(json!({})).await.confirmed().await;
    world.partner.sends("reader@home.kr").await.unwrap();
    let event =
        json!({"to": "reader@home.kr", "kind": "bounce", "bounce_type": "Transient", "bounce_sub_type": "MailboxFull"});
    world.partner.pull("events", event).await;
    let bounce = world.subscriber.gets("MailboxFull").await;
    let recipients = vec![Email::parse("reader@home.kr").unwrap()];
    assert_eq!(world.read(&bounce).await.unwrap().feedback, Feedback::Bounced { recipients, permanent: false });
}

#[tokio::test]
async fn a_wrong_signature_is_not_believed() {
    for version in ["1", "2"] {
        let world = World::with(json!({"signature_version": version, "wrong_signature": true})).await.confirmed().await;
        let bounce = world.bounce("bounce@simulator.amazonses.com").await;
        assert!(forged(&world.read(&bounce).await));
        let confirmation = world.subscriber.gets("SubscriptionConfirmation").await;
        assert!(forged(&world.read(&confirmation).await));
    }
}

#[tokio::test]
async fn nothing_in_a_signed_notice_can_be_changed() {
    let world = World::with(json!({"signature_version": "2"})).await.confirmed().await;
    let good = world.bounce("bounce@simulator.amazonses.com").await;
    assert!(world.read(&good).await.is_ok());
    for (key, value) in [
        ("Message", json!("{}")),
        ("MessageId", json!("another-one")),
        ("Subject", json!("another subject")),
        ("Subject", Value::Null),
        ("Type", json!("UnsubscribeConfirmation")),
        ("SignatureVersion", json!("1")),
        ("SignatureVersion", json!("3")),
        ("Signature", json!("AAAA")),
    ] {
        let mut changed = wire(&good);
        changed[key] = value;
        assert!(forged(&world.read(&changed.to_string()).await), "{key}");
    }
}

#[tokio::test]
async fn a_certificate_from_anywhere_else_is_not_even_fetched() {
    let thief = Subscriber::start().await;
    let evil = format!("{}/SimpleNotificationService-1.pem", thief.url);
    let world = World::with(json!({"signing_cert_url": evil})).await.confirmed().await;
    let bounce = world.bounce("bounce@simulator.amazonses.com").await;
    assert!(forged(&world.read(&bounce).await));
    assert!(thief.got.lock().unwrap().is_empty());
    // With real mail, the stand-in is nobody.
    let config = SnsConfig { topic_arns: vec![topic(&bounce)], stand_in: None };
    let strict = SnsFeedbackReader::try_new(config, world.clock.clone()).unwrap();
    let honest = World::with(json!({})).await.confirmed().await;
    let bounce = honest.bounce("bounce@simulator.amazonses.com").await;
    assert!(forged(&strict.read(bounce.as_bytes()).await));
}

#[tokio::test]
async fn another_topic_is_none_of_ours() {
    let world = World::with(json!({})).await.confirmed().await;
    let bounce = world.bounce("bounce@simulator.amazonses.com").await;
    assert!(topic(&bounce).starts_with("arn:aws:sns:"));
    let config = SnsConfig { topic_arns: vec![format!("{TOPIC}-of-others")], stand_in: Some(stand_in(&world.partner)) };
    let reader = SnsFeedbackReader::try_new(config, world.clock.clone()).unwrap();
    assert!(forged(&reader.read(bounce.as_bytes()).await));
}

#[tokio::test]
async fn what_is_older_than_an_hour_or_not_yet_said_is_somebodys_copy() {
    let world = World::with(json!({})).await.confirmed().await;
    let bounce = world.bounce("bounce@simulator.amazonses.com").await;
    world.clock.advance(Duration::from_mins(59));
    assert!(world.read(&bounce).await.is_ok());
    world.clock.advance(Duration::from_mins(2));
    assert!(forged(&world.read(&bounce).await));
    let yesterday = Timestamp::from_millis(said_at(&bounce).millis() - 86_400_000).unwrap();
    let config = SnsConfig { topic_arns: vec![topic(&bounce)], stand_in: Some(stand_in(&world.partner)) };
    let reader = SnsFeedbackReader::try_new(config, Arc::new(ManualClock::at(yesterday))).unwrap();
    assert!(forged(&reader.read(bounce.as_bytes()).await));
}

#[tokio::test]
async fn duplicates_bear_one_name() {
    let world = World::with(json!({"duplicate": true})).await.confirmed().await;
    let bounce = world.bounce("bounce@simulator.amazonses.com").await;
    let id = wire(&bounce)["MessageId"].as_str().unwrap().to_owned();
    let wait = async {
        while world.subscriber.count(&id) < 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), wait).await.unwrap();
    let got = world.subscriber.got.lock().unwrap().clone();
    for copy in got.iter().filter(|text| text.contains(&id)) {
        assert_eq!(world.read(copy).await.unwrap().id.as_str(), id);
    }
}

#[tokio::test]
async fn what_is_no_notice_is_malformed() {
    let world = World::with(json!({})).await;
    for document in ["", "{}", "[]", "null", "\u{0}", "{\"Type\": \"Notification\"}"] {
        assert!(matches!(world.read(document).await, Err(ReadNoticeError::Malformed(_))), "{document}");
    }
}

#[tokio::test]
async fn without_the_certificate_nobody_knows_and_the_partner_is_to_ask_again() {
    let world = World::with(json!({})).await.confirmed().await;
    let bounce = world.bounce("bounce@simulator.amazonses.com").await;
    let World { partner, reader, .. } = world;
    partner.sandbox.stop().await;
    assert!(matches!(reader.read(bounce.as_bytes()).await, Err(ReadNoticeError::Unavailable(_))));
}
