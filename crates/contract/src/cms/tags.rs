//! Tags, and the trail of everything.

use std::sync::Arc;

use ef_domain::catalogue::{KeepTags, KeepTagsError, Tag};
use ef_domain::shared::{Actor, AuditAction, AuditSubject, ManualClock, PageRequest, ProductId, TagId, Version};

use super::{actions, by, changed, named, sheet, shelved, trail, walnuts};
use crate::builders::noon;
use crate::shop::Shop;

fn tags(shop: &dyn Shop) -> KeepTags {
    KeepTags { tags: shop.tags(), clock: Arc::new(ManualClock::at(noon())) }
}

async fn usage(shop: &dyn Shop) -> Vec<(String, u64)> {
    let page = tags(shop).list(PageRequest::new(0, 100)).await.expect("tags can be read");
    assert_eq!(u64::try_from(page.rows.len()), Ok(page.total));
    page.rows.into_iter().map(|row| (row.tag.name, row.products)).collect()
}

async fn tag(shop: &dyn Shop, name: &str) -> TagId {
    let page = tags(shop).list(PageRequest::new(0, 100)).await.expect("tags can be read");
    page.rows.into_iter().find(|row| row.tag.name == name).expect("the tag exists").tag.id
}

/// An administrator, his product with two tags, and a product with the same and none.
async fn two_products(shop: &dyn Shop) -> (Actor, ProductId, ProductId) {
    let (admin, product) = shelved(shop).await;
    let other = shop.products().create(&walnuts(), by(&admin)).await.expect("the shelf does it");
    (admin, product, other)
}

/// By name; and the last page is as short as it is.
pub async fn tags_tell_how_many_products_bear_them(shop: &dyn Shop) {
    let (admin, _, other) = two_products(shop).await;
    let bare = ef_domain::catalogue::ShelfWish::Edit(ef_domain::catalogue::ProductEdit {
        fields: Vec::new(),
        tags: Some(vec!["비건".to_owned()]),
    });
    changed(shop, admin, other, bare).await.expect("the shelf does it");
    assert_eq!(usage(shop).await, [("비건".to_owned(), 2), ("오메가3".to_owned(), 1)]);
    let page = tags(shop).list(PageRequest::new(1, 1)).await.expect("the shelf does it");
    assert_eq!((page.rows.len(), page.total), (1, 2));
}

/// Whoever looked at such a product before is told that it changed.
pub async fn a_tag_is_renamed_on_every_product_and_each_has_a_new_version(shop: &dyn Shop) {
    let (admin, product, other) = two_products(shop).await;
    let id = tag(shop, "비건").await;
    let renamed = tags(shop).rename(&admin, id, "식물성".to_owned()).await.expect("the shelf does it");
    assert_eq!(renamed, Tag { id, name: "식물성".to_owned() });
    for product in [product, other] {
        let sheet = sheet(shop, product).await;
        assert_eq!((sheet.tags, sheet.version), (vec!["식물성".to_owned(), "오메가3".to_owned()], Version::new(1)));
    }
    tags(shop).rename(&admin, id, "식물성".to_owned()).await.expect("the shelf does it");
    let records = trail(shop, AuditSubject::Tag(id)).await;
    assert_eq!(records.iter().map(|record| record.entry.action).collect::<Vec<_>>(), [AuditAction::TagRenamed]);
    let missing = tags(shop).rename(&admin, TagId::new(-1), "x".to_owned()).await;
    assert!(matches!(missing, Err(KeepTagsError::NotFound)), "{missing:?}");
}

/// And one that none does is, once.
pub async fn a_tag_that_a_product_bears_is_not_erased(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let id = tag(shop, "비건").await;
    let refused = tags(shop).erase(&admin, id).await;
    assert!(matches!(refused, Err(KeepTagsError::InUse)), "{refused:?}");
    assert_eq!(trail(shop, AuditSubject::Tag(id)).await.len(), 0);
    super::keeper(shop).remove(super::target(admin, product, None)).await.expect("the shelf does it");
    tags(shop).erase(&admin, id).await.expect("the shelf does it");
    assert_eq!(usage(shop).await, [("오메가3".to_owned(), 0)]);
    let again = tags(shop).erase(&admin, id).await;
    assert!(matches!(again, Err(KeepTagsError::NotFound)), "{again:?}");
}

/// The other tag stays as it is.
pub async fn a_name_of_a_tag_is_taken_once(shop: &dyn Shop) {
    let (admin, product) = shelved(shop).await;
    let refused = tags(shop).rename(&admin, tag(shop, "비건").await, "오메가3".to_owned()).await;
    assert!(matches!(refused, Err(KeepTagsError::NameTaken)), "{refused:?}");
    assert_eq!(sheet(shop, product).await.version, Version::FIRST);
}

/// In pages.
pub async fn the_trail_shows_the_latest_first_and_one_subject_if_asked(shop: &dyn Shop) {
    let (admin, product, other) = two_products(shop).await;
    changed(shop, admin, product, named("하나")).await.expect("the shelf does it");
    changed(shop, admin, product, named("둘")).await.expect("the shelf does it");
    let edited = [AuditAction::ProductEdited, AuditAction::ProductEdited, AuditAction::ProductCreated];
    assert_eq!(actions(shop, product).await, edited);
    assert_eq!(actions(shop, other).await, [AuditAction::ProductCreated]);
    let everything = shop.audit().page(None, PageRequest::new(1, 3)).await.expect("the shelf does it");
    assert_eq!((everything.rows.len(), everything.total), (1, 4));
    let oldest = everything.rows.first().map(|record| record.entry.subject);
    assert_eq!(oldest, Some(AuditSubject::Product(product)));
    let past = shop.audit().page(None, PageRequest::new(9, 3)).await.expect("the shelf does it");
    assert_eq!((past.rows.len(), past.total), (0, 4));
}
