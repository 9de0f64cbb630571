//! Where pictures are kept: a bucket that speaks S3, or a folder.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ef_domain::catalogue::{CleanImage, ImageName, ImageStore};
use ef_domain::shared::{FailureKind, PortFailure};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, BackoffConfig, ObjectStore, ObjectStoreExt, PutOptions, PutPayload, RetryConfig,
};
use secrecy::{ExposeSecret, SecretString};

use crate::wire::Wire;

const PUTTING: &str = "putting a picture into the store";
const READING: &str = "reading a picture from the store";
const ERASING: &str = "erasing a picture from the store";
const SETTING_UP: &str = "setting up the store of pictures";

/// A name is drawn for one picture and never has another one.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Where this server shows the pictures of a folder.
const HERE: &str = "/images/products/";
/// What the folder calls its one shelf.
const FOLDER_PREFIX: &str = "products/";
/// How often a call is repeated that failed for no fault of its own.
const RETRIES: usize = 2;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How long the disk of this machine may take.
const DISK_TIMEOUT: Duration = Duration::from_secs(10);

/// A bucket, and how it is reached.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where it is, as the signature says.
    pub region: String,
    /// The service it is at (`https://storage.example`); `None` = Amazon's of that region.
    pub endpoint: Option<String>,
    /// Who we are; `None` = whoever the machine is, as its metadata service says.
    pub keys: Option<BucketKeys>,
    /// Where browsers find the bucket, without a slash at its end; `None` = where we do.
    pub public_url: Option<String>,
    /// What keys begin with, with a slash at its end.
    pub prefix: String,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long a call may take, with all its repeats.
    pub total_timeout: Duration,
}

/// Who we are at the service.
#[derive(Clone, Debug)]
pub struct BucketKeys {
    /// The key's id.
    pub id: String,
    /// The key.
    pub secret: SecretString,
}

impl Bucket {
    /// Where browsers find it.
    fn public_url(&self) -> String {
        let Self { name, region, .. } = self;
        match (&self.public_url, &self.endpoint) {
            (Some(url), _) => url.trim_end_matches('/').to_owned(),
            (None, Some(endpoint)) => format!("{}/{name}", endpoint.trim_end_matches('/')),
            (None, None) => format!("https://{name}.s3.{region}.amazonaws.com"),
        }
    }

    fn builder(&self, wire: Wire) -> AmazonS3Builder {
        let is_plain = self.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let builder = AmazonS3Builder::new()
            .with_bucket_name(&self.name)
            .with_region(&self.region)
            .with_http_connector(wire)
            .with_allow_http(is_plain)
            // The call for one object is in every service, the one for many is not.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: self.total_timeout,
                backoff: BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 },
            });
        let builder = match &self.endpoint {
            Some(endpoint) => builder.with_endpoint(endpoint.trim_end_matches('/')),
            None => builder.with_virtual_hosted_style_request(true),
        };
        match &self.keys {
            Some(keys) => builder.with_access_key_id(&keys.id).with_secret_access_key(keys.secret.expose_secret()),
            None => builder,
        }
    }
}

/// Keeps pictures through the `object_store` crate.
pub struct ObjectImageStore {
    store: Arc<dyn ObjectStore>,
    /// What keys begin with.
    prefix: String,
    /// What addresses begin with.
    base: String,
    is_shown_here: bool,
    total_timeout: Duration,
}

impl fmt::Debug for ObjectImageStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectImageStore").field("base", &self.base).finish_non_exhaustive()
    }
}

impl ObjectImageStore {
    /// Pictures in a bucket; nothing is sent. The bucket may be down now and up when it is needed.
    ///
    /// # Errors
    /// [`PortFailure`] where the bucket's address is none.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self, PortFailure> {
        let is_plain = bucket.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        let wire = Wire::try_new(is_plain, bucket.connect_timeout, bucket.total_timeout)
            .map_err(|error| PortFailure::new(FailureKind::Corrupt, SETTING_UP, error))?;
        let store =
            bucket.builder(wire).build().map_err(|error| PortFailure::new(FailureKind::Corrupt, SETTING_UP, error))?;
        Ok(Self {
            store: Arc::new(store),
            prefix: bucket.prefix.clone(),
            base: format!("{}/{}", bucket.public_url(), bucket.prefix),
            is_shown_here: false,
            total_timeout: bucket.total_timeout,
        })
    }

    /// Pictures in a folder, which is made where it is missing, shown by this server.
    ///
    /// # Errors
    /// [`PortFailure`] where the folder cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Self, PortFailure> {
        let failed =
            |error: Box<dyn Error + Send + Sync>| PortFailure::new(FailureKind::Unreachable, SETTING_UP, error);
        std::fs::create_dir_all(folder).map_err(|error| failed(error.into()))?;
        // A picture that was answered for is there after a power cut.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| failed(error.into()))?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            prefix: FOLDER_PREFIX.to_owned(),
            base: HERE.to_owned(),
            is_shown_here: true,
            total_timeout: DISK_TIMEOUT,
        })
    }

    fn key(&self, name: &ImageName) -> Key {
        Key::from(format!("{}{name}", self.prefix))
    }

    /// What a service is told about a picture; a folder keeps bytes only.
    fn attributes(&self, image: &CleanImage) -> Attributes {
        if self.is_shown_here {
            return Attributes::new();
        }
        [(Attribute::ContentType, image.kind.media_type()), (Attribute::CacheControl, FOR_EVER)].into_iter().collect()
    }

    /// The outcome of a call, in bounded time; `None` where there is nothing of that name.
    async fn bounded<T>(
        &self,
        during: &'static str,
        call: impl Future<Output = object_store::Result<T>> + Send,
    ) -> Result<Option<T>, PortFailure> {
        match tokio::time::timeout(self.total_timeout, call).await {
            Ok(Ok(outcome)) => Ok(Some(outcome)),
            Ok(Err(object_store::Error::NotFound { .. })) => Ok(None),
            // Refused keys and a full disk are no business of whoever asks either: it may work later.
            Ok(Err(error)) => Err(PortFailure::new(FailureKind::Unreachable, during, error)),
            Err(elapsed) => Err(PortFailure::new(FailureKind::TimedOut, during, elapsed)),
        }
    }
}

#[async_trait]
impl ImageStore for ObjectImageStore {
    async fn put(&self, name: &ImageName, image: &CleanImage) -> Result<(), PortFailure> {
        let options = PutOptions { attributes: self.attributes(image), ..PutOptions::default() };
        let (key, payload) = (self.key(name), PutPayload::from(image.bytes.clone()));
        let put = self.bounded(PUTTING, self.store.put_opts(&key, payload, options)).await?;
        // There is nothing to miss in putting but the bucket.
        put.map(|_| ()).ok_or_else(|| PortFailure::new(FailureKind::Unreachable, PUTTING, "there is no such bucket"))
    }

    async fn read(&self, name: &ImageName) -> Result<Option<Vec<u8>>, PortFailure> {
        let key = self.key(name);
        let read = async { self.store.get(&key).await?.bytes().await };
        Ok(self.bounded(READING, read).await?.map(Vec::from))
    }

    async fn holds(&self, name: &ImageName) -> Result<bool, PortFailure> {
        Ok(self.bounded(READING, self.store.head(&self.key(name))).await?.is_some())
    }

    async fn erase(&self, name: &ImageName) -> Result<(), PortFailure> {
        self.bounded(ERASING, self.store.delete(&self.key(name))).await.map(|_| ())
    }

    fn address(&self, name: &ImageName) -> String {
        format!("{}{name}", self.base)
    }

    fn name_at(&self, address: &str) -> Option<ImageName> {
        ImageName::parse(address.strip_prefix(&self.base)?)
    }

    fn is_shown_here(&self) -> bool {
        self.is_shown_here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "0f8fad5b-d9cb-469f-a165-70867728950e.jpg";

    fn bucket() -> Bucket {
        Bucket {
            name: "shop-pictures".to_owned(),
            region: "ap-northeast-2".to_owned(),
            endpoint: None,
            keys: Some(BucketKeys { id: "id".to_owned(), secret: "hidden".into() }),
            public_url: None,
            prefix: "products/".to_owned(),
            connect_timeout: Duration::from_secs(1),
            total_timeout: Duration::from_secs(2),
        }
    }

    #[test]
    fn pictures_are_found_where_the_bucket_is_or_where_somebody_says() {
        let address =
            |bucket: Bucket| ObjectImageStore::in_bucket(&bucket).unwrap().address(&ImageName::parse(NAME).unwrap());
        let amazon = format!("https://shop-pictures.s3.ap-northeast-2.amazonaws.com/products/{NAME}");
        assert_eq!(address(bucket()), amazon);
        let elsewhere = Bucket { endpoint: Some("http://127.0.0.1:9000/".to_owned()), ..bucket() };
        assert_eq!(address(elsewhere.clone()), format!("http://127.0.0.1:9000/shop-pictures/products/{NAME}"));
        let behind =
            Bucket { public_url: Some("https://cdn.example/".to_owned()), prefix: "p/".to_owned(), ..elsewhere };
        assert_eq!(address(behind), format!("https://cdn.example/p/{NAME}"));
    }

    #[test]
    fn no_address_but_our_own_names_a_picture() {
        let store = ObjectImageStore::in_bucket(&bucket()).unwrap();
        let own = "https://shop-pictures.s3.ap-northeast-2.amazonaws.com";
        assert_eq!(store.name_at(&format!("{own}/products/{NAME}")), ImageName::parse(NAME));
        for foreign in [
            String::new(),
            NAME.to_owned(),
            format!("/images/products/{NAME}"),
            format!("{own}/{NAME}"),
            format!("{own}/products/"),
            format!("{own}/products//{NAME}"),
            format!("{own}/products/../products/{NAME}"),
            format!("{own}/products/%2e%2e/{NAME}"),
            format!("{own}/products%2f{NAME}"),
            format!("{own}/products\\{NAME}"),
            format!("{own}/products/..%2fsecrets/{NAME}"),
            format!("{own}/backups/{NAME}"),
            format!("{own}/products/{NAME}?versionId=1"),
            format!("{own}/products/{NAME}#x"),
            format!("{own}/products/{NAME}/"),
            format!(" {own}/products/{NAME}"),
            format!("{own}:443/products/{NAME}"),
            format!("{own}.evil.example/products/{NAME}"),
            format!("{own}@evil.example/products/{NAME}"),
            format!("http://shop-pictures.s3.ap-northeast-2.amazonaws.com/products/{NAME}"),
            format!("https://other.s3.ap-northeast-2.amazonaws.com/products/{NAME}"),
            format!("https://evil.example/{own}/products/{NAME}"),
            format!("https://shop-pictures.s3.us-east-1.amazonaws.com/products/{NAME}"),
        ] {
            assert_eq!(store.name_at(&foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_bucket_shows_nobody_its_key() {
        assert!(!format!("{:?}", bucket()).contains("hidden"));
    }
}
