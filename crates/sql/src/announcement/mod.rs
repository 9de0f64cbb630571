//! Announcements in SQL: the table `notification`.

mod deliver;
mod queries;
mod repository;
mod row;

pub use queries::SqlAnnouncementQueries;
pub use repository::SqlAnnouncementRepository;
