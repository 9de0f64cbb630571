//! The one room where the system's clock is read.

use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use ef_domain::shared::{Clock, Timestamp};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "everybody else takes this clock")]
    fn now(&self) -> Timestamp {
        Timestamp::new(Utc::now())
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}
