//! The administrators' list of orders.

use std::collections::BTreeMap;

use ef_domain::order::{BuyerCard, DeskFilter, DeskOrder, DeskPage, OrderCard, OrderStatus};
use ef_domain::shared::{Page, PageRequest, PortFailure, Version};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::failure::{bounded, corrupt};
use crate::sql::all;

use super::super::queries::{COLUMNS, HistoryRow, WITH_PAYMENT, status, summary};
use super::condition::Condition;
use super::{BUYER, BuyerColumns, READING};

#[derive(FromQueryResult)]
struct CountRow {
    status: String,
    rows_found: i64,
}

#[derive(FromQueryResult)]
struct CardRow {
    #[sea_orm(nested)]
    summary: HistoryRow,
    #[sea_orm(nested)]
    buyer: BuyerColumns,
    refund_restock: Option<bool>,
    version: i64,
}

/// One page, and how many orders there are of each status. The page's rows are found first, by an index alone where it
/// can be, and only then joined with what is shown of them.
pub(super) async fn list(
    reader: &impl ConnectionTrait,
    filter: &DeskFilter,
    order: DeskOrder,
    page: PageRequest,
) -> Result<DeskPage, PortFailure> {
    let condition = Condition::but_status(filter);
    let sql = format!("SELECT o.status, COUNT(*) AS rows_found FROM orders o {} GROUP BY o.status", condition.clause());
    let counts: Vec<CountRow> = bounded(READING, all(reader, &sql, condition.values())).await?;
    let by_status = counts.iter().map(count).collect::<Result<BTreeMap<_, _>, _>>()?;
    let total = match filter.status {
        Some(status) => by_status.get(status.name()).copied().unwrap_or_default(),
        None => by_status.values().sum(),
    };
    let direction = match order {
        DeskOrder::NewestFirst => "DESC",
        DeskOrder::OldestFirst => "ASC",
    };
    let condition = Condition::but_status(filter).and_status(filter.status);
    let sql = format!(
        "SELECT {COLUMNS}, i.product_name, i.image_url, \
         (SELECT COUNT(*) FROM order_items l WHERE l.order_id = o.id) AS line_count, {BUYER}, o.refund_restock, o.version \
         FROM (SELECT o.id FROM orders o {} ORDER BY o.created_at {direction}, o.id {direction} LIMIT {} OFFSET ?) page \
         JOIN orders o ON o.id = page.id JOIN order_items i ON i.order_id = o.id AND i.line_no = 1 \
         JOIN user u ON u.id = o.user_id {WITH_PAYMENT} ORDER BY o.created_at {direction}, o.id {direction}",
        condition.clause(),
        page.size()
    );
    let mut values = condition.values();
    values.push(Value::from(page.offset()));
    let rows: Vec<CardRow> = bounded(READING, all(reader, &sql, values)).await?;
    let rows = rows.into_iter().map(card).collect::<Result<_, _>>()?;
    Ok(DeskPage { page: Page { rows, request: page, total }, by_status })
}

fn count(row: &CountRow) -> Result<(&'static str, u64), PortFailure> {
    let found = u64::try_from(row.rows_found).map_err(|error| corrupt(READING, error))?;
    let status: OrderStatus = status(&row.status)?;
    Ok((status.name(), found))
}

fn card(row: CardRow) -> Result<OrderCard, PortFailure> {
    Ok(OrderCard {
        summary: summary(row.summary)?,
        buyer: BuyerCard::from(row.buyer),
        is_refunding: row.refund_restock.is_some(),
        version: Version::new(row.version),
    })
}
