//! The administrators' side of orders.

use std::sync::Arc;

use ef_domain::order::{AdvanceOrder, ReviewOrders};
use ef_sql::{SqlOrderDeskQueries, SqlOrderQueries};

use super::trade::Till;
use crate::shop::{Desk, Payments};

/// What administrators do with orders.
pub(super) fn desk(till: &Till<'_>, payments: &Payments) -> Desk {
    Desk {
        review: ReviewOrders {
            orders: Arc::clone(till.orders),
            pages: Arc::new(SqlOrderQueries::new(till.database.clone())),
            desk: Arc::new(SqlOrderDeskQueries::new(till.database.clone())),
            clock: Arc::clone(till.clock),
        },
        advance: AdvanceOrder {
            orders: Arc::clone(till.orders),
            refunds: Arc::clone(&payments.refund),
            deposits: Arc::clone(&payments.close_deposit),
            clock: Arc::clone(till.clock),
        },
    }
}
