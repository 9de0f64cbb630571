//! Telling shoppers live: the streams that are open on this instance, and where they get their news from.
//!
//! [`Feed`] reads announcements from the database in the order of telling, each once, and hands them to [`Streams`],
//! which knows who has a page open here. It reads when the bell rings (`jobs/announce.rs` listens, once for the whole
//! instance) and now and then anyway. What was read last is the instance's place in the order; a stream that opens begins
//! there, so that nothing falls between what it is told at first and what it is told later.
//!
//! **Invariant:** whoever does not take what he is told is dropped, and nobody ever waits for him.

mod feed;
mod streams;

pub use feed::Feed;
pub use streams::{LiveStream, Streams};

use std::sync::Arc;

use ef_domain::announce::{Announcer, SweepAnnouncements};

use crate::config::LiveConfig;

/// What a server needs to tell shoppers live.
pub struct Live {
    /// The streams that are open here.
    pub streams: Arc<Streams>,
    /// Where they get their news from.
    pub feed: Feed,
    /// The bell that says that there is news.
    pub announcer: Arc<dyn Announcer>,
    /// Forgets what was told long ago.
    pub sweep: SweepAnnouncements,
    /// How often what happens.
    pub config: LiveConfig,
}
