//! Keys do not live for ever.

use std::sync::Arc;
use std::time::Duration;

use crate::shared::{Clock, PortFailure};

use super::RequestLedger;

/// Forgets keys and their answers.
pub struct ForgetRequests {
    /// Where they are kept.
    pub ledger: Arc<dyn RequestLedger>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// How long a key is kept.
    pub keep: Duration,
}

impl ForgetRequests {
    /// Forgets one batch of keys that are too old; how many.
    pub async fn run(&self, limit: u32) -> Result<u64, PortFailure> {
        self.ledger.forget(self.clock.now().before(self.keep), limit).await
    }
}
