//! The conversation's rules: which command is due, and what the relay replies. No sockets here.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Mail;
use super::faults::FaultPoint;
use super::message::Envelope;

const TLS_FIRST: &str = "530 Must issue a STARTTLS command first";
const AUTH_FIRST: &str = "530 Authentication required";

/// What follows a command.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A reply, then the next command.
    Reply(String),
    /// A reply, then the connection is encrypted.
    Encrypt(String),
    /// A reply, then the message.
    Data(String),
    /// A reply, then the end.
    Quit(String),
}

fn reply(text: &str) -> Step {
    Step::Reply(text.to_owned())
}

/// What an unfinished AUTH waits for.
#[derive(Debug)]
enum Awaited {
    Plain,
    User,
    Password(String),
}

/// One client's conversation.
#[derive(Debug)]
pub(crate) struct Dialogue {
    mail: Arc<Mail>,
    encrypted: bool,
    authenticated: bool,
    awaited: Option<Awaited>,
    from: Option<String>,
    to: Vec<String>,
}

impl Dialogue {
    /// A conversation that begins, in the clear or encrypted.
    pub(crate) fn new(mail: Arc<Mail>, encrypted: bool) -> Self {
        Self { mail, encrypted, authenticated: false, awaited: None, from: None, to: Vec::new() }
    }

    /// Answers one line.
    pub(crate) fn hear(&mut self, line: &str) -> Step {
        if let Some(awaited) = self.awaited.take() {
            return self.credentials(awaited, line);
        }
        let (verb, rest) = line.split_once(' ').map_or((line, ""), |(verb, rest)| (verb, rest.trim()));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.greet(),
            "HELO" => {
                self.forget();
                reply("250 email-smtp.amazonaws.com")
            }
            "NOOP" => reply("250 Ok"),
            "RSET" => {
                self.forget();
                reply("250 Ok")
            }
            "QUIT" => Step::Quit("221 Bye".to_owned()),
            "STARTTLS" if self.encrypted => reply("503 TLS is already in use"),
            "STARTTLS" => Step::Encrypt("220 Ready to start TLS".to_owned()),
            "AUTH" | "MAIL" | "RCPT" | "DATA" if !self.encrypted => reply(TLS_FIRST),
            "AUTH" => self.authenticate(rest),
            "MAIL" | "RCPT" | "DATA" if !self.authenticated => reply(AUTH_FIRST),
            "MAIL" => self.mail_from(rest),
            "RCPT" => self.rcpt_to(rest),
            "DATA" => self.data(),
            "VRFY" | "EXPN" | "HELP" => reply("502 Command not implemented"),
            _ => reply("500 Command not recognized"),
        }
    }

    /// The message that the commands so far have announced; the next one starts from scratch.
    pub(crate) fn take_envelope(&mut self) -> Envelope {
        let envelope = Envelope { from: self.from.take().unwrap_or_default(), to: std::mem::take(&mut self.to) };
        self.forget();
        envelope
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn greet(&mut self) -> Step {
        self.forget();
        let size = self.mail.read(|state| state.account().max_message_bytes);
        let offer = if self.encrypted { "AUTH PLAIN LOGIN" } else { "STARTTLS" };
        Step::Reply(format!("250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250-SIZE {size}\r\n250-{offer}\r\n250 Ok"))
    }

    fn authenticate(&mut self, rest: &str) -> Step {
        if self.authenticated {
            return reply("503 Already authenticated");
        }
        let (mechanism, first) = rest.split_once(' ').map_or((rest, None), |(name, first)| (name, Some(first.trim())));
        let (awaited, prompt) = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => (Awaited::Plain, "334 Ok"),
            "LOGIN" => (Awaited::User, "334 VXNlcm5hbWU6"),
            _ => return reply("504 Unrecognized authentication type"),
        };
        if let Some(first) = first {
            return self.credentials(awaited, first);
        }
        self.awaited = Some(awaited);
        reply(prompt)
    }

    fn credentials(&mut self, awaited: Awaited, line: &str) -> Step {
        let text = STANDARD.decode(line.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(text) = text else { return reply("501 Authentication cancelled or malformed") };
        match awaited {
            Awaited::User => {
                self.awaited = Some(Awaited::Password(text));
                reply("334 UGFzc3dvcmQ6")
            }
            Awaited::Password(user) => self.log_in(&user, &text),
            Awaited::Plain => {
                let mut parts = text.split('\0').skip(1);
                let (user, password) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                self.log_in(user, password)
            }
        }
    }

    fn log_in(&mut self, user: &str, password: &str) -> Step {
        if self.mail.change(|state, _| state.faults.take(FaultPoint::Auth)).is_some() {
            return reply("454 Temporary authentication failure");
        }
        self.authenticated = self.mail.knows(user, password);
        reply(if self.authenticated {
            "235 Authentication successful."
        } else {
            "535 Authentication Credentials Invalid"
        })
    }

    fn mail_from(&mut self, rest: &str) -> Step {
        let refused = || reply("501 Invalid MAIL FROM address provided");
        if self.from.is_some() {
            return reply("503 Sender already given");
        }
        let Some((address, options)) = path(rest, "FROM:") else { return refused() };
        if !is_address(address) {
            return refused();
        }
        let limit = self.mail.read(|state| state.account().max_message_bytes);
        for option in options.split_whitespace() {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            match name.to_ascii_uppercase().as_str() {
                "SIZE" if value.parse::<usize>().is_ok_and(|size| size > limit) => {
                    return reply("552 Message is too long.");
                }
                "SIZE" | "BODY" | "AUTH" => {}
                _ => return refused(),
            }
        }
        self.from = Some(address.to_owned());
        reply("250 Ok")
    }

    fn rcpt_to(&mut self, rest: &str) -> Step {
        if self.from.is_none() {
            return reply("503 Need MAIL before RCPT");
        }
        let Some((address, _)) = path(rest, "TO:") else { return reply("501 Invalid RCPT TO address provided") };
        if !is_address(address) {
            return Step::Reply(format!("553 <{address}> Invalid email address"));
        }
        self.to.push(address.to_owned());
        reply("250 Ok")
    }

    fn data(&mut self) -> Step {
        if self.from.is_none() || self.to.is_empty() {
            return reply("503 Need MAIL and RCPT before DATA");
        }
        Step::Data("354 End data with <CR><LF>.<CR><LF>".to_owned())
    }
}

/// Reads `FROM:<a@b> OPTION=1`: the address and what follows it.
fn path<'a>(rest: &'a str, label: &str) -> Option<(&'a str, &'a str)> {
    let (head, tail) = rest.split_at_checked(label.len())?;
    let tail = tail.trim_start().strip_prefix('<').filter(|_| head.eq_ignore_ascii_case(label))?;
    tail.split_once('>')
}

/// Seven-bit addresses with a local part and a domain; nothing else is taken.
fn is_address(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_graphic());
    text.rsplit_once('@').is_some_and(|(local, domain)| {
        plain(local) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.') && !local.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_with_its_options_in_any_case() {
        assert_eq!(path("FROM:<a@b.example> SIZE=10", "FROM:"), Some(("a@b.example", " SIZE=10")));
        assert_eq!(path("from: <a@b.example>", "FROM:"), Some(("a@b.example", "")));
        assert_eq!(path("a@b.example", "FROM:"), None);
        assert_eq!(path("TO:<a@b.example", "TO:"), None);
    }

    #[test]
    fn addresses_are_ascii_with_two_parts() {
        assert!(is_address("a+b@c.example"));
        for wrong in ["", "a", "@b", "a@", "홍@b.example", "a b@c.example", "a@b@c.example", "a@.example"] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
