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

/// A notice of the partner's, of which only the order is read: `PAYMENT_STATUS_CHANGED` has it in `data`,
/// `DEPOSIT_CALLBACK` beside its status (Toss, webhooks).
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct TossNotice {
    order_id: Option<String>,
    #[schema(schema_with = form::optional::<NoticeData>)]
    data: Option<NoticeData>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
struct NoticeData {
    order_id: Option<String>,
}

/// Something became of a payment: `POST /api/webhooks/toss`.
///
/// Anybody can send this, so nothing in it is believed: it makes the shop ask the partner about the payments of that
/// order that are still open, and does nothing where there are none. Answered at once, as the partner gives up after
/// ten seconds.
pub async fn toss(shop: web::Data<Shop>, notice: Json<TossNotice>) -> Handled<()> {
    let TossNotice { order_id, data } = notice.0;
    let order = order_id.or(data.and_then(|data| data.order_id));
    let order = order.ok_or_else(|| ApiError::invalid("orderId가 없습니다."))?;
    // An order of another shop under the same merchant account is none of ours, and no error of the partner's.
    if let Ok(order) = OrderNumber::parse(&order) {
        shop.payments.reconcile.hasten(order).await?;
    }
    Ok(Answer::ok(()))
}
