//! What the partner tells about a message after it took it, in its own JSON.

use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::account::REGION;
use super::message::{Instructions, Kept};
use super::receive::message_id;
use crate::clock::Moment;

const ACCOUNT: &str = "123456789012";

/// Why and how a message came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bounce {
    pub(crate) kind: String,
    pub(crate) sub_kind: String,
}

impl Bounce {
    /// A bounce of that type and subtype.
    pub(crate) fn of(kind: &str, sub_kind: &str) -> Self {
        Self { kind: kind.to_owned(), sub_kind: sub_kind.to_owned() }
    }

    /// Nobody lives there.
    pub(crate) fn unknown_user() -> Self {
        Self::of("Permanent", "General")
    }

    /// Whether the address is not to be written to again.
    pub(crate) fn suppresses(&self) -> bool {
        self.kind == "Permanent"
    }
}

/// Something that happened to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Send,
    Delivery(Vec<String>),
    Bounce(Vec<String>, Bounce),
    Complaint(Vec<String>),
}

fn at(now: Moment) -> String {
    now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

impl Event {
    /// The name in `eventType`.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Send => "Send",
            Self::Delivery(_) => "Delivery",
            Self::Bounce(..) => "Bounce",
            Self::Complaint(_) => "Complaint",
        }
    }

    /// The document that is published.
    pub(crate) fn document(&self, kept: &Kept, now: Moment) -> Value {
        let reporter = format!("dns; b232-134.smtp-out.{REGION}.amazonses.com");
        let each = |addresses: &[String]| -> Vec<Value> {
            addresses.iter().map(|address| json!({"emailAddress": address})).collect()
        };
        let (part, detail) = match self {
            Self::Send => ("send", json!({})),
            Self::Delivery(to) => (
                "delivery",
                json!({"timestamp": at(now), "processingTimeMillis": 500, "recipients": to,
                       "smtpResponse": "250 2.0.0 OK", "reportingMTA": reporter}),
            ),
            Self::Bounce(to, bounce) => {
                let recipients: Vec<_> = to
                    .iter()
                    .map(|address| {
                        json!({"emailAddress": address, "action": "failed", "status": "5.1.1",
                               "diagnosticCode": "smtp; 550 5.1.1 user unknown"})
                    })
                    .collect();
                (
                    "bounce",
                    json!({"feedbackId": message_id(now), "bounceType": bounce.kind, "bounceSubType": bounce.sub_kind,
                           "bouncedRecipients": recipients, "timestamp": at(now), "reportingMTA": reporter}),
                )
            }
            Self::Complaint(to) => (
                "complaint",
                json!({"feedbackId": message_id(now), "complaintSubType": null, "complainedRecipients": each(to),
                       "timestamp": at(now), "complaintFeedbackType": "abuse",
                       "userAgent": "Amazon SES Mailbox Simulator", "arrivalDate": at(now)}),
            ),
        };
        let mut document = json!({"eventType": self.name(), "mail": mail(kept)});
        if let Some(map) = document.as_object_mut() {
            map.insert(part.to_owned(), detail);
        }
        document
    }
}

/// The part that every document has: the message it is about.
fn mail(kept: &Kept) -> Value {
    let message = &kept.message;
    let headers: Vec<_> = Instructions::read(&kept.raw())
        .headers
        .into_iter()
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    let domain = message.envelope_from.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    let mut tags = json!({
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": [domain],
        "ses:caller-identity": ["sandbox"],
    });
    if let Some(map) = tags.as_object_mut() {
        map.extend(message.configuration_set.iter().map(|set| ("ses:configuration-set".to_owned(), json!([set]))));
        map.extend(message.tags.iter().map(|(name, value)| (name.clone(), json!([value]))));
    }
    json!({
        "timestamp": at(kept.at),
        "source": message.envelope_from,
        "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
        "sendingAccountId": ACCOUNT,
        "messageId": message.id,
        "destination": message.to,
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": {
            "from": [message.from], "to": message.to, "messageId": message.id, "subject": message.subject,
        },
        "tags": tags,
    })
}
