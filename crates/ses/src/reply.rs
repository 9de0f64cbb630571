//! What the relay's refusals mean for a mail (Amazon SES, SMTP response codes).

use ef_domain::notice::SendFailure;
use lettre::transport::smtp::Error;

/// Where in the conversation something went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Greeting, encryption, log-in: the same for every mail.
    Opening,
    /// Sender, recipient, the announcement of the content.
    Envelope,
    /// The end of the content, where the relay decides.
    Content,
}

/// Whom a mail is from and to, as far as refusals name them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parties<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

/// The most characters of a refusal that are kept.
const LONGEST: usize = 300;
/// How refusals begin that are about our account and not about the mail.
const ABOUT_US: [&str; 3] = ["access denied", "mail from domain not verified", "configuration set does not exist"];
/// What refusals say of an account that may not send. Their whole text is not documented.
const SHUT: [&str; 3] = ["paused", "suspended", "disabled"];

/// Whether a connection that had been kept for later was closed meanwhile: nothing was sent on it.
pub(crate) fn was_closed(error: &Error) -> bool {
    match code(error) {
        Some(code) => matches!(code, 421 | 451),
        None => true,
    }
}

/// What an error means. Without a reply nobody knows what became of the content; before it, nothing was sent.
pub(crate) fn failure(stage: Stage, error: &Error, parties: Parties<'_>) -> SendFailure {
    if let Some(code) = code(error) {
        let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        return refusal(stage, code, &text, parties);
    }
    match stage {
        Stage::Content => SendFailure::Unknown(without_addresses(&error.to_string())),
        Stage::Opening | Stage::Envelope => SendFailure::Later(without_addresses(&error.to_string())),
    }
}

/// What a refusal means, by its code and, where one code has many meanings, by its text.
pub(crate) fn refusal(stage: Stage, code: u16, text: &str, parties: Parties<'_>) -> SendFailure {
    let reason = without_addresses(&format!("{code} {text}"));
    match code {
        400..500 => SendFailure::Later(reason),
        _ if stage == Stage::Opening => SendFailure::Misconfigured(reason),
        530 | 535 => SendFailure::Misconfigured(reason),
        554 if is_about_us(text, parties) => SendFailure::Misconfigured(reason),
        _ => SendFailure::Refused(reason),
    }
}

fn is_about_us(text: &str, parties: Parties<'_>) -> bool {
    let text = text.to_lowercase();
    if text.contains("email address is not verified") {
        // A new account may write to verified addresses only; then it is the recipient that fails the check.
        let failed = text.rsplit_once(": ").map(|(_, identities)| identities).unwrap_or_default();
        let failed: Vec<&str> = failed.split(", ").map(str::trim).collect();
        return failed.contains(&parties.from) || !failed.contains(&parties.to);
    }
    ABOUT_US.iter().any(|beginning| text.contains(beginning)) || SHUT.iter().any(|word| text.contains(word))
}

/// The text in one line, with nobody's address in it.
pub(crate) fn without_addresses(text: &str) -> String {
    let words = text.split_whitespace().map(|word| if word.contains('@') { "(address)" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

fn code(error: &Error) -> Option<u16> {
    error.status().map(u16::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTIES: Parties<'_> = Parties { from: "no-reply@shop.kr", to: "reader@home.kr" };

    #[derive(Debug, PartialEq, Eq)]
    enum Class {
        Later,
        Refused,
        Misconfigured,
    }

    fn class(stage: Stage, code: u16, text: &str) -> Class {
        match refusal(stage, code, text, PARTIES) {
            SendFailure::Later(_) => Class::Later,
            SendFailure::Refused(_) => Class::Refused,
            SendFailure::Misconfigured(_) => Class::Misconfigured,
            SendFailure::Unknown(reason) => panic!("a reply is an answer: {reason}"),
        }
    }

    #[test]
    fn every_documented_refusal_has_its_class() {
        use Class::{Later, Misconfigured, Refused};
        use Stage::{Content, Envelope, Opening};
        let not_verified = "Message rejected: Email address is not verified. The following identities failed the check \
                            in region AP-NORTHEAST-2: ";
        for (stage, code, text, expected) in [
            (Opening, 421, "Too many concurrent SMTP connections", Later),
            (Opening, 454, "Temporary authentication failure", Later),
            (Envelope, 451, "Temporary service failure", Later),
            (Envelope, 451, "4.4.2 Timeout waiting for data from client.", Later),
            (Content, 454, "Throttling failure: Daily message quota exceeded", Later),
            (Content, 454, "Throttling failure: Maximum sending rate exceeded", Later),
            (Content, 454, "Temporary service failure", Later),
            (Envelope, 501, "Invalid MAIL FROM address provided", Refused),
            (Envelope, 501, "Invalid RCPT TO address provided", Refused),
            (Opening, 530, "Must issue a STARTTLS command first", Misconfigured),
            (Envelope, 530, "Authentication required", Misconfigured),
            (Opening, 535, "Authentication Credentials Invalid", Misconfigured),
            (Opening, 535, "Account not subscribed to SES", Misconfigured),
            (Opening, 500, "who are you", Misconfigured),
            (Content, 552, "Message is too long.", Refused),
            (Envelope, 553, "<reader@home.kr> Invalid email address", Refused),
            (
                Content,
                554,
                "Access denied: User arn:aws:iam::1:user/x is not authorized to perform ses:SendRawEmail",
                Misconfigured,
            ),
            (Content, 554, &format!("{not_verified}no-reply@shop.kr, reader@home.kr"), Misconfigured),
            (Content, 554, &format!("{not_verified}shop.kr"), Misconfigured),
            (Content, 554, &format!("{not_verified}Reader@home.kr"), Refused),
            (Content, 554, "MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.", Misconfigured),
            (Content, 554, "Configuration Set does not exist: Configuration set <main> does not exist.", Misconfigured),
            (Content, 554, "Sending paused for this account.", Misconfigured),
            (Content, 554, "Transaction failed: Recipient count exceeds 50.", Refused),
        ] {
            assert_eq!(class(stage, code, text), expected, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn a_reason_is_one_line_without_addresses() {
        let SendFailure::Refused(reason) =
            refusal(Stage::Envelope, 553, "<reader@home.kr>\r\n  address unknown", PARTIES)
        else {
            panic!("refused")
        };
        assert_eq!(reason, "553 (address) address unknown");
    }
}
