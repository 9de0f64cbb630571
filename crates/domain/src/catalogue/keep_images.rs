//! Administrators upload pictures of products, and erase those that nothing shows.

use std::sync::Arc;

use thiserror::Error;

use crate::shared::{
    Actor, AuditAction, AuditChanges, AuditEntry, AuditSubject, AuditValue, Clock, Entropy, PortFailure,
};

use super::image::{CleanImage, ImageName};
use super::image_store::{CleanImageFailure, ImageCleaner, ImageLedger, ImageStore, ReleaseImageFailure};

/// Keeps pictures.
pub struct KeepImages {
    /// Makes them anew.
    pub cleaner: Arc<dyn ImageCleaner>,
    /// Where they are kept.
    pub store: Arc<dyn ImageStore>,
    /// What the books say of them.
    pub ledger: Arc<dyn ImageLedger>,
    /// When it is.
    pub clock: Arc<dyn Clock>,
    /// Where names come from.
    pub entropy: Arc<dyn Entropy>,
}

/// Why a picture was not erased.
#[derive(Debug, Error)]
pub enum EraseImageError {
    /// The address is none that we gave out.
    #[error("not the address of an uploaded picture")]
    NotOurs,
    /// A product or a line of an order shows it.
    #[error("the picture is shown")]
    InUse,
    /// A dependency is down.
    #[error(transparent)]
    Unavailable(#[from] PortFailure),
}

impl From<ReleaseImageFailure> for EraseImageError {
    fn from(failure: ReleaseImageFailure) -> Self {
        match failure {
            ReleaseImageFailure::InUse => Self::InUse,
            ReleaseImageFailure::Unavailable(failure) => failure.into(),
        }
    }
}

impl KeepImages {
    /// Keeps the picture in an upload; where browsers find it.
    pub async fn upload(&self, actor: &Actor, upload: Vec<u8>) -> Result<String, CleanImageFailure> {
        let image = self.cleaner.clean(upload).await?;
        let name = ImageName::draw(image.kind, self.entropy.as_ref());
        let address = self.store.address(&name);
        self.store.put(&name, &image).await?;
        let entry = self.entry(actor, AuditAction::ImageUploaded, AuditValue::Nothing, address.as_str().into());
        if let Err(failure) = self.ledger.note(&entry).await {
            // Nobody has heard of it yet. If it stays, it is a file that nothing shows.
            if let Err(left) = self.store.erase(&name).await {
                tracing::warn!(%name, error = left.chain(), "a picture that could not be noted stays in the store");
            }
            return Err(failure.into());
        }
        Ok(address)
    }

    /// Erases the picture at an address that we gave out, unless something shows it.
    pub async fn erase(&self, actor: &Actor, address: &str) -> Result<(), EraseImageError> {
        let name = self.store.name_at(address).ok_or(EraseImageError::NotOurs)?;
        if !self.store.holds(&name).await? {
            return Ok(());
        }
        let entry = self.entry(actor, AuditAction::ImageErased, address.into(), AuditValue::Nothing);
        self.ledger.release(&name, &entry).await?;
        Ok(self.store.erase(&name).await?)
    }

    /// The picture of that name, where this server is the one to show it.
    pub async fn show(&self, name: &ImageName) -> Result<Option<CleanImage>, PortFailure> {
        if !self.store.is_shown_here() {
            return Ok(None);
        }
        let bytes = self.store.read(name).await?;
        Ok(bytes.map(|bytes| CleanImage { kind: name.kind(), bytes }))
    }

    fn entry(&self, actor: &Actor, action: AuditAction, before: AuditValue, after: AuditValue) -> AuditEntry {
        let mut changes = AuditChanges::new();
        changes.note("imageUrl", before, after);
        let (actor, subject, at) = (actor.user, AuditSubject::Image, self.clock.now());
        AuditEntry { actor, action, subject, changes, reason: None, at }
    }
}

#[cfg(test)]
mod tests {
    use super::super::image::ImageKind;
    use super::super::image_store::{MockImageCleaner, MockImageLedger, MockImageStore};
    use super::*;
    use crate::shared::{CountingEntropy, FailureKind, ManualClock, Role, Timestamp, UserId};

    const NAME: &str = "0f8fad5b-d9cb-469f-a165-70867728950e.jpg";
    const ADMIN: Actor = Actor { user: UserId::new(7), role: Role::Admin };

    fn down() -> PortFailure {
        PortFailure::new(FailureKind::Unreachable, "testing", "down")
    }

    fn keeper(cleaner: MockImageCleaner, store: MockImageStore, ledger: MockImageLedger) -> KeepImages {
        KeepImages {
            cleaner: Arc::new(cleaner),
            store: Arc::new(store),
            ledger: Arc::new(ledger),
            clock: Arc::new(ManualClock::at(Timestamp::from_millis(1_800_000_000_000).unwrap())),
            entropy: Arc::new(CountingEntropy::default()),
        }
    }

    fn cleaner() -> MockImageCleaner {
        let mut cleaner = MockImageCleaner::new();
        cleaner.expect_clean().returning(|bytes| Ok(CleanImage { kind: ImageKind::Png, bytes }));
        cleaner
    }

    /// Knows one picture, which is there or not.
    fn store(is_there: bool) -> MockImageStore {
        let mut store = MockImageStore::new();
        store.expect_address().returning(|name| format!("/images/products/{name}"));
        store.expect_name_at().returning(|address| ImageName::parse(address.strip_prefix("/images/products/")?));
        store.expect_read().returning(move |_| Ok(is_there.then(|| vec![1])));
        store.expect_holds().returning(move |_| Ok(is_there));
        store
    }

    #[tokio::test]
    async fn an_upload_is_kept_under_a_drawn_name_and_noted() {
        let mut store = store(true);
        store
            .expect_put()
            .once()
            .withf(|name, image| name.kind() == ImageKind::Png && image.bytes == [1, 2])
            .returning(|_, _| Ok(()));
        let mut ledger = MockImageLedger::new();
        ledger
            .expect_note()
            .once()
            .withf(|entry| (entry.actor, entry.action) == (ADMIN.user, AuditAction::ImageUploaded))
            .returning(|_| Ok(()));
        let address = keeper(cleaner(), store, ledger).upload(&ADMIN, vec![1, 2]).await.unwrap();
        let name = address.strip_prefix("/images/products/").unwrap();
        assert_eq!(ImageName::parse(name).map(|name| name.kind()), Some(ImageKind::Png));
    }

    #[tokio::test]
    async fn what_is_no_picture_reaches_neither_store_nor_books() {
        let mut cleaner = MockImageCleaner::new();
        cleaner.expect_clean().returning(|_| Err(CleanImageFailure::UnknownFormat));
        let keeper = keeper(cleaner, MockImageStore::new(), MockImageLedger::new());
        let outcome = keeper.upload(&ADMIN, vec![]).await;
        assert!(matches!(outcome, Err(CleanImageFailure::UnknownFormat)));
    }

    #[tokio::test]
    async fn an_upload_that_cannot_be_noted_is_taken_out_again() {
        let mut store = store(true);
        store.expect_put().once().returning(|_, _| Ok(()));
        store.expect_erase().once().returning(|_| Err(down()));
        let mut ledger = MockImageLedger::new();
        ledger.expect_note().returning(|_| Err(down()));
        let outcome = keeper(cleaner(), store, ledger).upload(&ADMIN, vec![1]).await;
        assert!(matches!(outcome, Err(CleanImageFailure::Unavailable(_))));
    }

    #[tokio::test]
    async fn an_upload_that_the_store_does_not_take_is_not_noted() {
        let mut store = store(true);
        store.expect_put().once().returning(|_, _| Err(down()));
        let outcome = keeper(cleaner(), store, MockImageLedger::new()).upload(&ADMIN, vec![1]).await;
        assert!(matches!(outcome, Err(CleanImageFailure::Unavailable(_))));
    }

    #[tokio::test]
    async fn what_is_not_ours_is_refused_and_what_is_not_there_is_erased_already() {
        let keeper = |is_there| keeper(MockImageCleaner::new(), store(is_there), MockImageLedger::new());
        let outcome = keeper(true).erase(&ADMIN, "https://elsewhere/a.jpg").await;
        assert!(matches!(outcome, Err(EraseImageError::NotOurs)));
        keeper(false).erase(&ADMIN, &format!("/images/products/{NAME}")).await.unwrap();
    }

    #[tokio::test]
    async fn a_picture_that_is_shown_stays() {
        let mut ledger = MockImageLedger::new();
        ledger.expect_release().once().returning(|_, _| Err(ReleaseImageFailure::InUse));
        let keeper = keeper(MockImageCleaner::new(), store(true), ledger);
        let outcome = keeper.erase(&ADMIN, &format!("/images/products/{NAME}")).await;
        assert!(matches!(outcome, Err(EraseImageError::InUse)));
    }

    #[tokio::test]
    async fn an_erasure_is_noted_and_then_done() {
        let mut order = mockall::Sequence::new();
        let (mut store, mut ledger) = (store(true), MockImageLedger::new());
        ledger.expect_release().once().in_sequence(&mut order).returning(|_, _| Ok(()));
        store.expect_erase().once().in_sequence(&mut order).returning(|_| Ok(()));
        keeper(MockImageCleaner::new(), store, ledger)
            .erase(&ADMIN, &format!("/images/products/{NAME}"))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn pictures_that_are_shown_elsewhere_are_not_shown_here() {
        for is_here in [true, false] {
            let mut store = store(true);
            store.expect_is_shown_here().return_const(is_here);
            let keeper = keeper(MockImageCleaner::new(), store, MockImageLedger::new());
            let shown = keeper.show(&ImageName::parse(NAME).unwrap()).await.unwrap();
            assert_eq!(shown.is_some(), is_here);
        }
    }
}
