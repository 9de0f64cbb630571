//! The shop of the suites, on SQL.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ef_contract::builders::{Pack, ProductSpec, noon};
use ef_contract::shop::{Counters, Shop};
use ef_contract::vault::GlassVault;
use ef_domain::account::{
    AccountRepository, AddressBook, Email, IdentityProvider, IdentityRepository, ResetRepository,
    SecondFactorRepository,
};
use ef_domain::announce::{AnnouncementQueries, AnnouncementRepository};
use ef_domain::cart::CartRepository;
use ef_domain::catalogue::{
    CatalogueQueries, GoalScores, ProductRepository, ProductStatus, ShippingTerms, TagRepository,
};
use ef_domain::once::RequestLedger;
use ef_domain::order::{OfferQueries, OrderDeskQueries, OrderQueries, OrderRepository};
use ef_domain::payment::PaymentRepository;
use ef_domain::review::{ReviewQueries, ReviewRepository};
use ef_domain::shared::{AuditQueries, Clock, ManualClock, OrderId, ProductId, UserId, VariantId, Won};
use ef_migrations::Migrator;
use ef_sql::{
    Database, DatabaseOptions, SeedNutrient, SeedProduct, SeedVariant, SqlAccountRepository, SqlAddressBook,
    SqlAnnouncementQueries, SqlAnnouncementRepository, SqlAuditQueries, SqlCartRepository, SqlCatalogueQueries,
    SqlIdentityRepository, SqlOfferQueries, SqlOrderDeskQueries, SqlOrderQueries, SqlOrderRepository,
    SqlPaymentRepository, SqlProductRepository, SqlRequestLedger, SqlResetRepository, SqlReviewQueries,
    SqlReviewRepository, SqlSecondFactorRepository, SqlTagRepository, StatementObserver, connect, seed_catalogue,
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use sea_orm_migration::MigratorTrait;

use super::Scratch;

/// What a test may want to differ.
pub struct Setup {
    /// The repositories' clock; one that stands at noon by default.
    pub clock: Arc<dyn Clock>,
    /// The most connections.
    pub max_connections: u32,
}

impl Default for Setup {
    fn default() -> Self {
        Self { clock: Arc::new(ManualClock::at(noon())), max_connections: 16 }
    }
}

/// A shop with an empty database of its own.
pub struct SqlShop {
    /// Its database.
    pub database: Database,
    /// Its repositories' clock.
    pub clock: Arc<dyn Clock>,
    /// What it was asked.
    pub statements: Arc<Statements>,
    /// Where that lives. Last, so that the connections are gone before it goes.
    pub scratch: Scratch,
}

impl SqlShop {
    /// Creates the schema and opens the shop.
    pub async fn open(scratch: Scratch, setup: Setup) -> Self {
        let statements = Arc::new(Statements::default());
        let database = open(&scratch.url(), setup.max_connections, &statements).await;
        Migrator::up(database.writer(), None).await.expect("the schema is created");
        Self { database, clock: setup.clock, statements, scratch }
    }

    /// The same shop as another server sees it, reached at that address.
    pub async fn beside(&self, url: &str) -> Self {
        let statements = Arc::new(Statements::default());
        Self {
            database: open(url, 16, &statements).await,
            clock: self.clock.clone(),
            statements,
            scratch: Scratch::Elsewhere,
        }
    }

    /// Executes a statement behind the ports' backs.
    pub async fn execute(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DbErr> {
        let statement = Statement::from_sql_and_values(self.database.backend(), sql, values);
        let done = self.database.writer().execute_raw(statement).await?;
        Ok(done.rows_affected())
    }

    /// The rows of a statement.
    pub async fn rows(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Vec<QueryResult> {
        let statement = Statement::from_sql_and_values(self.database.backend(), sql, values);
        self.database.writer().query_all_raw(statement).await.unwrap()
    }

    /// The first number of the first row.
    pub async fn number(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> i64 {
        let rows = self.rows(sql, values).await;
        rows.first().unwrap().try_get_by_index(0).unwrap()
    }
}

/// The statements that a shop's database was asked while somebody listened. Beginning and committing are not reported.
#[derive(Default)]
pub struct Statements {
    heard: Mutex<Option<Vec<String>>>,
}

impl Statements {
    /// What is asked during the work, in the order in which it was answered.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        *self.heard.lock().unwrap() = Some(Vec::new());
        let output = work.await;
        (output, self.heard.lock().unwrap().take().unwrap())
    }
}

async fn open(url: &str, max_connections: u32, statements: &Arc<Statements>) -> Database {
    let statements = statements.clone();
    let observer: StatementObserver = Arc::new(move |sql, _| {
        if let Some(heard) = statements.heard.lock().unwrap().as_mut() {
            heard.push(sql.to_owned());
        }
    });
    let options = DatabaseOptions {
        observer: Some(observer),
        max_connections,
        // A machine that is busy with other tests must not fail this one.
        acquire_timeout: Duration::from_secs(30),
        ..DatabaseOptions::new(url)
    };
    connect(&options).await.expect("the database is there")
}

fn seed(slug: &str, spec: &ProductSpec) -> SeedProduct {
    SeedProduct {
        slug: slug.to_owned(),
        name: spec.name.clone(),
        brand: spec.brand.clone(),
        category: spec.category.clone(),
        description: "맛있고 건강합니다.".to_owned(),
        storage: "서늘한 곳".to_owned(),
        image: format!("/images/{slug}.svg"),
        status: spec.status,
        original_price: None,
        discount: None,
        tags: spec.tags.clone(),
        shipping: ShippingTerms { fee: Won::ZERO, free_from: None, estimated_days: Some("1-2일".to_owned()) },
        goals: GoalScores::default(),
        nutrients: spec
            .nutrients
            .iter()
            .map(|(code, amount, daily_percent)| SeedNutrient {
                code: code.clone(),
                name: code.to_lowercase(),
                amount: *amount,
                unit: "g".to_owned(),
                daily_percent: *daily_percent,
            })
            .collect(),
        variants: spec
            .packs
            .iter()
            .map(|pack| SeedVariant {
                name: pack.name.clone(),
                grams: pack.grams,
                price: pack.price,
                stock: pack.stock,
                is_default: pack.is_default,
            })
            .collect(),
    }
}

impl SqlShop {
    async fn letters_to(&self, recipient: &str) -> Vec<(String, String)> {
        let sql = "SELECT letter, state FROM mail_outbox WHERE recipient = ? ORDER BY id";
        let rows = self.rows(sql, [recipient.into()]).await;
        rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
    }
}

#[async_trait]
impl Shop for SqlShop {
    fn orders(&self) -> Arc<dyn OrderRepository> {
        Arc::new(SqlOrderRepository::new(self.database.clone(), self.clock.clone()))
    }

    fn order_queries(&self) -> Arc<dyn OrderQueries> {
        Arc::new(SqlOrderQueries::new(self.database.clone()))
    }

    fn order_desk(&self) -> Arc<dyn OrderDeskQueries> {
        Arc::new(SqlOrderDeskQueries::new(self.database.clone()))
    }

    fn offers(&self) -> Arc<dyn OfferQueries> {
        Arc::new(SqlOfferQueries::new(self.database.clone()))
    }

    fn payments(&self) -> Arc<dyn PaymentRepository> {
        Arc::new(SqlPaymentRepository::new(self.database.clone(), self.clock.clone()))
    }

    fn requests(&self) -> Arc<dyn RequestLedger> {
        Arc::new(SqlRequestLedger::new(self.database.clone()))
    }

    fn carts(&self) -> Arc<dyn CartRepository> {
        Arc::new(SqlCartRepository::new(self.database.clone(), self.clock.clone()))
    }

    fn accounts(&self) -> Arc<dyn AccountRepository> {
        Arc::new(SqlAccountRepository::new(self.database.clone(), Arc::new(GlassVault)))
    }

    fn addresses(&self) -> Arc<dyn AddressBook> {
        Arc::new(SqlAddressBook::new(self.database.clone()))
    }

    fn identities(&self) -> Arc<dyn IdentityRepository> {
        Arc::new(SqlIdentityRepository::new(self.database.clone(), Arc::new(GlassVault)))
    }

    fn second_factors(&self) -> Arc<dyn SecondFactorRepository> {
        Arc::new(SqlSecondFactorRepository::new(self.database.clone(), Arc::new(GlassVault)))
    }

    fn resets(&self) -> Arc<dyn ResetRepository> {
        Arc::new(SqlResetRepository::new(self.database.clone(), Arc::new(GlassVault)))
    }

    fn announcements(&self) -> Arc<dyn AnnouncementRepository> {
        Arc::new(SqlAnnouncementRepository::new(self.database.clone(), Arc::new(GlassVault)))
    }

    fn announcement_queries(&self) -> Arc<dyn AnnouncementQueries> {
        Arc::new(SqlAnnouncementQueries::new(self.database.clone()))
    }

    fn catalogue(&self) -> Arc<dyn CatalogueQueries> {
        Arc::new(SqlCatalogueQueries::new(self.database.clone()))
    }

    fn products(&self) -> Arc<dyn ProductRepository> {
        Arc::new(SqlProductRepository::new(self.database.clone()))
    }

    fn tags(&self) -> Arc<dyn TagRepository> {
        Arc::new(SqlTagRepository::new(self.database.clone()))
    }

    fn reviews(&self) -> Arc<dyn ReviewRepository> {
        Arc::new(SqlReviewRepository::new(self.database.clone()))
    }

    fn review_queries(&self) -> Arc<dyn ReviewQueries> {
        Arc::new(SqlReviewQueries::new(self.database.clone()))
    }

    fn audit(&self) -> Arc<dyn AuditQueries> {
        Arc::new(SqlAuditQueries::new(self.database.clone()))
    }

    async fn shelve(&self, spec: &ProductSpec) -> Vec<Pack> {
        let slug = uuid::Uuid::new_v4().simple().to_string();
        let product = seed(&slug, spec);
        let stored = seed_catalogue(&self.database, &[product], spec.created_at).await;
        assert_eq!(stored.expect("the product is stored"), 1);
        let sql = "SELECT p.id, p.name, p.image_url, v.id, v.size, v.price FROM product p \
                   JOIN product_variant v ON v.product_id = p.id WHERE p.slug = ? ORDER BY v.id";
        let rows = self.rows(sql, [slug.into()]).await;
        let pack = |row: &QueryResult| Pack {
            product: ProductId::new(row.try_get_by_index(0).unwrap()),
            product_name: row.try_get_by_index(1).unwrap(),
            image: row.try_get_by_index(2).unwrap(),
            variant: VariantId::new(row.try_get_by_index(3).unwrap()),
            name: row.try_get_by_index(4).unwrap(),
            price: Won::try_new(row.try_get_by_index(5).unwrap()).unwrap(),
        };
        rows.iter().map(pack).collect()
    }

    async fn shelve_without_packs(&self, name: &str) -> ProductId {
        let sql = "INSERT INTO product (name, base_price, category, weight, weight_unit, status, created_at, updated_at) \
                   VALUES (?, 1000, 'x', 1, 'kg', 'AVAILABLE', ?, ?)";
        let now = noon().to_utc();
        self.execute(sql, [name.into(), now.into(), now.into()]).await.unwrap();
        ProductId::new(self.number("SELECT MAX(id) FROM product", []).await)
    }

    async fn rename(&self, product: ProductId, name: &str) {
        let sql = "UPDATE product SET name = ? WHERE id = ?";
        self.execute(sql, [name.into(), product.get().into()]).await.unwrap();
    }

    async fn reprice(&self, variant: VariantId, price: Won) {
        let sql = "UPDATE product_variant SET price = ? WHERE id = ?";
        let values = [price.get().into(), variant.get().into()];
        self.execute(sql, values).await.unwrap();
    }

    async fn set_status(&self, product: ProductId, status: ProductStatus) {
        let sql = "UPDATE product SET status = ? WHERE id = ?";
        let values = [status.name().into(), product.get().into()];
        self.execute(sql, values).await.unwrap();
    }

    async fn counters(&self, variant: VariantId) -> Counters {
        let sql = "SELECT stock, reserved_stock FROM product_variant WHERE id = ?";
        let rows = self.rows(sql, [variant.get().into()]).await;
        pair(&rows)
    }

    async fn ledger(&self, variant: VariantId) -> Counters {
        let sql = "SELECT CAST(COALESCE(SUM(stock_delta), 0) AS SIGNED), \
                   CAST(COALESCE(SUM(reserved_delta), 0) AS SIGNED) FROM stock_ledger WHERE variant_id = ?";
        let rows = self.rows(sql, [variant.get().into()]).await;
        pair(&rows)
    }

    async fn held(&self, variant: VariantId) -> i64 {
        let sql = "SELECT CAST(COALESCE(SUM(i.quantity), 0) AS SIGNED) FROM orders o \
                   JOIN order_items i ON i.order_id = o.id WHERE o.status = 'PENDING' AND i.variant_id = ?";
        self.number(sql, [variant.get().into()]).await
    }

    async fn falsify_reserved(&self, variant: VariantId, reserved: i64) -> bool {
        let sql = "UPDATE product_variant SET reserved_stock = ? WHERE id = ?";
        let values = [reserved.into(), variant.get().into()];
        self.execute(sql, values).await.is_ok()
    }

    async fn events(&self, order: OrderId) -> Vec<String> {
        let sql = "SELECT event FROM outbox WHERE order_id = ? AND delivered_at IS NULL ORDER BY id";
        let rows = self.rows(sql, [order.get().into()]).await;
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    async fn mails(&self, to: &Email) -> Vec<(String, String)> {
        self.letters_to(to.as_str()).await
    }

    async fn settled_mails(&self) -> Vec<(String, String)> {
        self.letters_to("").await
    }

    async fn give_naver_log_in(&self, user: UserId, subject: &str) {
        let sql =
            "INSERT INTO user_identity (user_id, provider, subject, created_at, updated_at) VALUES (?, ?, ?, ?, ?)";
        let (now, provider) = (noon().to_utc(), IdentityProvider::Naver.name());
        let values = [user.get().into(), provider.into(), subject.into(), now.into(), now.into()];
        self.execute(sql, values).await.unwrap();
    }

    async fn reset_count(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM password_reset", []).await
    }

    async fn request_count(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM request_key", []).await
    }

    async fn order_count(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM orders", []).await
    }

    async fn payment_count(&self) -> i64 {
        self.number("SELECT COUNT(*) FROM payments", []).await
    }
}

fn pair(rows: &[QueryResult]) -> Counters {
    Counters { stock: rows[0].try_get_by_index(0).unwrap(), reserved: rows[0].try_get_by_index(1).unwrap() }
}
