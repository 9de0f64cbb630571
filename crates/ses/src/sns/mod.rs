//! Notices that Amazon SNS posts: proven, then read.
//!
//! | File | Part |
//! | --- | --- |
//! | `envelope.rs` | the document, and the text that is signed |
//! | `certificate.rs` | the key that signs it, and where it may come from |
//! | `event.rs` | what a notice says of a mail |
//! | `reader.rs` | all of it, in order |

mod certificate;
mod envelope;
mod event;
mod reader;

pub use reader::{SnsConfig, SnsFeedbackReader, StandIn};
