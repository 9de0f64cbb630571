//! `POST /api/auth/password-reset/verify-code`

use actix_web::web;

use super::super::caller::Calling;
use super::super::envelope::{Answer, Handled};
use super::super::json::Json;
use super::dto::{ResetTokenView, VerifyCodeBody};
use crate::shop::Shop;

/// Trades a code for a token: `POST /api/auth/password-reset/verify-code`.
pub async fn verify_code(
    shop: web::Data<Shop>,
    caller: Calling,
    body: Json<VerifyCodeBody>,
) -> Handled<ResetTokenView> {
    let (email, code) = body.0.into_parts()?;
    let token = shop.members.resets.verify.run(&email, &code, caller.0.address).await?;
    Ok(Answer::ok(ResetTokenView::new(&token)))
}
