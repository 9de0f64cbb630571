//! What can be set about pictures of products.

use std::time::Duration;

use secrecy::SecretString;

use super::Profile;
use super::partners::base_url;
use super::reader::Reader;
use super::sections::millis;

/// A bucket that speaks S3.
#[derive(Clone, Debug)]
pub struct BucketConfig {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub region: String,
    /// The service it is at; `None` = Amazon's of that region.
    pub endpoint: Option<String>,
    /// Who we are there; `None` = whoever the machine is.
    pub keys: Option<BucketKeysConfig>,
    /// Where browsers find it; `None` = where we do.
    pub public_url: Option<String>,
    /// What keys begin with.
    pub prefix: String,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a call may take, with its repeats.
    pub total_timeout: Duration,
}

/// Who we are at the bucket's service.
#[derive(Clone, Debug)]
pub struct BucketKeysConfig {
    /// The key's id.
    pub id: String,
    /// The key.
    pub secret: SecretString,
}

/// Pictures of products.
#[derive(Clone, Debug)]
pub struct ImagesConfig {
    /// Where they are kept; `None` = in the data folder.
    pub bucket: Option<BucketConfig>,
    /// How many are made anew at once.
    pub concurrency: usize,
    /// How long somebody waits for his turn.
    pub queue: Duration,
    /// How long an upload may take to arrive.
    pub upload_timeout: Duration,
}

impl ImagesConfig {
    pub(super) fn read(reader: &mut Reader, profile: Profile, warnings: &mut Vec<String>) -> Self {
        let images = Self {
            bucket: bucket(reader),
            concurrency: reader.number("images.concurrency", 1..=64),
            queue: millis(reader, "images.queue_ms", 50, 60_000),
            upload_timeout: Duration::from_secs(reader.number("images.upload_timeout_seconds", 1..=600)),
        };
        if profile == Profile::Production {
            images.warn(warnings);
        }
        images
    }
}

impl ImagesConfig {
    fn warn(&self, warnings: &mut Vec<String>) {
        let Some(bucket) = &self.bucket else {
            warnings.push("images.bucket is not given: uploaded pictures are kept on this machine only".to_owned());
            return;
        };
        let is_plain = |url: &Option<String>| url.as_deref().is_some_and(|url| url.starts_with("http://"));
        if is_plain(&bucket.endpoint) {
            warnings.push("images.endpoint is plain http: uploads travel in clear".to_owned());
        }
        if is_plain(&bucket.public_url) {
            warnings.push("images.public_url is plain http: pages over https do not show such pictures".to_owned());
        }
    }
}

fn bucket(reader: &mut Reader) -> Option<BucketConfig> {
    let name = reader.optional_text("images.bucket");
    let (region, prefix) = (reader.text("images.region"), reader.text("images.prefix"));
    let (endpoint, public_url) = (base_url(reader, "images.endpoint"), base_url(reader, "images.public_url"));
    let keys = (reader.optional_text("images.access_key_id"), reader.secret("images.secret_access_key"));
    let connect_timeout = millis(reader, "images.connect_timeout_ms", 50, 30_000);
    let total_timeout = millis(reader, "images.total_timeout_ms", 50, 30_000);
    if !is_prefix(&prefix) {
        reader.problem("images.prefix", "must be small letters, digits, `-` and `/`, and end in `/`");
    }
    let keys = match keys {
        (Some(id), Some(secret)) => Some(BucketKeysConfig { id, secret }),
        (None, None) => None,
        (Some(_), None) => {
            reader.problem("images.secret_access_key", "is missing, and images.access_key_id is not");
            None
        }
        (None, Some(_)) => {
            reader.problem("images.access_key_id", "is missing, and images.secret_access_key is not");
            None
        }
    };
    if name.is_none() && (endpoint.is_some() || public_url.is_some() || keys.is_some()) {
        reader.problem("images.bucket", "is missing, and other keys of a bucket are not");
    }
    if name.as_ref().is_some_and(|name| !is_bucket(name)) {
        reader.problem("images.bucket", "must be the name of a bucket: small letters, digits, `-` and `.`");
    }
    Some(BucketConfig { name: name?, region, endpoint, keys, public_url, prefix, connect_timeout, total_timeout })
}

fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len()) && name.bytes().all(|byte| is_plain(byte) || byte == b'.') && !name.contains("..")
}

fn is_prefix(prefix: &str) -> bool {
    let Some(folders) = prefix.strip_suffix('/') else { return false };
    folders.split('/').all(|folder| !folder.is_empty() && folder.bytes().all(is_plain))
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}
