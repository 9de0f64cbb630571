//! Orders as pages show them.

use std::collections::HashMap;

use async_trait::async_trait;
use ef_domain::catalogue::{NutrientAmount, NutritionFacts, ProductStatus};
use ef_domain::order::{
    HistoryFilter, LineToday, OrderDetail, OrderDetailLine, OrderEnd, OrderNumber, OrderQueries, OrderStatus,
    OrderSummary, Party, PaymentStatus, PaymentSummary,
};
use ef_domain::payment::{Deposit, DepositAccount, PaymentMethod};
use ef_domain::shared::{
    OrderId, OrderLineId, Page, PageRequest, PaymentId, PortFailure, ProductId, Timestamp, UserId, VariantId,
};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::connect::Database;
use crate::failure::{bounded, corrupt};
use crate::sql::{all, marks, one, quantity, won};

use super::row::recipient;

const READING: &str = "reading orders";

/// The payment that an order bears is shown once it took money; until then there is none to show.
pub(super) const WITH_PAYMENT: &str =
    "LEFT JOIN payments p ON p.payment_key = o.payment_key AND p.status IN ('COMPLETED', 'REFUND_DUE', 'REFUNDED')";

/// The buyer's own page shows the account as well that he is to transfer to.
const WITH_DEPOSIT: &str = "LEFT JOIN payments p ON p.payment_key = o.payment_key \
    AND p.status IN ('AWAITING_DEPOSIT', 'COMPLETED', 'REFUND_DUE', 'REFUNDED')";

const DETAIL_COLUMNS: &str = "o.cancelled_at, o.cancel_cause, o.cancel_reason, o.ended_by, o.refund_restock, \
    p.deposit_due_at, p.deposit_bank, p.deposit_account, p.deposit_holder";

pub(super) const COLUMNS: &str = "o.id, o.order_number, o.user_id, o.status, o.payment_status, o.total_amount, o.recipient_name, \
    o.phone_number, o.postal_code, o.address_line1, o.address_line2, o.created_at, p.id AS payment_id, p.method, \
    p.status AS captured_status, p.payment_key, p.amount, p.approved_at";

/// Order pages from MySQL or SQLite.
pub struct SqlOrderQueries {
    database: Database,
}

impl SqlOrderQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[derive(FromQueryResult)]
struct OrderColumns {
    id: i64,
    order_number: i64,
    user_id: i64,
    status: String,
    payment_status: String,
    total_amount: i64,
    recipient_name: String,
    phone_number: String,
    postal_code: String,
    address_line1: String,
    address_line2: Option<String>,
    created_at: DateTimeUtc,
    payment_id: Option<i64>,
    method: Option<String>,
    captured_status: Option<String>,
    payment_key: Option<String>,
    amount: Option<i64>,
    approved_at: Option<DateTimeUtc>,
}

#[derive(FromQueryResult)]
pub(super) struct HistoryRow {
    #[sea_orm(nested)]
    order: OrderColumns,
    product_name: String,
    image_url: Option<String>,
    line_count: i64,
}

/// An order with how it ends and the account that it waits for.
#[derive(FromQueryResult)]
struct DetailRow {
    #[sea_orm(nested)]
    order: OrderColumns,
    cancelled_at: Option<DateTimeUtc>,
    cancel_cause: Option<String>,
    cancel_reason: Option<String>,
    ended_by: Option<String>,
    refund_restock: Option<bool>,
    deposit_due_at: Option<DateTimeUtc>,
    deposit_bank: Option<String>,
    deposit_account: Option<String>,
    deposit_holder: Option<String>,
}

#[derive(FromQueryResult)]
struct Count {
    rows_found: i64,
}

#[derive(FromQueryResult)]
struct LineRow {
    id: i64,
    product_id: i64,
    variant_id: i64,
    product_name: String,
    variant_name: String,
    image_url: Option<String>,
    quantity: i64,
    price: i64,
    grams: f64,
    price_today: i64,
    available: i64,
    product_status: String,
    is_shelved: i64,
}

#[derive(FromQueryResult)]
struct NutrientRow {
    product_id: i64,
    code: String,
    name: String,
    value: f64,
    unit: String,
    daily_percentage: Option<i32>,
}

#[async_trait]
impl OrderQueries for SqlOrderQueries {
    async fn history(
        &self,
        buyer: UserId,
        filter: HistoryFilter,
        page: PageRequest,
    ) -> Result<Page<OrderSummary>, PortFailure> {
        let mut condition = "o.user_id = ?".to_owned();
        let mut values: Vec<Value> = vec![buyer.get().into()];
        if let Some(status) = filter.status {
            condition += " AND o.status = ?";
            values.push(status.name().into());
        }
        if let Some(status) = filter.payment_status {
            condition += " AND o.payment_status = ?";
            values.push(status.name().into());
        }
        if filter == HistoryFilter::default() {
            condition += " AND o.payment_status <> 'PENDING'";
        }
        let reader = self.database.reader();
        let sql = format!("SELECT COUNT(*) AS rows_found FROM orders o WHERE {condition}");
        let count: Option<Count> = bounded(READING, one(reader, &sql, values.clone())).await?;
        let total = count.and_then(|count| u64::try_from(count.rows_found).ok()).unwrap_or_default();
        values.extend([Value::from(page.size()), Value::from(page.offset())]);
        let sql = format!(
            "SELECT {COLUMNS}, i.product_name, i.image_url, \
             (SELECT COUNT(*) FROM order_items l WHERE l.order_id = o.id) AS line_count \
             FROM orders o JOIN order_items i ON i.order_id = o.id AND i.line_no = 1 {WITH_PAYMENT} \
             WHERE {condition} ORDER BY o.created_at DESC, o.id DESC LIMIT ? OFFSET ?"
        );
        let rows: Vec<HistoryRow> = bounded(READING, all(reader, &sql, values)).await?;
        let rows = rows.into_iter().map(summary).collect::<Result<_, _>>()?;
        Ok(Page { rows, request: page, total })
    }

    async fn detail(&self, number: OrderNumber) -> Result<Option<OrderDetail>, PortFailure> {
        let reader = self.database.reader();
        let sql = format!("SELECT {COLUMNS}, {DETAIL_COLUMNS} FROM orders o {WITH_DEPOSIT} WHERE o.order_number = ?");
        let row: Option<DetailRow> = bounded(READING, one(reader, &sql, [number.get().into()])).await?;
        let Some(row) = row else { return Ok(None) };
        let (end, deposit) = (end(&row)?, deposit(&row));
        let order = row.order;
        // A variant without a weight of its own weighs what its product does.
        let sql = "SELECT i.id, i.product_id, i.variant_id, i.product_name, i.variant_name, i.image_url, i.quantity, \
            i.price, COALESCE(v.weight_grams, p.weight * CASE WHEN p.weight_unit IN ('kg', 'l') THEN 1000.0 ELSE 1.0 END) AS grams, \
            v.price AS price_today, v.stock - v.reserved_stock AS available, p.status AS product_status, \
            p.retired_at IS NULL AS is_shelved \
            FROM order_items i JOIN product_variant v ON v.id = i.variant_id JOIN product p ON p.id = i.product_id \
            WHERE i.order_id = ? ORDER BY i.line_no";
        let lines: Vec<LineRow> = bounded(READING, all(reader, sql, [order.id.into()])).await?;
        let mut nutrition = nutrition_of(reader, lines.iter().map(|line| line.product_id), READING).await?;
        let payment = payment(&order)?;
        Ok(Some(OrderDetail {
            id: OrderId::new(order.id),
            number,
            buyer: UserId::new(order.user_id),
            total: won(order.total_amount, READING)?,
            status: status(&order.status)?,
            payment_status: payment_status(&order.payment_status)?,
            recipient: recipient(
                order.recipient_name,
                &order.phone_number,
                &order.postal_code,
                order.address_line1,
                order.address_line2,
            )?,
            placed_at: Timestamp::new(order.created_at),
            lines: lines.into_iter().map(|row| line(row, &mut nutrition)).collect::<Result<_, _>>()?,
            payment,
            deposit,
            end,
        }))
    }
}

pub(super) fn summary(row: HistoryRow) -> Result<OrderSummary, PortFailure> {
    let payment = payment(&row.order)?;
    let address = match row.order.address_line2 {
        Some(line2) => format!("{} {line2}", row.order.address_line1),
        None => row.order.address_line1,
    };
    Ok(OrderSummary {
        id: OrderId::new(row.order.id),
        number: OrderNumber::try_new(row.order.order_number).map_err(|error| corrupt(READING, error))?,
        total: won(row.order.total_amount, READING)?,
        status: status(&row.order.status)?,
        payment_status: payment_status(&row.order.payment_status)?,
        recipient_name: row.order.recipient_name,
        address,
        placed_at: Timestamp::new(row.order.created_at),
        line_count: u32::try_from(row.line_count).map_err(|error| corrupt(READING, error))?,
        first_product_name: row.product_name,
        first_product_image: row.image_url,
        payment,
    })
}

fn line(row: LineRow, nutrition: &mut HashMap<i64, NutritionFacts>) -> Result<OrderDetailLine, PortFailure> {
    // Two lines may be of one product, so the facts are cloned rather than taken.
    let facts = nutrition.get(&row.product_id).cloned().unwrap_or_default();
    Ok(OrderDetailLine {
        id: OrderLineId::new(row.id),
        product: ProductId::new(row.product_id),
        variant: VariantId::new(row.variant_id),
        product_name: row.product_name,
        variant_name: row.variant_name,
        image: row.image_url,
        quantity: quantity(row.quantity, READING)?,
        price: won(row.price, READING)?,
        grams: row.grams,
        nutrition: facts.macros,
        vitamins: facts.vitamins,
        today: LineToday {
            price: won(row.price_today, READING)?,
            available: row.available,
            is_for_sale: row.is_shelved == 1
                && ProductStatus::parse(&row.product_status).is_some_and(ProductStatus::is_for_sale),
        },
    })
}

pub(super) fn status(name: &str) -> Result<OrderStatus, PortFailure> {
    OrderStatus::parse(name).ok_or_else(|| corrupt(READING, "an unknown order status"))
}

fn payment_status(name: &str) -> Result<PaymentStatus, PortFailure> {
    PaymentStatus::parse(name).ok_or_else(|| corrupt(READING, "an unknown payment status"))
}

/// Orders that ended before it was noted whose doing it was: the cause tells.
fn end(row: &DetailRow) -> Result<Option<OrderEnd>, PortFailure> {
    if row.cancelled_at.is_none() && row.refund_restock.is_none() {
        return Ok(None);
    }
    let by = match (row.ended_by.as_deref(), row.cancel_cause.as_deref()) {
        (Some(name), _) => Party::name_of(name).ok_or_else(|| corrupt(READING, "an unknown party"))?,
        (None, Some("BY_BUYER")) => Party::Buyer.name(),
        (None, _) => Party::Shop.name(),
    };
    Ok(Some(OrderEnd { at: row.cancelled_at.map(Timestamp::new), by, reason: row.cancel_reason.clone() }))
}

fn deposit(row: &DetailRow) -> Option<Deposit> {
    let due_at = Timestamp::new(row.deposit_due_at?);
    let account = || {
        let (bank, number) = (row.deposit_bank.clone()?, row.deposit_account.clone()?);
        Some(DepositAccount { bank, number, holder: row.deposit_holder.clone()? })
    };
    Some(Deposit { due_at, account: account() })
}

fn payment(order: &OrderColumns) -> Result<Option<PaymentSummary>, PortFailure> {
    let Some(id) = order.payment_id.filter(|_| order.captured_status.as_deref() != Some("AWAITING_DEPOSIT")) else {
        return Ok(None);
    };
    let incomplete = || corrupt(READING, format!("payment {id} took money but its row is incomplete"));
    let method = order.method.as_deref().and_then(PaymentMethod::parse).ok_or_else(incomplete)?;
    Ok(Some(PaymentSummary {
        id: PaymentId::new(id),
        method,
        status: match order.captured_status.as_deref().ok_or_else(incomplete)? {
            // Until it is back, the money is where the buyer sent it.
            "REFUND_DUE" => PaymentStatus::Completed,
            captured => payment_status(captured)?,
        },
        key: order.payment_key.clone().ok_or_else(incomplete)?,
        amount: won(order.amount.ok_or_else(incomplete)?, READING)?,
        paid_at: order.approved_at.map(Timestamp::new).ok_or_else(incomplete)?,
    }))
}

/// What is in the named products. One statement.
pub(crate) async fn nutrition_of(
    reader: &impl ConnectionTrait,
    products: impl IntoIterator<Item = i64>,
    during: &'static str,
) -> Result<HashMap<i64, NutritionFacts>, PortFailure> {
    let mut products: Vec<i64> = products.into_iter().collect();
    products.sort_unstable();
    products.dedup();
    if products.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT product_id, code, name, value, unit, daily_percentage FROM product_nutrients \
         WHERE product_id IN ({}) ORDER BY id",
        marks(products.len())
    );
    let rows: Vec<NutrientRow> = bounded(during, all(reader, &sql, products.into_iter().map(Value::from))).await?;
    let mut amounts = HashMap::<i64, Vec<NutrientAmount>>::new();
    for row in rows {
        amounts.entry(row.product_id).or_default().push(NutrientAmount {
            code: row.code,
            name: row.name,
            amount: row.value,
            unit: row.unit,
            daily_percent: row.daily_percentage,
        });
    }
    Ok(amounts.into_iter().map(|(product, amounts)| (product, NutritionFacts::collect(amounts))).collect())
}
