//! What a client asks for under a key of its own is done once, and answered alike however often it is asked.
//!
//! | asked under a key | and | the answer |
//! | --- | --- | --- |
//! | that is new, or whose claimant is dead | | the work is done |
//! | that somebody works on | the same request | "under way", try again shortly |
//! | whose work is done | the same request | the first answer |
//! | that is known | another request | refused |
//! | of a day ago | | as if it were new |
//!
//! [`request`] says what the same request is, [`ledger`] is the port where claims and answers are kept, [`AnswerOnce`] the
//! use case around another one, [`ForgetRequests`] the end. The claim itself is
//! [`WorkClaim`](crate::shared::WorkClaim): it travels inside the command of the work, and the transaction that stores the
//! work marks it as done. Why it is so stands in `docs/adr/0017-once-under-a-key.md`.

mod answer_once;
mod forget_requests;
mod ledger;
mod request;

pub use answer_once::{AnswerOnce, AnswerOnceError, ClaimTiming, Turn};
pub use forget_requests::ForgetRequests;
#[cfg(any(test, feature = "mock"))]
pub use ledger::MockRequestLedger;
pub use ledger::{ClaimOutcome, DoneWork, KeptAnswer, NewClaim, RequestLedger};
pub use request::{Fingerprint, KeyedRequest, Operation, RequestKey, RequestKeyError};
