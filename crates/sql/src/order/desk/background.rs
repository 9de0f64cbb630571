//! What stands behind one order.

use ef_domain::order::{BuyerCard, LedgerMove, OrderBackground, StockMove};
use ef_domain::shared::{OrderId, PortFailure, Timestamp, VariantId};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};

use crate::entity::payments;
use crate::failure::{bounded, corrupt};
use crate::payment::payment;
use crate::sql::{all, one};

use super::{BUYER, BuyerColumns, READING};

#[derive(FromQueryResult)]
struct PeopleRow {
    order_number: i64,
    #[sea_orm(nested)]
    buyer: BuyerColumns,
    ended_by_name: Option<String>,
}

#[derive(FromQueryResult)]
struct MoveRow {
    variant_id: i64,
    direction: String,
    stock_delta: i64,
    reserved_delta: i64,
    created_at: DateTimeUtc,
}

/// Who bought and who ended it, every attempt to take its money, every move of stock.
pub(super) async fn background(
    reader: &impl ConnectionTrait,
    order: OrderId,
) -> Result<Option<OrderBackground>, PortFailure> {
    let sql = format!(
        "SELECT o.order_number, {BUYER}, a.name AS ended_by_name FROM orders o JOIN user u ON u.id = o.user_id \
         LEFT JOIN user a ON a.id = o.ended_by_user WHERE o.id = ?"
    );
    let people: Option<PeopleRow> = bounded(READING, one(reader, &sql, [order.get().into()])).await?;
    let Some(people) = people else { return Ok(None) };
    let attempts = payments::Entity::find()
        .filter(payments::Column::OrderNumber.eq(people.order_number))
        .order_by_asc(payments::Column::RequestedAt)
        .order_by_asc(payments::Column::Id);
    let attempts = bounded(READING, attempts.all(reader)).await?;
    let sql = "SELECT variant_id, direction, stock_delta, reserved_delta, created_at FROM stock_ledger \
         WHERE order_id = ? ORDER BY id";
    let moves: Vec<MoveRow> = bounded(READING, all(reader, sql, [order.get().into()])).await?;
    Ok(Some(OrderBackground {
        buyer: BuyerCard::from(people.buyer),
        ended_by_name: people.ended_by_name,
        payments: attempts.iter().map(payment).collect::<Result<_, _>>()?,
        moves: moves.iter().map(ledger_move).collect::<Result<_, _>>()?,
    }))
}

fn ledger_move(row: &MoveRow) -> Result<LedgerMove, PortFailure> {
    Ok(LedgerMove {
        variant: VariantId::new(row.variant_id),
        direction: StockMove::parse(&row.direction).ok_or_else(|| corrupt(READING, "an unknown move of stock"))?,
        stock: row.stock_delta,
        reserved: row.reserved_delta,
        at: Timestamp::new(row.created_at),
    })
}
