//! Moving stock: the statements that keep the promise that nothing is sold twice.

use std::collections::BTreeMap;

use ef_domain::order::{StockEffect, StockMove};
use ef_domain::shared::{OrderId, Timestamp, VariantId};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};

use crate::entity::stock_ledger;
use crate::sql::{execute, moment};
use crate::tx::Stop;

/// A guard refused to move stock.
pub(crate) struct Short {
    /// Which way.
    pub(crate) direction: StockMove,
    /// Of which variant.
    pub(crate) variant: VariantId,
}

/// Moves the stock of several orders in one transaction: variants ascending, which is the lock order of every writer,
/// and what is given back before what is taken.
pub(crate) async fn move_stock(
    tx: &DatabaseTransaction,
    effects: &[&StockEffect],
    now: Timestamp,
) -> Result<(), Stop<Short>> {
    let mut moves = BTreeMap::<(VariantId, StockMove), i64>::new();
    for effect in effects {
        for line in effect.lines() {
            let pieces = moves.entry((line.variant, effect.direction())).or_default();
            *pieces = pieces.saturating_add(line.pieces);
        }
    }
    for ((variant, direction), pieces) in moves {
        if !move_variant(tx, direction, variant, pieces, now).await? {
            return Err(Stop::Refused(Short { direction, variant }));
        }
    }
    Ok(())
}

/// One guarded update; whether the guard let it through. The guard stands in the statement that writes: a look at the
/// counters beforehand would let two buyers see the same last piece.
async fn move_variant(
    tx: &DatabaseTransaction,
    direction: StockMove,
    variant: VariantId,
    pieces: i64,
    now: Timestamp,
) -> Result<bool, sea_orm::DbErr> {
    let (sql, guards) = match direction {
        StockMove::None => return Ok(true),
        StockMove::Reserve => (
            "UPDATE product_variant SET reserved_stock = reserved_stock + ?, updated_at = ? \
             WHERE id = ? AND stock - reserved_stock >= ?",
            1,
        ),
        StockMove::Release => (
            "UPDATE product_variant SET reserved_stock = reserved_stock - ?, updated_at = ? \
             WHERE id = ? AND reserved_stock >= ?",
            1,
        ),
        StockMove::Commit => (
            "UPDATE product_variant SET stock = stock - ?, reserved_stock = reserved_stock - ?, updated_at = ? \
             WHERE id = ? AND reserved_stock >= ?",
            1,
        ),
        StockMove::Restock => ("UPDATE product_variant SET stock = stock + ?, updated_at = ? WHERE id = ?", 0),
    };
    let mut values = vec![pieces.into()];
    if direction == StockMove::Commit {
        values.push(pieces.into());
    }
    values.extend([moment(now), variant.get().into()]);
    values.extend(std::iter::repeat_n(pieces.into(), guards));
    Ok(execute(tx, sql, values).await?.rows_affected() == 1)
}

/// Writes down what moved and for whom, so that both counters can be proved from the ledger.
pub(crate) async fn record(
    tx: &DatabaseTransaction,
    moves: &[(OrderId, &StockEffect)],
    now: Timestamp,
) -> Result<(), sea_orm::DbErr> {
    let rows: Vec<_> = moves
        .iter()
        .flat_map(|(order, effect)| {
            let (stock, reserved) = effect.direction().delta();
            effect.lines().iter().map(move |line| stock_ledger::ActiveModel {
                variant_id: Set(line.variant.get()),
                order_id: Set(Some(order.get())),
                direction: Set(effect.direction().name().to_owned()),
                stock_delta: Set(stock.saturating_mul(line.pieces)),
                reserved_delta: Set(reserved.saturating_mul(line.pieces)),
                created_at: Set(now.to_utc()),
                updated_at: Set(now.to_utc()),
                ..Default::default()
            })
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    stock_ledger::Entity::insert_many(rows).exec_without_returning(tx).await.map(|_| ())
}
