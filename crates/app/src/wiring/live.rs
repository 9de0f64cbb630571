//! What tells shoppers live.

use std::sync::Arc;

use ef_domain::announce::{
    AnnouncementQueries, AnnouncementRepository, Announcer, DeliverAnnouncements, ReadAnnouncements, SweepAnnouncements,
};
use ef_domain::shared::{AnnouncementId, Clock, Vault};
use ef_embedded::EmbeddedAnnouncer;
use ef_redis::{RedisAnnouncer, RedisServer};
use ef_sql::{Database, SqlAnnouncementQueries, SqlAnnouncementRepository};

use crate::config::LiveConfig;
use crate::live::{Feed, Live, Streams};

/// The bell for announcements: in Redis if there is one, else in this process.
pub fn announcer(redis: Option<&RedisServer>) -> Arc<dyn Announcer> {
    match redis {
        Some(redis) => Arc::new(RedisAnnouncer::new(redis.clone())),
        None => Arc::new(EmbeddedAnnouncer::new()),
    }
}

/// Delivering, reading and telling, over one database and one bell.
pub(super) fn live(
    config: LiveConfig,
    database: &Database,
    announcer: Arc<dyn Announcer>,
    vault: &Arc<dyn Vault>,
    clock: &Arc<dyn Clock>,
) -> (DeliverAnnouncements, ReadAnnouncements, Live) {
    let kept: Arc<dyn AnnouncementRepository> =
        Arc::new(SqlAnnouncementRepository::new(database.clone(), Arc::clone(vault)));
    let shown: Arc<dyn AnnouncementQueries> = Arc::new(SqlAnnouncementQueries::new(database.clone()));
    let streams = Arc::new(Streams::beginning_after(AnnouncementId::new(0)));
    let feed = Feed::new(Arc::clone(&shown), Arc::clone(&streams));
    let deliver = DeliverAnnouncements {
        announcements: Arc::clone(&kept),
        announcer: Arc::clone(&announcer),
        clock: Arc::clone(clock),
    };
    let sweep = SweepAnnouncements { announcements: Arc::clone(&kept), clock: Arc::clone(clock), kept: config.kept };
    let read = ReadAnnouncements { shown, kept, clock: Arc::clone(clock) };
    (deliver, read, Live { streams, feed, announcer, sweep, config })
}
