//! The document that notices travel in (Amazon SNS, verifying signatures).

use serde::Deserialize;

/// A document as SNS posts it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EnvelopeWire {
    #[serde(rename = "Type")]
    pub(super) kind: KindWire,
    pub(super) message_id: String,
    pub(super) topic_arn: String,
    pub(super) subject: Option<String>,
    pub(super) message: String,
    pub(super) timestamp: String,
    pub(super) signature_version: String,
    pub(super) signature: String,
    #[serde(rename = "SigningCertURL")]
    pub(super) signing_cert_url: String,
    pub(super) token: Option<String>,
    #[serde(rename = "SubscribeURL")]
    pub(super) subscribe_url: Option<String>,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum KindWire {
    Notification,
    SubscriptionConfirmation,
    UnsubscribeConfirmation,
}

impl KindWire {
    const fn name(self) -> &'static str {
        match self {
            Self::Notification => "Notification",
            Self::SubscriptionConfirmation => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation => "UnsubscribeConfirmation",
        }
    }
}

impl EnvelopeWire {
    /// The text that was signed: names and values in alphabetical order, each followed by a line break. What is not in
    /// it proves nothing.
    pub(super) fn signed_text(&self) -> String {
        let url = self.subscribe_url.as_deref();
        let is_notice = self.kind == KindWire::Notification;
        let fields = [
            ("Message", Some(self.message.as_str())),
            ("MessageId", Some(self.message_id.as_str())),
            ("Subject", self.subject.as_deref().filter(|_| is_notice)),
            ("SubscribeURL", url.filter(|_| !is_notice)),
            ("Timestamp", Some(self.timestamp.as_str())),
            ("Token", self.token.as_deref().filter(|_| !is_notice)),
            ("TopicArn", Some(self.topic_arn.as_str())),
            ("Type", Some(self.kind.name())),
        ];
        let present = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        present.flat_map(|(name, value)| [name, "\n", value, "\n"]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(kind: &str, more: &str) -> EnvelopeWire {
        let text = format!(
            r#"{{"Type": "{kind}", "MessageId": "id", "TopicArn": "arn", "Message": "text", "Timestamp": "then",
                "SignatureVersion": "1", "Signature": "", "SigningCertURL": "https://x", "Unknown": 1{more}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_signed_text_of_a_notice_has_its_subject_only_if_there_is_one() {
        let with = envelope("Notification", r#", "Subject": "s", "Token": "t""#).signed_text();
        assert_eq!(
            with,
            "Message\ntext\nMessageId\nid\nSubject\ns\nTimestamp\nthen\nTopicArn\narn\nType\nNotification\n"
        );
        assert!(!envelope("Notification", "").signed_text().contains("Subject"));
    }

    #[test]
    fn the_signed_text_of_a_confirmation_has_its_token_and_address() {
        let text = envelope("SubscriptionConfirmation", r#", "Token": "t", "SubscribeURL": "u""#).signed_text();
        assert_eq!(
            text,
            "Message\ntext\nMessageId\nid\nSubscribeURL\nu\nTimestamp\nthen\nToken\nt\nTopicArn\narn\n\
             Type\nSubscriptionConfirmation\n"
        );
    }
}
