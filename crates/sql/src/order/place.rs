//! Placing an order: guarded updates first, then the rows. The order of the statements is the design.
//!
//! Taking the stock before inserting anything means that a transaction holds its exclusive variant locks before the
//! foreign keys of its inserts ask for shared ones; the other way round, buyers of one variant deadlock each other.

use async_trait::async_trait;
use ef_domain::order::{NewOrder, OrderChange, OrderLine, PlaceFailure, StockEffect, StockMove};
use ef_domain::shared::{OrderId, VariantId};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};

use crate::connect::Database;
use crate::entity::{order_items, orders};
use crate::failure::is_duplicate_of;
use crate::outbox;
use crate::request_key::mark_done;
use crate::stock::{self, Short};
use crate::tx::{self, Stop, TxFailure, Work};

use super::apply::guard_order;
use super::find;

const PLACING: &str = "placing an order";

pub(super) async fn place(database: &Database, order: &NewOrder) -> Result<OrderId, PlaceFailure> {
    match tx::run(database, PLACING, &Placing(order)).await {
        Ok(id) => Ok(id),
        Err(TxFailure::Refused(refusal)) => Err(match refusal {
            Refusal::InsufficientStock(variant) => PlaceFailure::InsufficientStock(variant),
            Refusal::NumberTaken => PlaceFailure::NumberTaken,
            Refusal::Stale => PlaceFailure::Stale,
            Refusal::ClaimLost => PlaceFailure::ClaimLost,
        }),
        Err(TxFailure::Failed(failure)) => Err(failure.into()),
        // The answer to the commit got lost. The number, which nobody else has drawn, tells whether the order exists.
        Err(TxFailure::CommitUnknown(failure)) => match find::id_of(database, order).await? {
            Some(id) => Ok(id),
            None => Err(failure.into()),
        },
    }
}

struct Placing<'a>(&'a NewOrder);

enum Refusal {
    InsufficientStock(VariantId),
    NumberTaken,
    Stale,
    ClaimLost,
}

#[async_trait]
impl Work for Placing<'_> {
    type Output = OrderId;
    type Refusal = Refusal;

    async fn attempt(&self, tx: &DatabaseTransaction) -> Result<OrderId, Stop<Refusal>> {
        let Self(order) = self;
        // Before anything that others wait for. Only whoever took the claim over could want this row.
        if let Some(claim) = &order.claim
            && !mark_done(tx, claim, Some(order.number), order.placed_at).await?
        {
            return Err(Stop::Refused(Refusal::ClaimLost));
        }
        for change in &order.supersedes {
            if !guard_order(tx, change, order.placed_at).await? {
                return Err(Stop::Refused(Refusal::Stale));
            }
        }
        let taken = order.stock();
        let effects: Vec<&StockEffect> = order.supersedes.iter().map(OrderChange::stock).chain([&taken]).collect();
        stock::move_stock(tx, &effects, order.placed_at).await.map_err(refuse)?;
        let id = insert_order(tx, order).await?;
        insert_lines(tx, order, id).await?;
        let given = order.supersedes.iter().map(|change| (change.order(), change.stock()));
        let moves: Vec<_> = given.chain([(id, &taken)]).collect();
        stock::record(tx, &moves, order.placed_at).await?;
        for change in &order.supersedes {
            outbox::write(tx, change, order.placed_at).await?;
        }
        Ok(id)
    }
}

fn refuse(stop: Stop<Short>) -> Stop<Refusal> {
    match stop {
        Stop::Refused(Short { direction: StockMove::Reserve, variant }) => {
            Stop::Refused(Refusal::InsufficientStock(variant))
        }
        Stop::Refused(Short { variant, .. }) => {
            Stop::Corrupt(format!("variant {variant} holds less than the order to be superseded"))
        }
        Stop::Corrupt(what) => Stop::Corrupt(what),
        Stop::Failed(error) => Stop::Failed(error),
    }
}

async fn insert_order(tx: &DatabaseTransaction, order: &NewOrder) -> Result<OrderId, Stop<Refusal>> {
    let row = orders::ActiveModel {
        order_number: Set(order.number.get()),
        user_id: Set(order.buyer.user.get()),
        status: Set("PENDING".to_owned()),
        payment_status: Set("PENDING".to_owned()),
        total_amount: Set(order.total.get()),
        recipient_name: Set(order.recipient.name.clone()),
        phone_number: Set(order.recipient.phone.as_str().to_owned()),
        postal_code: Set(order.recipient.postal_code.as_str().to_owned()),
        address_line1: Set(order.recipient.address_line1.clone()),
        address_line2: Set(order.recipient.address_line2.clone()),
        hold_expires_at: Set(Some(order.expires_at.to_utc())),
        version: Set(0),
        created_at: Set(order.placed_at.to_utc()),
        updated_at: Set(order.placed_at.to_utc()),
        ..Default::default()
    };
    match orders::Entity::insert(row).exec(tx).await {
        Ok(inserted) => Ok(OrderId::new(inserted.last_insert_id)),
        Err(error) if is_duplicate_of(&error, "order_number") => Err(Stop::Refused(Refusal::NumberTaken)),
        Err(error) => Err(error.into()),
    }
}

async fn insert_lines(tx: &DatabaseTransaction, order: &NewOrder, id: OrderId) -> Result<(), Stop<Refusal>> {
    let rows = (1..).zip(&order.lines).map(|(number, line)| {
        line_row(order, id, number, line).ok_or_else(|| Stop::Corrupt("a line's total is too large".to_owned()))
    });
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    order_items::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

fn line_row(order: &NewOrder, id: OrderId, number: i32, line: &OrderLine) -> Option<order_items::ActiveModel> {
    Some(order_items::ActiveModel {
        order_id: Set(id.get()),
        line_no: Set(number),
        product_id: Set(line.product.get()),
        variant_id: Set(line.variant.get()),
        product_name: Set(line.product_name.clone()),
        variant_name: Set(line.variant_name.clone()),
        image_url: Set(line.image.clone()),
        quantity: Set(line.quantity.get()),
        price: Set(line.price.get()),
        total_price: Set(line.total().ok()?.get()),
        created_at: Set(order.placed_at.to_utc()),
        updated_at: Set(order.placed_at.to_utc()),
        ..Default::default()
    })
}
