//! Valid defaults: a test states only what matters to it.

#![expect(
    clippy::missing_panics_doc,
    reason = "a builder panics where its store or its argument is broken: that is how a test fails"
)]

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::NaiveDate;
use ef_domain::account::{BirthDate, Email, HashedPassword, NewAccount, Phone};
use ef_domain::catalogue::ProductStatus;
use ef_domain::order::{Decision, NewOrder, Order, OrderChange, OrderLine, OrderNumber, PostalCode, Recipient};
use ef_domain::payment::{
    Approval, Decline, DeclineKind, IdempotencyKey, NewPayment, Payment, PaymentEvidence, PaymentKey, PaymentMethod,
    Settlement, settle,
};
use ef_domain::shared::{Actor, ProductId, Quantity, Role, Timestamp, VariantId, Version, Won};

use crate::shop::Shop;

/// How long orders hold their stock.
pub const HOLD: Duration = Duration::from_mins(15);

/// The moment at which everything happens unless a test says otherwise.
pub fn noon() -> Timestamp {
    Timestamp::from_millis(1_767_582_000_123).expect("within the calendar")
}

/// That many seconds after [`noon`].
pub fn later(seconds: u64) -> Timestamp {
    noon().after(Duration::from_secs(seconds))
}

/// That many won.
pub fn won(amount: i64) -> Won {
    Won::try_new(amount).expect("an amount")
}

/// That many pieces.
pub fn pieces(count: i64) -> Quantity {
    Quantity::try_new(count).expect("1 to 999 pieces")
}

/// A payment key.
pub fn key(text: &str) -> PaymentKey {
    PaymentKey::parse(text).expect("a payment key")
}

/// A number that nothing else in this run has.
fn unique() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// An order number that no other order of this run has.
pub fn fresh_number() -> OrderNumber {
    OrderNumber::try_new(1_000_000_000_000_001 + unique()).expect("an order number")
}

/// A pack size of a [`ProductSpec`].
#[derive(Clone, Debug)]
pub struct PackSpec {
    /// Its name.
    pub name: String,
    /// Its price.
    pub price: Won,
    /// Pieces on the shelf.
    pub stock: i64,
    /// Net weight.
    pub grams: f64,
    /// Whether it is what a request without a variant means.
    pub is_default: bool,
}

impl PackSpec {
    /// The default pack size of its product.
    pub fn new(name: &str, stock: i64, price: i64) -> Self {
        Self { name: name.to_owned(), price: won(price), stock, grams: 250.0, is_default: true }
    }

    /// The same, but not the default one.
    #[must_use]
    pub fn beside(self) -> Self {
        Self { is_default: false, ..self }
    }
}

/// A product to be put on the shelf.
#[derive(Clone, Debug)]
pub struct ProductSpec {
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: String,
    /// Its category.
    pub category: String,
    /// Whether it is sold.
    pub status: ProductStatus,
    /// Its tags.
    pub tags: Vec<String>,
    /// Code, amount and daily percentage of what is in 100 g.
    pub nutrients: Vec<(String, f64, Option<i32>)>,
    /// Its pack sizes.
    pub packs: Vec<PackSpec>,
    /// When it came into the shop.
    pub created_at: Timestamp,
}

impl ProductSpec {
    /// A product on sale with ten packs at 1,000 won.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            brand: "에너지팩토리".to_owned(),
            category: "견과".to_owned(),
            status: ProductStatus::Available,
            tags: Vec::new(),
            nutrients: Vec::new(),
            packs: vec![PackSpec::new("250g", 10, 1_000)],
            created_at: noon(),
        }
    }
}

/// A pack on the shelf.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The product.
    pub product: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The product's picture.
    pub image: Option<String>,
    /// The variant.
    pub variant: VariantId,
    /// The variant's name.
    pub name: String,
    /// Its price.
    pub price: Won,
}

impl Pack {
    /// A line of an order for that many of it.
    pub fn line(&self, count: i64) -> OrderLine {
        OrderLine {
            product: self.product,
            variant: self.variant,
            product_name: self.product_name.clone(),
            variant_name: self.name.clone(),
            image: self.image.clone(),
            quantity: pieces(count),
            price: self.price,
        }
    }
}

/// A product with one pack size on the shelf.
pub async fn pack(shop: &dyn Shop, stock: i64) -> Pack {
    let spec = ProductSpec {
        packs: vec![PackSpec::new("250g", stock, 1_000)],
        ..ProductSpec::named(&format!("아몬드 {}", unique()))
    };
    shop.shelve(&spec).await.pop().expect("its pack size")
}

/// An account that is not stored yet, with an address and a number that nobody else has.
pub fn new_account() -> NewAccount {
    let number = unique();
    let phone = format!("010-{:04}-{:04}", number / 10_000 % 10_000, number % 10_000);
    NewAccount {
        email: Email::parse(&format!("shopper{number}@energy-factory.kr")).expect("an address"),
        password: Some(HashedPassword::new("$argon2id$not-a-real-hash".to_owned())),
        name: "김건강".to_owned(),
        phone: Some(Phone::parse(&phone).expect("a number")),
        birth_date: NaiveDate::from_ymd_opt(1990, 2, 28).map(BirthDate::stored),
        address: Some("서울 마포구 양화로 100".to_owned()),
        role: Role::User,
        created_at: noon(),
    }
}

/// Somebody who has an account.
pub async fn shopper(shop: &dyn Shop) -> Actor {
    let user = shop.accounts().add(&new_account()).await.expect("the account is stored");
    Actor { user, role: Role::User }
}

/// Who gets the parcel.
pub fn recipient() -> Recipient {
    Recipient {
        name: "김건강".to_owned(),
        phone: Phone::parse("010-1234-5678").expect("a number"),
        postal_code: PostalCode::parse("04036").expect("a code"),
        address_line1: "서울 마포구 양화로 100".to_owned(),
        address_line2: Some("3층".to_owned()),
    }
}

/// An order worth storing, placed at [`noon`].
pub fn new_order(buyer: Actor, lines: &[(&Pack, i64)]) -> NewOrder {
    new_order_at(buyer, lines, noon())
}

/// An order worth storing, placed at that moment.
pub fn new_order_at(buyer: Actor, lines: &[(&Pack, i64)], placed_at: Timestamp) -> NewOrder {
    let lines: Vec<OrderLine> = lines.iter().map(|(pack, count)| pack.line(*count)).collect();
    let totals = lines.iter().map(|line| line.total().expect("an amount"));
    NewOrder {
        number: fresh_number(),
        buyer,
        recipient: recipient(),
        total: Won::sum(totals).expect("an amount"),
        lines,
        placed_at,
        expires_at: placed_at.after(HOLD),
        supersedes: Vec::new(),
        claim: None,
    }
}

/// Stores the order and reads it back.
pub async fn placed(shop: &dyn Shop, order: &NewOrder) -> Order {
    shop.orders().place(order).await.expect("the order is stored");
    reload(shop, order.number).await
}

/// A stored order of the buyer, placed at [`noon`].
pub async fn order(shop: &dyn Shop, buyer: Actor, lines: &[(&Pack, i64)]) -> Order {
    placed(shop, &new_order(buyer, lines)).await
}

/// The order as it is now.
pub async fn reload(shop: &dyn Shop, number: OrderNumber) -> Order {
    let found = shop.orders().find_by_number(number).await.expect("orders can be read");
    found.expect("the order exists")
}

/// The change that a transition came to.
pub fn decided<E: std::fmt::Debug>(decision: Result<Decision, E>) -> OrderChange {
    match decision.expect("the transition is allowed") {
        Decision::Apply(change) => change,
        Decision::AlreadyDone => panic!("nothing was to be done"),
    }
}

/// Stores the change and reads the order back.
pub async fn applied<E: std::fmt::Debug>(shop: &dyn Shop, decision: Result<Decision, E>) -> Order {
    let change = decided(decision);
    shop.orders().apply(&change).await.expect("the change is stored");
    reload(shop, change.number()).await
}

/// The intent to take the order's money under that key, at [`noon`].
pub fn intent(order: &Order, key: &PaymentKey) -> NewPayment {
    NewPayment {
        key: key.clone(),
        order: order.id,
        order_number: order.number,
        amount: order.total,
        idempotency_key: IdempotencyKey::stored(format!("idempotency-{}", unique())),
        requested_at: noon(),
        check_at: later(60),
        repeats: None,
    }
}

/// A payment of the order under way.
pub async fn opened(shop: &dyn Shop, order: &Order, key: &PaymentKey) -> (Payment, Order) {
    let change = decided(order.open_payment(key, noon()));
    let opened = shop.payments().open(&intent(order, key), &change).await;
    opened.expect("the intent is stored");
    (payment(shop, key).await, reload(shop, order.number).await)
}

/// The payment as it is now.
pub async fn payment(shop: &dyn Shop, key: &PaymentKey) -> Payment {
    let found = shop.payments().find(key).await.expect("payments can be read");
    found.expect("the payment exists")
}

/// The partner took exactly what was agreed.
pub fn approval(payment: &Payment) -> PaymentEvidence {
    PaymentEvidence::Approved(Approval {
        order: Some(payment.order_number),
        amount: Some(payment.amount),
        method: PaymentMethod::TossPay,
        approved_at: later(5),
    })
}

/// The partner refused.
pub fn refusal(kind: DeclineKind) -> PaymentEvidence {
    PaymentEvidence::Declined(Decline { code: "REJECT_CARD_COMPANY".to_owned(), kind })
}

/// What the evidence comes to.
pub fn settlement(payment: &Payment, order: &Order, evidence: &PaymentEvidence) -> Settlement {
    let refund_key = IdempotencyKey::stored("refund".to_owned());
    settle(payment, order, evidence, later(6), &refund_key).expect("the evidence tells something new")
}

/// Stores what the evidence comes to; payment and order as they are then.
pub async fn settled(shop: &dyn Shop, known: (&Payment, &Order), evidence: &PaymentEvidence) -> (Payment, Order) {
    let (before, order) = known;
    let stored = shop.payments().settle(&settlement(before, order, evidence)).await;
    stored.expect("the settlement is stored");
    (payment(shop, &before.key).await, reload(shop, order.number).await)
}

/// An order that was paid under that key.
pub async fn paid(shop: &dyn Shop, order: &Order, key: &PaymentKey) -> (Payment, Order) {
    let (payment, order) = opened(shop, order, key).await;
    let evidence = approval(&payment);
    settled(shop, (&payment, &order), &evidence).await
}

/// Somebody who has paid for one of it.
pub async fn buyer(shop: &dyn Shop, pack: &Pack) -> Actor {
    let who = shopper(shop).await;
    buys(shop, who, pack).await;
    who
}

/// Somebody orders one of it and pays.
pub async fn buys(shop: &dyn Shop, who: Actor, pack: &Pack) {
    let placed = order(shop, who, &[(pack, 1)]).await;
    paid(shop, &placed, &key(&format!("paid-{}", placed.number))).await;
}

/// The version after that many changes.
pub fn version(changes: i64) -> Version {
    Version::new(changes)
}
