//! What was answered under which `Idempotency-Key`. The scope is key, secret key, method and path; the body is no part of
//! it, so a repeat gets the first answer whatever it carries.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::store::{Record, StoreError, Write};

pub(crate) const ANSWERS: &str = "toss_answer";
/// The longest key that Toss takes.
pub(crate) const LONGEST_KEY: usize = 300;
/// How long a key is remembered after its first use.
const REMEMBERED_FOR: TimeDelta = TimeDelta::days(15);

/// An answer as it is stored and replayed, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) trace_id: String,
}

impl Answer {
    /// Successes and definite refusals are replayed. Whether Toss stores a 5xx is not documented; here it does not, and
    /// neither does it store "still in progress" and "too many", which say nothing about the request itself.
    fn is_stored(&self) -> bool {
        self.status < 500 && self.status != 409 && self.status != 429
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    answer: Answer,
    first_used: Moment,
}

/// What a key means for the call that brings it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Nobody used it: execute.
    Fresh,
    /// The first call is not answered yet.
    InFlight,
    /// The first call's answer.
    Replay(Answer),
}

/// The book of keys. Keys in flight live in memory only: a restart answers nobody, so it leaves no key blocked.
#[derive(Debug, Default)]
pub(crate) struct IdempotencyBook {
    stored: HashMap<String, Stored>,
    in_flight: std::collections::HashSet<String>,
    writes: Vec<Write>,
}

impl IdempotencyBook {
    pub(crate) fn restore(&mut self, record: &Record) -> Result<(), StoreError> {
        self.stored.insert(record.key.clone(), record.read()?);
        Ok(())
    }

    /// Claims a scope; `Fresh` puts it in flight until [`Self::release`].
    pub(crate) fn claim(&mut self, scope: &str, now: Moment) -> Claim {
        if self.in_flight.contains(scope) {
            return Claim::InFlight;
        }
        match self.stored.get(scope) {
            Some(stored) if now < stored.first_used + REMEMBERED_FOR => return Claim::Replay(stored.answer.clone()),
            Some(_) => {
                self.stored.remove(scope);
                self.writes.push(Write::Delete { kind: ANSWERS, key: scope.to_owned() });
            }
            None => {}
        }
        self.in_flight.insert(scope.to_owned());
        Claim::Fresh
    }

    /// Stores the answer in the same change as what it tells of.
    pub(crate) fn remember(&mut self, scope: &str, answer: &Answer, now: Moment) {
        if answer.is_stored() {
            let stored = Stored { answer: answer.clone(), first_used: now };
            self.writes.push(Write::put(ANSWERS, scope, &stored));
            self.stored.insert(scope.to_owned(), stored);
        }
    }

    /// The first call has been answered.
    pub(crate) fn release(&mut self, scope: &str) {
        self.in_flight.remove(scope);
    }

    pub(crate) fn take_writes(&mut self) -> Vec<Write> {
        std::mem::take(&mut self.writes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Answer {
        Answer { status, body: "{}".to_owned(), trace_id: "t".to_owned() }
    }

    #[test]
    fn a_key_is_in_flight_then_replayed_and_forgotten_after_fifteen_days() {
        let (mut book, now) = (IdempotencyBook::default(), Moment::UNIX_EPOCH);
        assert_eq!(book.claim("k", now), Claim::Fresh);
        assert_eq!(book.claim("k", now), Claim::InFlight);
        book.remember("k", &answer(403), now);
        book.release("k");
        assert_eq!(book.claim("k", now + TimeDelta::days(14)), Claim::Replay(answer(403)));
        assert_eq!(book.claim("k", now + TimeDelta::days(15)), Claim::Fresh);
    }

    #[test]
    fn a_server_error_is_not_stored() {
        let (mut book, now) = (IdempotencyBook::default(), Moment::UNIX_EPOCH);
        assert_eq!(book.claim("k", now), Claim::Fresh);
        book.remember("k", &answer(500), now);
        book.release("k");
        assert_eq!(book.claim("k", now), Claim::Fresh);
    }
}
