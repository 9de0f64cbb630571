//! What every [`ImageStore`] keeps to, one function a rule. [`image_store_tests!`](crate::image_store_tests) turns them into
//! tests of one store. Every rule draws names of its own, so that the rules can run at once against one store.

#![expect(clippy::missing_panics_doc, reason = "a rule panics where it is broken: that is how a test fails")]

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use ef_domain::catalogue::{CleanImage, ImageKind, ImageName, ImageStore};
use ef_domain::shared::Entropy;

/// Makes one test of each rule. The argument is an expression that gives a store and whatever must outlive its use; it
/// may await.
#[macro_export]
macro_rules! image_store_tests {
    ($store:expr) => {
        $crate::image_store_tests! { @each $store;
            what_was_put_is_read_back_byte_for_byte
            what_was_never_put_is_not_there
            what_was_erased_is_not_there
            erasing_what_is_not_there_succeeds
            erasing_one_leaves_the_others
            many_are_put_at_once
            an_address_leads_back_to_its_picture_and_no_other_does
        }
    };
    (@each $store:expr; $($rule:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $rule() {
            let (store, _outlives_the_test) = $store;
            $crate::images::$rule(::std::sync::Arc::new(store)).await;
        }
    )*};
}

type Store = Arc<dyn ImageStore>;

struct Dice;

impl Entropy for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        for place in bytes {
            let [byte, ..] = RandomState::new().hash_one(0).to_le_bytes();
            *place = byte;
        }
    }
}

/// A name that nobody else in this run and no earlier run has.
pub fn fresh_name(kind: ImageKind) -> ImageName {
    ImageName::draw(kind, &Dice)
}

/// Bytes that are a picture as far as a store can tell.
pub fn picture(kind: ImageKind, length: usize) -> CleanImage {
    CleanImage { kind, bytes: (0..=u8::MAX).cycle().take(length).collect() }
}

async fn put(store: &Store, image: &CleanImage) -> ImageName {
    let name = fresh_name(image.kind);
    store.put(&name, image).await.expect("the store takes it");
    name
}

async fn read(store: &Store, name: &ImageName) -> Option<Vec<u8>> {
    store.read(name).await.expect("the store answers")
}

async fn holds(store: &Store, name: &ImageName) -> bool {
    store.holds(name).await.expect("the store answers")
}

/// Large ones and small ones, of every kind.
pub async fn what_was_put_is_read_back_byte_for_byte(store: Store) {
    for (kind, length) in [
        (ImageKind::Jpeg, 1),
        (ImageKind::Png, 70_000),
        (ImageKind::Jpeg, 5 << 20),
        (ImageKind::Gif, 3),
        (ImageKind::WebP, 3),
    ] {
        let image = picture(kind, length);
        let name = put(&store, &image).await;
        assert!(holds(&store, &name).await);
        assert!(read(&store, &name).await == Some(image.bytes), "{kind:?} of {length} bytes");
    }
}

/// Asking is no failure.
pub async fn what_was_never_put_is_not_there(store: Store) {
    let name = fresh_name(ImageKind::Jpeg);
    assert!(!holds(&store, &name).await);
    assert_eq!(read(&store, &name).await, None);
}

/// Neither held nor read.
pub async fn what_was_erased_is_not_there(store: Store) {
    let name = put(&store, &picture(ImageKind::Png, 10)).await;
    store.erase(&name).await.expect("the store erases");
    assert!(!holds(&store, &name).await);
    assert_eq!(read(&store, &name).await, None);
}

/// Whoever did not hear the answer asks again.
pub async fn erasing_what_is_not_there_succeeds(store: Store) {
    store.erase(&fresh_name(ImageKind::Jpeg)).await.expect("there is nothing to erase");
    let name = put(&store, &picture(ImageKind::Jpeg, 10)).await;
    for _ in 0..2 {
        store.erase(&name).await.expect("the store erases");
    }
}

/// Not even one of the same name with another ending.
pub async fn erasing_one_leaves_the_others(store: Store) {
    let (one, other) = (picture(ImageKind::Jpeg, 10), picture(ImageKind::Png, 20));
    let name = put(&store, &one).await;
    let twin = ImageName::parse(&name.as_str().replace(".jpg", ".png")).expect("a name");
    store.put(&twin, &other).await.expect("the store takes it");
    store.erase(&name).await.expect("the store erases");
    assert_eq!(read(&store, &twin).await, Some(other.bytes));
}

/// Each arrives whole.
pub async fn many_are_put_at_once(store: Store) {
    let puts = (1..=16_usize).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let image = picture(ImageKind::Jpeg, number * 10_000);
            (put(&store, &image).await, image)
        })
    });
    for put in puts.collect::<Vec<_>>() {
        let (name, image) = put.await.expect("nobody panics");
        assert!(read(&store, &name).await == Some(image.bytes));
    }
}

/// To the letter: whoever erases by address must not reach anything else.
pub async fn an_address_leads_back_to_its_picture_and_no_other_does(store: Store) {
    let image = picture(ImageKind::Jpeg, 100);
    let name = put(&store, &image).await;
    let address = store.address(&name);
    assert_eq!(store.name_at(&address), Some(name.clone()));
    let base = address.strip_suffix(name.as_str()).expect("it ends in the name");
    for other in [
        format!("{address}?x=1"),
        format!("{address}#x"),
        format!("{address}/"),
        format!("{address}%00"),
        format!(" {address}"),
        format!("{base}../{name}"),
        format!("{base}%2e%2e%2f{name}"),
        format!("{base}/{name}"),
        format!("{base}a/{name}"),
        format!("{base}{}", name.as_str().to_uppercase()),
        format!("https://elsewhere.example{address}"),
        format!("https://elsewhere.example/?{address}"),
        base.to_owned(),
        name.to_string(),
        String::new(),
    ] {
        assert_eq!(store.name_at(&other), None, "{other}");
    }
}
