//! The streams that are open on this instance.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ef_domain::announce::Announcement;
use ef_domain::shared::{AnnouncementId, UserId};
use tokio::sync::mpsc;

/// How many announcements wait for a reader that does not take them. One that leaves more than these is dropped: its
/// browser comes back and says where it left off.
const MOST_WAITING: usize = 32;
/// How many streams one person has open at a time; the oldest gives way. Browsers open no more than six to one server.
const MOST_STREAMS: usize = 16;

/// The streams that are open on this instance, by whose they are.
#[derive(Debug)]
pub struct Streams {
    registry: Mutex<Registry>,
}

#[derive(Debug)]
struct Registry {
    /// The last announcement that the streams were told of, or would have been.
    told: AnnouncementId,
    open: HashMap<UserId, Vec<Slot>>,
    next_ticket: u64,
    closed: bool,
}

#[derive(Debug)]
struct Slot {
    ticket: u64,
    sender: mpsc::Sender<Arc<Announcement>>,
}

/// One open stream. Closes when it is dropped.
#[derive(Debug)]
pub struct LiveStream {
    news: mpsc::Receiver<Arc<Announcement>>,
    began_after: AnnouncementId,
    ticket: u64,
    user: UserId,
    streams: Arc<Streams>,
}

impl LiveStream {
    /// The next announcement; `None` once the stream is over.
    pub async fn next(&mut self) -> Option<Arc<Announcement>> {
        self.news.recv().await
    }

    /// Everything after this announcement comes through the stream; this one and what was before does not.
    pub fn began_after(&self) -> AnnouncementId {
        self.began_after
    }

    /// A number that spreads streams which opened at once.
    pub fn ticket(&self) -> u64 {
        self.ticket
    }
}

impl Drop for LiveStream {
    fn drop(&mut self) {
        self.streams.forget(self.user, self.ticket);
    }
}

impl Streams {
    /// No stream is open, and everything up to that announcement was told.
    pub fn beginning_after(told: AnnouncementId) -> Self {
        Self { registry: Mutex::new(Registry { told, open: HashMap::new(), next_ticket: 0, closed: false }) }
    }

    /// Opens a stream of the user's; `None` once the server stops.
    pub fn open(self: &Arc<Self>, user: UserId) -> Option<LiveStream> {
        let (sender, news) = mpsc::channel(MOST_WAITING);
        let mut registry = self.registry();
        if registry.closed {
            return None;
        }
        let ticket = registry.next_ticket;
        registry.next_ticket = ticket.wrapping_add(1);
        let began_after = registry.told;
        let slots = registry.open.entry(user).or_default();
        if slots.len() >= MOST_STREAMS {
            slots.remove(0);
        }
        slots.push(Slot { ticket, sender });
        drop(registry);
        Some(LiveStream { news, began_after, ticket, user, streams: Arc::clone(self) })
    }

    /// Tells the streams what there is up to `told`. Waits for nobody.
    pub fn tell(&self, announcements: Vec<Announcement>, told: AnnouncementId) {
        let mut registry = self.registry();
        for announcement in announcements {
            registry.tell(announcement);
        }
        registry.told = told;
    }

    /// The last announcement that the streams were told of.
    pub fn told(&self) -> AnnouncementId {
        self.registry().told
    }

    /// Everything up to that announcement counts as told.
    pub fn begin_after(&self, told: AnnouncementId) {
        self.registry().told = told;
    }

    /// How many people have a stream open here.
    pub fn users(&self) -> usize {
        self.registry().open.len()
    }

    /// Ends every stream, and lets none open any more.
    pub fn close(&self) {
        let mut registry = self.registry();
        registry.closed = true;
        registry.open.clear();
    }

    fn forget(&self, user: UserId, ticket: u64) {
        self.registry().retain(user, |slot| slot.ticket != ticket);
    }

    /// Nothing here waits or calls anybody, so a thread that panicked has left nothing half done.
    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Registry {
    fn tell(&mut self, announcement: Announcement) {
        let user = announcement.user;
        let announcement = Arc::new(announcement);
        // A stream whose reader is behind by a whole buffer is dropped here; it ends where its buffer ends.
        self.retain(user, |slot| slot.sender.try_send(Arc::clone(&announcement)).is_ok());
    }

    fn retain(&mut self, user: UserId, keep: impl FnMut(&Slot) -> bool) {
        let Some(slots) = self.open.get_mut(&user) else { return };
        slots.retain(keep);
        if slots.is_empty() {
            self.open.remove(&user);
        }
    }
}

#[cfg(test)]
#[path = "streams_tests.rs"]
mod tests;
