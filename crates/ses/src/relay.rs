//! One conversation with the relay, and connections kept for the next one.
//!
//! lettre's own transport hands a message over in one step and cannot tell a connection that broke before the content from
//! one that broke after it; here each step has its own time and its own meaning.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ef_domain::notice::{MessageId, SendFailure};
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::Instant;

use crate::message::Composed;
use crate::reply::{Parties, Stage, failure, was_closed, without_addresses};
use crate::trust::{Trust, is_distrust};

/// The relay closes a connection on which nothing happens for ten seconds.
const KEPT: Duration = Duration::from_secs(8);
/// How many connections are kept.
const MOST_KEPT: usize = 4;

/// How long the parts of a conversation may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Until the relay has said who it is, encryption and log-in each.
    pub connect: Duration,
    /// Until it answers a command.
    pub command: Duration,
    /// Until it answers the content: it decides there.
    pub content: Duration,
}

impl Patience {
    /// The longest that one mail takes: the connection that was kept is dead, a new one is opened, and each step takes
    /// all of its time.
    pub fn longest(&self) -> Duration {
        // Opened and logged in; `MAIL` on the dead connection and on the new one, `RCPT`, `DATA`; the content.
        self.connect.saturating_mul(2).saturating_add(self.command.saturating_mul(4)).saturating_add(self.content)
    }
}

/// How encryption begins. There is no conversation without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// By `STARTTLS` (ports 25, 587, 2587).
    StartTls,
    /// At once (ports 465, 2465).
    Wrapped,
}

/// The relay.
pub(crate) struct Relay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) encryption: Encryption,
    pub(crate) credentials: Credentials,
    /// How we introduce ourselves.
    pub(crate) hello: ClientId,
    pub(crate) trust: Trust,
    pub(crate) patience: Patience,
    pub(crate) from: Address,
    pub(crate) kept: Mutex<Vec<Kept>>,
}

/// A connection between two mails.
pub(crate) struct Kept {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// Why a step did not succeed.
enum Trouble {
    Error(Error),
    TimedOut,
}

async fn within<T>(span: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<T, Trouble> {
    match tokio::time::timeout(span, step).await {
        Ok(outcome) => outcome.map_err(Trouble::Error),
        Err(_) => Err(Trouble::TimedOut),
    }
}

impl Relay {
    /// Hands the message over; the relay's name for it.
    pub(crate) async fn hand_over(&self, message: &Composed) -> Result<MessageId, SendFailure> {
        let mut connection = self.connected(message).await?;
        let response = self.deliver(&mut connection, message).await?;
        self.keep(connection);
        // The relay says `Ok 010c...`: the name is what it tells of the mail from now on.
        let line = response.first_line().unwrap_or_default();
        Ok(MessageId::new(line.strip_prefix("Ok").unwrap_or(line)))
    }

    /// A connection on which a message from us has begun: a kept one that still lives, else a new one.
    async fn connected(&self, message: &Composed) -> Result<AsyncSmtpConnection, SendFailure> {
        if let Some(mut connection) = self.take_kept() {
            match self.begin(&mut connection).await {
                Ok(_) => return Ok(connection),
                Err(Trouble::TimedOut) => {}
                Err(Trouble::Error(error)) if was_closed(&error) => {}
                Err(trouble) => return Err(self.judge(Stage::Envelope, trouble, message)),
            }
        }
        let mut connection = self.open(message).await?;
        self.begin(&mut connection).await.map_err(|trouble| self.judge(Stage::Envelope, trouble, message))?;
        Ok(connection)
    }

    async fn begin(&self, connection: &mut AsyncSmtpConnection) -> Result<Response, Trouble> {
        within(self.patience.command, connection.command(Mail::new(Some(self.from.clone()), Vec::new()))).await
    }

    async fn deliver(&self, connection: &mut AsyncSmtpConnection, message: &Composed) -> Result<Response, SendFailure> {
        let envelope = |trouble| self.judge(Stage::Envelope, trouble, message);
        let Patience { command, content, .. } = self.patience;
        within(command, connection.command(Rcpt::new(message.to.clone(), Vec::new()))).await.map_err(envelope)?;
        within(command, connection.command(Data)).await.map_err(envelope)?;
        let handed = within(content, connection.message(&message.content)).await;
        handed.map_err(|trouble| self.judge(Stage::Content, trouble, message))
    }

    /// An encrypted connection on which we are logged in. Nothing secret is said before it is encrypted.
    async fn open(&self, message: &Composed) -> Result<AsyncSmtpConnection, SendFailure> {
        let parameters = self.trust.parameters().await.map_err(|failure| {
            if failure.is_transient() {
                SendFailure::Later(failure.to_string())
            } else {
                SendFailure::Misconfigured(failure.to_string())
            }
        })?;
        let opening = |trouble| self.judge(Stage::Opening, trouble, message);
        let mut connection = within(self.patience.connect, self.dial(parameters)).await.map_err(opening)?;
        if !connection.is_encrypted() {
            return Err(SendFailure::Misconfigured("the relay offers no encryption".to_owned()));
        }
        let mechanisms = [Mechanism::Plain, Mechanism::Login];
        within(self.patience.connect, connection.auth(&mechanisms, &self.credentials)).await.map_err(opening)?;
        Ok(connection)
    }

    /// Connected, and encrypted if the relay can.
    async fn dial(&self, parameters: TlsParameters) -> Result<AsyncSmtpConnection, Error> {
        let server = (self.host.as_str(), self.port);
        let (at_once, later) = match self.encryption {
            Encryption::Wrapped => (Some(parameters), None),
            Encryption::StartTls => (None, Some(parameters)),
        };
        let limit = Some(self.patience.connect);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, limit, &self.hello, at_once, None).await?;
        if let Some(parameters) = later.filter(|_| connection.can_starttls()) {
            connection.starttls(parameters, &self.hello).await?;
        }
        Ok(connection)
    }

    fn judge(&self, stage: Stage, trouble: Trouble, message: &Composed) -> SendFailure {
        let error = match trouble {
            Trouble::Error(error) => error,
            Trouble::TimedOut if stage == Stage::Content => {
                return SendFailure::Unknown("no answer to the content in time".to_owned());
            }
            Trouble::TimedOut => return SendFailure::Later("no answer in time".to_owned()),
        };
        if stage == Stage::Opening {
            if is_distrust(&error) {
                self.trust.doubt();
                return SendFailure::Misconfigured(format!(
                    "the relay is not who it should be: {}",
                    without_addresses(&error.to_string())
                ));
            }
            if error.is_client() {
                return SendFailure::Misconfigured(without_addresses(&error.to_string()));
            }
        }
        failure(stage, &error, Parties { from: self.from.as_ref(), to: message.to.as_ref() })
    }

    /// The youngest of the kept connections; those that are too old are let go.
    fn take_kept(&self) -> Option<AsyncSmtpConnection> {
        let mut kept = self.kept();
        kept.retain(|kept| kept.since.elapsed() < KEPT);
        kept.pop().map(|kept| kept.connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut kept = self.kept();
        kept.retain(|kept| kept.since.elapsed() < KEPT);
        if kept.len() < MOST_KEPT {
            kept.push(Kept { connection, since: Instant::now() });
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
