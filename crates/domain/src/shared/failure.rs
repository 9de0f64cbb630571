//! The only technical error in the domain.

use std::error::Error;
use std::fmt;

/// What went wrong outside, as far as a decision can depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The other side could not be reached, or refused to answer.
    Unreachable,
    /// No answer in time. Whether the request took effect is unknown.
    TimedOut,
    /// The other side answered something that must not be: a row that breaks an invariant, an unreadable document.
    Corrupt,
}

/// A port could not do its work, for a reason that is no business of the shop's.
///
/// The message names the operation and never the source: the boundary logs the chain once.
#[derive(Debug)]
pub struct PortFailure {
    kind: FailureKind,
    during: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl PortFailure {
    /// A failure during an operation, such as `"placing an order"`.
    pub fn new(kind: FailureKind, during: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, during, source: Some(source.into()) }
    }

    /// What went wrong.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    /// The failure with its sources, for a log line.
    pub fn chain(&self) -> &(dyn Error + 'static) {
        self
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self.kind {
            FailureKind::Unreachable | FailureKind::TimedOut => true,
            FailureKind::Corrupt => false,
        }
    }
}

impl fmt::Display for PortFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FailureKind::Unreachable => "could not reach the other side",
            FailureKind::TimedOut => "no answer in time",
            FailureKind::Corrupt => "an answer that must not be",
        };
        write!(f, "{what} while {}", self.during)
    }
}

impl Error for PortFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + Send + Sync + 'static) = self.source.as_deref()?;
        Some(source)
    }
}
