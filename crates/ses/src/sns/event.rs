//! What a notice says of a mail. Two of the partner's mechanisms write nearly the same document; both are read.

use ef_domain::account::Email;
use ef_domain::notice::Feedback;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventWire {
    event_type: Option<String>,
    notification_type: Option<String>,
    bounce: Option<BounceWire>,
    complaint: Option<ComplaintWire>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BounceWire {
    bounce_type: String,
    bounced_recipients: Vec<RecipientWire>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ComplaintWire {
    complained_recipients: Vec<RecipientWire>,
    complaint_feedback_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecipientWire {
    email_address: String,
}

/// The feedback in a message. The first one of a topic is plain text and says nothing of a mail; so does anything else
/// that is not known here.
pub(super) fn feedback(message: &str) -> Feedback {
    let Ok(event) = serde_json::from_str::<EventWire>(message) else {
        tracing::info!("a notice of the mail partner is none about a mail");
        return Feedback::Other;
    };
    let kind = event.event_type.or(event.notification_type);
    match (kind.as_deref(), event.bounce, event.complaint) {
        (Some("Bounce"), Some(bounce), _) => Feedback::Bounced {
            recipients: addresses(&bounce.bounced_recipients),
            permanent: bounce.bounce_type == "Permanent",
        },
        (Some("Complaint"), _, Some(complaint)) => Feedback::Complained {
            recipients: addresses(&complaint.complained_recipients),
            unwelcome: complaint.complaint_feedback_type.as_deref() != Some("not-spam"),
        },
        _ => Feedback::Other,
    }
}

/// The addresses that could be ours: a display name is left out.
fn addresses(recipients: &[RecipientWire]) -> Vec<Email> {
    let bare = |text: &str| -> Option<Email> {
        let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text, |(inner, _)| inner);
        Email::parse(inner).ok()
    };
    recipients.iter().filter_map(|recipient| bare(&recipient.email_address)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reader() -> Vec<Email> {
        vec![Email::parse("reader@home.kr").unwrap()]
    }

    #[test]
    fn bounces_are_read_under_either_name() {
        for key in ["eventType", "notificationType"] {
            for (kind, permanent) in [("Permanent", true), ("Transient", false), ("Undetermined", false)] {
                let bounce = json!({key: "Bounce", "mail": {}, "new": 1, "bounce": {"bounceType": kind,
                    "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": "Reader <Reader@home.kr>"}]}});
                assert_eq!(feedback(&bounce.to_string()), Feedback::Bounced { recipients: reader(), permanent });
            }
        }
    }

    #[test]
    fn whoever_says_that_a_mail_was_welcome_does_not_complain() {
        for (kind, unwelcome) in [(json!("abuse"), true), (json!(null), true), (json!("not-spam"), false)] {
            let complaint = json!({"eventType": "Complaint", "complaint": {"complaintFeedbackType": kind,
                "complainedRecipients": [{"emailAddress": "reader@home.kr"}]}});
            assert_eq!(feedback(&complaint.to_string()), Feedback::Complained { recipients: reader(), unwelcome });
        }
    }

    #[test]
    fn whatever_is_not_known_says_nothing() {
        for text in [
            "Successfully validated SNS topic for Amazon SES event publishing.",
            "{}",
            "[]",
            r#"{"eventType": "Delivery", "delivery": {}}"#,
            r#"{"eventType": "Rendering Failure", "failure": {}}"#,
            r#"{"eventType": "Bounce"}"#,
        ] {
            assert_eq!(feedback(text), Feedback::Other, "{text}");
        }
    }
}
