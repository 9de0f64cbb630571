//! Announcements in SQL: the table `notification`, and the letters that go with some of them.

mod deliver;
mod letters;
mod queries;
mod repository;
mod row;

pub use queries::SqlAnnouncementQueries;
pub use repository::SqlAnnouncementRepository;
