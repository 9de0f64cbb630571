//! Naver Login, played from its documents.
//!
//! | File | Part |
//! | --- | --- |
//! | `authorize.rs` | what an application asks for, and where the browser is sent back to |
//! | `pages.rs` | login page, consent page, and the shortcut past both |
//! | `token.rs` `profile.rs` | the imitated endpoints of both hosts |
//! | `oidc.rs` | discovery, keys, identity tokens |
//! | `disconnect.rs` | the notice of a link that a user cut |
//! | `answer.rs` `faults.rs` | answers; misbehaviour on demand |
//! | `app.rs` `person.rs` `state.rs` | applications, people, and all that is known |
//! | `control.rs` | buttons for testers, outside the imitated paths |
//!
//! The rule for all of it: a change is one call of [`Naver::change`], which holds a lock for microseconds and awaits
//! nothing; whoever answers afterwards awaits [`Naver::settled`] first.

mod answer;
mod app;
mod authorize;
mod control;
mod disconnect;
mod faults;
mod oidc;
mod pages;
mod person;
mod profile;
mod state;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::web;

pub use app::NaverApp;

use crate::clock::{Clock, Moment};
use crate::courier::Courier;
use crate::store::{NotDurable, Record, Store, StoreError};
use oidc::Issuer;
use state::State;

/// How long a notice waits for its 204.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the stand-in is told when it starts.
#[derive(Debug)]
pub(crate) struct NaverSettings {
    /// Where browsers reach the sandbox.
    pub(crate) base: String,
    /// Applications beside the built-in one.
    pub(crate) apps: Vec<NaverApp>,
}

/// The Naver stand-in.
#[derive(Debug)]
pub(crate) struct Naver {
    state: Mutex<State>,
    base: String,
    courier: Courier,
    clock: Arc<Clock>,
    store: Arc<Store>,
}

impl Naver {
    /// A stand-in that remembers what `remembered` tells.
    pub(crate) fn new(
        settings: NaverSettings,
        remembered: &[Record],
        clock: Arc<Clock>,
        store: Arc<Store>,
    ) -> Result<Self, StoreError> {
        let mut state = State::new(settings.apps);
        state.restore(remembered)?;
        let courier = Courier::waiting(PATIENCE);
        Ok(Self { state: Mutex::new(state), base: settings.base, courier, clock, store })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Applies one change and hands what it touched to the journal. The lock covers both, so the journal's order is the
    /// order of the changes.
    fn change<T>(&self, act: impl FnOnce(&mut State, Moment) -> T) -> T {
        let mut state = self.state();
        let outcome = act(&mut state, self.clock.now());
        self.store.submit(state.take_writes());
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

    /// Forgets everything; the caller clears the memory in the same breath.
    pub(crate) fn reset(&self, clear: impl FnOnce()) {
        let mut state = self.state();
        clear();
        state.reset();
    }

    fn issuer(&self) -> Issuer {
        Issuer(format!("{}/naver", self.base))
    }

    fn client(&self) -> Option<reqwest::Client> {
        self.courier.client()
    }
}

/// Everything below `/naver`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .configure(pages::routes)
        .configure(token::routes)
        .configure(profile::routes)
        .configure(oidc::routes)
        .service(web::scope("/control").configure(control::routes));
}
