//! Where the streams of this instance get their news from.

use std::sync::Arc;

use ef_domain::announce::AnnouncementQueries;
use ef_domain::shared::{AnnouncementId, PortFailure};
use tokio::sync::Notify;

use super::Streams;

/// How many announcements are read at a time.
const PAGE: u32 = 500;

/// Reads announcements in the order of telling, each once.
pub struct Feed {
    queries: Arc<dyn AnnouncementQueries>,
    streams: Arc<Streams>,
    bell: Arc<Notify>,
}

impl Feed {
    /// A feed of these streams. Until it begins, everything ever announced is news.
    pub fn new(queries: Arc<dyn AnnouncementQueries>, streams: Arc<Streams>) -> Self {
        Self { queries, streams, bell: Arc::new(Notify::new()) }
    }

    /// Begins after whatever was announced so far. To be called once, before the first stream opens.
    pub async fn begin(&self) -> Result<(), PortFailure> {
        if let Some(newest) = self.queries.newest().await? {
            self.streams.begin_after(newest);
        }
        Ok(())
    }

    /// Reads on where it left off and tells the streams; whether there may be more. Nobody else may be reading on at the
    /// same time.
    pub async fn read_on(&self) -> Result<bool, PortFailure> {
        let tail = self.queries.after(self.streams.told(), PAGE).await?;
        let Some(up_to) = tail.up_to else { return Ok(false) };
        let full = u32::try_from(tail.announcements.len()).is_ok_and(|read| read >= PAGE);
        self.streams.tell(tail.announcements, up_to);
        Ok(full)
    }

    /// Whether anything so late was announced at all. What a browser claims to have seen may come from a database that
    /// is gone.
    pub async fn knows(&self, id: AnnouncementId) -> Result<bool, PortFailure> {
        if id <= self.streams.told() {
            return Ok(true);
        }
        Ok(self.queries.newest().await?.is_some_and(|newest| id <= newest))
    }

    /// What whoever hears of new announcements notifies.
    pub fn bell(&self) -> &Arc<Notify> {
        &self.bell
    }
}

#[cfg(test)]
mod tests {
    use ef_domain::announce::{MockAnnouncementQueries, Tail};

    use super::*;

    fn feed(queries: MockAnnouncementQueries) -> Feed {
        Feed::new(Arc::new(queries), Arc::new(Streams::beginning_after(AnnouncementId::new(0))))
    }

    #[tokio::test]
    async fn it_begins_after_the_newest_and_reads_on_from_there() {
        let mut queries = MockAnnouncementQueries::new();
        queries.expect_newest().returning(|| Ok(Some(AnnouncementId::new(7))));
        queries.expect_after().withf(|after, _| *after == AnnouncementId::new(7)).once().returning(|_, _| {
            // One that cannot be read is passed over.
            Ok(Tail { announcements: Vec::new(), up_to: Some(AnnouncementId::new(9)) })
        });
        queries
            .expect_after()
            .withf(|after, _| *after == AnnouncementId::new(9))
            .once()
            .returning(|_, _| Ok(Tail::default()));
        let feed = feed(queries);
        feed.begin().await.unwrap();
        assert!(!feed.read_on().await.unwrap());
        assert!(!feed.read_on().await.unwrap());
        assert_eq!(feed.streams.told(), AnnouncementId::new(9));
    }

    #[tokio::test]
    async fn what_nobody_announced_yet_cannot_have_been_seen() {
        let mut queries = MockAnnouncementQueries::new();
        queries.expect_newest().returning(|| Ok(Some(AnnouncementId::new(7))));
        let feed = feed(queries);
        for (id, known) in [(0, true), (7, true), (8, false)] {
            assert_eq!(feed.knows(AnnouncementId::new(id)).await.unwrap(), known, "{id}");
        }
    }
}
