//! Where keys, their claims and their answers are kept.

use std::fmt;

use async_trait::async_trait;

use crate::order::OrderNumber;
use crate::shared::{PortFailure, Timestamp, WorkClaim};

use super::KeyedRequest;

/// A claim that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClaim {
    /// What was asked.
    pub request: KeyedRequest,
    /// Drawn for this claim and no other.
    pub token: String,
    /// When.
    pub now: Timestamp,
    /// Until when nobody else takes it over.
    pub lease_ends_at: Timestamp,
    /// Keys that were claimed at or before this moment count as new.
    pub forgotten_before: Timestamp,
}

/// What became of a wish for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// It is granted: do the work.
    Granted(WorkClaim),
    /// Somebody is at it.
    UnderWay,
    /// It is done.
    Done(DoneWork),
    /// The key was used for another request.
    AnotherRequest,
}

/// Work that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneWork {
    /// The claim under which it was done.
    pub claim: WorkClaim,
    /// The order that it placed, if that was the work.
    pub placed: Option<OrderNumber>,
    /// What was answered; `None` if whoever did it went down before that.
    pub answer: Option<KeptAnswer>,
}

/// An answer as it was given, byte for byte. Its body tells of people and is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

impl fmt::Debug for KeptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Where keys, their claims and their answers are kept.
///
/// The mark that a key's work is done is not made here: the repositories of orders and payments make it, in the
/// transaction of the work.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait RequestLedger: Send + Sync {
    /// Claims the key for the request. Of any number that ask at once for one key, one is granted the claim. One
    /// statement for a key that nobody used.
    ///
    /// A claim whose lease is over and whose work is not done is granted `again` to the same request, under the new token;
    /// whoever held it before holds nothing any more. A key that is forgotten is as good as new.
    async fn claim(&self, claim: &NewClaim) -> Result<ClaimOutcome, PortFailure>;

    /// Keeps the answer, and with it the key counts as done; whether it was kept. It is not if the claim was lost, or
    /// if there is an answer already: the first one stands. One statement.
    async fn keep(&self, claim: &WorkClaim, answer: &KeptAnswer, now: Timestamp) -> Result<bool, PortFailure>;

    /// Gives a claim back whose work came to no answer: the same request may claim it again at once. Does nothing if the
    /// claim was lost or its work is done. One statement.
    async fn give_back(&self, claim: &WorkClaim, now: Timestamp) -> Result<(), PortFailure>;

    /// Forgets at most `limit` keys that were claimed at or before `before`, oldest first; how many.
    async fn forget(&self, before: Timestamp, limit: u32) -> Result<u64, PortFailure>;
}
