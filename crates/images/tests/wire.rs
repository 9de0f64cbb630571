//! What the adapter says to a bucket, and what it makes of a bucket that fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test fails by panicking")]

mod support;

use std::time::{Duration, Instant};

use ef_contract::images::{fresh_name, picture};
use ef_domain::catalogue::{ImageKind, ImageStore};
use ef_domain::shared::{FailureKind, PortFailure};
use ef_images::{Bucket, BucketKeys, ObjectImageStore};
use support::{BUCKET, Fault, KEY_ID, S3};

/// Whether putting, reading, looking and erasing work, each on a connection of its own.
async fn outcomes(server: &S3, bucket: &Bucket, faults: &[Fault]) -> [Result<(), PortFailure>; 4] {
    let (name, image) = (fresh_name(ImageKind::Jpeg), picture(ImageKind::Jpeg, 100_000));
    let store = || {
        server.forgets_faults();
        server.breaks(faults.iter().copied());
        ObjectImageStore::in_bucket(bucket).unwrap()
    };
    let put = store().put(&name, &image).await;
    let read = store().read(&name).await.map(|_| ());
    let held = store().holds(&name).await.map(|_| ());
    let erased = store().erase(&name).await;
    [put, read, held, erased]
}

fn quick(server: &S3) -> Bucket {
    Bucket { total_timeout: Duration::from_millis(800), ..server.bucket() }
}

#[tokio::test]
async fn a_bucket_is_told_what_a_picture_is_and_that_it_never_changes() {
    let server = S3::start().await;
    let (name, image) = (fresh_name(ImageKind::Png), picture(ImageKind::Png, 1_000));
    let store = server.store();
    store.put(&name, &image).await.unwrap();
    assert_eq!(store.address(&name), format!("https://pictures.example/products/{name}"));
    let head = server.heads().remove(0);
    let request = format!("put /{BUCKET}/products/{name} http/1.1");
    assert!(head.starts_with(&request), "{head}");
    for line in [
        "content-type: image/png",
        "cache-control: public, max-age=31536000, immutable",
        "authorization: aws4-hmac-sha256 credential=tester/",
        "/ap-northeast-2/s3/aws4_request",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    assert!(!head.contains("unsigned-payload"), "{head}");
    let kept = server.folder.path().join(BUCKET).join("products").join(name.as_str());
    assert!(std::fs::read(kept).unwrap() == image.bytes);
}

#[tokio::test]
async fn keys_that_the_bucket_does_not_know_are_refused_and_show_in_no_error() {
    let server = S3::start().await;
    for (id, secret) in [(KEY_ID, "another-key"), ("somebody", support::SECRET)] {
        let keys = BucketKeys { id: id.to_owned(), secret: secret.into() };
        let bucket = Bucket { keys: Some(keys), ..server.bucket() };
        for outcome in outcomes(&server, &bucket, &[]).await {
            let failure = outcome.unwrap_err();
            assert_eq!(failure.kind(), FailureKind::Unreachable);
            assert!(!format!("{failure:?}").contains(secret), "{failure:?}");
        }
    }
    let empty = std::fs::read_dir(server.folder.path().join(BUCKET)).unwrap().next().is_none();
    assert!(empty, "nothing was kept");
}

#[tokio::test]
async fn a_fault_that_passes_is_not_felt() {
    let server = S3::start().await;
    for fault in [Fault::Status(500), Fault::Status(503), Fault::Cut, Fault::CutAnswer] {
        let outcomes = outcomes(&server, &server.bucket(), &[fault]).await;
        assert!(outcomes.iter().all(Result::is_ok), "{fault:?}: {outcomes:?}");
        assert_eq!(server.faults_left(), 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_down_is_unreachable_in_bounded_time() {
    let server = S3::start().await;
    let bucket = Bucket { total_timeout: Duration::from_secs(3), ..server.bucket() };
    for fault in [Fault::Status(500), Fault::Status(403), Fault::Cut] {
        let began = Instant::now();
        for outcome in outcomes(&server, &bucket, &[fault; 3]).await {
            assert_eq!(outcome.unwrap_err().kind(), FailureKind::Unreachable, "{fault:?}");
        }
        server.forgets_faults();
        assert!(began.elapsed() < Duration::from_secs(12), "{fault:?}: {:?}", began.elapsed());
    }
    let nowhere = Bucket { endpoint: Some("http://127.0.0.1:9".to_owned()), ..bucket };
    for outcome in outcomes(&server, &nowhere, &[]).await {
        assert_eq!(outcome.unwrap_err().kind(), FailureKind::Unreachable);
    }
}

#[tokio::test]
async fn a_bucket_that_says_nothing_is_not_waited_for() {
    let server = S3::start().await;
    let began = Instant::now();
    for outcome in outcomes(&server, &quick(&server), &[Fault::Silence; 3]).await {
        let failure = outcome.unwrap_err();
        assert!(failure.is_transient(), "{failure:?}");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_bucket_that_is_slow_is_waited_for() {
    let server = S3::start().await;
    for outcome in outcomes(&server, &server.bucket(), &[Fault::Slow(Duration::from_millis(300))]).await {
        outcome.unwrap();
    }
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_takes_nothing() {
    let server = S3::start().await;
    let [put, ..] = outcomes(&server, &server.bucket(), &[Fault::Status(404)]).await;
    assert_eq!(put.unwrap_err().kind(), FailureKind::Unreachable);
}
