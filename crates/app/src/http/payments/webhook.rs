//! `POST /api/webhooks/toss`

use actix_web::web;
use ef_domain::order::OrderNumber;
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::envelope::{Answer, Handled};
use super::super::error::ApiError;
use super::super::json::Json;
use super::super::openapi::form;
use crate::shop::Shop;

/// The status of which every sale tells: what was settled on the partner's own answer needs no second look.
const MONEY_CAME: &str = "DONE";

/// A notice of the partner's, of which only order and status are read: `PAYMENT_STATUS_CHANGED` has them in `data`,
/// `DEPOSIT_CALLBACK` does not (Toss, webhooks).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TossNotice {
    order_id: Option<String>,
    status: Option<String>,
    #[schema(schema_with = form::optional::<NoticeData>)]
    data: Option<NoticeData>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct NoticeData {
    order_id: Option<String>,
    status: Option<String>,
}

/// Something became of a payment: `POST /api/webhooks/toss`.
///
/// Anybody can send this, so nothing in it is believed: it makes the shop ask the partner about the payments of that
/// order that are still open, and does nothing where there are none. One that does not tell of money coming makes it look
/// at a settled payment as well: at the partner's console money goes back, and no word but this comes of it. Answered at
/// once, as the partner gives up after ten seconds.
pub async fn toss(shop: web::Data<Shop>, notice: Json<TossNotice>) -> Handled<()> {
    let TossNotice { order_id, status, data } = notice.0;
    let data = data.unwrap_or_default();
    let (order, status) = (order_id.or(data.order_id), status.or(data.status));
    let order = order.ok_or_else(|| ApiError::invalid("orderId가 없습니다."))?;
    // An order of another shop under the same merchant account is none of ours, and no error of the partner's.
    if let Ok(order) = OrderNumber::parse(&order) {
        match status.as_deref() {
            Some(MONEY_CAME) => shop.payments.reconcile.hasten(order).await?,
            _ => shop.payments.reconcile.doubt(order).await?,
        }
    }
    Ok(Answer::ok(()))
}
