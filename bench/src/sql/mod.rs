//! The statements of the server, and nothing else around them: what a request cannot cost less than.

pub mod carts;
pub mod orders;
pub mod shelf;

use crate::Outcome;
use crate::store::{Store, Value, row};

row! {
    /// What is in 100 g of a product.
    NutrientRow {
        product_id: i64, code: String, name: String, value: f64, unit: String, daily_percentage: Option<i32>,
    }
}

row! { StandingRow { role: String, session_epoch: i64 } }

/// Who is asking, as he stands now: the first statement of every request that needs a session.
pub async fn standing(store: &Store, user: i64) -> Outcome {
    let sql = "SELECT role, session_epoch FROM user WHERE id = ?";
    store.one::<StandingRow>(sql, &[Value::Whole(user)]).await.map(drop)
}

/// What is in those products.
pub async fn nutrients(store: &Store, products: &[i64]) -> Outcome<Vec<NutrientRow>> {
    let sql = format!(
        "SELECT product_id, code, name, value, unit, daily_percentage FROM product_nutrients \
         WHERE product_id IN ({}) ORDER BY id",
        marks(products.len())
    );
    store.all(&sql, &wholes(products)).await
}

/// `?, ?, ?` for that many values.
pub fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// The numbers as values.
pub fn wholes(numbers: &[i64]) -> Vec<Value<'static>> {
    numbers.iter().copied().map(Value::Whole).collect()
}
