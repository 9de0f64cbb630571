//! Makes pictures anew: decodes an upload within limits, and encodes what it shows.
//!
//! Decoding costs a core tenths of a second and up to some hundred megabytes. It runs on threads of its own, never more at
//! once than there are permits, so that uploads leave CPU and memory for the rest of the shop.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::catalogue::{CleanImage, CleanImageFailure, ImageCleaner, ImageKind};
use ef_domain::shared::{FailureKind, PortFailure};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

const CLEANING: &str = "making a picture anew";
/// What the decoder may fill beside the picture itself.
const WORKSPACE_BYTES: u64 = 32 << 20;
/// Photographs show no difference to the next better one, and those are half as large again.
const JPEG_QUALITY: u8 = 85;

/// How large pictures may be, and how much of the machine they get.
#[derive(Clone, Copy, Debug)]
pub struct CleaningLimits {
    /// The longest edge that is decoded.
    pub longest_edge: u32,
    /// The most pixels that are decoded.
    pub most_pixels: u64,
    /// The longest edge that is kept.
    pub kept_edge: u32,
    /// How many pictures are made anew at once.
    pub concurrency: usize,
    /// How long somebody waits for his turn.
    pub queue: Duration,
}

impl Default for CleaningLimits {
    fn default() -> Self {
        Self {
            longest_edge: 8_000,
            most_pixels: 25_000_000,
            kept_edge: 2_000,
            concurrency: 1,
            queue: Duration::from_secs(6),
        }
    }
}

impl CleaningLimits {
    /// What the decoder is told. A picture with 16 bits a channel may have half as many pixels.
    fn of_decoder(self) -> Limits {
        let mut limits = Limits::no_limits();
        limits.max_image_width = Some(self.longest_edge);
        limits.max_image_height = Some(self.longest_edge);
        limits.max_alloc = Some(self.most_pixels.saturating_mul(4).saturating_add(WORKSPACE_BYTES));
        limits
    }
}

/// Decodes and encodes with the `image` crate.
#[derive(Debug)]
pub struct ReencodingCleaner {
    limits: CleaningLimits,
    permits: Arc<Semaphore>,
}

impl ReencodingCleaner {
    /// A cleaner within those limits.
    pub fn new(limits: CleaningLimits) -> Self {
        Self { limits, permits: Arc::new(Semaphore::new(limits.concurrency)) }
    }
}

#[async_trait]
impl ImageCleaner for ReencodingCleaner {
    async fn clean(&self, upload: Vec<u8>) -> Result<CleanImage, CleanImageFailure> {
        // What is no picture costs nobody a turn.
        let format = sniff(&upload).ok_or(CleanImageFailure::UnknownFormat)?;
        let failure = |kind, source: Box<dyn std::error::Error + Send + Sync>| PortFailure::new(kind, CLEANING, source);
        let permit = tokio::time::timeout(self.limits.queue, Arc::clone(&self.permits).acquire_owned())
            .await
            .map_err(|waited| failure(FailureKind::TimedOut, waited.into()))?
            .map_err(|closed| failure(FailureKind::Unreachable, closed.into()))?;
        let limits = self.limits;
        tokio::task::spawn_blocking(move || {
            let outcome = redrawn(&upload, format, limits);
            // The permit travels with the work: a caller who hangs up frees nothing that is still being used.
            drop(permit);
            outcome
        })
        .await
        // A decoder that panics has met a broken picture.
        .map_err(|lost| {
            if lost.is_panic() {
                CleanImageFailure::Broken
            } else {
                failure(FailureKind::Unreachable, lost.into()).into()
            }
        })?
    }
}

/// The format that the first bytes are of, if it is one that we read.
fn sniff(upload: &[u8]) -> Option<ImageFormat> {
    let format = image::guess_format(upload).ok()?;
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP].contains(&format).then_some(format)
}

fn redrawn(upload: &[u8], format: ImageFormat, limits: CleaningLimits) -> Result<CleanImage, CleanImageFailure> {
    let mut reader = ImageReader::with_format(Cursor::new(upload), format);
    reader.limits(limits.of_decoder());
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width).saturating_mul(u64::from(height)) > limits.most_pixels {
        return Err(CleanImageFailure::TooManyPixels);
    }
    // A note that cannot be read turns nothing.
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    if picture.width().max(picture.height()) > limits.kept_edge {
        picture = picture.resize(limits.kept_edge, limits.kept_edge, FilterType::CatmullRom);
    }
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    encoded(&picture)
}

/// As a photograph, unless it shows through somewhere.
fn encoded(picture: &DynamicImage) -> Result<CleanImage, CleanImageFailure> {
    let mut bytes = Vec::new();
    let shows_through = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < u8::MAX);
    let (kind, outcome) = if shows_through {
        let picture = DynamicImage::ImageRgba8(picture.to_rgba8());
        (ImageKind::Png, picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png))
    } else {
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        (ImageKind::Jpeg, picture.to_rgb8().write_with_encoder(encoder))
    };
    outcome.map_err(|error| refusal(&error))?;
    Ok(CleanImage { kind, bytes })
}

fn refusal(error: &ImageError) -> CleanImageFailure {
    match error {
        ImageError::Limits(_) => CleanImageFailure::TooManyPixels,
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => CleanImageFailure::Broken,
    }
}

#[cfg(test)]
mod tests;
