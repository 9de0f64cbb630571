//! `Idempotency-Key`: what is asked under a key is done once, and answered alike however often it is asked.
//!
//! A handler takes [`Keyed`] where it would take [`Json`](super::json::Json), or [`KeyedIfAny`] where a body may be missing,
//! refuses what is wrong in the request itself, and hands its work to [`answer`]. Without the header the work is all that
//! happens. Which answers are kept, and why, stands in `docs/adr/0017-once-under-a-key.md`.

mod answer;
mod key;

pub use answer::{AnsweredOnce, Begun, HandledOnce, answer};
pub use key::{Asked, Keyed, KeyedIfAny};
