//! What the shop writes to people.
//!
//! A [`Letter`] says what is to be told; how it reads is the business of whoever sends it. It is stored as a
//! [`NewMail`] by the transaction that makes it true, and sent later.

mod letter;

pub use letter::{Letter, NewMail, OneTimeCode};
