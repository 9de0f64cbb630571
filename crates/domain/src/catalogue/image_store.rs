//! The ports behind which pictures are made anew, kept, and known to be shown.

use async_trait::async_trait;
use thiserror::Error;

use crate::shared::{AuditEntry, PortFailure};

use super::image::{CleanImage, ImageName};

/// Why nothing could be made of an upload.
#[derive(Debug, Error)]
pub enum CleanImageFailure {
    /// Its first bytes are those of no format that we read.
    #[error("not a picture of a known format")]
    UnknownFormat,
    /// It begins like a picture and goes on like none.
    #[error("the picture is broken")]
    Broken,
    /// It has more pixels than we decode.
    #[error("the picture has too many pixels")]
    TooManyPixels,
    /// It was not its turn in time, or the machine failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// Makes pictures anew.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ImageCleaner: Send + Sync {
    /// The picture in the upload, upright, of bounded size, and with nothing else of the upload in it.
    async fn clean(&self, upload: Vec<u8>) -> Result<CleanImage, CleanImageFailure>;
}

/// Where pictures are kept. Every call ends in bounded time.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ImageStore: Send + Sync {
    /// Keeps a picture under a name that was drawn for it.
    async fn put(&self, name: &ImageName, image: &CleanImage) -> Result<(), PortFailure>;

    /// The file of that name, if there is one.
    async fn read(&self, name: &ImageName) -> Result<Option<Vec<u8>>, PortFailure>;

    /// Whether there is a file of that name.
    async fn holds(&self, name: &ImageName) -> Result<bool, PortFailure>;

    /// Erases it. One that is not there is erased already.
    async fn erase(&self, name: &ImageName) -> Result<(), PortFailure>;

    /// Where browsers find it: an address, or a path on this server.
    fn address(&self, name: &ImageName) -> String;

    /// The name behind an address that this store would give out, to the letter; `None` for any other address.
    fn name_at(&self, address: &str) -> Option<ImageName>;

    /// Whether this server shows the pictures; otherwise browsers find them elsewhere.
    fn is_shown_here(&self) -> bool;
}

/// Why an erasure was not noted.
#[derive(Debug, Error)]
pub enum ReleaseImageFailure {
    /// A product or a line of an order shows the picture.
    #[error("the picture is shown")]
    InUse,
    /// The store failed.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

/// What the books say of pictures.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ImageLedger: Send + Sync {
    /// Puts an entry into the audit trail.
    async fn note(&self, entry: &AuditEntry) -> Result<(), PortFailure>;

    /// Puts the entry of an erasure into the audit trail, unless a product or a line of an order shows the picture, under
    /// whatever address. One statement.
    async fn release(&self, name: &ImageName, entry: &AuditEntry) -> Result<(), ReleaseImageFailure>;
}
