//! A request under a key: whose turn it is, and what remains of the answer.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;

use crate::shared::{Clock, Entropy, PortFailure, WorkClaim};

use super::{ClaimOutcome, DoneWork, KeptAnswer, KeyedRequest, NewClaim, RequestLedger};

/// How long claims and keys live.
#[derive(Clone, Copy, Debug)]
pub struct ClaimTiming {
    /// When a claimant counts as dead: longer than a request takes. Nothing but waiting depends on it.
    pub lease: Duration,
    /// How long a key is kept.
    pub keep: Duration,
}

/// Sees to it that what is asked under a key is done once.
pub struct AnswerOnce {
    /// Where keys are kept.
    pub ledger: Arc<dyn RequestLedger>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where tokens come from.
    pub entropy: Arc<dyn Entropy>,
    /// How long claims and keys live.
    pub timing: ClaimTiming,
}

/// What is to be done with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The work. The claim goes into its command.
    Work(WorkClaim),
    /// It is done: this was the answer, or the work is to be shown as it stands now.
    Done(DoneWork),
}

/// Why a request under a key is not answered.
#[derive(Debug, Error)]
pub enum AnswerOnceError {
    /// The key was used for another request.
    #[error("the key was used for another request")]
    AnotherRequest,
    /// The same request is being worked on.
    #[error("the same request is under way")]
    UnderWay,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl AnswerOnce {
    /// Whose turn it is.
    pub async fn turn(&self, request: KeyedRequest) -> Result<Turn, AnswerOnceError> {
        let now = self.clock.now();
        let claim = NewClaim {
            request,
            token: self.entropy.hex_id(),
            now,
            lease_ends_at: now.after(self.timing.lease),
            forgotten_before: now.before(self.timing.keep),
        };
        match self.ledger.claim(&claim).await? {
            ClaimOutcome::Granted(claim) => Ok(Turn::Work(claim)),
            ClaimOutcome::Done(done) => Ok(Turn::Done(done)),
            ClaimOutcome::UnderWay => Err(AnswerOnceError::UnderWay),
            ClaimOutcome::AnotherRequest => Err(AnswerOnceError::AnotherRequest),
        }
    }

    /// Keeps the answer for whoever asks again. The work is done and marked as done: a ledger that fails now costs
    /// nobody anything but the words.
    pub async fn keep(&self, claim: &WorkClaim, answer: &KeptAnswer) {
        if let Err(failure) = self.ledger.keep(claim, answer, self.clock.now()).await {
            tracing::warn!(claim = %claim.id, error = failure.chain(), "an answer could not be kept");
        }
    }

    /// Gives the claim of a work back that came to nothing. If that fails, its lease ends it.
    pub async fn give_back(&self, claim: &WorkClaim) {
        if let Err(failure) = self.ledger.give_back(claim, self.clock.now()).await {
            tracing::warn!(claim = %claim.id, error = failure.chain(), "a claim could not be given back, its lease ends it");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fingerprint, MockRequestLedger, Operation, RequestKey};
    use super::*;
    use crate::shared::{ClaimId, CountingEntropy, FailureKind, ManualClock, Timestamp, UserId};

    const TIMING: ClaimTiming = ClaimTiming { lease: Duration::from_secs(60), keep: Duration::from_hours(24) };

    fn noon() -> Timestamp {
        Timestamp::from_millis(1_767_582_000_123).unwrap()
    }

    fn request() -> KeyedRequest {
        let key = RequestKey::parse(b"key").unwrap();
        let fingerprint = Fingerprint::of([b"body".as_slice()]);
        KeyedRequest { user: UserId::new(1), operation: Operation::PlaceOrder, key, fingerprint }
    }

    fn once(ledger: MockRequestLedger) -> AnswerOnce {
        AnswerOnce {
            ledger: Arc::new(ledger),
            clock: Arc::new(ManualClock::at(noon())),
            entropy: Arc::new(CountingEntropy::default()),
            timing: TIMING,
        }
    }

    fn claim() -> WorkClaim {
        WorkClaim { id: ClaimId::new(1), token: "token".to_owned(), again: false }
    }

    #[tokio::test]
    async fn every_claim_has_a_token_of_its_own_a_lease_and_a_day() {
        let mut ledger = MockRequestLedger::new();
        ledger.expect_claim().returning(|new| {
            assert_eq!(new.lease_ends_at, noon().after(TIMING.lease));
            assert_eq!(new.forgotten_before.after(TIMING.keep), noon());
            Ok(ClaimOutcome::Granted(WorkClaim { id: ClaimId::new(1), token: new.token.clone(), again: false }))
        });
        let once = once(ledger);
        let (first, second) = (once.turn(request()).await.unwrap(), once.turn(request()).await.unwrap());
        assert_ne!(first, second);
    }

    #[tokio::test]
    async fn a_ledger_that_fails_after_the_work_fails_nobody() {
        let down = || PortFailure::new(FailureKind::Unreachable, "testing", "down");
        let mut ledger = MockRequestLedger::new();
        ledger.expect_keep().returning(move |_, _, _| Err(down()));
        ledger.expect_give_back().returning(move |_, _| Err(down()));
        let once = once(ledger);
        once.keep(&claim(), &KeptAnswer { status: 201, body: "{}".to_owned() }).await;
        once.give_back(&claim()).await;
    }
}
