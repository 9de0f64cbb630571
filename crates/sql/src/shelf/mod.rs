//! The shelf as administrators keep it. Whoever changes a product takes its row first, by its version, so that two of them
//! take turns; the lock order is product, variants, tags.

mod erase;
mod fields;
mod images;
mod repository;
mod sheet;
mod stock;
mod tags;
mod write;

pub use images::SqlImageLedger;
pub use repository::SqlProductRepository;
pub use tags::SqlTagRepository;
