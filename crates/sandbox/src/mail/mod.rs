//! Amazon SES over SMTP, played from its documents, with an inbox to read what was sent.
//!
//! | File | Part |
//! | --- | --- |
//! | `smtp.rs` `dialogue.rs` `tls.rs` | sockets, conversation, certificate |
//! | `receive.rs` `account.rs` | the checks at the end of a message; the customer and its limits |
//! | `message.rs` `inbox.rs` | reading messages; the pages and the JSON they are shown in |
//! | `simulator.rs` `events.rs` | what becomes of a message, and how that is told |
//! | `sns.rs` `envelope.rs` `poster.rs` | the topic; its signed envelopes; who posts them |
//! | `state.rs` `faults.rs` `control.rs` | all that is known; misbehaviour; buttons for testers |
//!
//! The rule for all of it: a change is one call of [`Mail::change`], which holds a lock for microseconds and awaits
//! nothing; whoever answers afterwards awaits [`Mail::settled`] first.

mod account;
mod control;
mod dialogue;
mod envelope;
mod events;
mod faults;
mod inbox;
mod message;
mod poster;
mod receive;
mod simulator;
mod smtp;
mod sns;
mod state;
mod tls;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

pub use account::SmtpCredentials;
pub(crate) use poster::run as post_notices;
pub(crate) use smtp::serve as relay;
pub use tls::TlsError;

use crate::clock::{Clock, Moment};
use crate::store::{NotDurable, Record, Store, StoreError, Write};
use state::State;
use tls::{Identity, TLS};

/// What the stand-in is told when it starts.
#[derive(Debug)]
pub(crate) struct MailSettings {
    /// Where browsers reach the sandbox.
    pub(crate) base: String,
    /// Credentials beside the built-in ones.
    pub(crate) credentials: Vec<SmtpCredentials>,
    /// Who is told of bounces and complaints from the start.
    pub(crate) notices_url: Option<String>,
}

/// Why the stand-in cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MailError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The mail stand-in.
pub(crate) struct Mail {
    state: Mutex<State>,
    credentials: Vec<SmtpCredentials>,
    identity: Identity,
    acceptor: TlsAcceptor,
    clock: Arc<Clock>,
    store: Arc<Store>,
    news: Notify,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Mail").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Mail {
    /// A stand-in that remembers what `remembered` tells.
    pub(crate) fn new(
        settings: MailSettings,
        remembered: &[Record],
        clock: Arc<Clock>,
        store: Arc<Store>,
    ) -> Result<Self, MailError> {
        let mut state = State::new(settings.base);
        state.restore(remembered)?;
        if let Some(url) = settings.notices_url {
            state.topic.start_with(url, clock.now());
        }
        let known = remembered.iter().find(|record| record.kind == TLS);
        let identity = match known {
            Some(record) => record.read()?,
            None => Identity::make()?,
        };
        let acceptor = identity.acceptor()?;
        let mut credentials = vec![SmtpCredentials::built_in()];
        credentials.extend(settings.credentials);
        let mail =
            Self { state: Mutex::new(state), credentials, identity, acceptor, clock, store, news: Notify::new() };
        mail.remember_identity();
        mail.change(|_, _| {});
        Ok(mail)
    }

    /// Clients that trust the certificate go on trusting it after a restart and after a reset.
    fn remember_identity(&self) {
        self.store.submit(vec![Write::put(TLS, "identity", &self.identity)]);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies one change and hands what it touched to the journal. The lock covers both, so the journal's order is the
    /// order of the changes.
    fn change<T>(&self, act: impl FnOnce(&mut State, Moment) -> T) -> T {
        let mut state = self.state();
        let outcome = act(&mut state, self.clock.now());
        let has_news = state.topic.has_news();
        self.store.submit(state.take_writes());
        drop(state);
        if has_news {
            self.news.notify_one();
        }
        outcome
    }

    /// Looks without changing anything.
    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// Waits until everything that was changed so far is on disk.
    async fn settled(&self) -> Result<(), NotDurable> {
        self.store.settled().await
    }

    /// Forgets everything but the certificate; the caller clears the memory in the same breath.
    pub(crate) fn reset(&self, clear: impl FnOnce()) {
        let mut state = self.state();
        clear();
        state.reset(self.clock.now());
        self.remember_identity();
        self.store.submit(state.take_writes());
        self.news.notify_one();
    }

    /// Tells the poster to look up.
    pub(crate) fn time_has_moved(&self) {
        self.news.notify_one();
    }

    /// The certificate that clients have to trust.
    pub(crate) fn authority_pem(&self) -> &str {
        &self.identity.authority_pem
    }

    fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    fn knows(&self, user: &str, password: &str) -> bool {
        self.credentials.iter().any(|pair| pair.user == user && pair.password == password)
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(self.read(|state| state.account().idle_ms))
    }
}

/// Everything below `/mail`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .configure(inbox::routes)
        .configure(envelope::routes)
        .service(web::scope("/control").configure(control::routes));
}
