//! The audit trail: which administrator changed what, and from what to what.
//!
//! An entry is decided together with the change that it tells of and stored in the same transaction: there is no change
//! without its entry, and no entry of a change that was not made. Entries are never altered.

use async_trait::async_trait;

use super::{AuditId, OrderId, Page, PageRequest, PortFailure, ProductId, TagId, Timestamp, UserId};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// A product came into the shop.
    ProductCreated,
    /// A product's own fields or its tags were changed.
    ProductEdited,
    /// A product left the shelf and stays in the books.
    ProductRetired,
    /// A product that never was on sale was erased.
    ProductErased,
    /// A product got one more variant.
    VariantAdded,
    /// A variant was changed.
    VariantEdited,
    /// A variant that never was on sale was erased.
    VariantErased,
    /// Pieces were counted in or out.
    StockAdjusted,
    /// What is in a product was written anew.
    NutrientsReplaced,
    /// A tag got another name.
    TagRenamed,
    /// A tag that no product bears was erased.
    TagErased,
    /// A picture was uploaded.
    ImageUploaded,
    /// An uploaded picture was erased.
    ImageErased,
    /// A paid order left the house.
    OrderShipped,
    /// An order arrived.
    OrderDelivered,
    /// An unpaid order was called off.
    OrderCancelled,
    /// A paid order's money was sent back.
    OrderRefunded,
    /// The partner refused to send it back.
    OrderRefundRefused,
    /// A review was taken down.
    ReviewRemoved,
}

impl AuditAction {
    /// Every action.
    pub const ALL: [Self; 19] = [
        Self::ProductCreated,
        Self::ProductEdited,
        Self::ProductRetired,
        Self::ProductErased,
        Self::VariantAdded,
        Self::VariantEdited,
        Self::VariantErased,
        Self::StockAdjusted,
        Self::NutrientsReplaced,
        Self::TagRenamed,
        Self::TagErased,
        Self::ImageUploaded,
        Self::ImageErased,
        Self::OrderShipped,
        Self::OrderDelivered,
        Self::OrderCancelled,
        Self::OrderRefunded,
        Self::OrderRefundRefused,
        Self::ReviewRemoved,
    ];

    /// Its name in the database and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductCreated => "PRODUCT_CREATED",
            Self::ProductEdited => "PRODUCT_EDITED",
            Self::ProductRetired => "PRODUCT_RETIRED",
            Self::ProductErased => "PRODUCT_ERASED",
            Self::VariantAdded => "VARIANT_ADDED",
            Self::VariantEdited => "VARIANT_EDITED",
            Self::VariantErased => "VARIANT_ERASED",
            Self::StockAdjusted => "STOCK_ADJUSTED",
            Self::NutrientsReplaced => "NUTRIENTS_REPLACED",
            Self::TagRenamed => "TAG_RENAMED",
            Self::TagErased => "TAG_ERASED",
            Self::ImageUploaded => "IMAGE_UPLOADED",
            Self::ImageErased => "IMAGE_ERASED",
            Self::OrderShipped => "ORDER_SHIPPED",
            Self::OrderDelivered => "ORDER_DELIVERED",
            Self::OrderCancelled => "ORDER_CANCELLED",
            Self::OrderRefunded => "ORDER_REFUNDED",
            Self::OrderRefundRefused => "ORDER_REFUND_REFUSED",
            Self::ReviewRemoved => "REVIEW_REMOVED",
        }
    }

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// What it was done to. What belongs to a product (its variants, its stock, its nutrients) is found under the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditSubject {
    /// A product.
    Product(ProductId),
    /// A tag.
    Tag(TagId),
    /// An order.
    Order(OrderId),
    /// A picture. Pictures have names and no numbers: which one it was is among what changed.
    Image,
}

impl AuditSubject {
    /// The name of its kind, in the database and on the wire.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Product(_) => "product",
            Self::Tag(_) => "tag",
            Self::Order(_) => "order",
            Self::Image => "image",
        }
    }

    /// Its number among its kind.
    pub const fn number(self) -> i64 {
        match self {
            Self::Product(id) => id.get(),
            Self::Tag(id) => id.get(),
            Self::Order(id) => id.get(),
            Self::Image => 0,
        }
    }

    /// The subject of that kind and number.
    pub fn parse(kind: &str, number: i64) -> Option<Self> {
        match kind {
            "product" => Some(Self::Product(ProductId::new(number))),
            "tag" => Some(Self::Tag(TagId::new(number))),
            "order" => Some(Self::Order(OrderId::new(number))),
            "image" => (number == 0).then_some(Self::Image),
            _ => None,
        }
    }
}

/// What stood in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum AuditValue {
    /// Nothing.
    Nothing,
    /// A text.
    Text(String),
    /// A whole number: pieces, won.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Several texts.
    Texts(Vec<String>),
}

impl From<&str> for AuditValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for AuditValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for AuditValue {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<f64> for AuditValue {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for AuditValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Vec<String>> for AuditValue {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

impl<T: Into<Self>> From<Option<T>> for AuditValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

/// One field before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditChange {
    /// The field, as the wire spells it (`price`, `variants.300g.price`).
    pub field: String,
    /// What stood there.
    pub before: AuditValue,
    /// What stands there now.
    pub after: AuditValue,
}

/// The fields that changed. Those that did not are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditChanges(Vec<AuditChange>);

impl AuditChanges {
    /// Nothing changed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a field, unless it stands as it stood.
    pub fn note(&mut self, field: impl Into<String>, before: impl Into<AuditValue>, after: impl Into<AuditValue>) {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.push(AuditChange { field: field.into(), before, after });
        }
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields, in the order in which they were noted.
    pub fn iter(&self) -> impl Iterator<Item = &AuditChange> {
        self.0.iter()
    }
}

impl FromIterator<AuditChange> for AuditChanges {
    fn from_iter<I: IntoIterator<Item = AuditChange>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

/// One line of the trail.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// The administrator.
    pub actor: UserId,
    /// What he did.
    pub action: AuditAction,
    /// To what.
    pub subject: AuditSubject,
    /// From what to what.
    pub changes: AuditChanges,
    /// Why, where he was asked.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A line of the trail that was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// The line. Later ones have higher numbers.
    pub id: AuditId,
    /// The name of the administrator, as the account has it now; `None` where the account is gone.
    pub actor_name: Option<String>,
    /// What it says.
    pub entry: AuditEntry,
}

/// The trail as pages show it.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AuditQueries: Send + Sync {
    /// One page of what was done, or of what was done to one subject; the latest first. At most two statements.
    async fn page(&self, subject: Option<AuditSubject>, page: PageRequest) -> Result<Page<AuditRecord>, PortFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own() {
        for action in AuditAction::ALL {
            assert_eq!(AuditAction::parse(action.name()), Some(action));
        }
        assert_eq!(AuditAction::parse("ORDER_EATEN"), None);
    }

    #[test]
    fn every_subject_is_found_by_kind_and_number() {
        for subject in [
            AuditSubject::Product(ProductId::new(3)),
            AuditSubject::Tag(TagId::new(4)),
            AuditSubject::Order(OrderId::new(5)),
            AuditSubject::Image,
        ] {
            assert_eq!(AuditSubject::parse(subject.kind(), subject.number()), Some(subject));
        }
        assert_eq!(AuditSubject::parse("cart", 1), None);
        assert_eq!(AuditSubject::parse("image", 1), None);
    }

    #[test]
    fn what_did_not_change_is_not_noted() {
        let mut changes = AuditChanges::new();
        changes.note("price", 8500, 8500);
        changes.note("brand", None::<String>, None::<String>);
        assert!(changes.is_empty());
        changes.note("brand", None::<String>, "들판");
        let expected = AuditChange { field: "brand".to_owned(), before: AuditValue::Nothing, after: "들판".into() };
        assert_eq!(changes.iter().collect::<Vec<_>>(), [&expected]);
    }
}
