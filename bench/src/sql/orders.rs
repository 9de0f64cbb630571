//! Placing an order: the offers, the guarded updates, the rows, and the order as it is then.

use chrono::{DateTime, Duration, Utc};

use super::{marks, nutrients, standing, wholes};
use crate::Outcome;
use crate::catalogue::Goods;
use crate::moment::now;
use crate::store::{Store, Value, Writing, row};

/// Who gets the parcel, in every order of this tool.
pub const RECIPIENT: Recipient = Recipient {
    name: "김에너지",
    phone: "010-1234-5678",
    postal_code: "06236",
    address_line1: "서울특별시 강남구 테헤란로 152",
    address_line2: "12층",
};

/// Who gets the parcel.
pub struct Recipient {
    /// The name.
    pub name: &'static str,
    /// The phone.
    pub phone: &'static str,
    /// The postal code.
    pub postal_code: &'static str,
    /// The street.
    pub address_line1: &'static str,
    /// The floor.
    pub address_line2: &'static str,
}

row! {
    OfferRow {
        product_id: i64, product_name: String, status: String, image_url: Option<String>, variant_id: Option<i64>,
        size: Option<String>, price: Option<i64>, is_default: Option<bool>,
    }
}

row! {
    OrderRow {
        id: i64, order_number: i64, user_id: i64, status: String, payment_status: String, total_amount: i64,
        recipient_name: String, phone_number: String, postal_code: String, address_line1: String,
        address_line2: Option<String>, created_at: DateTime<Utc>, payment_id: Option<i64>, method: Option<String>,
        captured_status: Option<String>, payment_key: Option<String>, amount: Option<i64>,
        approved_at: Option<DateTime<Utc>>,
    }
}

row! {
    LineRow {
        id: i64, product_id: i64, variant_id: i64, product_name: String, variant_name: String,
        image_url: Option<String>, quantity: i64, price: i64, grams: f64,
    }
}

/// Orders one piece of each of the goods, which are sorted by variant.
pub async fn place(store: &Store, user: i64, number: i64, goods: &[Goods]) -> Outcome {
    standing(store, user).await?;
    offers(store, goods).await?;
    let at = now();
    let mut tx = store.begin().await?;
    for piece in goods {
        let sql = "UPDATE product_variant SET reserved_stock = reserved_stock + ?, updated_at = ? \
             WHERE id = ? AND stock - reserved_stock >= ?";
        let values = [Value::Whole(1), Value::At(at), Value::Whole(piece.variant), Value::Whole(1)];
        if tx.execute(sql, &values).await? != 1 {
            return Err("the shelf is empty".into());
        }
    }
    let order = insert_order(&mut tx, user, number, goods, at).await?;
    insert_lines(&mut tx, order, goods, at).await?;
    insert_ledger(&mut tx, order, goods, at).await?;
    tx.commit().await?;
    detail(store, number).await
}

async fn offers(store: &Store, goods: &[Goods]) -> Outcome {
    let mut products: Vec<i64> = goods.iter().map(|piece| piece.product).collect();
    products.sort_unstable();
    products.dedup();
    let variants: Vec<i64> = goods.iter().map(|piece| piece.variant).collect();
    let sql = format!(
        "SELECT p.id AS product_id, p.name AS product_name, p.status, p.image_url, v.id AS variant_id, v.size, \
         v.price, v.is_default FROM product p LEFT JOIN product_variant v ON v.product_id = p.id \
         WHERE p.id IN ({}) OR p.id IN (SELECT product_id FROM product_variant WHERE id IN ({})) ORDER BY p.id, v.id",
        marks(products.len()),
        marks(variants.len())
    );
    products.extend(variants);
    store.all::<OfferRow>(&sql, &wholes(&products)).await.map(drop)
}

async fn insert_order(tx: &mut Writing, user: i64, number: i64, goods: &[Goods], at: DateTime<Utc>) -> Outcome<i64> {
    let columns = "order_number, user_id, status, payment_status, total_amount, recipient_name, phone_number, \
         postal_code, address_line1, address_line2, hold_expires_at, version, created_at, updated_at";
    let values = [
        Value::Whole(number),
        Value::Whole(user),
        Value::Text("PENDING"),
        Value::Text("PENDING"),
        Value::Whole(goods.iter().map(|piece| piece.price).sum()),
        Value::Text(RECIPIENT.name),
        Value::Text(RECIPIENT.phone),
        Value::Text(RECIPIENT.postal_code),
        Value::Text(RECIPIENT.address_line1),
        Value::Text(RECIPIENT.address_line2),
        Value::At(at + Duration::days(1)),
        Value::Whole(0),
        Value::At(at),
        Value::At(at),
    ];
    let sql = format!("INSERT INTO orders ({columns}) VALUES ({})", marks(values.len()));
    tx.insert(&sql, &values).await
}

async fn insert_lines(tx: &mut Writing, order: i64, goods: &[Goods], at: DateTime<Utc>) -> Outcome {
    let columns = "order_id, line_no, product_id, variant_id, product_name, variant_name, image_url, quantity, price, \
         total_price, created_at, updated_at";
    let values = (1..).zip(goods).flat_map(|(line, piece)| {
        [
            Value::Whole(order),
            Value::Whole(line),
            Value::Whole(piece.product),
            Value::Whole(piece.variant),
            Value::Text(&piece.product_name),
            Value::Text(&piece.variant_name),
            Value::Optional(piece.image.as_deref()),
            Value::Whole(1),
            Value::Whole(piece.price),
            Value::Whole(piece.price),
            Value::At(at),
            Value::At(at),
        ]
    });
    insert_rows(tx, "order_items", columns, goods.len(), &values.collect::<Vec<_>>()).await
}

async fn insert_ledger(tx: &mut Writing, order: i64, goods: &[Goods], at: DateTime<Utc>) -> Outcome {
    let columns = "variant_id, order_id, direction, stock_delta, reserved_delta, created_at, updated_at";
    let values = goods.iter().flat_map(|piece| {
        [
            Value::Whole(piece.variant),
            Value::Whole(order),
            Value::Text("RESERVE"),
            Value::Whole(0),
            Value::Whole(1),
            Value::At(at),
            Value::At(at),
        ]
    });
    insert_rows(tx, "stock_ledger", columns, goods.len(), &values.collect::<Vec<_>>()).await
}

/// Several rows in one statement.
async fn insert_rows(tx: &mut Writing, table: &str, columns: &str, rows: usize, values: &[Value<'_>]) -> Outcome {
    let row = format!("({})", marks(values.len() / rows.max(1)));
    let sql = format!("INSERT INTO {table} ({columns}) VALUES {}", vec![row; rows].join(", "));
    tx.execute(&sql, values).await.map(drop)
}

async fn detail(store: &Store, number: i64) -> Outcome {
    let sql = "SELECT o.id, o.order_number, o.user_id, o.status, o.payment_status, o.total_amount, o.recipient_name, \
         o.phone_number, o.postal_code, o.address_line1, o.address_line2, o.created_at, p.id AS payment_id, p.method, \
         p.status AS captured_status, p.payment_key, p.amount, p.approved_at FROM orders o \
         LEFT JOIN payments p ON p.payment_key = o.payment_key AND p.status IN ('COMPLETED', 'REFUNDED') \
         WHERE o.order_number = ?";
    let order: OrderRow = store.one(sql, &[Value::Whole(number)]).await?;
    let sql = "SELECT i.id, i.product_id, i.variant_id, i.product_name, i.variant_name, i.image_url, i.quantity, \
         i.price, COALESCE(v.weight_grams, p.weight * CASE WHEN p.weight_unit IN ('kg', 'l') THEN 1000.0 ELSE 1.0 END) \
         AS grams FROM order_items i JOIN product_variant v ON v.id = i.variant_id JOIN product p ON p.id = i.product_id \
         WHERE i.order_id = ? ORDER BY i.line_no";
    let lines: Vec<LineRow> = store.all(sql, &[Value::Whole(order.id)]).await?;
    let mut products: Vec<i64> = lines.iter().map(|line| line.product_id).collect();
    products.sort_unstable();
    products.dedup();
    nutrients(store, &products).await.map(drop)
}
