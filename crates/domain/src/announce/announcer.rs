//! How the instances of the shop tell each other that there is something to tell.

use async_trait::async_trait;

use crate::shared::PortFailure;

/// The bell that every instance of the shop hears.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Announcer: Send + Sync {
    /// Rings: there are new announcements. Whoever listens hears it, on this instance too. It is not repeated for those
    /// who do not listen at this moment.
    async fn ring(&self) -> Result<(), PortFailure>;

    /// Begins to listen: every ring from now on is heard. One for each instance, however many pages are open there.
    async fn listen(&self) -> Result<Box<dyn Rings>, PortFailure>;
}

/// The rings that somebody who listens hears.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Rings: Send {
    /// Returns at the next ring; at once where there was one since it was asked last. Several may count as one. After a
    /// failure nothing more is heard: whoever wants to go on begins to listen anew, and looks, because it may have rung
    /// meanwhile.
    async fn next(&mut self) -> Result<(), PortFailure>;
}
