//! Orders as those see them who run the shop: `condition` is what they look for, `list` finds it, `background` is what
//! stands behind one, `figures` is how the shop does.

mod background;
mod condition;
mod figures;
mod list;

use async_trait::async_trait;
use ef_domain::order::{BuyerCard, DeskFilter, DeskOrder, DeskPage, OrderBackground, OrderDeskQueries, ShopFigures};
use ef_domain::shared::{OrderId, PageRequest, PortFailure, Timestamp, UserId};
use sea_orm::FromQueryResult;
use sea_orm::prelude::DateTimeUtc;

use crate::connect::Database;

const READING: &str = "reading orders for the desk";

/// What is shown of a buyer; `u` is his account.
const BUYER: &str = "u.id AS buyer_id, u.name AS buyer_name, u.email AS buyer_email, u.phone AS buyer_phone, \
    u.closed_at AS buyer_closed_at";

/// The administrators' pages of orders from MySQL or SQLite.
pub struct SqlOrderDeskQueries {
    database: Database,
}

impl SqlOrderDeskQueries {
    /// Queries over the database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl OrderDeskQueries for SqlOrderDeskQueries {
    async fn list(&self, filter: &DeskFilter, order: DeskOrder, page: PageRequest) -> Result<DeskPage, PortFailure> {
        list::list(self.database.reader(), filter, order, page).await
    }

    async fn background(&self, order: OrderId) -> Result<Option<OrderBackground>, PortFailure> {
        background::background(self.database.reader(), order).await
    }

    async fn figures(&self, since: Timestamp, little: i64, limit: u32) -> Result<ShopFigures, PortFailure> {
        figures::figures(self.database.reader(), since, little, limit).await
    }
}

#[derive(FromQueryResult)]
struct BuyerColumns {
    buyer_id: i64,
    buyer_name: String,
    buyer_email: String,
    buyer_phone: Option<String>,
    buyer_closed_at: Option<DateTimeUtc>,
}

impl From<BuyerColumns> for BuyerCard {
    fn from(row: BuyerColumns) -> Self {
        let closed_at = row.buyer_closed_at.map(Timestamp::new);
        Self {
            id: UserId::new(row.buyer_id),
            name: row.buyer_name,
            // What a closed account has there only keeps the column unique.
            email: closed_at.is_none().then_some(row.buyer_email),
            phone: row.buyer_phone,
            closed_at,
        }
    }
}
