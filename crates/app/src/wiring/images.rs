//! Pictures of products, from their section of the configuration to their place in the shop.

use std::path::Path;
use std::sync::Arc;

use ef_domain::catalogue::{ImageStore, KeepImages};
use ef_domain::shared::{Clock, Entropy, PortFailure};
use ef_images::{Bucket, BucketKeys, CleaningLimits, ObjectImageStore, ReencodingCleaner};
use ef_sql::{Database, SqlImageLedger};

use crate::config::{BucketConfig, ImagesConfig};

/// Where pictures are kept without a bucket, below the data folder.
const FOLDER: &str = "images";

/// Where pictures are kept: in the bucket if there is one, else in the data folder.
///
/// # Errors
/// [`PortFailure`] where the folder cannot be made, or the bucket's address is none.
pub fn image_store(config: &ImagesConfig, data_dir: &Path) -> Result<Arc<dyn ImageStore>, PortFailure> {
    Ok(Arc::new(match &config.bucket {
        Some(config) => ObjectImageStore::in_bucket(&bucket(config))?,
        None => ObjectImageStore::in_folder(&data_dir.join(FOLDER))?,
    }))
}

fn bucket(config: &BucketConfig) -> Bucket {
    let BucketConfig { name, region, endpoint, keys, public_url, prefix, connect_timeout, total_timeout } =
        config.clone();
    let keys = keys.map(|keys| BucketKeys { id: keys.id, secret: keys.secret });
    Bucket { name, region, endpoint, keys, public_url, prefix, connect_timeout, total_timeout }
}

/// Uploading, erasing and showing.
pub(super) fn images(
    config: &ImagesConfig,
    store: Arc<dyn ImageStore>,
    database: &Database,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> KeepImages {
    let limits = CleaningLimits { concurrency: config.concurrency, queue: config.queue, ..CleaningLimits::default() };
    KeepImages {
        cleaner: Arc::new(ReencodingCleaner::new(limits)),
        store,
        ledger: Arc::new(SqlImageLedger::new(database.clone())),
        clock: Arc::clone(clock),
        entropy: Arc::clone(entropy),
    }
}
