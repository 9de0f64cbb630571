//! Amazon SES behind the domain's mail ports: [`SesMailer`] sends over SMTP, [`SnsFeedbackReader`] reads what the partner
//! tells of sent mails through SNS.
//!
//! - `relay.rs` has one conversation with the relay; `reply.rs` knows what each of its refusals means; `trust.rs` knows
//!   whose certificates are good; `password.rs` derives the password.
//! - `letters` words the letters, `message.rs` makes messages of them, `mailer.rs` puts it all together.
//! - `sns` proves and reads notices.
//!
//! What it must never do: say anything secret on a connection that is not encrypted to the right relay, take "unknown" for
//! "not sent", believe a notice that the partner has not signed, fetch from an address that a notice names without
//! knowing it for the partner's, or write an address or a letter's content to the log.
//!
//! To add a letter: see `letters`. To add a reply: its row in `reply.rs`, which has the partner's whole table in its tests.

mod letters;
mod mailer;
mod message;
mod password;
mod relay;
mod reply;
mod sns;
mod trust;
mod web;

pub use letters::{Letters, Rendered};
pub use mailer::{SesConfig, SesMailer};
pub use password::smtp_password;
pub use relay::{Encryption, Patience};
pub use sns::{SnsConfig, SnsFeedbackReader, StandIn};
pub use trust::Authority;
