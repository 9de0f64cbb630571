//! Keeping a secret in somebody else's hands: a cookie, a row.

/// Seals bytes so that only this shop's servers can open them, and only if nobody changed a bit. Every instance opens
/// what another has sealed.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
pub trait Vault: Send + Sync {
    /// The bytes, encrypted and authenticated, as text of the URL-safe base64 alphabet. Sealing the same bytes twice
    /// gives two texts.
    fn seal(&self, purpose: Purpose, plain: &[u8]) -> String;

    /// The bytes, if the text was sealed for this very purpose by a key that is still in use.
    fn open(&self, purpose: Purpose, sealed: &str) -> Option<Vec<u8>>;
}

/// What something was sealed for. It is authenticated with the content: a text sealed for one purpose cannot be
/// presented for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A log-in at a partner that is under way, in its browser.
    LogInFlow,
    /// Who wants to link an account, from the shop's page to the partner's.
    LinkIntent,
    /// A sign-up that a partner's log-in began, in its browser.
    PendingSignUp,
    /// A mail that waits to be sent.
    Letter,
    /// The secret of somebody's second factor, in its row.
    SecondFactor,
    /// The account that a buyer's money goes back to, in its payment's row.
    RefundAccount,
}

impl Purpose {
    /// Its name, part of what is authenticated: it never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LogInFlow => "log-in-flow",
            Self::LinkIntent => "link-intent",
            Self::PendingSignUp => "pending-sign-up",
            Self::Letter => "letter",
            Self::SecondFactor => "second-factor",
            Self::RefundAccount => "refund-account",
        }
    }
}
