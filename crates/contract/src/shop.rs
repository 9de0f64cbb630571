//! What the suites run on: a shop with an empty store, and a look behind its ports.

use std::sync::Arc;

use async_trait::async_trait;
use ef_domain::account::{
    AccountRepository, AddressBook, Email, IdentityRepository, ResetRepository, SecondFactorRepository,
};
use ef_domain::announce::{AnnouncementQueries, AnnouncementRepository};
use ef_domain::cart::CartRepository;
use ef_domain::catalogue::{CatalogueQueries, ProductRepository, ProductStatus, TagRepository};
use ef_domain::once::RequestLedger;
use ef_domain::order::{OfferQueries, OrderDeskQueries, OrderQueries, OrderRepository};
use ef_domain::payment::PaymentRepository;
use ef_domain::review::{ReviewQueries, ReviewRepository};
use ef_domain::shared::{AuditQueries, OrderId, ProductId, UserId, VariantId, Won};

use crate::builders::{Pack, ProductSpec};

/// Pieces of one variant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// On the shelf.
    pub stock: i64,
    /// Of them, held by orders.
    pub reserved: i64,
}

/// That many on the shelf, that many of them held.
pub const fn counters(stock: i64, reserved: i64) -> Counters {
    Counters { stock, reserved }
}

/// A shop whose store nobody else uses. Its repositories' clock shows [`noon`](crate::builders::noon).
#[async_trait]
pub trait Shop: Send + Sync {
    /// Where orders are kept.
    fn orders(&self) -> Arc<dyn OrderRepository>;
    /// Orders as pages show them.
    fn order_queries(&self) -> Arc<dyn OrderQueries>;
    /// Orders as administrators' pages show them.
    fn order_desk(&self) -> Arc<dyn OrderDeskQueries>;
    /// What is on the shelf, for pricing.
    fn offers(&self) -> Arc<dyn OfferQueries>;
    /// Where payments are kept.
    fn payments(&self) -> Arc<dyn PaymentRepository>;
    /// Where keys of requests are kept.
    fn requests(&self) -> Arc<dyn RequestLedger>;
    /// Where carts are kept.
    fn carts(&self) -> Arc<dyn CartRepository>;
    /// Where accounts are kept.
    fn accounts(&self) -> Arc<dyn AccountRepository>;
    /// Where addresses are kept.
    fn addresses(&self) -> Arc<dyn AddressBook>;
    /// Which log-in at a partner opens which account.
    fn identities(&self) -> Arc<dyn IdentityRepository>;
    /// Where second factors are kept.
    fn second_factors(&self) -> Arc<dyn SecondFactorRepository>;
    /// Where password resets are kept.
    fn resets(&self) -> Arc<dyn ResetRepository>;
    /// Where announcements are kept.
    fn announcements(&self) -> Arc<dyn AnnouncementRepository>;
    /// Announcements as pages and streams show them.
    fn announcement_queries(&self) -> Arc<dyn AnnouncementQueries>;
    /// What is on the shelf, for pages.
    fn catalogue(&self) -> Arc<dyn CatalogueQueries>;
    /// Where the shelf is kept.
    fn products(&self) -> Arc<dyn ProductRepository>;
    /// Where tags are kept.
    fn tags(&self) -> Arc<dyn TagRepository>;
    /// Where reviews are kept.
    fn reviews(&self) -> Arc<dyn ReviewRepository>;
    /// Reviews as pages show them.
    fn review_queries(&self) -> Arc<dyn ReviewQueries>;
    /// What administrators did.
    fn audit(&self) -> Arc<dyn AuditQueries>;

    /// Puts a product on the shelf; its pack sizes, in the order of the specification.
    async fn shelve(&self, product: &ProductSpec) -> Vec<Pack>;
    /// Puts a product on the shelf that has no pack size.
    async fn shelve_without_packs(&self, name: &str) -> ProductId;
    /// Renames a product, as its administrator would.
    async fn rename(&self, product: ProductId, name: &str);
    /// Sets another price.
    async fn reprice(&self, variant: VariantId, price: Won);
    /// Sets whether a product is sold.
    async fn set_status(&self, product: ProductId, status: ProductStatus);
    /// What the variant's row says.
    async fn counters(&self, variant: VariantId) -> Counters;
    /// What the ledger adds up to.
    async fn ledger(&self, variant: VariantId) -> Counters;
    /// What orders that are not paid and not over hold of it.
    async fn held(&self, variant: VariantId) -> i64;
    /// Falsifies the held pieces of a variant, behind every guard but the store's own; whether the store let it.
    async fn falsify_reserved(&self, variant: VariantId, reserved: i64) -> bool;
    /// The events of an order that wait to be told, in the order in which they happened.
    async fn events(&self, order: OrderId) -> Vec<String>;
    /// Letter and state of every mail to that address, in the order in which they were written.
    async fn mails(&self, to: &Email) -> Vec<(String, String)>;
    /// The same of the mails that name no recipient any more.
    async fn settled_mails(&self) -> Vec<(String, String)>;
    /// Gives the account a log-in at Naver, behind the ports.
    async fn give_naver_log_in(&self, user: UserId, subject: &str);
    /// How many password resets are remembered.
    async fn reset_count(&self) -> i64;
    /// How many keys of requests are kept.
    async fn request_count(&self) -> i64;
    /// How many orders there are.
    async fn order_count(&self) -> i64;
    /// How many payments there are.
    async fn payment_count(&self) -> i64;
}
