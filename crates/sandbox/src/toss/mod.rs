//! Toss Payments, played from its documents.
//!
//! | File | Part |
//! | --- | --- |
//! | `api.rs` | the imitated API: authentication, idempotency, faults, headers |
//! | `confirm.rs` `cancel.rs` `account.rs` `transactions.rs` | what its operations decide |
//! | `wire.rs` `codes.rs` `method.rs` | their documents, refusals and names |
//! | `state.rs` `record.rs` | what is known, and how time changes it |
//! | `idempotency.rs` `faults.rs` | answered keys; misbehaviour on demand |
//! | `hooks.rs` `deliver.rs` | webhooks owed; the courier that sends them |
//! | `window.rs` `open.rs` `pages.rs` | the browser's side: SDK script, payment window, receipts |
//! | `control.rs` | buttons for testers, outside the imitated paths |
//!
//! The rule for all of it: a change is one call of [`Toss::change`], which holds a lock for microseconds and awaits
//! nothing; whoever answers afterwards awaits [`Toss::settled`] first.

mod account;
mod api;
mod auth;
mod cancel;
mod codes;
mod confirm;
mod control;
mod deliver;
mod faults;
mod hooks;
mod idempotency;
mod method;
mod open;
mod pages;
mod record;
mod state;
mod transactions;
mod window;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web;
use tokio::sync::Notify;

pub use auth::KeyPair;
pub use confirm::AmountMismatch;
pub(crate) use deliver::run as deliver_webhooks;

use crate::clock::{Clock, Moment};
use crate::store::{NotDurable, Record, Store, StoreError};
use state::State;

/// What the stand-in is told when it starts.
#[derive(Debug)]
pub(crate) struct TossSettings {
    /// Where browsers reach the sandbox.
    pub(crate) base: String,
    pub(crate) webhook_url: Option<String>,
    pub(crate) more_keys: Vec<KeyPair>,
    pub(crate) amount_mismatch: AmountMismatch,
}

/// The Toss stand-in.
#[derive(Debug)]
pub(crate) struct Toss {
    state: Mutex<State>,
    pairs: Vec<KeyPair>,
    amount_mismatch: AmountMismatch,
    clock: Arc<Clock>,
    store: Arc<Store>,
    news: Notify,
}

impl Toss {
    /// A stand-in that remembers what `remembered` tells.
    pub(crate) fn new(
        settings: TossSettings,
        remembered: &[Record],
        clock: Arc<Clock>,
        store: Arc<Store>,
    ) -> Result<Self, StoreError> {
        let mut pairs = auth::well_known_pairs();
        pairs.extend(settings.more_keys);
        let mut state = State::new(settings.base, settings.webhook_url);
        state.restore(remembered)?;
        let amount_mismatch = settings.amount_mismatch;
        Ok(Self { state: Mutex::new(state), pairs, amount_mismatch, clock, store, news: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies one change and hands what it touched to the journal. The lock covers both, so the journal's order is the
    /// order of the changes.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut State, Moment) -> T) -> T {
        let mut state = self.state();
        let outcome = act(&mut state, self.clock.now());
        let has_news = state.hooks.has_news();
        self.store.submit(state.take_writes());
        drop(state);
        if has_news {
            self.news.notify_one();
        }
        outcome
    }

    /// Looks without changing anything.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// Waits until everything that was changed so far is on disk.
    pub(crate) async fn settled(&self) -> Result<(), NotDurable> {
        self.store.settled().await
    }

    /// Forgets everything; the caller clears the memory in the same breath.
    pub(crate) fn reset(&self, clear: impl FnOnce()) {
        let mut state = self.state();
        clear();
        state.reset();
    }

    fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Lets what has fallen due happen, and tells the courier to look up.
    pub(crate) fn time_has_moved(&self) {
        self.change(State::tick);
        self.news.notify_one();
    }

    async fn woken(&self) {
        self.news.notified().await;
    }

    fn pairs(&self) -> &[KeyPair] {
        &self.pairs
    }

    fn amount_mismatch(&self) -> AmountMismatch {
        self.amount_mismatch
    }
}

/// Everything below `/toss`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::scope("/v1").configure(api::routes))
        .service(web::scope("/v2").configure(open::routes))
        .service(web::scope("/window").configure(window::routes))
        .service(web::scope("/control").configure(control::routes))
        .route("/receipt", web::get().to(pages::receipt));
}
