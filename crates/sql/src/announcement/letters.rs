//! The letters that go with announcements, queued by the transaction that stores these.
//!
//! Neither placing nor paying an order asks the database for them: whoever turns events into announcements reads what a
//! letter shows, for a whole batch at a time. A letter goes to the address that the account has at this moment; one that
//! was closed has none. (`mail/claim.rs` looks again when a letter is sent.)

use std::collections::HashMap;

use ef_domain::account::Email;
use ef_domain::notice::{Letter, LetterAddress, LetterLine, NewMail, OrderFacts, OrderLetter, OrderNews};
use ef_domain::payment::{DepositAccount, PaymentMethod};
use ef_domain::shared::{Timestamp, UserId, Vault, Won};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult, Value};

use crate::mail;
use crate::sql::{all, marks};

use super::row::{Announced, EventRow};

/// The most characters of a name that a letter shows: a letter has to fit into its row.
const LONGEST_NAME: usize = 100;

/// An order and whom it is written to.
#[derive(FromQueryResult)]
struct OrderRow {
    id: i64,
    email: String,
    status: String,
    total_amount: i64,
    recipient_name: String,
    postal_code: String,
    address_line1: String,
    address_line2: Option<String>,
    created_at: DateTimeUtc,
    paid_at: Option<DateTimeUtc>,
    deposit_due_at: Option<DateTimeUtc>,
    method: Option<String>,
    deposit_bank: Option<String>,
    deposit_account: Option<String>,
    deposit_holder: Option<String>,
    line_count: i64,
}

#[derive(FromQueryResult)]
struct LineRow {
    order_id: i64,
    product_name: String,
    variant_name: String,
    quantity: i64,
    total_price: i64,
}

/// Queues the letters that these announcements come with.
pub(super) async fn queue(
    tx: &DatabaseTransaction,
    vault: &dyn Vault,
    news: &[(&EventRow, Announced)],
    now: Timestamp,
) -> Result<(), DbErr> {
    let written: Vec<_> = news.iter().filter(|(_, announced)| OrderNews::is_written(announced.kind)).collect();
    if written.is_empty() {
        return Ok(());
    }
    let mut ids: Vec<i64> = written.iter().map(|(_, announced)| announced.order).collect();
    ids.sort_unstable();
    ids.dedup();
    let orders = orders(tx, &ids).await?;
    let lines = lines(tx, &ids).await?;
    let mails: Vec<NewMail> = written
        .into_iter()
        .filter_map(|(event, announced)| {
            // Without a row the account is closed: nobody is there to be written to.
            let order = orders.get(&announced.order)?;
            let lines = lines.get(&announced.order).map_or(&[][..], Vec::as_slice);
            letter(event, announced, order, lines, now)
        })
        .collect();
    mail::write_all(tx, vault, &mails).await
}

/// The orders whose buyers still have an account.
async fn orders(tx: &DatabaseTransaction, ids: &[i64]) -> Result<HashMap<i64, OrderRow>, DbErr> {
    let sql = format!(
        "SELECT o.id, u.email, o.status, o.total_amount, o.recipient_name, o.postal_code, o.address_line1, \
         o.address_line2, o.created_at, o.paid_at, o.deposit_due_at, p.method, p.deposit_bank, p.deposit_account, \
         p.deposit_holder, (SELECT COUNT(*) FROM order_items i WHERE i.order_id = o.id) AS line_count \
         FROM orders o JOIN user u ON u.id = o.user_id LEFT JOIN payments p ON p.payment_key = o.payment_key \
         WHERE u.closed_at IS NULL AND o.id IN ({})",
        marks(ids.len())
    );
    let rows: Vec<OrderRow> = all(tx, &sql, ids.iter().map(|id| Value::from(*id))).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// What letters show of the orders' lines.
async fn lines(tx: &DatabaseTransaction, ids: &[i64]) -> Result<HashMap<i64, Vec<LineRow>>, DbErr> {
    let sql = format!(
        "SELECT order_id, product_name, variant_name, quantity, total_price FROM order_items \
         WHERE line_no <= {} AND order_id IN ({}) ORDER BY order_id, line_no",
        OrderLetter::MOST_LINES,
        marks(ids.len())
    );
    let rows: Vec<LineRow> = all(tx, &sql, ids.iter().map(|id| Value::from(*id))).await?;
    let mut lines = HashMap::<i64, Vec<LineRow>>::new();
    for row in rows {
        lines.entry(row.order_id).or_default().push(row);
    }
    Ok(lines)
}

/// The letter; `None` where there is nothing to write. A row that nobody can read is logged and keeps nobody waiting.
fn letter(
    event: &EventRow,
    announced: &Announced,
    order: &OrderRow,
    lines: &[LineRow],
    now: Timestamp,
) -> Option<NewMail> {
    let news = OrderNews::of(announced.kind, Timestamp::new(event.created_at), order.facts())?;
    let mail = order.mail(event, announced, lines, news, now);
    if mail.is_none() {
        tracing::error!(event = event.id, "an order cannot be read, nobody is written to about it");
    }
    mail
}

impl OrderRow {
    fn facts(&self) -> OrderFacts {
        let account = self.deposit_bank.as_ref().zip(self.deposit_account.as_ref()).map(|(bank, number)| {
            let holder = self.deposit_holder.clone().unwrap_or_default();
            DepositAccount { bank: bank.clone(), number: number.clone(), holder }
        });
        OrderFacts {
            awaits_deposit: self.status == "PENDING" && self.deposit_due_at.is_some(),
            paid_at: self.paid_at.map(Timestamp::new),
            method: self.method.as_deref().and_then(PaymentMethod::parse),
            account,
        }
    }

    fn mail(
        &self,
        event: &EventRow,
        announced: &Announced,
        lines: &[LineRow],
        news: OrderNews,
        now: Timestamp,
    ) -> Option<NewMail> {
        let shown = i64::try_from(lines.len()).ok()?;
        let address = [Some(&self.address_line1), self.address_line2.as_ref()].into_iter().flatten();
        let lapses_at = news.lapses_at();
        let letter = OrderLetter {
            number: announced.number,
            placed_at: Timestamp::new(self.created_at),
            lines: lines.iter().map(LineRow::line).collect::<Option<_>>()?,
            more_lines: u32::try_from(self.line_count.saturating_sub(shown)).ok()?,
            total: Won::try_new(self.total_amount).ok()?,
            address: LetterAddress {
                name: self.recipient_name.clone(),
                postal_code: self.postal_code.clone(),
                address: address.map(String::as_str).collect::<Vec<_>>().join(" "),
            },
            news,
        };
        Some(NewMail {
            to: Email::parse(&self.email).ok()?,
            user: Some(UserId::new(event.user_id)),
            letter: Letter::Order(Box::new(letter)),
            lapses_at,
            queued_at: now,
        })
    }
}

impl LineRow {
    fn line(&self) -> Option<LetterLine> {
        Some(LetterLine {
            product: short(&self.product_name),
            variant: short(&self.variant_name),
            pieces: self.quantity,
            amount: Won::try_new(self.total_price).ok()?,
        })
    }
}

/// The name, or its beginning.
fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME.saturating_sub(1)).chain(['…']).collect()
}
