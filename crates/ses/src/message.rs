//! From a letter to a message as RFC 5322 wants it. Every value goes through lettre's types, which encode whatever could
//! end a header early; a sender's name with such characters in it is refused at the start.

use ef_domain::notice::{Mail, SendFailure};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart, header::ContentType};
use lettre::{Address, Message};

use crate::letters::Rendered;

const CONFIGURATION_SET: &str = "X-SES-CONFIGURATION-SET";
const TAGS: &str = "X-SES-MESSAGE-TAGS";

/// A message and its envelope.
#[derive(Debug)]
pub(crate) struct Composed {
    pub(crate) to: Address,
    pub(crate) content: Vec<u8>,
}

/// Composes a message to one recipient: what becomes of it is then told for him alone.
pub(crate) fn compose(
    from: &Mailbox,
    configuration_set: Option<&str>,
    mail: &Mail,
    letter: Rendered,
) -> Result<Composed, SendFailure> {
    let refused = |what: &str| SendFailure::Refused(format!("the message cannot be composed: {what}"));
    let to: Address = mail.to.as_str().parse().map_err(|_| refused("no such address can exist"))?;
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(letter.subject)
        // No holiday notice comes back for it.
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header(TAGS, format!("outbox_id={}, letter={}", mail.id, mail.letter.kind())));
    if let Some(name) = configuration_set {
        builder = builder.raw_header(header(CONFIGURATION_SET, name.to_owned()));
    }
    let parts = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, letter.text))
        .singlepart(part(ContentType::TEXT_HTML, letter.html));
    let message = builder.multipart(parts).map_err(|error| refused(&error.to_string()))?;
    Ok(Composed { to, content: message.formatted() })
}

/// Base64: no line is too long, and no relay on the way has to touch eight-bit text.
fn part(kind: ContentType, content: String) -> SinglePart {
    let fallback = content.clone();
    match Body::new_with_encoding(content, ContentTransferEncoding::Base64) {
        Ok(body) => SinglePart::builder().header(kind).body(body),
        Err(_) => SinglePart::builder().header(kind).body(fallback),
    }
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

#[cfg(test)]
mod tests {
    use ef_domain::account::Email;
    use ef_domain::notice::{Letter, LetterAddress, LetterLine, OrderLetter, OrderNews};
    use ef_domain::order::OrderNumber;
    use ef_domain::shared::{MailId, Timestamp, Won};

    use super::*;
    use crate::letters::Letters;

    fn mail() -> Mail {
        let letter = Letter::AccountClosed { at: Timestamp::from_millis(0).unwrap() };
        Mail { id: MailId::new(42), to: Email::parse("reader@home.kr").unwrap(), letter }
    }

    fn composed(from_name: &str, set: Option<&str>, subject: &str) -> String {
        let from = Mailbox::new(Some(from_name.to_owned()), "no-reply@shop.kr".parse().unwrap());
        let letter = Rendered { subject: subject.to_owned(), text: "글\n".to_owned(), html: "<p>글</p>".to_owned() };
        String::from_utf8(compose(&from, set, &mail(), letter).unwrap().content).unwrap()
    }

    fn headers(message: &str) -> Vec<&str> {
        message.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
    }

    #[test]
    fn a_message_names_its_row_and_its_configuration_set() {
        let message = composed("에너지팩토리", Some("main"), "안녕하세요");
        let headers = headers(&message);
        assert!(headers.contains(&"X-SES-MESSAGE-TAGS: outbox_id=42, letter=ACCOUNT_CLOSED"), "{headers:?}");
        assert!(headers.contains(&"X-SES-CONFIGURATION-SET: main"), "{headers:?}");
        assert!(headers.contains(&"To: reader@home.kr"), "{headers:?}");
        assert!(!composed("x", None, "x").contains("CONFIGURATION-SET"));
    }

    #[test]
    fn nothing_that_is_written_into_a_header_begins_another_one() {
        for evil in ["x\r\nBcc: victim@home.kr", "x\nBcc: victim@home.kr\n\nbody", "x\r\n\r\n<script>"] {
            let message = composed("에너지팩토리", None, evil);
            let names: Vec<&str> = headers(&message)
                .into_iter()
                .filter(|line| !line.starts_with([' ', '\t']))
                .map(|line| line.split(':').next().unwrap())
                .collect();
            let expected = ["From", "To", "Subject", "Auto-Submitted", TAGS, "MIME-Version", "Date", "Content-Type"];
            assert_eq!(names.len(), expected.len(), "{message}");
            for name in names {
                assert!(expected.contains(&name), "{name} in {message}");
            }
        }
    }

    /// The name of a product is an administrator's, that of a recipient anybody's.
    #[test]
    fn no_name_in_an_order_begins_a_header() {
        let evil = "x\r\nBcc: victim@home.kr\r\n\r\n123456";
        let amount = Won::try_new(1_000).unwrap();
        let line = LetterLine { product: evil.into(), variant: evil.into(), pieces: 1, amount };
        let letter = OrderLetter {
            number: OrderNumber::try_new(1_234_567_890_123_456).unwrap(),
            placed_at: Timestamp::from_millis(0).unwrap(),
            lines: vec![line],
            more_lines: 0,
            total: amount,
            address: LetterAddress { name: evil.into(), postal_code: "04036".into(), address: evil.into() },
            news: OrderNews::Shipped,
        };
        let letter = Letter::Order(Box::new(letter));
        let rendered = Letters::new("https://shop.kr").render(&letter);
        let from = Mailbox::new(None, "no-reply@shop.kr".parse().unwrap());
        let message = compose(&from, None, &Mail { letter, ..mail() }, rendered).unwrap();
        let message = String::from_utf8(message.content).unwrap();
        assert!(!message.contains("Bcc") && !message.contains("victim"), "{message}");
        assert_eq!(
            headers(&message).len(),
            headers(&composed("x", None, "x")).len() + 1,
            "the subject takes two lines"
        );
    }

    #[test]
    fn content_is_short_lines_of_ascii() {
        let message = composed("에너지팩토리", None, &"길다".repeat(100));
        assert!(message.is_ascii());
        assert!(message.split("\r\n").all(|line| line.len() <= 998));
    }
}
