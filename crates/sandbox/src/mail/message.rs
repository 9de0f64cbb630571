//! A message: as it was sent, as it is delivered, and as people and tests want to read it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Address, MessageParser, MimeHeaders as _, PartType};
use serde::{Deserialize, Serialize};

use crate::clock::{Moment, korean_time};

/// Headers that may stand in a message once.
const ONCE: [&str; 12] = [
    "from",
    "sender",
    "subject",
    "reply-to",
    "to",
    "cc",
    "message-id",
    "date",
    "content-type",
    "content-transfer-encoding",
    "mime-version",
    "return-path",
];

/// Who sends to whom, as the conversation said it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
}

/// A file that travelled along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) name: Option<String>,
    pub(crate) content_type: String,
    pub(crate) bytes: usize,
}

/// A message that the relay accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    /// The id that the relay answered with.
    pub(crate) id: String,
    /// The address in the From header.
    pub(crate) from: String,
    pub(crate) from_name: Option<String>,
    /// Everybody it goes to, whatever the headers say.
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) received_at: String,
    pub(crate) envelope_from: String,
    pub(crate) reply_to: Vec<String>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) configuration_set: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
}

/// A header as it stands in the message, continuation lines included.
struct Header<'a> {
    name: &'a str,
    lines: &'a [u8],
}

impl Header<'_> {
    fn value(&self) -> String {
        let text = String::from_utf8_lossy(self.lines);
        let value = text.split_once(':').map(|(_, value)| value).unwrap_or_default();
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Splits a message into its headers and the rest, which begins with the empty line.
fn split(raw: &[u8]) -> (Vec<Header<'_>>, &[u8]) {
    let mut headers = Vec::new();
    let mut rest = raw;
    while !rest.is_empty() && !rest.starts_with(b"\r\n") && !rest.starts_with(b"\n") {
        let mut end = 0;
        loop {
            let tail = rest.get(end..).unwrap_or_default();
            let line = tail.iter().position(|byte| *byte == b'\n').map_or(tail.len(), |position| position + 1);
            end += line;
            let next = rest.get(end).copied();
            if line == 0 || !matches!(next, Some(b' ' | b'\t')) {
                break;
            }
        }
        let (lines, tail) = rest.split_at(end.min(rest.len()));
        let name = lines.split(|byte| *byte == b':').next().unwrap_or_default();
        headers.push(Header { name: std::str::from_utf8(name).unwrap_or_default().trim(), lines });
        rest = tail;
    }
    (headers, rest)
}

/// The headers that speak to the relay itself, and what it refuses about the others.
#[derive(Debug, Default)]
pub(crate) struct Instructions {
    pub(crate) configuration_set: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    /// A header that stands there twice though it may not.
    pub(crate) duplicate: Option<String>,
    /// Every header, for the notices.
    pub(crate) headers: Vec<(String, String)>,
}

impl Instructions {
    /// Reads them.
    pub(crate) fn read(raw: &[u8]) -> Self {
        let mut found = Self::default();
        let mut seen = Vec::new();
        for header in split(raw).0 {
            let name = header.name.to_ascii_lowercase();
            let value = header.value();
            match name.as_str() {
                "x-ses-configuration-set" => found.configuration_set = Some(value.clone()),
                "x-ses-message-tags" => {
                    let pairs = value.split(',').filter_map(|pair| pair.trim().split_once('='));
                    found.tags.extend(pairs.map(|(tag, value)| (tag.trim().to_owned(), value.trim().to_owned())));
                }
                _ if ONCE.contains(&name.as_str()) && seen.contains(&name) => {
                    found.duplicate = Some(header.name.to_owned());
                }
                _ => {}
            }
            found.headers.push((header.name.to_owned(), value));
            seen.push(name);
        }
        found
    }
}

/// The message as its recipients get it: without the relay's own headers, with its date and its message id.
pub(crate) fn delivered(raw: &[u8], id: &str, now: Moment) -> Vec<u8> {
    let (headers, rest) = split(raw);
    let own = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with("x-ses-") || name == "date" || name == "message-id"
    };
    let mut message: Vec<u8> =
        headers.iter().filter(|header| !own(header.name)).flat_map(|header| header.lines.iter().copied()).collect();
    message.extend(format!("Date: {}\r\n", now.to_rfc2822()).bytes());
    message.extend(format!("Message-ID: <{id}@{}.amazonses.com>\r\n", super::account::REGION).bytes());
    message.extend(rest);
    message
}

fn addresses(header: Option<&Address<'_>>) -> Vec<String> {
    let all = header.map(|addresses| addresses.iter()).into_iter().flatten();
    all.filter_map(|address| address.address()).map(str::to_owned).collect()
}

/// The addresses in the From header.
pub(crate) fn authors(raw: &[u8]) -> Vec<String> {
    let parsed = MessageParser::default().parse_headers(raw);
    parsed.map(|message| addresses(message.from())).unwrap_or_default()
}

impl Message {
    /// Reads an accepted message.
    pub(crate) fn read(id: String, envelope: &Envelope, raw: &[u8], now: Moment) -> Self {
        let instructions = Instructions::read(raw);
        let parsed = MessageParser::default().parse(raw).unwrap_or_default();
        let from = parsed.from().and_then(|from| from.first());
        let texts = parsed.text_bodies().filter_map(|part| match &part.body {
            PartType::Text(text) => Some(text.to_string()),
            _ => None,
        });
        let htmls = parsed.html_bodies().filter_map(|part| match &part.body {
            PartType::Html(html) => Some(html.to_string()),
            _ => None,
        });
        let joined = |parts: Vec<String>| (!parts.is_empty()).then(|| parts.join("\n").replace("\r\n", "\n"));
        let attachments = parsed.attachments().map(|part| Attachment {
            name: part.attachment_name().map(str::to_owned),
            content_type: part
                .content_type()
                .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("*")))
                .unwrap_or_default(),
            bytes: part.contents().len(),
        });
        Self {
            id,
            from: from.and_then(|from| from.address()).map_or_else(|| envelope.from.clone(), str::to_owned),
            from_name: from.and_then(|from| from.name()).map(str::to_owned),
            to: envelope.to.clone(),
            subject: parsed.subject().unwrap_or_default().to_owned(),
            text: joined(texts.collect()),
            html: joined(htmls.collect()),
            received_at: korean_time(now),
            envelope_from: envelope.from.clone(),
            reply_to: addresses(parsed.reply_to()),
            attachments: attachments.collect(),
            configuration_set: instructions.configuration_set,
            tags: instructions.tags,
        }
    }
}

/// A message and its bytes, as it is remembered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) at: Moment,
    /// How many recipients count for the daily quota.
    pub(crate) counted: usize,
    pub(crate) message: Message,
    raw: String,
}

impl Kept {
    /// A message with its bytes as they were sent.
    pub(crate) fn new(number: u64, at: Moment, counted: usize, message: Message, raw: &[u8]) -> Self {
        Self { number, at, counted, message, raw: STANDARD.encode(raw) }
    }

    /// The bytes as they were sent.
    pub(crate) fn raw(&self) -> Vec<u8> {
        STANDARD.decode(&self.raw).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const RAW: &[u8] = b"From: =?UTF-8?B?7JeQ64SI7KeA?= <no-reply@shop.example>\r\nTo: a@b.example\r\nSubject:\r\n \
        =?UTF-8?Q?=EC=A3=BC=EB=AC=B8?=\r\nX-SES-CONFIGURATION-SET: main\r\nX-SES-MESSAGE-TAGS: outbox_id=42,\r\n kind=order\r\n\
        Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <mine@shop.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDate: no header\r\n";

    fn now() -> Moment {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    #[test]
    fn encoded_words_and_folded_lines_are_read() {
        let envelope = Envelope { from: "bounces@shop.example".to_owned(), to: vec!["a@b.example".to_owned()] };
        let message = Message::read("1".to_owned(), &envelope, RAW, now());
        assert_eq!((message.from.as_str(), message.from_name.as_deref()), ("no-reply@shop.example", Some("에너지")));
        assert_eq!(message.subject, "주문");
        assert_eq!(message.configuration_set.as_deref(), Some("main"));
        let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(message.tags, [tag("outbox_id", "42"), tag("kind", "order")]);
        assert_eq!(message.html, None);
    }

    #[test]
    fn recipients_get_the_relay_s_date_and_id_and_none_of_its_headers() {
        let text = String::from_utf8(delivered(RAW, "0100-1", now())).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            !head.contains("X-SES") && !head.contains("1970") && !head.contains("mine@") && !head.contains("kind=")
        );
        assert!(head.contains("Message-ID: <0100-1@ap-northeast-2.amazonses.com>"));
        assert_eq!(body, "Date: no header\r\n");
    }

    #[test]
    fn a_header_that_stands_twice_is_noticed() {
        assert_eq!(Instructions::read(RAW).duplicate, None);
        let twice = b"Subject: a\r\nsubject: b\r\n\r\n";
        assert_eq!(Instructions::read(twice).duplicate.as_deref(), Some("subject"));
    }
}
