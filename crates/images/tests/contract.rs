//! The contract of the port, on both sides of the adapter.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "a test fails by panicking")]

mod support;

mod folder {
    ef_contract::image_store_tests!({
        let folder = tempfile::tempdir().unwrap();
        (ef_images::ObjectImageStore::in_folder(&folder.path().join("images")).unwrap(), folder)
    });
}

mod bucket {
    ef_contract::image_store_tests!({
        let server = super::support::S3::start().await;
        (server.store(), server)
    });
}
