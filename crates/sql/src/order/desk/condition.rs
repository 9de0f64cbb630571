//! What is looked for, as a condition on order `o`.

use ef_domain::order::{DeskFilter, OrderKeyword, OrderStatus, PaymentStatus};
use sea_orm::Value;

use crate::catalogue::escaped;
use crate::sql::moment;

/// A condition and what stands for its question marks.
pub(super) struct Condition {
    parts: Vec<String>,
    values: Vec<Value>,
}

impl Condition {
    /// Everything that the filter asks for but the status.
    pub(super) fn but_status(filter: &DeskFilter) -> Self {
        let mut condition = Self { parts: Vec::new(), values: Vec::new() };
        if let Some(buyer) = filter.buyer {
            condition.ask("o.user_id = ?", buyer.get());
        }
        if let Some(status) = filter.payment_status {
            condition.ask("o.payment_status = ?", status.name());
            // Implied, and found by its index. An index of the payment status itself would draw SQLite, which knows no
            // better, away from the buyer's own in the history.
            if let Some(status) = only_status(status) {
                condition.ask("o.status = ?", status.name());
            }
        }
        if let Some(from) = filter.placed_from {
            condition.ask("o.created_at >= ?", moment(from));
        }
        if let Some(before) = filter.placed_before {
            condition.ask("o.created_at < ?", moment(before));
        }
        if let Some(keyword) = &filter.keyword {
            condition.find(keyword);
        }
        condition
    }

    /// The same, and the status.
    pub(super) fn and_status(mut self, status: Option<OrderStatus>) -> Self {
        if let Some(status) = status {
            self.ask("o.status = ?", status.name());
        }
        self
    }

    /// `WHERE ...`, or nothing.
    pub(super) fn clause(&self) -> String {
        if self.parts.is_empty() { String::new() } else { format!("WHERE {}", self.parts.join(" AND ")) }
    }

    /// What stands for the question marks.
    pub(super) fn values(self) -> Vec<Value> {
        self.values
    }

    fn ask(&mut self, part: &str, value: impl Into<Value>) {
        self.parts.push(part.to_owned());
        self.values.push(value.into());
    }

    /// Numbers are found by their index. Parts of names and telephone numbers no index can find: the orders that the
    /// rest of the condition leaves are read for them.
    fn find(&mut self, keyword: &OrderKeyword) {
        let mut ways = Vec::new();
        for (first, last) in keyword.number_ranges() {
            ways.push("o.order_number BETWEEN ? AND ?");
            self.values.extend([first.into(), last.into()]);
        }
        if let Some(digits) = keyword.phone_digits() {
            ways.push("REPLACE(o.phone_number, '-', '') LIKE ?");
            ways.push("o.user_id IN (SELECT id FROM user WHERE REPLACE(phone, '-', '') LIKE ?)");
            let pattern = format!("%{digits}%");
            self.values.extend([pattern.as_str().into(), pattern.as_str().into()]);
        }
        if let Some(text) = keyword.text() {
            let pattern = format!("%{}%", escaped(text));
            ways.push("LOWER(o.recipient_name) LIKE LOWER(?) ESCAPE '!'");
            ways.push(
                "o.user_id IN (SELECT id FROM user WHERE LOWER(name) LIKE LOWER(?) ESCAPE '!' \
                 OR (closed_at IS NULL AND LOWER(email) LIKE LOWER(?) ESCAPE '!'))",
            );
            ways.push(
                "EXISTS (SELECT 1 FROM order_items bought WHERE bought.order_id = o.id \
                 AND LOWER(bought.product_name) LIKE LOWER(?) ESCAPE '!')",
            );
            self.values.extend((0..4).map(|_| Value::from(pattern.as_str())));
        }
        if ways.is_empty() {
            // More digits than any number has.
            ways.push("1 = 0");
        }
        self.parts.push(format!("({})", ways.join(" OR ")));
    }
}

/// The one status of all orders whose payment stands so; `None` if they have several (`docs/states.md`).
const fn only_status(payment: PaymentStatus) -> Option<OrderStatus> {
    match payment {
        PaymentStatus::Pending => Some(OrderStatus::Pending),
        PaymentStatus::Failed | PaymentStatus::Cancelled | PaymentStatus::Refunded => Some(OrderStatus::Cancelled),
        PaymentStatus::Completed => None,
    }
}
