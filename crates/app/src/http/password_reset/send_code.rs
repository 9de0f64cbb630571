//! `POST /api/auth/password-reset/send-code`

use actix_web::web;

use super::super::caller::Calling;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::SendCodeBody;
use crate::shop::Shop;

/// Sends a code to somebody's mailbox: `POST /api/auth/password-reset/send-code`. The answer is the same whether the
/// address has an account or not.
pub async fn send_code(shop: web::Data<Shop>, caller: Calling, body: Json<SendCodeBody>) -> Handled<()> {
    let email = body.0.into_email()?;
    shop.members.resets.request.run(&email, caller.0.address).await?;
    Ok(Answer::ok(()))
}
