//! The right to do something once.

use super::ClaimId;

/// A claim of a key under which a client asked for something: whoever holds it does the work, nobody else. It travels
/// with the work, and the transaction that stores the work marks it as done.
///
/// A claim is lost where its lease ran out and the same request came again. The token tells: it is drawn anew by
/// everyone who takes the key over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkClaim {
    /// The key's row.
    pub id: ClaimId,
    /// Who claimed it last.
    pub token: String,
    /// Whether the same request was begun before and nobody knows how far it came. What it finds done may be its own doing.
    pub again: bool,
}
