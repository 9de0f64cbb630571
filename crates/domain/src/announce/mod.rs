//! What shoppers are told live: that an order was paid, is on its way, was cancelled.
//!
//! The transaction that changes an order writes an event into the outbox. [`DeliverAnnouncements`] turns events into
//! [`Announcement`]s, which stay: a list to look at, with read and unread ones, and what a page that was away is told
//! when it comes back. Then it rings, by the [`Announcer`], on every instance of the shop; each looks what is new and
//! tells the pages that are open there. A ring says nothing but "look": one that is lost costs a moment, because every
//! instance looks now and then anyway, and never an announcement.
//!
//! Ids are the order of telling. Whoever has seen one has seen every earlier one of his, so one number says where a page
//! left off. [`AnnouncementRepository::deliver`] keeps that promise.
//!
//! About some of them the buyer is written to as well, in the same transaction: see [`OrderNews`](crate::notice::OrderNews).

mod announcement;
mod announcer;
mod deliver_announcements;
mod read_announcements;
mod repository;
mod sweep_announcements;

pub use announcement::{Announcement, AnnouncementKind};
pub use announcer::{Announcer, Rings};
#[cfg(any(test, feature = "mock"))]
pub use announcer::{MockAnnouncer, MockRings};
pub use deliver_announcements::DeliverAnnouncements;
pub use read_announcements::{MarkReadError, ReadAnnouncements};
pub use repository::{AnnouncementQueries, AnnouncementRepository, Delivery, Swept, Tail};
#[cfg(any(test, feature = "mock"))]
pub use repository::{MockAnnouncementQueries, MockAnnouncementRepository};
pub use sweep_announcements::SweepAnnouncements;
